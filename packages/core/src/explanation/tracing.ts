import type { LocationId, Sku } from '../identity/ids.ts';
import { assertInvariant } from '../internal/assert.ts';
import type { PolicyRule } from '../policy/policy.ts';
import { formatQuantity, ZERO, type Quantity, type QuantityText } from '../quantity/quantity.ts';
import { plainArithmetic as plain, type About, type Arithmetic, type Note } from './arithmetic.ts';
import type { ReasonCode, Stage, TraceOperation, TraceStep } from './trace.ts';

/** A number that knows the step it came from. */
export interface Traced {
  readonly step: number;
  readonly quantity: Quantity;
}

/** A step under construction: a note becomes the step that it describes. */
class Step implements TraceStep, Note {
  id = -1;
  operation: TraceOperation = 'input';
  args: readonly (number | QuantityText)[] = [];
  value = '0' as QuantityText;
  scale: number | undefined = undefined;
  readonly stage: Stage;
  readonly sku: Sku;
  readonly location: LocationId | undefined;
  rule: PolicyRule | undefined;
  readonly label: string;
  readonly reasonCode: ReasonCode | undefined;

  constructor({ stage, sku, location, rule }: About, label: string, reasonCode: ReasonCode | undefined) {
    this.stage = stage;
    this.sku = sku;
    this.location = location;
    this.rule = rule;
    this.label = label;
    this.reasonCode = reasonCode;
  }
}

/** What an explanation is written into. */
export interface Tracing {
  readonly ops: Arithmetic<Traced>;
  /** Makes the steps what is told: without absent properties. */
  steps(): readonly TraceStep[];
  /** The value of each step. */
  readonly values: readonly Quantity[];
}

/**
 * Arithmetic that writes down every step. Kits, which division makes, are counted in whole units.
 *
 * @param scaleOf - Decimal digits of a sku's step.
 */
export function tracingArithmetic(scaleOf: (sku: Sku) => number): Tracing {
  const written: Step[] = [];
  const values: Quantity[] = [];
  const known: { sku: Sku | undefined; scale: number } = { sku: undefined, scale: 0 };
  const write = (operation: TraceOperation, args: readonly (number | QuantityText)[], { quantity, note }: { quantity: Quantity; note: Note }): Traced => {
    const step = note as Step;
    assertInvariant(step.id < 0, `Two steps of one note: ${step.label}.`);
    step.id = written.length;
    step.operation = operation;
    step.args = args;
    // An input is its own argument.
    step.value = operation === 'input' ? (args[0] as QuantityText) : formatQuantity(quantity);
    if (known.sku !== step.sku) {
      known.sku = step.sku;
      known.scale = scaleOf(step.sku);
    }
    if (known.scale !== 0 && operation !== 'floorDivide') step.scale = known.scale;
    written.push(step);
    values.push(quantity);
    return { step: step.id, quantity };
  };
  return { ops: operations(write), steps: () => written.map(told), values };
}

function told({ id, stage, operation, args, value, scale, label, sku, location, rule, reasonCode }: Step): TraceStep {
  const step = { id, stage, operation, args, value, label, sku };
  if (scale === undefined && location === undefined && rule === undefined && reasonCode === undefined) return step;
  const more: { -readonly [Key in keyof TraceStep]: TraceStep[Key] } = step;
  if (scale !== undefined) more.scale = scale;
  if (location !== undefined) more.location = location;
  if (rule !== undefined) more.rule = { id: rule.id, owner: rule.owner, reason: rule.reason };
  if (reasonCode !== undefined) more.reasonCode = reasonCode;
  return more;
}

type Write = (operation: TraceOperation, args: readonly (number | QuantityText)[], of: { quantity: Quantity; note: Note }) => Traced;

const stepsOf = (values: readonly Traced[]): readonly number[] => values.map(({ step }) => step);
const all = (values: readonly Traced[]): readonly Quantity[] => values.map(({ quantity }) => quantity);
const note = (about: About, label: string, reasonCode?: ReasonCode): Step => new Step(about, label, reasonCode);

