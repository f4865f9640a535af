import type { Explanation } from '../availability/availability.ts';
import type { LocationId, Sku } from '../identity/ids.ts';
import { formatQuantity, parseQuantity, type Quantity, type QuantityText } from '../quantity/quantity.ts';
import type { LimitingFactor } from './limit.ts';
import type { Stage, TraceStep } from './trace.ts';

/** A step that came to something else, in units of its sku. @public */
export interface StepChange {
  readonly stage: Stage;
  readonly label: string;
  readonly sku?: Sku | undefined;
  readonly location?: LocationId | undefined;
  readonly rule?: string | undefined;
  /** Absent where the step was not taken. */
  readonly before: QuantityText | undefined;
  readonly after: QuantityText | undefined;
}

/** Why a number is another than it was. @public */
export interface ExplanationDifference {
  readonly before: Quantity | undefined;
  readonly after: Quantity | undefined;
  readonly limitingFactor: { readonly before: LimitingFactor | undefined; readonly after: LimitingFactor | undefined };
  /** What the arithmetic began with that differs: stock, demand, rules. These are the causes. */
  readonly causes: readonly StepChange[];
  /** All other steps that differ, in order: how the causes came to the number. */
  readonly consequences: readonly StepChange[];
}

/**
 * Compares two explanations of one key, from two moments or two policies.
 *
 * @public
 */
export function diffExplanations(before: Explanation, after: Explanation): ExplanationDifference {
  const [was, is] = [stepsByName(before.steps), stepsByName(after.steps)];
  const causes: StepChange[] = [];
  const consequences: StepChange[] = [];
  for (const name of new Set([...was.keys(), ...is.keys()])) {
    const [old, now] = [was.get(name), is.get(name)];
    const step = now ?? old;
    if (step === undefined || (old?.value === now?.value && old?.rule?.id === now?.rule?.id)) continue;
    const begins = step.operation === 'input' || step.operation === 'constant';
    (begins ? causes : consequences).push(changeOf(step, { old, now }));
  }
  return {
    before: before.availability.immediate, after: after.availability.immediate,
    limitingFactor: { before: before.limitingFactor, after: after.limitingFactor }, causes: causes.filter(({ label }) => label !== 'nothing'), consequences,
  };
}

/** Steps by what they are; of several that are the same, each by its place among them. */
function stepsByName(steps: readonly TraceStep[]): ReadonlyMap<string, TraceStep> {
  const named = new Map<string, TraceStep>();
  const seen = new Map<string, number>();
  for (const step of steps) {
    const name = [step.stage, step.label, step.sku ?? '', step.location ?? ''].join('\u001f');
    const count = seen.get(name) ?? 0;
    seen.set(name, count + 1);
    named.set(`${name}\u001f${String(count)}`, step);
  }
  return named;
}

function changeOf(step: TraceStep, { old, now }: { readonly old: TraceStep | undefined; readonly now: TraceStep | undefined }): StepChange {
  const shown = (one: TraceStep | undefined): QuantityText | undefined => (one === undefined ? undefined : formatQuantity(parseQuantity(one.value), one.scale ?? 0));
  return { stage: step.stage, label: step.label, sku: step.sku, location: step.location, rule: (now ?? old)?.rule?.id, before: shown(old), after: shown(now) };
}
