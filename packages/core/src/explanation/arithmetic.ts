import type { LocationId, Sku } from '../identity/ids.ts';
import type { PolicyRule } from '../policy/policy.ts';
import { apportion } from '../quantity/d-hondt.ts';
import { addQuantities, compareQuantities, formatQuantity, maxQuantity, minQuantity, multiplyQuantity, scaleQuantity, subtractQuantities, ZERO, type Quantity, type QuantityText } from '../quantity/quantity.ts';
import type { ReasonCode, Stage, TraceOperation, TraceStep } from './trace.ts';

/** What steps are about. */
export interface About {
  readonly stage: Stage;
  readonly sku: Sku;
  readonly location?: LocationId;
  readonly rule?: PolicyRule;
}

/** What one step is, in words; read only when it is traced. */
export interface Note extends About {
  readonly label: string;
  readonly reasonCode?: ReasonCode;
}

/**
 * The arithmetic that the stages are written in. One source serves both: plain quantities for `compute`, and numbered
 * steps for `explain`, which therefore cannot end in another number. Words are made only where somebody reads them.
 */
export interface Arithmetic<N> {
  about(stage: Stage, sku: Sku, location?: LocationId): About;
  /** The same, for steps that a rule is the reason of. */
  because(about: About, rule: PolicyRule): About;
  note(about: About, label: string, reasonCode?: ReasonCode): Note;
  input(value: Quantity, note: Note): N;
  sum(values: readonly N[], note: Note): N;
  subtract(a: N, b: N, note: Note): N;
  min(values: readonly N[], note: Note): N;
  max(values: readonly N[], note: Note): N;
  /** The number, or nothing where it is less. */
  notNegative(a: N, note: Note): N;
  floorDivide(a: N, divisor: Quantity, note: Note): N;
  percentUp(a: N, percentTimes10000: Quantity, note: Note): N;
  percentDown(a: N, percentTimes10000: Quantity, note: Note): N;
  proportionDown(a: N, numerator: N, { denominator, note }: { denominator: N; note: Note }): N;
  /** The part of one of several weights in a number of steps, by D'Hondt's method. */
  apportion(a: N, weights: readonly N[], { index, note }: { index: number; note: Note }): N;
  zeroAtOrBelow(a: N, threshold: N, note: Note): N;
  /** `a * b / c`, rounded up. */
  ratioUp(a: N, numerator: Quantity, { denominator, note }: { denominator: Quantity; note: Note }): N;
  /** The largest whole multiple that is not more. */
  multipleDown(a: N, multiple: Quantity, note: Note): N;
  value(number: N): Quantity;
}

const FULL_PERCENT = 1_000_000;

function reduce(values: readonly Quantity[], pick: (a: Quantity, b: Quantity) => Quantity): Quantity {
  let result = values[0] ?? ZERO;
  for (let index = 1; index < values.length; index += 1) result = pick(result, values[index] ?? ZERO);
  return result;
}

const UNREAD: Note = { stage: 'locationSupply', sku: '' as Sku, label: '' };

/** Quantities and nothing else. */
export const plainArithmetic: Arithmetic<Quantity> = {
  about: () => UNREAD,
  because: () => UNREAD,
  note: () => UNREAD,
  input: (value) => value,
  sum: (values) => reduce(values, addQuantities),
  subtract: (a, b) => subtractQuantities(a, b),
  min: (values) => reduce(values, minQuantity),
  max: (values) => reduce(values, maxQuantity),
  notNegative: (a) => (compareQuantities(a, ZERO) < 0 ? ZERO : a),
  floorDivide: (a, divisor) => scaleQuantity(a, 1, divisor, 'down'),
  percentUp: (a, percent) => scaleQuantity(a, percent, FULL_PERCENT, 'up'),
  percentDown: (a, percent) => scaleQuantity(a, percent, FULL_PERCENT, 'down'),
  proportionDown: (a, numerator, { denominator }) => scaleQuantity(a, numerator, denominator, 'down'),
  apportion: (a, weights, { index }) => apportion(a, weights)[index] ?? ZERO,
  zeroAtOrBelow: (a, threshold) => (compareQuantities(a, threshold) <= 0 ? ZERO : a),
  ratioUp: (a, numerator, { denominator }) => scaleQuantity(a, numerator, denominator, 'up'),
  multipleDown: (a, multiple) => multiplyQuantity(scaleQuantity(a, 1, multiple, 'down'), multiple),
  value: (number) => number,
};

