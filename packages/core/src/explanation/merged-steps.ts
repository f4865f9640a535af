import { parseQuantity, ZERO, type Quantity } from '../quantity/quantity.ts';
import type { TraceOperation, TraceStep } from './trace.ts';

const PERCENT_SCALE = 4;

/** One explanation's steps, as a comparison asks for them. */
export class Steps {
  readonly all: readonly TraceStep[];
  /** By step, what stands for it where it is in this explanation alone. */
  readonly alone = new Map<number, number>();
  /** By step, what stands for it and a step of the other explanation. */
  readonly paired = new Map<number, number>();
  /** Steps of this explanation alone that a difference tells of. */
  readonly told = new Set<number>();
  #beginnings: Set<string> | undefined;

  constructor(all: readonly TraceStep[]) {
    this.all = all;
  }

  arg(step: TraceStep, index: number): TraceStep | undefined {
    const arg = step.args[index];
    return typeof arg === 'number' ? this.all[arg] : undefined;
  }

  /** What stands for a step, alone or with one of the other explanation; nothing where nothing does yet. */
  placeOf({ id }: TraceStep): number | undefined {
    return this.paired.get(id) ?? this.alone.get(id);
  }

  /** The steps that a step is made of. */
  argsOf({ args }: TraceStep): readonly TraceStep[] {
    return args.flatMap((arg) => (typeof arg === 'number' ? (this.all[arg] ?? []) : []));
  }

  /** What a step is, whatever it came to. Locations that are listed in a name are no part of it, since the list may differ. */
  nameOf(step: TraceStep): string {
    const label = step.operation === 'sum' ? step.label.replace(/^supply of .*$/, 'supply') : step.label;
    // That something is not held says nothing of what holds it.
    const whom = step.label === 'not held' ? this.arg(step, 1)?.label : undefined;
    return [step.stage, step.operation, label, step.sku, step.location, whom].join('\u001f');
  }

  /** The rules that any step is due to. */
  get rules(): ReadonlySet<string> {
    return new Set(this.all.flatMap(({ rule }) => rule?.id ?? []));
  }

  /** Whether the arithmetic begins with this very number here too. */
  beginsWith(step: TraceStep): boolean {
    this.#beginnings ??= new Set(this.all.filter(isBeginning).map((one) => beginningOf(one)));
    return this.#beginnings.has(beginningOf(step));
  }

  /** A step, what its first argument was, and so on: the way of a number through the stages. */
  wayTo(step: TraceStep): Links {
    const links: Map<TraceStep, Link | undefined> = new Map([[step, undefined]]);
    for (const into of links.keys()) {
      const first = isBeginning(into) ? undefined : this.arg(into, 0);
      if (first !== undefined) links.set(first, { into, at: 0 });
    }
    return links;
  }

  /** Every step that a number is made of, the nearest first, each with the one that it is an argument of. Only so many: further away nothing is the same number. */
  madeOf(step: TraceStep): Links {
    const links = new Map<TraceStep, Link | undefined>([[step, undefined]]);
    for (const into of links.keys()) {
      if (links.size > FARTHEST) break;
      this.argsOf(into).forEach((arg, at) => { if (!links.has(arg)) links.set(arg, { into, at }); });
    }
    return links;
  }
}

/** Where a step is used: by which, and as the how-manyeth of the steps that it is made of. */
export interface Link {
  readonly into: TraceStep;
  readonly at: number;
}

/** Steps, the nearest first, each with where it is used; the number itself nowhere. */
export type Links = ReadonlyMap<TraceStep, Link | undefined>;

const FARTHEST = 500;

function beginningOf(step: TraceStep): string {
  return [step.stage, step.label, step.sku, step.location, step.rule?.id, step.value].join('\u001f');
}

/** Whether the arithmetic begins with a step. */
export function isBeginning({ operation }: TraceStep): boolean {
  return operation === 'input' || operation === 'constant';
}

/** What a step came to. */
export function quantityOf({ value }: TraceStep): Quantity {
  return parseQuantity(value);
}

/** The numbers of a step that are no steps. */
export function textsOf({ operation, args }: TraceStep): readonly Quantity[] {
  const scale = operation === 'percentUp' || operation === 'percentDown' ? PERCENT_SCALE : 0;
  return args.flatMap((arg) => (typeof arg === 'number' ? [] : parseQuantity(arg, { scale })));
}

/** Members by what they are: at a location whatever is there, else by name; of several that are the same, each by its place among them. */
export function membersByKey(members: readonly TraceStep[], steps: Steps): ReadonlyMap<string, TraceStep> {
  const keyed = new Map<string, TraceStep>();
  const seen = new Map<string, number>();
  for (const member of members) {
    const key = member.location === undefined ? steps.nameOf(member) : `\u001f${member.sku ?? ''}\u001f${member.location}`;
    const count = seen.get(key) ?? 0;
    seen.set(key, count + 1);
    keyed.set(`${key}\u001f${String(count)}`, member);
  }
  return keyed;
}

/** Operations whose arguments have no order. */
export const ANY_ORDER: ReadonlySet<TraceOperation> = new Set(['sum', 'min', 'max']);

/** Whether a step stands for no quantity but nothing. */
export function isNothing(step: TraceStep): boolean {
  return isBeginning(step) && step.label === 'nothing' && quantityOf(step) === ZERO;
}

/** Two steps, one of each explanation, as one name. */
export function keyOf(was: TraceStep, is: TraceStep): string {
  return `${String(was.id)} ${String(is.id)}`;
}

/** Whether first members that differ are one number that took another way, and not two numbers. */
export function isNumberOnWay(operation: TraceOperation, was: TraceStep | undefined, is: TraceStep | undefined): boolean {
  if (was === undefined || is === undefined) return false;
  return operation !== 'sum' || (was.location === undefined && is.location === undefined && !(isBeginning(was) && isBeginning(is)));
}

/** Whether two rules do the same in words that differ: stock for three days, stock for nine. */
export function isSameUnderAnotherRule(was: TraceStep, is: TraceStep): boolean {
  return was.rule !== undefined && is.rule !== undefined && was.operation === is.operation && !ANY_ORDER.has(is.operation) && was.stage === is.stage && was.sku === is.sku && was.location === is.location;
}

/** What steps are called. */
export function labelsOf(steps: readonly TraceStep[]): string {
  return steps.map(({ label }) => label).join('\u001f');
}
