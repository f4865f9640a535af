import type { LocationId, Sku } from '../identity/ids.ts';
import type { LocationStock } from '../ledger/position.ts';
import type { PolicyRule } from '../policy/policy.ts';
import { formatQuantity, subtractQuantities, ZERO, type Quantity, type QuantityText } from '../quantity/quantity.ts';
import { plainArithmetic as plain, type About, type Arithmetic, type Note, type PerPlace } from './arithmetic.ts';
import type { ReasonCode, Stage, TraceOperation, TraceStep } from './trace.ts';

/** A number that knows the step it came from. */
export interface Traced {
  readonly step: number;
  readonly quantity: Quantity;
}

/** What an explanation is written into. */
export interface Tracing {
  readonly ops: Arithmetic<Traced>;
  /** What was written down, in order. */
  readonly steps: readonly TraceStep[];
  /** The value of each step. */
  readonly values: readonly Quantity[];
}

/** The steps written down so far. */
class Record {
  readonly steps: TraceStep[] = [];
  readonly values: Quantity[] = [];
  readonly #scaleOf: (sku: Sku) => number;
  #sku: Sku | undefined;
  #scale = 0;

  constructor(scaleOf: (sku: Sku) => number) {
    this.#scaleOf = scaleOf;
  }

  write(operation: TraceOperation, args: readonly (number | QuantityText)[], { quantity, note }: { quantity: Quantity; note: Note }): Traced {
    return { step: this.#add(operation, args, formatQuantity(quantity), quantity, note.about, note.label, note.reasonCode), quantity };
  }

  input(quantity: Quantity, { about, label, reasonCode }: Note): Traced {
    return { step: this.#enter(quantity, about, label, reasonCode), quantity };
  }

  /** The most frequent arithmetic of all, without a note for each step. */
  net({ onHand, unavailable, committed }: LocationStock, about: About): Traced {
    let step = this.#enter(onHand, about, 'on hand', 'STOCK');
    let quantity = onHand;
    if (unavailable !== 0) {
      const taken = this.#enter(unavailable, about, 'unavailable', undefined);
      quantity = subtractQuantities(quantity, unavailable);
      step = this.#add('subtract', [step, taken], formatQuantity(quantity), quantity, about, 'sellable on hand', 'STOCK');
    }
    if (committed !== 0) {
      const taken = this.#enter(committed, about, 'committed here', undefined);
      quantity = subtractQuantities(quantity, committed);
      step = this.#add('subtract', [step, taken], formatQuantity(quantity), quantity, about, 'not committed', 'CLAIMS');
    }
    return { step, quantity };
  }

  /** An input is its own argument. */
  // oxlint-disable-next-line max-params -- called for every step, where an object for the arguments costs as much as the step
  #enter(quantity: Quantity, about: About, label: string, reasonCode: ReasonCode | undefined): number {
    const value = formatQuantity(quantity);
    return this.#add('input', [value], value, quantity, about, label, reasonCode);
  }

  /** Makes the step at once in the form that is told, without absent properties; the forms that are common in one go. */
  // oxlint-disable-next-line max-params -- the same
  #add(operation: TraceOperation, args: readonly (number | QuantityText)[], value: QuantityText, quantity: Quantity, about: About, label: string, reasonCode: ReasonCode | undefined): number {
    const { stage, sku, location } = about;
    const { steps } = this;
    const id = steps.length;
    this.values.push(quantity);
    if (sku !== this.#sku) {
      this.#sku = sku;
      this.#scale = this.#scaleOf(sku);
    }
    if (about.rule !== undefined || location === undefined || (this.#scale !== 0 && operation !== 'floorDivide')) {
      steps.push(this.#rare({ id, stage, operation, args, value, label, sku }, about, reasonCode));
    } else if (reasonCode === undefined) {
      steps.push({ id, stage, operation, args, value, label, sku, location });
    } else {
      steps.push({ id, stage, operation, args, value, label, sku, location, reasonCode });
    }
    return id;
  }

  #rare(step: { -readonly [Key in keyof TraceStep]: TraceStep[Key] }, { location, rule }: About, reasonCode: ReasonCode | undefined): TraceStep {
    if (this.#scale !== 0 && step.operation !== 'floorDivide') step.scale = this.#scale;
    if (location !== undefined) step.location = location;
    if (rule !== undefined) step.rule = { id: rule.id, owner: rule.owner, reason: rule.reason };
    if (reasonCode !== undefined) step.reasonCode = reasonCode;
    return step;
  }
}

const stepsOf = (values: readonly Traced[]): readonly number[] => values.map(({ step }) => step);
const all = (values: readonly Traced[]): readonly Quantity[] => values.map(({ quantity }) => quantity);

/**
 * Each operation says what it does and leaves the writing to the record. A class, so that all explanations have one
 * shape which outlives them: compiled code that depends on the shape of an object does not survive the last of its kind.
 */
class TracedDivisions extends Record {
  floorDivide(a: Traced, divisor: Quantity, of: Note): Traced {
    return this.write('floorDivide', [a.step, formatQuantity(divisor)], { quantity: plain.floorDivide(a.quantity, divisor, of), note: of });
  }

  percentUp(a: Traced, percent: Quantity, of: Note): Traced {
    return this.write('percentUp', [a.step, formatQuantity(percent, 4)], { quantity: plain.percentUp(a.quantity, percent, of), note: of });
  }

  percentDown(a: Traced, percent: Quantity, of: Note): Traced {
    return this.write('percentDown', [a.step, formatQuantity(percent, 4)], { quantity: plain.percentDown(a.quantity, percent, of), note: of });
  }

  proportionDown(a: Traced, numerator: Traced, { denominator, note: of }: { denominator: Traced; note: Note }): Traced {
    const quantity = plain.proportionDown(a.quantity, numerator.quantity, { denominator: denominator.quantity, note: of });
    return this.write('proportionDown', [a.step, numerator.step, denominator.step], { quantity, note: of });
  }

  apportion(a: Traced, weights: readonly Traced[], { index, note: of }: { index: number; note: Note }): Traced {
    const quantity = plain.apportion(a.quantity, all(weights), { index, note: of });
    return this.write('apportion', [a.step, formatQuantity(index), ...stepsOf(weights)], { quantity, note: of });
  }

  zeroAtOrBelow(a: Traced, threshold: Traced, of: Note): Traced {
    return this.write('zeroAtOrBelow', [a.step, threshold.step], { quantity: plain.zeroAtOrBelow(a.quantity, threshold.quantity, of), note: of });
  }

  ratioUp(a: Traced, numerator: Quantity, { denominator, note: of }: { denominator: Quantity; note: Note }): Traced {
    const quantity = plain.ratioUp(a.quantity, numerator, { denominator, note: of });
    return this.write('ratioUp', [a.step, formatQuantity(numerator), formatQuantity(denominator)], { quantity, note: of });
  }

  multipleDown(a: Traced, multiple: Quantity, of: Note): Traced {
    return this.write('multipleDown', [a.step, formatQuantity(multiple)], { quantity: plain.multipleDown(a.quantity, multiple, of), note: of });
  }
}

class TracedArithmetic extends TracedDivisions implements Arithmetic<Traced> {
  about(stage: Stage, sku: Sku, location?: LocationId): About {
    return { stage, sku, location, rule: undefined };
  }

  because({ stage, sku, location }: About, rule: PolicyRule): About {
    return { stage, sku, location, rule };
  }

  note(about: About, label: string, reasonCode?: ReasonCode): Note {
    return { about, label, reasonCode };
  }

  sum(values: readonly Traced[], of: Note): Traced {
    return this.write('sum', stepsOf(values), { quantity: plain.sum(all(values), of), note: of });
  }

  add(a: Traced, b: Traced, of: Note): Traced {
    return this.sum([a, b], of);
  }

  total(places: readonly number[], numbers: PerPlace<Traced>, of: Note): Traced {
    const parts = places.map((place) => numbers.read(place));
    const [only] = parts;
    return parts.length === 1 && only !== undefined ? only : this.sum(parts, of);
  }

  subtract(a: Traced, b: Traced, of: Note): Traced {
    return this.write('subtract', [a.step, b.step], { quantity: plain.subtract(a.quantity, b.quantity, of), note: of });
  }

  min(values: readonly Traced[], of: Note): Traced {
    return this.write('min', stepsOf(values), { quantity: plain.min(all(values), of), note: of });
  }

  lesser(a: Traced, b: Traced, of: Note): Traced {
    return this.write('min', [a.step, b.step], { quantity: plain.lesser(a.quantity, b.quantity, of), note: of });
  }

  max(values: readonly Traced[], of: Note): Traced {
    return this.write('max', stepsOf(values), { quantity: plain.max(all(values), of), note: of });
  }

  notNegative(a: Traced, of: Note): Traced {
    const nothing = this.input(ZERO, this.note({ ...of.about, rule: undefined }, 'nothing'));
    return this.write('max', [a.step, nothing.step], { quantity: plain.notNegative(a.quantity, of), note: of });
  }

  custom(a: Traced, result: Quantity, of: Note): Traced {
    return this.write('custom', [a.step, formatQuantity(result)], { quantity: result, note: of });
  }

  value({ quantity }: Traced): Quantity {
    return quantity;
  }
}

/**
 * Arithmetic that writes down every step. Kits, which division makes, are counted in whole units.
 *
 * @param scaleOf - Decimal digits of a sku's step.
 */
export function tracingArithmetic(scaleOf: (sku: Sku) => number): Tracing {
  const ops = new TracedArithmetic(scaleOf);
  return { ops, steps: ops.steps, values: ops.values };
}