/** A number that knows the step it came from. */
export interface Traced {
  readonly step: number;
  readonly quantity: Quantity;
}

/** Arithmetic that writes down every step. Kits, which division makes, are counted in whole units. */
export function tracingArithmetic(steps: TraceStep[], scaleOf: (sku: Sku) => number): Arithmetic<Traced> {
  const write = (operation: TraceOperation, args: readonly (Traced | QuantityText)[], { quantity, note }: { quantity: Quantity; note: Note }): Traced => {
    const { rule, ...rest } = note;
    const step = steps.length;
    const scale = operation === 'floorDivide' ? 0 : scaleOf(note.sku);
    steps.push({
      id: step,
      operation,
      args: args.map((arg) => (typeof arg === 'string' ? arg : arg.step)),
      value: formatQuantity(quantity),
      ...(scale === 0 ? {} : { scale }),
      ...rest,
      ...(rule === undefined ? {} : { rule: { id: rule.id, owner: rule.owner, reason: rule.reason } }),
    });
    return { step, quantity };
  };
  const all = (values: readonly Traced[]): readonly Quantity[] => values.map(({ quantity }) => quantity);
  const input = (quantity: Quantity, note: Note): Traced => write('input', [formatQuantity(quantity)], { quantity, note });
  return {
    about: (stage, sku, location) => (location === undefined ? { stage, sku } : { stage, sku, location }),
    because: (about, rule) => ({ ...about, rule }),
    note: (about, label, reasonCode) => (reasonCode === undefined ? { ...about, label } : { ...about, label, reasonCode }),
    input,
    sum: (values, note) => write('sum', values, { quantity: plainArithmetic.sum(all(values), note), note }),
    subtract: (a, b, note) => write('subtract', [a, b], { quantity: plainArithmetic.subtract(a.quantity, b.quantity, note), note }),
    min: (values, note) => write('min', values, { quantity: plainArithmetic.min(all(values), note), note }),
    max: (values, note) => write('max', values, { quantity: plainArithmetic.max(all(values), note), note }),
    notNegative: (a, note) => {
      const { rule: _, reasonCode: __, ...about } = note;
      return write('max', [a, input(ZERO, { ...about, label: 'nothing' })], { quantity: plainArithmetic.notNegative(a.quantity, note), note });
    },
    floorDivide: (a, divisor, note) => write('floorDivide', [a, formatQuantity(divisor)], { quantity: plainArithmetic.floorDivide(a.quantity, divisor, note), note }),
    percentUp: (a, percent, note) => write('percentUp', [a, formatQuantity(percent, 4)], { quantity: plainArithmetic.percentUp(a.quantity, percent, note), note }),
    percentDown: (a, percent, note) => write('percentDown', [a, formatQuantity(percent, 4)], { quantity: plainArithmetic.percentDown(a.quantity, percent, note), note }),
    proportionDown: (a, numerator, { denominator, note }) =>
      write('proportionDown', [a, numerator, denominator], { quantity: scaleQuantity(a.quantity, numerator.quantity, denominator.quantity, 'down'), note }),
    apportion: (a, weights, { index, note }) =>
      write('apportion', [a, formatQuantity(index), ...weights], { quantity: plainArithmetic.apportion(a.quantity, all(weights), { index, note }), note }),
    zeroAtOrBelow: (a, threshold, note) => write('zeroAtOrBelow', [a, threshold], { quantity: plainArithmetic.zeroAtOrBelow(a.quantity, threshold.quantity, note), note }),
    ratioUp: (a, numerator, { denominator, note }) =>
      write('ratioUp', [a, formatQuantity(numerator), formatQuantity(denominator)], { quantity: scaleQuantity(a.quantity, numerator, denominator, 'up'), note }),
    multipleDown: (a, multiple, note) => write('multipleDown', [a, formatQuantity(multiple)], { quantity: plainArithmetic.multipleDown(a.quantity, multiple, note), note }),
    value: ({ quantity }) => quantity,
  };
}
