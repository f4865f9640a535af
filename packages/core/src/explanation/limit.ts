import type { Sku } from '../identity/ids.ts';
import { addQuantities, compareQuantities, maxQuantity, negateQuantity, parseQuantity, type Quantity } from '../quantity/quantity.ts';
import type { ReasonCode, TraceStep } from './trace.ts';

/** What keeps a number from being larger. @public */
export interface LimitingFactor {
  readonly code: ReasonCode;
  readonly label: string;
  readonly sku?: Sku;
  /** The rule that is the reason, with who wants it and why. */
  readonly rule?: string;
  readonly owner?: string;
  readonly reason?: string;
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
export function limitOf(steps: readonly TraceStep[], from: number): LimitingFactor | undefined {
  const total = steps[from];
  if (total === undefined) return undefined;
  const found: Found = { stock: undefined, onHand: 0, taken: new Map() };
  const decisive = follow(total, steps, found);
  if (decisive !== undefined) return factor(decisive, decisive.reasonCode ?? 'COMPONENT');
  const worst = largest(found.taken.values());
  if (worst !== undefined && compareQuantities(found.onHand, 0) > 0 && compareQuantities(worst.all, maxQuantity(valueOf(total), 1)) >= 0) {
    return factor(worst.step, worst.step.reasonCode ?? 'STOCK');
  }
  if (found.stock === undefined) return undefined;
  const { sku } = found.stock;
  return { code: 'STOCK', label: 'stock on hand', ...(sku === undefined ? {} : { sku }) };
}

/** What was met on the way back from a number. */
interface Found {
  stock: TraceStep | undefined;
  onHand: Quantity;
  readonly taken: Map<ReasonCode, Deduction>;
}

/** Follows what decides a step; returns what decides the number alone. */
function follow(step: TraceStep, steps: readonly TraceStep[], found: Found): TraceStep | undefined {
  const args = step.args.flatMap((arg) => (typeof arg === 'number' ? (steps[arg] ?? []) : []));
  const [first, second] = args;
  if (first === undefined) return begin(step, found);
  switch (step.operation) {
    case 'min':
      return followLeast(step, args, { first, steps, found });
    case 'zeroAtOrBelow':
    case 'multipleDown':
      return first.value === step.value ? follow(first, steps, found) : step;
    case 'apportion':
      return step;
    case 'sum':
      if (step.reasonCode === 'SHARE') return step;
      if (step.reasonCode !== 'CLAIMS' && step.reasonCode !== 'PROTECTED') return followAll(args, steps, found);
      deduct(found, step, negateQuantity(valueOf(second)));
      return follow(first, steps, found);
    case 'subtract':
      deduct(found, { ...step, label: second?.label ?? step.label }, valueOf(second));
      return follow(first, steps, found);
    default:
      return follow(first, steps, found);
  }
}

function followLeast(
  step: TraceStep,
  args: readonly TraceStep[],
  { first, steps, found }: { first: TraceStep; steps: readonly TraceStep[]; found: Found },
): TraceStep | undefined {
  const winner = args.find((arg) => arg.value === step.value) ?? first;
  if (step.reasonCode === 'COMPONENT') return winner.operation === 'min' ? follow(winner, steps, found) : winner;
  return winner !== first && step.reasonCode !== 'STOCK' ? step : follow(winner, steps, found);
}

function followAll(args: readonly TraceStep[], steps: readonly TraceStep[], found: Found): TraceStep | undefined {
  let decisive: TraceStep | undefined;
  for (const arg of args) decisive = follow(arg, steps, found) ?? decisive;
  return decisive;
}

/** A number that the arithmetic begins with. */
function begin(step: TraceStep, found: Found): TraceStep | undefined {
  if (step.reasonCode === 'PINNED' || step.reasonCode === 'CAPPED' || step.reasonCode === 'FORCED_OUT') return step;
  found.stock ??= step;
  found.onHand = addQuantities(found.onHand, valueOf(step));
  return undefined;
}

function largest(deductions: Iterable<Deduction>): Deduction | undefined {
  let worst: Deduction | undefined;
  for (const deduction of deductions) if (worst === undefined || compareQuantities(deduction.all, worst.all) > 0) worst = deduction;
  return worst;
}

/** What one kind of reason takes off, and the largest single taking of it. */
interface Deduction {
  readonly step: TraceStep;
  readonly most: Quantity;
  readonly all: Quantity;
}

function deduct({ taken }: Found, step: TraceStep, quantity: Quantity): void {
  const code = step.reasonCode ?? 'STOCK';
  const known = taken.get(code);
  const larger = known === undefined || compareQuantities(quantity, known.most) > 0;
  taken.set(code, {
    step: larger ? step : known.step,
    most: larger ? quantity : known.most,
    all: addQuantities(known?.all ?? 0, quantity),
  });
}

/** What a reason is called where the step's own label is a sentence about the result. */
const NAMES: Partial<Record<ReasonCode, string>> = {
  PINNED: 'pin', FORCED_OUT: 'forced out of stock', SELL_MULTIPLE: 'sold in whole multiples', CAPPED: 'cap', HIDDEN: 'hidden because too few', SHARED_POOL: 'open demand of other channels on the shared pool',
};

function factor({ label, sku, rule }: TraceStep, code: ReasonCode): LimitingFactor {
  return { code, label: NAMES[code] ?? label, ...(sku === undefined ? {} : { sku }), ...(rule === undefined ? {} : { rule: rule.id, owner: rule.owner, reason: rule.reason }) };
}

function valueOf(step: TraceStep | undefined): Quantity {
  return step === undefined ? 0 : parseQuantity(step.value);
}
