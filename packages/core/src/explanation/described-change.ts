import type { ExplanationSettings } from '../availability/availability.ts';
import type { LocationId, Sku } from '../identity/ids.ts';
import { formatQuantity, parseQuantity, type QuantityText } from '../quantity/quantity.ts';
import { isBeginning, isNothing, type Steps } from './merged-steps.ts';
import type { Stage, TraceOperation, TraceStep } from './trace.ts';

/** What the figures of a change count: units of the sku, percent, units in one kit, units in one multiple, days; of a setting they are what it is set to. @public */
export type ChangeMeasure = 'units' | 'percent' | 'perKit' | 'multiple' | 'days' | 'setting';

/** What a setting of the policy or the sku is, as text. @public */
export type SettingText = ExplanationSettings['clamp' | 'kits'] | 'true' | 'false';

/** A fraction as text: `1/3`. @public */
export type FractionText = `${string}/${string}`;

/** A rule that is the reason of steps in one explanation alone: `added` in the later, `removed` in the earlier. @public */
export interface OtherRule {
  readonly kind: 'added' | 'removed';
  readonly rule: string;
  readonly owner: string;
  readonly reason: string;
}

/** What differs, in words and figures. */
export interface Described {
  /** `added` is in the later explanation alone, `removed` in the earlier alone. */
  readonly kind: 'changed' | 'added' | 'removed';
  readonly stage: Stage;
  readonly label: string;
  /** What stood in its place before, where that was something else. */
  readonly labelBefore?: string | undefined;
  readonly locationBefore?: LocationId | undefined;
  readonly sku?: Sku | undefined;
  readonly location?: LocationId | undefined;
  /** The rule that is the reason, with its version, who wants it and why. */
  readonly rule?: string | undefined;
  readonly version?: string | undefined;
  readonly owner?: string | undefined;
  readonly reason?: string | undefined;
  /** The rule that was the reason before, where it was another. */
  readonly ruleBefore?: string | undefined;
  /** The version of the rule that was the reason before, where it was another. */
  readonly versionBefore?: string | undefined;
  /** More rules that came or went and have no cause of their own, since they act through this one; absent where there are none. */
  readonly otherRules?: readonly OtherRule[] | undefined;
  readonly measure: ChangeMeasure;
  /** Of what a kit takes, a fraction where it is none. */
  readonly before: QuantityText | FractionText | SettingText | undefined;
  readonly after: QuantityText | FractionText | SettingText | undefined;
}

/** What was found to differ. */
export interface Found extends Described {
  /** Whether it differs by itself, as a number that the arithmetic begins with, a rule or a setting does, and does not only follow. */
  readonly begins: boolean;
}

/** What a location does for a channel. */
export const SERVES = 'serves the channel';

/** That a location serves the channel, or no longer does. */
export function describeServing(location: LocationId, kind: 'added' | 'removed'): Found {
  return { kind, begins: true, stage: 'sourcing', label: SERVES, location, measure: 'units', before: undefined, after: undefined };
}

/** That a setting is another. */
export function describeSetting(setting: keyof ExplanationSettings, was: ExplanationSettings, is: ExplanationSettings): Found {
  const text = ({ [setting]: value }: ExplanationSettings): SettingText => (typeof value === 'string' ? value : value ? 'true' : 'false');
  return { kind: 'changed', begins: true, stage: STAGES[setting], label: setting, measure: 'setting', before: text(was), after: text(is) };
}

const STAGES: Readonly<Record<keyof ExplanationSettings, Stage>> = { tracked: 'locationSupply', clamp: 'pools', kits: 'kits' };

/** The setting that a difference in steps would follow from, if that changed. */
export function settingBehind({ kind, stage, label, rule, measure }: Found): readonly (keyof ExplanationSettings)[] {
  const isCounted = stage !== 'listing' && stage !== 'clamp' && stage !== 'spread';
  return [
    // Without stock there is no arithmetic but that of the listing, and rules before it say nothing.
    ...(isCounted || (rule === undefined && kind !== 'changed') ? ['tracked' as const] : []),
    ...(label === OWN_SUPPLY && kind !== 'changed' ? ['clamp' as const] : []),
    ...(stage === 'kits' && measure !== 'perKit' && kind !== 'changed' ? ['kits' as const] : []),
  ];
}

const OWN_SUPPLY = 'counted, not below zero';

/** Numbers that the arithmetic begins with and that nobody told: what is left alone so that parts stay whole, which follows from all the rest. */
const LEFT_ALONE: ReadonlySet<string> = new Set(['may be cut open at several locations', 'would keep other locations from showing more']);

/** Whether a number that the arithmetic begins with follows from others. */
export function isLeftAlone({ label }: TraceStep): boolean {
  return LEFT_ALONE.has(label);
}

const MEASURES: Partial<Record<TraceOperation, ChangeMeasure>> = { percentUp: 'percent', percentDown: 'percent', floorDivide: 'perKit', multipleDown: 'multiple', ratioUp: 'days' };

/** A number, or what an operation is set to, that is in both explanations and differs. */
export function describeChange(was: TraceStep, is: TraceStep, steps: { readonly before: Steps; readonly after: Steps }): Found {
  const set = was.operation === is.operation && was.operation !== 'input' && setting(was, steps.before) !== setting(is, steps.after) ? MEASURES[is.operation] : undefined;
  const [before, after] = set === undefined ? [shown(was), shown(is)] : [setting(was, steps.before), setting(is, steps.after)];
  const [ruledBefore, ruled] = steps.before.nameOf(was) === steps.after.nameOf(is) ? [was, is] : [ruledOn(was, steps.before), ruledOn(is, steps.after)];
  const begins = set !== undefined || ruled.rule !== undefined || ruledBefore.rule !== undefined || isOfLocation(is) || isOfLocation(was) || (isBeginning(was) && isBeginning(is));
  const { id, version } = ruledBefore.rule ?? {};
  return { kind: 'changed', begins, ...about(is), ...ruleOf(ruled), ...placeBefore(set === undefined && isSameNumber(was, ruledBefore) ? ruledBefore : was, is), ruleBefore: id === ruled.rule?.id ? undefined : id, versionBefore: version === ruled.rule?.version ? undefined : version, measure: set ?? 'units', before, after };
}

