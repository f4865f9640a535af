import { assertInvariant } from '../internal/assert.ts';
import type { LocationId, Sku } from '../identity/ids.ts';
import type { LocationStock } from '../ledger/position.ts';
import type { PolicyRule } from '../policy/policy.ts';
import { isFraction, type PerKit } from '../quantity/per-kit.ts';
import { addQuantities, formatQuantity, subtractQuantities, ZERO, type Quantity, type QuantityText } from '../quantity/quantity.ts';
import { OneArithmetic, plainArithmetic as plain, type About, type Arithmetic, type Note, type PerPlace } from './arithmetic.ts';
import type { Traces } from './limit.ts';
import type { ReasonCode, Stage, TraceOperation, TraceStep } from './trace.ts';

/** A number as the step that it came from: what it is stands in the record. */
export type Traced = number & { readonly '~step': true };

/** What explanations are written into, one after the other. */
export interface Tracing {
  readonly ops: Arithmetic<Traced>;
  /** What was written down, in order; the next explanation begins anew. */
  taken(): Traces;
}

type Args = readonly (number | QuantityText)[];

/** The steps written down so far. The values are used again and again; the steps are a list of their own each time, as long as the last was. */
class Record {
  #steps: TraceStep[] = [];
  readonly #values: Quantity[] = [];
  #count = 0;
  readonly #scaleOf: (sku: Sku) => number;
  readonly #version: string;
  #sku: Sku | undefined;
  #scale: number | undefined;

  constructor(scaleOf: (sku: Sku) => number, version: string) {
    this.#scaleOf = scaleOf;
    this.#version = version;
  }

  value(number: Traced): Quantity {
    return this.#values[number] ?? ZERO;
  }

