import type { Sku } from '../identity/ids.ts';
import { addQuantities, compareQuantities, maxQuantity, parseQuantity, subtractQuantities, type Quantity } from '../quantity/quantity.ts';
import type { ReasonCode, TraceStep } from './trace.ts';

/** What keeps a number from being larger. @public */
export interface LimitingFactor {
  readonly code: ReasonCode;
  readonly label: string;
  readonly sku?: Sku;
  readonly rule?: string;
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
  const taken = new Map<ReasonCode, Deduction>();
  let stock: TraceStep | undefined;
  let onHand: Quantity = 0;

  /** Follows what decides a step; returns what decides the number alone. */
  const follow = (step: TraceStep): TraceStep | undefined => {
    const args = step.args.flatMap((arg) => (typeof arg === 'number' ? (steps[arg] ?? []) : []));
    const [first, second] = args;
    const changed = first === undefined || first.value !== step.value;
    if (first === undefined) {
      if (step.reasonCode === 'PINNED' || step.reasonCode === 'CAPPED') return step;
      stock ??= step;
      onHand = addQuantities(onHand, valueOf(step));
      return undefined;
    }
    switch (step.operation) {
      case 'min': {
        const winner = args.find((arg) => arg.value === step.value) ?? first;
        if (step.reasonCode === 'COMPONENT') return winner.operation === 'min' ? follow(winner) : winner;
        return changed && step.reasonCode !== 'STOCK' ? step : follow(winner);
      }
      case 'sum': {
        if (step.reasonCode !== 'CLAIMS') return args.map(follow).find((decisive) => decisive !== undefined);
        if (second !== undefined) deduct(taken, step, negative(valueOf(second)));
        return follow(first);
      }
      case 'subtract':
        if (second !== undefined) deduct(taken, { ...step, label: second.label }, valueOf(second));
        return follow(first);
      case 'zeroAtOrBelow':
        return changed ? step : follow(first);
      default:
        return follow(first);
    }
  };

  const total = steps[from];
  if (total === undefined) return undefined;
  const decisive = follow(total);
  if (decisive !== undefined) return factor(decisive, decisive.reasonCode ?? 'COMPONENT');
  const worst = [...taken.values()].reduce<Deduction | undefined>((a, b) => (a !== undefined && compareQuantities(a.all, b.all) >= 0 ? a : b), undefined);
  if (worst !== undefined && compareQuantities(onHand, 0) > 0 && compareQuantities(worst.all, maxQuantity(valueOf(total), 1)) >= 0) {
    return factor(worst.step, worst.step.reasonCode ?? 'STOCK');
  }
  return stock === undefined ? undefined : { code: 'STOCK', label: 'stock on hand', ...(stock.sku === undefined ? {} : { sku: stock.sku }) };
}

/** What one kind of reason takes off, and the largest single taking of it. */
interface Deduction {
  readonly step: TraceStep;
  readonly most: Quantity;
  readonly all: Quantity;
}

function deduct(taken: Map<ReasonCode, Deduction>, step: TraceStep, quantity: Quantity): void {
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
  PINNED: 'pin', CAPPED: 'cap', HIDDEN: 'hidden because too few', SHARED_POOL: 'open demand of other channels on the shared pool',
};

function factor({ label, sku, rule }: TraceStep, code: ReasonCode): LimitingFactor {
  return { code, label: NAMES[code] ?? label, ...(sku === undefined ? {} : { sku }), ...(rule === undefined ? {} : { rule: rule.id }) };
}

function valueOf(step: TraceStep): Quantity {
  return parseQuantity(step.value);
}

function negative(value: Quantity): Quantity {
  return subtractQuantities(0, value);
}
