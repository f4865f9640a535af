import type { CatalogItem } from '../catalog/catalog.ts';
import type { Instant } from '../identity/instant.ts';
import type { PolicyRule } from './policy.ts';
import type { EffectiveRule, Window } from './windows.ts';

/** A kind of rule. */
export type RuleKind = PolicyRule['kind'];
/** Rules of one kind. */
export type RuleOf<Kind extends RuleKind> = Extract<PolicyRule, { kind: Kind }>;
/** Per place the rules that fit it, most specific first, of equal ones the smallest id. */
export type RulesByPlace<Rule extends PolicyRule> = readonly (readonly Rule[])[];

/**
 * All rules that fit one item, by kind and place. A place is the number of a location for rules on stock, of a channel
 * for all others. A kind that has no rule for the item is absent.
 */
export type ItemRules = { readonly [Kind in Exclude<RuleKind, 'custom'>]?: RulesByPlace<RuleOf<Kind>> } & {
  readonly [Kind in 'customSupply' | 'customDraw' | 'customListing']?: RulesByPlace<RuleOf<'custom'>>;
} & {
  /** Pins of single locations, by channel. */
  readonly pinAt?: RulesByPlace<RuleOf<'pin'>>;
};

/** Rules that do not compete with each other are kept apart. */
type Slot = keyof ItemRules;
const CUSTOM_SLOTS = { supply: 'customSupply', draw: 'customDraw', listing: 'customListing' } as const;

function slotOf(rule: PolicyRule): Slot {
  if (rule.kind === 'custom') return CUSTOM_SLOTS[rule.stage];
  return rule.kind === 'pin' && rule.scope?.location !== undefined ? 'pinAt' : rule.kind;
}

/** Finds the rules of an item; items that the same rules fit share one object. */
export interface RuleBook {
  of(item: CatalogItem): ItemRules;
  /** The rules of every item, where no rule names a sku or a category. */
  readonly ofAll: ItemRules | undefined;
}

/** The moment that is asked about, and who hears of the moments at which another rule may win. */
export interface When {
  readonly asOf: Instant;
  readonly boundaries: (instant: Instant) => void;
}

/** The places by number, and for each channel the numbers of those that have the same eligible set. */
export interface Places {
  readonly locations: readonly string[];
  readonly channels: readonly string[];
  readonly peers: readonly (readonly number[])[];
}

/**
 * Sorts the rules by what they apply to, so that a number looks only at those that fit it.
 *
 * @param rules - All rules of a policy.
 */
export function ruleBook(rules: readonly EffectiveRule[], places: Places): RuleBook {
  const bySku = new Map<string, PolicyRule[]>();
  const byCategory = new Map<string, PolicyRule[]>();
  const general: PolicyRule[] = [];
  for (const rule of rules) {
    const { sku, category } = scopeOf(rule);
    if (sku !== undefined) listIn(bySku, sku).push(rule);
    else if (category !== undefined) listIn(byCategory, category).push(rule);
    else general.push(rule);
  }
  const own = new WeakMap<CatalogItem, ItemRules>();
  const uncategorised = arranged(general, places);
  const categorised = new Map([...byCategory].map(([category, ofCategory]) => [category, arranged([...ofCategory, ...general], places)]));
  return {
    ofAll: bySku.size === 0 && byCategory.size === 0 ? uncategorised : undefined,
    of: (item) => {
      const named = bySku.size === 0 ? undefined : bySku.get(item.sku);
      if (named === undefined) return item.category === undefined ? uncategorised : (categorised.get(item.category) ?? uncategorised);
      let found = own.get(item);
      if (found !== undefined) return found;
      const ofCategory = item.category === undefined ? [] : (byCategory.get(item.category) ?? []);
      found = arranged([...named.filter((rule) => fitsCategory(rule, item)), ...ofCategory, ...general], places);
      own.set(item, found);
      return found;
    },
  };
}

/**
 * The rule that applies at a place: the most specific of those in effect; of equal ones the smallest id.
 * Specific means: sku before category, either before a bare location or channel, and that before none; both a location and a
 * channel before one of them.
 */
export function ruleAt<Rule extends PolicyRule>(rules: RulesByPlace<Rule> | undefined, place: number, when: When): Rule | undefined {
  const fitting = rules?.[place];
  if (fitting === undefined) return undefined;
  for (const rule of fitting) if (inEffect(rule, when)) return rule;
  return undefined;
}

/** The same among the rules that fit a condition. */
export function ruleWhere<Rule extends PolicyRule>(rules: RulesByPlace<Rule> | undefined, place: number, { when, fits }: { readonly when: When; readonly fits: (rule: Rule) => boolean }): Rule | undefined {
  return rules?.[place]?.find((rule) => fits(rule) && inEffect(rule, when));
}

/** The rules of one's own that apply at a place: of each kind the most specific in effect. */
export function customAt(rules: RulesByPlace<RuleOf<'custom'>> | undefined, place: number, when: When): readonly RuleOf<'custom'>[] {
  const applied = new Map<string, RuleOf<'custom'>>();
  for (const rule of rules?.[place] ?? []) if (!applied.has(rule.rule) && inEffect(rule, when)) applied.set(rule.rule, rule);
  return [...applied.values()];
}

