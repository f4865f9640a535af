import { MAX_SCALE, parseQuantity, quantityProblem } from '../quantity/quantity.ts';
import type { Policy } from './policy.ts';
import { POLICY } from './sound.ts';

/** One difference between two policies. @public */
export interface PolicyChange {
  readonly change: 'added' | 'removed' | 'changed';
  /** What differs; `setting` is one of the policy as a whole, named by `id`. */
  readonly what: 'setting' | 'location' | 'channel' | 'rule' | 'overlay';
  readonly id: string;
  /** What it was and is, as JSON carries it; absent where it was not or is no longer there. */
  readonly before?: unknown;
  readonly after?: unknown;
  /** The properties that differ, where it changed. */
  readonly fields: readonly string[];
}

interface Identified {
  readonly id: string;
}

const SETTINGS = ['clamp', 'kits', 'returns', 'overdue'] as const;

/**
 * What differs between two policies, by settings, locations, channels, rules and overlays. The version is left out, and the
 * order of rules, which decides nothing. Quantities and percentages differ where they count differently: `5`, `'5'` and
 * `'5.0'` are one. What a rule of one's own has as settings is compared as it is written.
 *
 * @throws `INVALID_INPUT` where one of the two is no policy; `parsePolicy` reads one.
 * @see `parsePolicy`: a policy is data, and the same policy however its parts are ordered; `quantitiesEqual`, what makes two quantities one
 * @example
 * ```ts
 * const shopWith = (most: string | number) => parsePolicy({
 *   version: '1', channels: [{ id: 'shop', locations: ['W1'] }], rules: [{ id: 'cap', owner: 'ops', reason: 'launch', kind: 'cap', most }],
 * });
 * diffPolicies(shopWith(5), shopWith('5.0')).length // => 0
 * diffPolicies(shopWith(5), shopWith(6))[0]?.fields // => ['most']
 * ```
 * @public
 */
export function diffPolicies(before: Policy, after: Policy): readonly PolicyChange[] {
  POLICY(before, ['before']);
  POLICY(after, ['after']);
  const settings = SETTINGS.flatMap((id): PolicyChange[] =>
    (before[id] === after[id] ? [] : [{ change: 'changed', what: 'setting', id, before: before[id], after: after[id], fields: [id] }]));
  const moved = (['channels', 'overlays'] as const).filter((list) => orderOfCommon(before[list], after[list]) !== orderOfCommon(after[list], before[list]));
  return [
    ...settings,
    ...moved.map((id): PolicyChange => ({ change: 'changed', what: 'setting', id, before: before[id].map((one) => one.id), after: after[id].map((one) => one.id), fields: ['order'] })),
    ...listChanges('location', before.locations, after.locations),
    ...listChanges('channel', before.channels, after.channels),
    ...listChanges('rule', before.rules, after.rules),
    ...listChanges('overlay', before.overlays, after.overlays),
  ];
}

/** Those of a list that another has too, in order. */
function orderOfCommon(own: readonly Identified[], other: readonly Identified[]): string {
  const common = new Set(other.map(({ id }) => id));
  return own.map(({ id }) => id).filter((id) => common.has(id)).join('\u001f');
}

function listChanges(what: PolicyChange['what'], before: readonly Identified[], after: readonly Identified[]): PolicyChange[] {
  const were = new Map(before.map((item) => [item.id, item]));
  const are = new Map(after.map((item) => [item.id, item]));
  const ids = [...new Set([...were.keys(), ...are.keys()])];
  return ids.flatMap((id): PolicyChange[] => {
    const [was, is] = [were.get(id), are.get(id)];
    if (was === undefined) return [{ change: 'added', what, id, after: is, fields: [] }];
    if (is === undefined) return [{ change: 'removed', what, id, before: was, fields: [] }];
    const fields = fieldsThatDiffer(was, is);
    return fields.length === 0 ? [] : [{ change: 'changed', what, id, before: was, after: is, fields }];
  });
}

function fieldsThatDiffer(a: object, b: object): readonly string[] {
  const values = (item: object): Map<string, string> => new Map(Object.entries(item).filter(([, value]) => value !== undefined).map(([key, value]) => [key, canonical(value, key)]));
  const [was, is] = [values(a), values(b)];
  return [...new Set([...was.keys(), ...is.keys()])].filter((key) => was.get(key) !== is.get(key)).sort();
}

/** The properties that are quantities or percentages, or may be one; what `between` names all is. */
const QUANTITIES: ReadonlySet<string> = new Set(['fixed', 'from', 'level', 'limit', 'maximum', 'most', 'of', 'percent', 'quantity', 'quota', 'segment', 'threshold']);

/** The properties of a campaign in which order decides nothing. */
const UNORDERED: ReadonlySet<string> = new Set(['rules', 'suspends']);

/** The same text for the same value of a property, whatever the order of properties; absent and undefined are one. */
function canonical(value: unknown, property?: string): string {
  if (Array.isArray(value)) {
    const texts = value.map((inner) => canonical(inner, property));
    return `[${(UNORDERED.has(property ?? '') ? texts.sort() : texts).join(',')}]`;
  }
  if (typeof value !== 'object' || value === null) {
    const counts = QUANTITIES.has(property ?? '') && quantityProblem(value, MAX_SCALE) === undefined;
    return counts ? String(parseQuantity(value as string | number, { scale: MAX_SCALE })) : (JSON.stringify(value) ?? '');
  }
  // What only its own rule reads may tell 5 and '5.0' apart.
  const named = (key: string): string | undefined => (property === 'settings' ? property : property === 'between' ? 'quantity' : key);
  return `{${Object.entries(value).filter(([, inner]) => inner !== undefined).sort(([x], [y]) => (x < y ? -1 : 1)).map(([key, inner]) => `${JSON.stringify(key)}:${canonical(inner, named(key))}`).join(',')}}`;
}
