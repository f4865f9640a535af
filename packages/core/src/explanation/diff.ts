import type { Availability, AvailabilityKey, Explanation } from '../availability/availability.ts';
import { refuse } from '../errors/looks.ts';
import type { LocationId, Sku } from '../identity/ids.ts';
import type { Instant } from '../identity/instant.ts';
import { formatQuantity, subtractQuantities, ZERO, type Quantity, type QuantityText } from '../quantity/quantity.ts';
import { shown, type Described } from './described-change.ts';
import type { LimitingFactor } from './limit.ts';
import { Merged } from './merged.ts';
import { isBeginning } from './merged-steps.ts';
import { EXPLANATION } from './sound.ts';
import type { Stage, TraceStep } from './trace.ts';
import { Waterfall } from './waterfall.ts';

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

/** Something that the arithmetic began with or was told to do, and that is another now: stock, demand, holds, a rule, a recipe, a location. @public */
export interface Cause extends Described {
  /**
   * By how much it changed each part of the answer, in units of the key's sku: with all earlier causes as they are now, and all later
   * ones as they were. So the effects of all causes together are the whole difference. Absent where the part is or was no number.
   */
  readonly effect: { readonly immediate: QuantityText | undefined; readonly backorder: QuantityText | undefined; readonly preorder: QuantityText | undefined };
}

/** One thing before and after. */
export interface Both<Value> {
  readonly before: Value;
  readonly after: Value;
}

/** Why a number is another than it was. @public */
export interface ExplanationDifference {
  readonly key: AvailabilityKey;
  /** Decimal digits of the sku's step; `before` and `after` count steps. */
  readonly scale: Both<number>;
  readonly before: Quantity | undefined;
  readonly after: Quantity | undefined;
  readonly backorder: Both<Availability['backorder']>;
  readonly preorder: Both<Quantity>;
  readonly asOf: Both<Instant>;
  readonly policyVersion: Both<string>;
  readonly limitingFactor: Both<LimitingFactor | undefined>;
  /** What differs by itself, in the order of the pipeline. There is one wherever any part of the answer differs. */
  readonly causes: readonly Cause[];
  /** All other steps that differ, in order: how the causes came to the number. */
  readonly consequences: readonly StepChange[];
}

/**
 * Says why a number is another than it was: compares two explanations of one key, from two moments or two policies.
 *
 * @remarks
 * Both are brought onto one arithmetic in which each cause can be turned from how it was to how it is. They are turned in the order of the
 * pipeline, stock before rules, and what the number does at each turn is the effect of that cause. A cause without effect differs too, and
 * others keep it from being seen: a cap that binds hides what stock does.
 *
 * Where the two are made in another shape throughout, such as thousands of locations in another order, it looks only so far for
 * where they meet: what it finds no counterpart of is then told as replaced. There are more causes then, and they add up all the same.
 * @throws `INVALID_INPUT` where the two are of different keys, or one is no explanation.
 * @returns Causes, which name a step with its figures, and consequences. {@link formatDifference} makes sentences of them.
 * @example
 * ```ts
 * const sku = parseSku('MUG');
 * const calculator = createAvailability({ catalog: parseCatalog([{ sku }]), policy: parsePolicy({ version: '1', channels: [{ id: 'shop', locations: ['W1'] }] }) });
 * const onHand = accountKey({ account: 'onHand', location: parseLocationId('W1'), channel: '' });
 * const yesterday = calculator.explain({ channel: shop, sku }, { position: () => positionFromBalances({ sku }, new Map([[onHand, 20]])) }, { asOf: addMs(asOf, -86_400_000) });
 * const today = calculator.explain({ channel: shop, sku }, { position: () => positionFromBalances({ sku }, new Map([[onHand, 15]])) }, { asOf });
 * diffExplanations(yesterday, today).causes.map(({ effect }) => effect.immediate) // => ['-5']
 * ```
 * @public
 */
export function diffExplanations(before: Explanation, after: Explanation): ExplanationDifference {
  EXPLANATION(before, ['before']);
  EXPLANATION(after, ['after']);
  for (const part of ['channel', 'sku'] as const) if (before.key[part] !== after.key[part]) refuse(`${before.key[part]}, of which the other explanation is`, after.key[part], ['after', 'key', part]);
  const causes = countedOtherwise(before, after) ?? [...causesOf(before, after), ...unlimitedCause(before, after)];
  const [was, is] = [before.availability, after.availability];
  return {
    key: after.key, scale: { before: before.scale, after: after.scale },
    before: was.immediate, after: is.immediate,
    backorder: { before: was.backorder, after: is.backorder }, preorder: { before: was.preorder, after: is.preorder },
    asOf: { before: was.asOf, after: is.asOf }, policyVersion: { before: was.policyVersion, after: is.policyVersion },
    limitingFactor: { before: before.limitingFactor, after: after.limitingFactor },
    causes, consequences: consequencesOf(before.steps, after.steps, causes),
  };
}