function operations(write: Write): Arithmetic<Traced> {
  const input = (quantity: Quantity, of: Note): Traced => write('input', [formatQuantity(quantity)], { quantity, note: of });
  const sum = (values: readonly Traced[], of: Note): Traced => write('sum', stepsOf(values), { quantity: plain.sum(all(values), of), note: of });
  const subtract = (a: Traced, b: Traced, of: Note): Traced => write('subtract', [a.step, b.step], { quantity: plain.subtract(a.quantity, b.quantity, of), note: of });
  return {
    about: (stage, sku, location) => ({ stage, sku, location, rule: undefined }),
    because: ({ stage, sku, location }, rule) => ({ stage, sku, location, rule }),
    note,
    input,
    net: ({ onHand, unavailable, committed }, about) => {
      let left = input(onHand, note(about, 'on hand', 'STOCK'));
      if (unavailable !== 0) left = subtract(left, input(unavailable, note(about, 'unavailable')), note(about, 'sellable on hand', 'STOCK'));
      if (committed !== 0) left = subtract(left, input(committed, note(about, 'committed here')), note(about, 'not committed', 'CLAIMS'));
      return left;
    },
    sum,
    add: (a, b, of) => sum([a, b], of),
    total: (places, numbers, of) => {
      const parts = places.map((place) => numbers.read(place));
      const [only] = parts;
      return parts.length === 1 && only !== undefined ? only : sum(parts, of);
    },
    subtract,
    min: (values, of) => write('min', stepsOf(values), { quantity: plain.min(all(values), of), note: of }),
    lesser: (a, b, of) => write('min', [a.step, b.step], { quantity: plain.lesser(a.quantity, b.quantity, of), note: of }),
    max: (values, of) => write('max', stepsOf(values), { quantity: plain.max(all(values), of), note: of }),
    notNegative: (a, of) => write('max', [a.step, input(ZERO, note({ stage: of.stage, sku: of.sku, location: of.location }, 'nothing')).step], { quantity: plain.notNegative(a.quantity, of), note: of }),
    ...divisions(write),
    custom: (a, result, of) => write('custom', [a.step, formatQuantity(result)], { quantity: result, note: of }),
    value: ({ quantity }) => quantity,
  };
}

type Division = 'floorDivide' | 'percentUp' | 'percentDown' | 'proportionDown' | 'apportion' | 'zeroAtOrBelow' | 'ratioUp' | 'multipleDown';

function divisions(write: Write): Pick<Arithmetic<Traced>, Division> {
  return {
    floorDivide: (a, divisor, of) => write('floorDivide', [a.step, formatQuantity(divisor)], { quantity: plain.floorDivide(a.quantity, divisor, of), note: of }),
    percentUp: (a, percent, of) => write('percentUp', [a.step, formatQuantity(percent, 4)], { quantity: plain.percentUp(a.quantity, percent, of), note: of }),
    percentDown: (a, percent, of) => write('percentDown', [a.step, formatQuantity(percent, 4)], { quantity: plain.percentDown(a.quantity, percent, of), note: of }),
    proportionDown: (a, numerator, { denominator, note: of }) =>
      write('proportionDown', [a.step, numerator.step, denominator.step], { quantity: plain.proportionDown(a.quantity, numerator.quantity, { denominator: denominator.quantity, note: of }), note: of }),
    apportion: (a, weights, { index, note: of }) =>
      write('apportion', [a.step, formatQuantity(index), ...stepsOf(weights)], { quantity: plain.apportion(a.quantity, all(weights), { index, note: of }), note: of }),
    zeroAtOrBelow: (a, threshold, of) => write('zeroAtOrBelow', [a.step, threshold.step], { quantity: plain.zeroAtOrBelow(a.quantity, threshold.quantity, of), note: of }),
    ratioUp: (a, numerator, { denominator, note: of }) =>
      write('ratioUp', [a.step, formatQuantity(numerator), formatQuantity(denominator)], { quantity: plain.ratioUp(a.quantity, numerator, { denominator, note: of }), note: of }),
    multipleDown: (a, multiple, of) => write('multipleDown', [a.step, formatQuantity(multiple)], { quantity: plain.multipleDown(a.quantity, multiple, of), note: of }),
  };
}
