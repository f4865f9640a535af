import type { Sku } from '../identity/ids.ts';
import { addQuantities, compareQuantities, maxQuantity, negateQuantity, subtractQuantities, sumQuantities, type Quantity } from '../quantity/quantity.ts';
import { KEPT_FOR_NOBODY, type ReasonCode, type TraceStep } from './trace.ts';

/** What keeps a number from being larger. @public */
export interface LimitingFactor {
  readonly code: ReasonCode;
  readonly label: string;
  readonly sku?: Sku;
  /** The rule that is the reason, with its version, who wants it and why. */
  readonly rule?: string;
  readonly version?: string;
  readonly owner?: string;
  readonly reason?: string;
}

/** Steps and the value of each, by number. */
export interface Traces {
  readonly steps: readonly TraceStep[];
  readonly values: readonly Quantity[];
}

/**
 * What a merchandiser would name as the reason of a number.
 *
 * @remarks
 * Something that decides the number alone comes first: a pin, a cap that binds, hiding, the scarcest component of a kit,
 * a pool that others draw on too. Failing that the number is stock less deductions, and the largest kind of deduction
 * is the reason where it takes at least as much as it leaves; else the stock is.
 *
 * @param from - The step of the number.
 */
export function limitOf(traces: Traces, from: number): LimitingFactor | undefined {
  const total = traces.steps[from];
  if (total === undefined) return undefined;
  const found: Found = { stock: undefined, onHand: 0, taken: [] };
  const decisive = follow(total, traces, found);
  if (decisive !== undefined) return factor(decisive, decisive.reasonCode ?? 'COMPONENT');
  const worst = largest(found.taken);
  if (worst !== undefined && compareQuantities(found.onHand, 0) > 0 && compareQuantities(worst.all, maxQuantity(valueOf(traces, total), 1)) >= 0) {
    return factor({ ...worst.step, label: worst.label }, worst.step.reasonCode ?? 'STOCK');
  }
  if (found.stock === undefined) return undefined;
  const { sku } = found.stock;
  return { code: 'STOCK', label: 'stock on hand', ...(sku === undefined ? {} : { sku }) };
}

/** What was met on the way back from a number. */
interface Found {
  stock: TraceStep | undefined;
  onHand: Quantity;
  /** One of each kind of reason, in the order in which they were met: there are never more than a few. */
  readonly taken: Deduction[];
}

function argOf({ steps }: Traces, step: TraceStep, index: number): TraceStep | undefined {
  const arg = step.args[index];
  return typeof arg === 'number' ? steps[arg] : undefined;
}

/** Follows what decides a step; returns what decides the number alone. */
function follow(step: TraceStep, traces: Traces, found: Found): TraceStep | undefined {
  const first = step.operation === 'input' ? undefined : argOf(traces, step, 0);
  if (first === undefined) return begin(step, traces, found);
  switch (step.operation) {
    case 'min':
      return followLeast(step, first, { traces, found });
    case 'zeroAtOrBelow':
    case 'multipleDown':
    case 'custom':
    // A part that is all there is takes nothing.
    case 'apportion':
      return first.value === step.value || isNothing(first, step, traces) ? follow(first, traces, found) : step;
    case 'sum':
      return followSum(step, first, { traces, found });
    case 'subtract': {
      const taken = argOf(traces, step, 1);
      // What is set aside for the channel itself is added again.
      if (taken !== undefined && step.label !== KEPT_FOR_NOBODY) deduct(found, step, { label: taken.label, quantity: valueOf(traces, taken) });
      return follow(first, traces, found);
    }
    default:
      return follow(first, traces, found);
  }
}

/** Of nothing nothing can be taken: what becomes of a number below zero no longer matters. */
function isNothing(first: TraceStep, step: TraceStep, traces: Traces): boolean {
  return [first, step].every((one) => compareQuantities(valueOf(traces, one), 0) <= 0);
}

interface Following {
  readonly traces: Traces;
  readonly found: Found;
}

function followLeast(step: TraceStep, first: TraceStep, { traces, found }: Following): TraceStep | undefined {
  let winner = first;
  for (let index = step.args.length - 1; index >= 0; index -= 1) {
    const arg = argOf(traces, step, index);
    if (arg?.value === step.value) winner = arg;
  }
  if (step.reasonCode === 'COMPONENT') return winner.operation === 'min' ? follow(winner, traces, found) : (scarcestSomewhere(winner, traces) ?? winner);
  if (winner === first || step.reasonCode === 'STOCK') return follow(winner, traces, found);
  return step.reasonCode === 'SHARED_POOL' ? ofPool(step, { own: first, least: winner }, traces) : step;
}

/** What others draw of a pool that is less than one's own: what they asked for, or what a rule keeps for them where that takes more. */
function ofPool(step: TraceStep, { own, least }: { readonly own: TraceStep; readonly least: TraceStep }, traces: Traces): TraceStep {
  const owned = new Set(demandsOn(own, traces).map(({ step: { label } }) => label));
  const others = demandsOn(least, traces).filter((demand) => !owned.has(demand.step.label));
  const of = (code: ReasonCode): readonly Demand[] => others.filter((demand) => demand.step.reasonCode === code);
  const sum = (demands: readonly Demand[]): Quantity => sumQuantities(demands.map(({ quantity }) => quantity));
  const kept = of('PROTECTED');
  if (compareQuantities(sum(kept), sum(of('CLAIMS'))) <= 0) return others.length === 0 ? { ...step, label: BESIDE_OTHERS } : { ...step, label: 'open demand of other channels on the shared pool' };
  const most = kept.reduce((a, b) => (compareQuantities(b.quantity, a.quantity) > 0 ? b : a));
  return { ...most.step, label: argOf(traces, most.step, 1)?.label ?? most.step.label };
}