/** Whether a rule is in effect at every moment. */
export function isAlways({ from, until, suspended }: EffectiveRule): boolean {
  return from === undefined && until === undefined && suspended === undefined;
}

/** Whether a rule is in effect; tells when that may change. */
function inEffect(rule: EffectiveRule, when: When): boolean {
  if (isAlways(rule)) return true;
  const { from, until, suspended } = rule;
  return isDuring({ from, until }, when) && suspended?.some((window) => isDuring(window, when)) !== true;
}

function isDuring({ from, until }: Window, { asOf, boundaries }: When): boolean {
  if (from !== undefined) boundaries(from);
  if (until !== undefined) boundaries(until);
  return (from === undefined || from <= asOf) && (until === undefined || asOf < until);
}

/** The shape of every rule's scope; a kind lacks what it cannot name. */
interface AnyScope {
  readonly sku?: string | undefined;
  readonly category?: string | undefined;
  readonly location?: string | undefined;
  readonly channel?: string | undefined;
}

/** What a rule applies to. */
export function scopeOf(rule: PolicyRule): AnyScope {
  return rule.scope ?? {};
}

function fitsCategory(rule: PolicyRule, item: CatalogItem): boolean {
  const { category } = scopeOf(rule);
  return category === undefined || category === item.category;
}

function arranged(rules: readonly PolicyRule[], places: Places): ItemRules {
  const bySlot = new Map<Slot, PolicyRule[]>();
  for (const rule of rules) listIn(bySlot, slotOf(rule)).push(rule);
  const kinds: Partial<Record<Slot, RulesByPlace<PolicyRule>>> = {};
  for (const [kind, all] of bySlot) {
    all.sort((a, b) => rank(b) - rank(a) || (a.id < b.id ? -1 : 1));
    kinds[kind] = kind === 'safetyStock' || kind === 'customSupply'
      ? byLocation(all, places.locations)
      : byChannel(all, places);
  }
  return kinds as ItemRules;
}

/** Places that no rule names share one list. */
function byLocation(rules: readonly PolicyRule[], locations: readonly string[]): RulesByPlace<PolicyRule> {
  const named = new Set(rules.flatMap((rule) => scopeOf(rule).location ?? []));
  const everywhere = rules.filter((rule) => scopeOf(rule).location === undefined);
  return locations.map((place) => (named.size > 0 && named.has(place) ? rules.filter((rule) => (scopeOf(rule).location ?? place) === place) : everywhere));
}

/**
 * Channels that no rule names share one list. A rule between channels concerns those that have the same eligible set as one
 * that it names.
 */
function byChannel(rules: readonly PolicyRule[], { channels, peers }: Places): RulesByPlace<PolicyRule> {
  const everywhere = rules.filter((rule) => channelsBetween(rule) === undefined && scopeOf(rule).channel === undefined);
  if (everywhere.length === rules.length) return channels.map(() => everywhere);
  const numbers = new Map(channels.map((id, index) => [id, index]));
  const rank = new Map(rules.map((rule, at) => [rule, at]));
  const named = new Map<number, PolicyRule[]>();
  for (const rule of rules) for (const index of concerned(rule, { numbers, peers })) listIn(named, index).push(rule);
  return channels.map((_, index) => {
    const own = named.get(index);
    if (own === undefined) return everywhere;
    return everywhere.length === 0 ? own : [...own, ...everywhere].sort((a, b) => (rank.get(a) ?? 0) - (rank.get(b) ?? 0));
  });
}

/** The numbers of the channels that a rule names, by itself or by one of the same eligible set; none where it names none. */
function concerned(rule: PolicyRule, { numbers, peers }: Pick<Places, 'peers'> & { readonly numbers: ReadonlyMap<string, number> }): Iterable<number> {
  const between = channelsBetween(rule);
  if (between === undefined) {
    const index = numbers.get(scopeOf(rule).channel ?? '');
    return index === undefined ? [] : [index];
  }
  // Peers share one list, so that each set is gone through once.
  const sets = new Set(between.map((id) => peers[numbers.get(id) ?? -1] ?? []));
  return new Set([...sets].flat());
}

/** The channels that a rule between channels names. */
export function channelsBetween(rule: PolicyRule): readonly string[] | undefined {
  if (rule.kind === 'share') return Object.keys(rule.between);
  return rule.kind === 'priority' ? rule.order : undefined;
}

function rank(rule: EffectiveRule): number {
  const { sku, category, location, channel } = scopeOf(rule);
  return 16 * (rule.overlay ?? 0) + (sku === undefined ? 0 : 8) + (category === undefined ? 0 : 4) + ((location ?? channel) === undefined ? 0 : 2)
    + (location === undefined || channel === undefined ? 0 : 1);
}

function listIn<Key, Value>(lists: Map<Key, Value[]>, key: Key): Value[] {
  let list = lists.get(key);
  if (list === undefined) lists.set(key, (list = []));
  return list;
}