function causesOf(before: Explanation, after: Explanation): readonly Cause[] {
  const merged = new Merged(before, after);
  const places = { immediate: placeOf(merged, before.totalStep, after.totalStep), backorder: placeOf(merged, before.backorderStep, after.backorderStep), preorder: placeOf(merged, before.preorderStep, after.preorderStep) };
  for (const location of new Set([...before.partSteps.keys(), ...after.partSteps.keys()])) placeOf(merged, before.partSteps.get(location), after.partSteps.get(location));
  const waterfall = new Waterfall(merged, Object.values(places));
  const unlimited = before.availability.backorder === 'unlimited' || after.availability.backorder === 'unlimited';
  const read = (): Numbers => ({
    immediate: waterfall.value(places.immediate), backorder: unlimited ? undefined : (waterfall.value(places.backorder) ?? ZERO), preorder: waterfall.value(places.preorder) ?? ZERO,
  });
  let numbers = read();
  return merged.finish().map(({ switches, begins: _, ...described }): Cause => {
    const earlier = numbers;
    waterfall.turnOn(switches);
    numbers = read();
    return { ...described, effect: effectOf(earlier, numbers, after.scale) };
  });
}

function placeOf(merged: Merged, was: number | undefined, is: number | undefined): number {
  return merged.place({ was, is });
}

type Numbers = { readonly [Part in keyof Cause['effect']]: Quantity | undefined };

function effectOf(earlier: Numbers, later: Numbers, scale: number): Cause['effect'] {
  const change = (was: Quantity | undefined, is: Quantity | undefined): QuantityText | undefined => (was === undefined || is === undefined ? undefined : formatQuantity(subtractQuantities(is, was), scale));
  return { immediate: change(earlier.immediate, later.immediate), backorder: change(earlier.backorder, later.backorder), preorder: change(earlier.preorder, later.preorder) };
}

/** That there was no limit, or is none, is no step of arithmetic. */
function unlimitedCause(before: Explanation, after: Explanation): readonly Cause[] {
  const [was, is] = [before.availability.backorder === 'unlimited', after.availability.backorder === 'unlimited'];
  if (was === is || (was ? after : before).backorderStep !== undefined) return [];
  const isNumber = before.availability.immediate !== undefined && after.availability.immediate !== undefined;
  const effect = { immediate: isNumber ? formatQuantity(ZERO) : undefined, backorder: undefined, preorder: formatQuantity(ZERO) };
  return [{ kind: is ? 'added' : 'removed', stage: 'beyondStock', label: 'backorders without limit', sku: after.key.sku, measure: 'units', before: undefined, after: undefined, effect }];
}

/** The first sku that one explanation counts in other steps than the other, which makes their arithmetic incomparable. */
function countedOtherwise(before: Explanation, after: Explanation): readonly [Cause] | undefined {
  const [was, is] = [before, after].map(scalesOf) as [ReadonlyMap<Sku, number>, ReadonlyMap<Sku, number>];
  for (const [sku, digits] of was) {
    const now = is.get(sku) ?? digits;
    if (now === digits) continue;
    const described: Described = { kind: 'changed', stage: 'locationSupply', label: 'decimal digits', sku, measure: 'units', before: formatQuantity(digits), after: formatQuantity(now) };
    return [{ ...described, effect: { immediate: undefined, backorder: undefined, preorder: undefined } }];
  }
  return undefined;
}

function scalesOf({ key, scale, steps }: Explanation): ReadonlyMap<Sku, number> {
  // What division makes is counted in whole kits, and so is the most of several such counts.
  const isDivided = ({ operation, args: [first] }: TraceStep): boolean => operation === 'floorDivide' || (operation === 'max' && typeof first === 'number' && steps[first]?.operation === 'floorDivide');
  const counted = steps.flatMap((step): (readonly [Sku, number])[] => (step.sku === undefined || isDivided(step) ? [] : [[step.sku, step.scale ?? 0]]));
  return new Map([...counted, [key.sku, scale]]);
}

function consequencesOf(before: readonly TraceStep[], after: readonly TraceStep[], causes: readonly Cause[]): readonly StepChange[] {
  const [was, is] = [stepsByName(before), stepsByName(after)];
  const told = new Set(causes.map((cause) => nameOf(cause)));
  return [...new Set([...was.keys(), ...is.keys()])].flatMap((name): StepChange[] => {
    const [old, now] = [was.get(name), is.get(name)];
    const step = now ?? old;
    if (step === undefined || isBeginning(step) || told.has(nameOf(step)) || (old?.value === now?.value && old?.rule?.id === now?.rule?.id)) return [];
    const { stage, label, sku, location } = step;
    return [{ stage, label, sku, location, rule: step.rule?.id, before: old === undefined ? undefined : shown(old), after: now === undefined ? undefined : shown(now) }];
  });
}

function nameOf({ stage, label, sku, location }: Pick<TraceStep, 'stage' | 'label' | 'sku' | 'location'>): string {
  return [stage, label, sku ?? '', location ?? ''].join('\u001f');
}

/** Steps by what they are; of several that are the same, each by its place among them. */
function stepsByName(steps: readonly TraceStep[]): ReadonlyMap<string, TraceStep> {
  const named = new Map<string, TraceStep>();
  const seen = new Map<string, number>();
  for (const step of steps) {
    const name = nameOf(step);
    const count = seen.get(name) ?? 0;
    seen.set(name, count + 1);
    named.set(`${name}\u001f${String(count)}`, step);
  }
  return named;
}