interface Demand {
  readonly step: TraceStep;
  readonly quantity: Quantity;
}

/** What a pool was lessened by, one after the other. */
function demandsOn(from: TraceStep, traces: Traces): readonly Demand[] {
  const demands: Demand[] = [];
  for (let step: TraceStep | undefined = from; step?.operation === 'subtract'; step = argOf(traces, step, 0)) {
    demands.push({ step, quantity: valueOf(traces, argOf(traces, step, 1)) });
  }
  return demands;
}

/** Of what locations can each build, the component of which more would make the most at one of them. */
function scarcestSomewhere(all: TraceStep, traces: Traces): TraceStep | undefined {
  let most: { readonly step: TraceStep; readonly more: Quantity } | undefined;
  if (all.reasonCode !== undefined) return undefined;
  for (const arg of all.args) {
    const least = typeof arg === 'number' ? argOf(traces, traces.steps[arg] ?? all, 0) : undefined;
    if (least?.operation !== 'min') continue;
    const [step, next] = least.args.flatMap((_, index) => argOf(traces, least, index) ?? []).sort((a, b) => compareQuantities(valueOf(traces, a), valueOf(traces, b)));
    const more = step === undefined || next === undefined ? 0 : subtractQuantities(valueOf(traces, next), valueOf(traces, step));
    if (step !== undefined && (most === undefined || compareQuantities(more, most.more) > 0)) most = { step: { ...step, label: `kits that ${step.sku ?? ''} allows at ${step.location ?? ''}` }, more };
  }
  return most?.step;
}

function followSum(step: TraceStep, first: TraceStep, { traces, found }: Following): TraceStep | undefined {
  if (step.reasonCode === 'SHARE') {
    const share = argOf(traces, step, 1);
    return share?.operation === 'apportion' && argOf(traces, share, 0)?.value === share.value ? follow(share, traces, found) : step;
  }
  if (step.reasonCode === 'CLAIMS' || step.reasonCode === 'PROTECTED') {
    deduct(found, step, { label: step.label, quantity: negateQuantity(valueOf(traces, argOf(traces, step, 1))) });
    return follow(first, traces, found);
  }
  // Of several that decide, what a rule does is named before which part is the scarcest somewhere.
  let decisive: TraceStep | undefined;
  for (let index = 0; index < step.args.length; index += 1) {
    const arg = argOf(traces, step, index);
    const one = arg === undefined ? undefined : follow(arg, traces, found);
    if (one !== undefined && (one.rule !== undefined || decisive?.rule === undefined)) decisive = one;
  }
  return decisive;
}

/** A number that the arithmetic begins with. */
function begin(step: TraceStep, traces: Traces, found: Found): TraceStep | undefined {
  if (step.reasonCode === 'PINNED' || step.reasonCode === 'CAPPED' || step.reasonCode === 'FORCED_OUT') return step;
  found.stock ??= step;
  found.onHand = addQuantities(found.onHand, valueOf(traces, step));
  return undefined;
}

function largest(deductions: readonly Deduction[]): Deduction | undefined {
  let worst: Deduction | undefined;
  for (const deduction of deductions) if (worst === undefined || compareQuantities(deduction.all, worst.all) > 0) worst = deduction;
  return worst;
}

/** What one kind of reason takes off, and the largest single taking of it. */
interface Deduction {
  readonly code: ReasonCode;
  step: TraceStep;
  label: string;
  most: Quantity;
  all: Quantity;
}

function deduct({ taken }: Found, step: TraceStep, { label, quantity }: { readonly label: string; readonly quantity: Quantity }): void {
  const code = step.reasonCode ?? 'STOCK';
  let known: Deduction | undefined;
  for (const deduction of taken) if (deduction.code === code) known = deduction;
  if (known === undefined) {
    taken.push({ code, step, label, most: quantity, all: quantity });
    return;
  }
  known.all = addQuantities(known.all, quantity);
  if (compareQuantities(quantity, known.most) <= 0) return;
  known.most = quantity;
  known.step = step;
  known.label = label;
}

/** What a reason is called where the step's own label is a sentence about the result. */
const NAMES: Partial<Record<ReasonCode, string>> = {
  PINNED: 'pin', FORCED_OUT: 'forced out of stock', SELL_MULTIPLE: 'sold in whole multiples', CAPPED: 'cap', HIDDEN: 'hidden because too few',
};

/** What a channel leaves others beside its own parts, step by step: no one sentence of a step tells all of it. */
const BESIDE_OTHERS = 'what other channels may ask of the same stock';

function factor({ label, sku, rule }: TraceStep, code: ReasonCode): LimitingFactor {
  return { code, label: NAMES[code] ?? label, ...(sku === undefined ? {} : { sku }), ...(rule === undefined ? {} : { rule: rule.id, version: rule.version, owner: rule.owner, reason: rule.reason }) };
}

function valueOf({ values }: Traces, step: TraceStep | undefined): Quantity {
  return step === undefined ? 0 : (values[step.id] ?? 0);
}