/** Whether a rule began a number that is still the same, of the same thing. */
function isSameNumber(step: TraceStep, begin: TraceStep): boolean {
  return isBeginning(begin) && begin.value === step.value && begin.sku === step.sku && begin.scale === step.scale;
}

/** What made a number what it is, where another number stands in its place: itself, or the last step on its way that a rule is the reason of. */
function ruledOn(step: TraceStep, steps: Steps): TraceStep {
  return [...steps.wayTo(step).keys()].find(({ rule }) => rule !== undefined) ?? step;
}

/** A step that is in one explanation alone, by what it brings to its argument `at`: what is taken off, the most that is allowed, the multiple. */
export function describeStep({ was, is }: { readonly was: TraceStep | undefined; readonly is: TraceStep | undefined }, { before, after, at = 0 }: { readonly before: Steps; readonly after: Steps; readonly at?: number }): Found {
  const [step, steps] = is === undefined ? [was as TraceStep, before] : [is, after];
  const side = broughtBy(step, steps, at);
  const measure = MEASURES[step.operation];
  const value = measure === undefined ? shown(side) : setting(step, steps);
  const words = { ...about(side), ...(side.rule === undefined ? ruleOf(step) : {}), measure: measure ?? 'units', begins: measure !== undefined || isBeginning(side) || isTally(side, steps) || (side.rule ?? step.rule) !== undefined || isOfLocation(step) } as const;
  return is === undefined ? { kind: 'removed', ...words, before: value, after: undefined } : { kind: 'added', ...words, before: undefined, after: value };
}

/** Whether a number is nothing but several that the arithmetic begins with: orders and holds of one channel. */
function isTally(step: TraceStep, steps: Steps): boolean {
  return step.operation === 'sum' && !step.label.startsWith('supply of') && steps.argsOf(step).every(isBeginning);
}

/** Whether a location as a whole is the reason: closed, not live yet, in a stock-take, silent. */
export function isOfLocation({ reasonCode }: TraceStep): boolean {
  return reasonCode === 'LOCATION' || reasonCode === 'STALE';
}

/** A number that one explanation has and the other has none of, by what it began with, or by the last rule on its way where no rule began it. */
export function originOf(step: TraceStep, steps: Steps): TraceStep {
  const way = [...steps.wayTo(step).keys()];
  const begin = way.at(-1) ?? step;
  return begin.rule === undefined ? (way.find(({ rule }) => rule !== undefined) ?? begin) : begin;
}

/** A number that is there in one explanation alone by the rule that began it, where nothing on its way changed what that said: 18 pinned, of which the channel can express all. */
export function ruledOrigin(step: TraceStep, steps: Steps): TraceStep {
  const begin = [...steps.wayTo(step).keys()].at(-1) ?? step;
  return step.rule === undefined && begin.rule !== undefined && isSameNumber(step, begin) ? begin : step;
}

function broughtBy(step: TraceStep, steps: Steps, at: number): TraceStep {
  if (step.operation !== 'subtract' && step.operation !== 'sum' && step.operation !== 'min' && step.operation !== 'zeroAtOrBelow') return step;
  const [side, ...more] = steps.argsOf(step).filter((_, index) => index !== at);
  if (side === undefined || more.length > 0 || isNothing(side)) return step;
  // The least of two numbers of which each was worked out says what it is for; what was worked out does not.
  return step.operation === 'min' && !isBeginning(side) && side.rule === undefined && step.rule === undefined ? step : side;
}

function about(step: TraceStep): Pick<Described, 'stage' | 'label' | 'sku' | 'location' | RuleWords> {
  return { stage: step.stage, label: step.label, sku: step.sku, location: step.location, ...ruleOf(step) };
}

function placeBefore(was: TraceStep, is: TraceStep): Pick<Described, 'labelBefore' | 'locationBefore'> {
  return was.label === is.label && was.location === is.location && was.sku === is.sku ? {} : { labelBefore: was.label, locationBefore: was.location };
}

type RuleWords = 'rule' | 'version' | 'owner' | 'reason';

function ruleOf({ rule }: TraceStep): Pick<Described, RuleWords> {
  return rule === undefined ? {} : { rule: rule.id, version: rule.version, owner: rule.owner, reason: rule.reason };
}

/** What a step came to, in units of its sku. */
export function shown({ value, scale = 0 }: TraceStep): QuantityText {
  return scale === 0 ? value : formatQuantity(parseQuantity(value), scale);
}

/** What an operation is set to: a percentage, units in a kit or in a multiple, days. */
function setting(step: TraceStep, steps: Steps): QuantityText | FractionText | undefined {
  const [first, second] = step.args.filter((arg) => typeof arg !== 'number');
  const scale = step.operation === 'floorDivide' || step.operation === 'multipleDown' ? (steps.arg(step, 0)?.scale ?? 0) : 0;
  const text = first === undefined || scale === 0 ? first : formatQuantity(parseQuantity(first), scale);
  return step.operation !== 'floorDivide' || text === undefined || second === undefined ? text : `${text}/${second}`;
}