  taken(): Traces {
    const steps = this.#steps;
    steps.length = this.#count;
    // A new list of new steps costs no look at whether anything old refers to something new.
    this.#steps = [];
    this.#steps.length = Math.min(this.#count, SHARED);
    this.#count = 0;
    return { steps, values: this.#values };
  }

  /** The most frequent arithmetic of all, where nothing but whole units without a rule is met: its five steps at once. */
  net(stock: LocationStock, about: About | undefined): Traced {
    const where = written(about);
    const { stage, sku, location } = where;
    if (where.scale !== undefined || where.rule !== undefined) return this.#netStepByStep(stock, where);
    const { onHand, unavailable, committed } = stock;
    const [steps, values] = [this.#steps, this.#values];
    let id = this.#count;
    let left = onHand;
    let args = argsOf(left);
    values[id] = left;
    steps[id] = { id, stage, operation: 'input', args, value: args[0] as QuantityText, label: 'on hand', sku, location, reasonCode: 'STOCK' };
    if (unavailable !== 0) {
      args = argsOf(unavailable);
      values[id + 1] = unavailable;
      steps[id + 1] = { id: id + 1, stage, operation: 'input', args, value: args[0] as QuantityText, label: 'unavailable', sku, location, reasonCode: undefined };
      left = subtractQuantities(left, unavailable);
      values[id + 2] = left;
      steps[id + 2] = { id: id + 2, stage, operation: 'subtract', args: pairFrom(id), value: formatQuantity(left), label: 'sellable on hand', sku, location, reasonCode: 'STOCK' };
      id += 2;
    }
    if (committed !== 0) {
      args = argsOf(committed);
      values[id + 1] = committed;
      steps[id + 1] = { id: id + 1, stage, operation: 'input', args, value: args[0] as QuantityText, label: 'committed here', sku, location, reasonCode: undefined };
      left = subtractQuantities(left, committed);
      values[id + 2] = left;
      steps[id + 2] = { id: id + 2, stage, operation: 'subtract', args: pairFrom(id), value: formatQuantity(left), label: 'not committed', sku, location, reasonCode: 'CLAIMS' };
      id += 2;
    }
    this.#count = id + 1;
    return id as Traced;
  }

  #netStepByStep({ onHand, unavailable, committed }: LocationStock, where: About): Traced {
    let step = this.put('input', argsOf(onHand), onHand, where, 'on hand', 'STOCK');
    let quantity = onHand;
    if (unavailable !== 0) {
      const taken = this.put('input', argsOf(unavailable), unavailable, where, 'unavailable', undefined);
      quantity = subtractQuantities(quantity, unavailable);
      step = this.put('subtract', [step, taken], quantity, where, 'sellable on hand', 'STOCK');
    }
    if (committed !== 0) {
      const taken = this.put('input', argsOf(committed), committed, where, 'committed here', undefined);
      quantity = subtractQuantities(quantity, committed);
      step = this.put('subtract', [step, taken], quantity, where, 'not committed', 'CLAIMS');
    }
    return step;
  }

  protected scaleOf(sku: Sku): number | undefined {
    if (sku !== this.#sku) {
      const scale = this.#scaleOf(sku);
      this.#sku = sku;
      this.#scale = scale === 0 ? undefined : scale;
    }
    return this.#scale;
  }

  protected write(operation: TraceOperation, args: Args, { quantity, note }: { readonly quantity: Quantity; readonly note: Note | undefined }): Traced {
    const { about, label, reasonCode } = written(note);
    return this.put(operation, args, quantity, about, label, reasonCode);
  }

  /** Makes the step at once in one of two forms, so that whoever reads steps meets two kinds of objects and not one for each combination. */
  // oxlint-disable-next-line max-params -- called for every step, where an object for the arguments costs as much as the step
  protected put(operation: TraceOperation, args: Args, quantity: Quantity, { stage, sku, location, rule, scale: digits }: About, label: string, reasonCode: ReasonCode | undefined): Traced {
    const value = formatQuantity(quantity);
    const id = this.#count;
    this.#count = id + 1;
    this.#values[id] = quantity;
    const scale = operation === 'floorDivide' ? undefined : digits;
    this.#steps[id] = rule === undefined && scale === undefined
      ? { id, stage, operation, args, value, label, sku, location, reasonCode }
      : { id, stage, operation, args, value, label, sku, location, reasonCode, scale, rule: rule === undefined ? undefined : { id: rule.id, version: rule.kind === 'custom' ? String(rule.ruleVersion) : this.#version, owner: rule.owner, reason: rule.reason } };
    return id as Traced;
  }
}

/** Words may be absent only where nothing is traced. */
function written<Words>(words: Words | undefined): Words {
  assertInvariant(words !== undefined, 'A step that is traced has words.');
  return words;
}

/** As many as most explanations have steps, and as most stock counts: so many lists of arguments are made once. */
const SHARED = 1_000;
/** An input is its own argument. */
const INPUTS: readonly (readonly QuantityText[])[] = Array.from({ length: SHARED }, (_, count) => Object.freeze([formatQuantity(count)]));
/** A step and the one after it, as arguments. */
const PAIRS: readonly (readonly number[])[] = Array.from({ length: SHARED }, (_, id) => Object.freeze([id, id + 1]));

function pairFrom(id: number): readonly number[] {
  return PAIRS[id] ?? [id, id + 1];
}

function argsOf(quantity: Quantity): readonly QuantityText[] {
  return (typeof quantity === 'number' && quantity >= 0 ? INPUTS[quantity] : undefined) ?? [formatQuantity(quantity)];
}

/** Each operation says what it does and leaves the writing to the record. */
class TracedDivisions extends Record {
  protected valuesOf(numbers: readonly Traced[]): readonly Quantity[] {
    return numbers.map((number) => this.value(number));
  }

  floorDivide(a: Traced, divisor: PerKit, note: Note | undefined): Traced {
    const args = isFraction(divisor) ? [a, formatQuantity(divisor.numerator), formatQuantity(divisor.denominator)] : [a, formatQuantity(divisor)];
    return this.write('floorDivide', args, { quantity: plain.floorDivide(this.value(a), divisor, note), note });
  }

  percentUp(a: Traced, percent: Quantity, note: Note | undefined): Traced {
    return this.write('percentUp', [a, formatQuantity(percent, 4)], { quantity: plain.percentUp(this.value(a), percent, note), note });
  }

  percentDown(a: Traced, percent: Quantity, note: Note | undefined): Traced {
    return this.write('percentDown', [a, formatQuantity(percent, 4)], { quantity: plain.percentDown(this.value(a), percent, note), note });
  }

  proportionDown(a: Traced, numerator: Traced, { denominator, note }: { denominator: Traced; note: Note | undefined }): Traced {
    const quantity = plain.proportionDown(this.value(a), this.value(numerator), { denominator: this.value(denominator), note });
    return this.write('proportionDown', [a, numerator, denominator], { quantity, note });
  }

  apportion(a: Traced, weights: readonly Traced[], { index, note }: { index: number; note: Note | undefined }): Traced {
    const quantity = plain.apportion(this.value(a), this.valuesOf(weights), { index, note });
    return this.write('apportion', [a, formatQuantity(index), ...weights], { quantity, note });
  }

  zeroAtOrBelow(a: Traced, threshold: Traced, note: Note | undefined): Traced {
    return this.write('zeroAtOrBelow', [a, threshold], { quantity: plain.zeroAtOrBelow(this.value(a), this.value(threshold), note), note });
  }

  ratioUp(a: Traced, numerator: Quantity, { denominator, note }: { denominator: Quantity; note: Note | undefined }): Traced {
    return this.write('ratioUp', [a, formatQuantity(numerator), formatQuantity(denominator)], { quantity: plain.ratioUp(this.value(a), numerator, { denominator, note }), note });
  }

  multipleDown(a: Traced, multiple: Quantity, note: Note | undefined): Traced {
    return this.write('multipleDown', [a, formatQuantity(multiple)], { quantity: plain.multipleDown(this.value(a), multiple, note), note });
  }
}

class TracedArithmetic extends TracedDivisions implements Arithmetic<Traced> {
  about(stage: Stage, sku: Sku, location?: LocationId): About {
    return { stage, sku, location, rule: undefined, scale: this.scaleOf(sku) };
  }

  because(about: About | undefined, rule: PolicyRule): About {
    const { stage, sku, location, scale } = written(about);
    return { stage, sku, location, rule, scale };
  }

  note(about: About | undefined, label: string, reasonCode?: ReasonCode): Note {
    return { about: written(about), label, reasonCode };
  }

  input(quantity: Quantity, note: Note | undefined): Traced {
    return this.write('input', argsOf(quantity), { quantity, note });
  }

  sum(numbers: readonly Traced[], note: Note | undefined): Traced {
    return this.#sum([...numbers], note);
  }

  add(a: Traced, b: Traced, note: Note | undefined): Traced {
    return this.#sum([a, b], note);
  }

  total(places: readonly number[], numbers: PerPlace<Traced>, note: Note | undefined): Traced {
    const parts = places.map((place) => numbers.read(place));
    const [only] = parts;
    return parts.length === 1 && only !== undefined ? only : this.#sum(parts, note);
  }

  #sum(numbers: readonly Traced[], note: Note | undefined): Traced {
    let quantity = ZERO;
    for (const number of numbers) quantity = addQuantities(quantity, this.value(number));
    return this.write('sum', numbers, { quantity, note });
  }

  subtract(a: Traced, b: Traced, note: Note | undefined): Traced {
    return this.write('subtract', [a, b], { quantity: subtractQuantities(this.value(a), this.value(b)), note });
  }

  min(numbers: readonly Traced[], note: Note | undefined): Traced {
    return this.write('min', [...numbers], { quantity: plain.min(this.valuesOf(numbers), note), note });
  }

  lesser(a: Traced, b: Traced, note: Note | undefined): Traced {
    return this.write('min', [a, b], { quantity: plain.lesser(this.value(a), this.value(b), note), note });
  }

  max(numbers: readonly Traced[], note: Note | undefined): Traced {
    return this.write('max', [...numbers], { quantity: plain.max(this.valuesOf(numbers), note), note });
  }

  notNegative(a: Traced, note: Note | undefined): Traced {
    const { about } = written(note);
    const nothing = this.put('input', argsOf(ZERO), ZERO, about.rule === undefined ? about : { ...about, rule: undefined }, 'nothing', undefined);
    return this.write('max', [a, nothing], { quantity: plain.notNegative(this.value(a), note), note });
  }

  custom(a: Traced, result: Quantity, note: Note | undefined): Traced {
    return this.write('custom', [a, formatQuantity(result)], { quantity: result, note });
  }
}

/**
 * Arithmetic that writes down every step. Kits, which division makes, are counted in whole units.
 *
 * @param scaleOf - Decimal digits of a sku's step.
 * @param version - The policy's, which is that of its rules.
 */
export function tracingArithmetic(scaleOf: (sku: Sku) => number, version: string): Tracing {
  const traced = new TracedArithmetic(scaleOf, version);
  // Steps are numbers, and whatever is counted in numbers goes through the one class.
  const ops = new OneArithmetic(traced as unknown as Arithmetic<Quantity>) as unknown as Arithmetic<Traced>;
  return { ops, taken: () => traced.taken() };
}
