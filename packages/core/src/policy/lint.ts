import type { Catalog } from '../catalog/catalog.ts';
import type { Sku } from '../identity/ids.ts';
import type { Instant } from '../identity/instant.ts';
import { compareQuantities, MAX_SCALE, maxQuantity, parseQuantity, scaleQuantity, subtractQuantities, ZERO, type Quantity } from '../quantity/quantity.ts';
import { contestedGroups, MAX_PARTS } from './contested.ts';
import { LocationSets, MAX_UNIONS, numberLocations } from './location-sets.ts';
import { channelsBetween, scopeOf } from './item-rules.ts';
import type { Policy, PolicyChannel, PolicyRule, Withheld } from './policy.ts';

/** What a finding is about. @public */
export type LintCode =
  | 'RULE_TIE' | 'UNKNOWN_CHANNEL' | 'UNKNOWN_LOCATION' | 'UNKNOWN_SKU' | 'UNKNOWN_CATEGORY' | 'EXPIRED_RULE' | 'EXPIRED_OVERLAY' | 'SHARE_ACROSS_SETS' | 'PRIORITY_ACROSS_SETS'
  | 'SHARE_LEAVES_OUT' | 'TOO_MANY_UNIONS' | 'TOO_MANY_PARTS' | 'NON_MONOTONE_LEVELS' | 'PIN_WITHOUT_END' | 'BINDS_NO_STOCK';

/** Something in a policy that is allowed and probably not meant. @public */
export interface LintFinding {
  readonly code: LintCode;
  /** An `error` gives numbers that nobody can have meant; a `warning` may be meant. */
  readonly severity: 'error' | 'warning';
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** A rule of the policy or of an overlay, and where it stands. */
interface Placed {
  readonly rule: PolicyRule;
  readonly path: readonly (string | number)[];
}

/**
 * What a careful colleague would ask about.
 *
 * @param asOf - Rules and overlays that ended by then are reported.
 * @param catalog - Where it is given, names of skus and categories are looked up in it.
 * @public
 */
export function lintPolicy(policy: Policy, asOf: Instant, catalog?: Catalog): readonly LintFinding[] {
  const lists = [policy.rules, ...policy.overlays.map(({ rules }) => rules)];
  return [
    ...unionFindings(policy), ...contestedFindings(policy),
    ...lists.flatMap((rules, list) => {
      const placed = rules.map((rule, index): Placed => ({ rule, path: list === 0 ? ['rules', index] : ['overlays', list - 1, 'rules', index] }));
      return placed.flatMap((one, index) => [
        ...tieFindings(policy, one, placed.slice(0, index)), ...channelFindings(policy, one), ...placeFindings(policy, one), ...betweenFindings(policy, one),
        ...levelFindings(one), ...expiryFindings(one, asOf), ...(catalog === undefined ? [] : catalogFindings(one, catalog)),
      ]);
    }),
    ...policy.overlays.flatMap(({ id, until }, index): LintFinding[] =>
      (until > asOf ? [] : [{ code: 'EXPIRED_OVERLAY', severity: 'warning', path: ['overlays', index, 'until'], message: `overlay ${id} ended at ${until}` }])),
  ];
}

function unionFindings(policy: Policy): LintFinding[] {
  if (new LocationSets(numberLocations(policy.channels)).unions() !== undefined) return [];
  const message = `the location lists of the channels make more than ${String(MAX_UNIONS)} unions, so every channel subtracts all demand that shares a location with it; use fewer different lists`;
  return [{ code: 'TOO_MANY_UNIONS', severity: 'warning', path: ['channels'], message }];
}

function contestedFindings({ channels, kits }: Policy): LintFinding[] {
  const { locationAt } = numberLocations(channels);
  return channels.flatMap((channel, index): LintFinding[] => {
    if (kits === 'pooled' && channel.publish === 'total') return [];
    if (contestedGroups(channel, { channels, locationAt }).every(({ unions }) => unions !== undefined)) return [];
    const message = `the location lists of other channels cut that of ${channel.id} into more than ${String(MAX_PARTS)} parts that hang together, so for its kits every claim is taken off each location that may serve it; use fewer different lists`;
    return [{ code: 'TOO_MANY_PARTS', severity: 'warning', path: ['channels', index], message }];
  });
}

function tieFindings(policy: Policy, { rule, path }: Placed, before: readonly Placed[]): LintFinding[] {
  const twin = before.find(({ rule: other }) => other.kind === rule.kind && !(rule.kind === 'custom' && other.kind === 'custom' && other.rule !== rule.rule) && sameScope(policy, other, rule) && overlap(other, rule))?.rule;
  if (twin === undefined) return [];
  const winner = twin.id < rule.id ? twin.id : rule.id;
  return [{ code: 'RULE_TIE', severity: 'warning', path, message: `rules ${twin.id} and ${rule.id} say the same kind of thing about the same scope at the same time; ${winner} wins` }];
}

function channelFindings(policy: Policy, { rule, path: at }: Placed): LintFinding[] {
  const known = new Set<string>(policy.channels.map(({ id }) => id));
  const { channel } = scopeOf(rule);
  const named = channelsBetween(rule)?.map((id, position) => ({ id, path: rule.kind === 'share' ? ['between', id] : ['order', position] }));
  return (named ?? (channel === undefined ? [] : [{ id: channel, path: ['scope', 'channel'] }]))
    .filter(({ id }) => !known.has(id))
    .map(({ id, path }) => ({ code: 'UNKNOWN_CHANNEL', severity: 'error', path: [...at, ...path], message: `rule ${rule.id} speaks of channel ${id}, which the policy does not list` }));
}

/** A division is one of one pool, so its channels must draw on the same locations. */
function betweenFindings(policy: Policy, { rule, path }: Placed): LintFinding[] {
  const named = channelsBetween(rule);
  if (named === undefined || (rule.kind !== 'share' && rule.kind !== 'priority')) return [];
  const members = policy.channels.filter(({ id }) => named.includes(id));
  const [first] = members;
  if (first === undefined) return [];
  const stranger = members.find((member) => setOf(member) !== setOf(first));
  if (stranger !== undefined) {
    const message = `rule ${rule.id} divides between ${first.id} and ${stranger.id}, which do not draw on the same locations, so there is no one pool to divide; give them one list of locations, or use protections`;
    return [{ code: rule.kind === 'share' ? 'SHARE_ACROSS_SETS' : 'PRIORITY_ACROSS_SETS', severity: 'error', path, message }];
  }
  if (rule.kind !== 'share') return [];
  const left = policy.channels.filter((channel) => setOf(channel) === setOf(first) && !named.includes(channel.id)).map(({ id }) => id);
  if (left.length === 0) return [];
  return [{ code: 'SHARE_LEAVES_OUT', severity: 'warning', path: [...path, 'between'], message: `rule ${rule.id} divides all there is and leaves ${left.join(', ')} nothing; give each a weight` }];
}

function placeFindings({ channels }: Policy, { rule, path }: Placed): LintFinding[] {
  const { location } = scopeOf(rule);
  if (location === undefined || channels.some(({ locations }) => locations.some((known) => known === location))) return [];
  return [{ code: 'UNKNOWN_LOCATION', severity: 'warning', path: [...path, 'scope', 'location'], message: `rule ${rule.id} speaks of location ${location}, on which no channel draws` }];
}

/** One more in stock must never show one less. */
function levelFindings({ rule, path }: Placed): LintFinding[] {
  if (rule.kind !== 'buffer' || !('levels' in rule.withhold)) return [];
  const { levels } = rule.withhold;
  return levels.flatMap((level, index): LintFinding[] => {
    const before = levels[index - 1];
    const from = parseQuantity(level.from, { scale: MAX_SCALE });
    const less = subtractQuantities(from, 10 ** MAX_SCALE);
    const shownBelow = compareQuantities(less, 0) < 0 ? ZERO : subtractQuantities(less, before === undefined ? ZERO : heldOf(before, less));
    if (compareQuantities(subtractQuantities(from, heldOf(level, from)), maxQuantity(shownBelow, ZERO)) >= 0 || compareQuantities(shownBelow, 0) <= 0) return [];
    const message = `rule ${rule.id} shows less at ${String(level.from)} than with one unit less in stock; let each level hold back at most one unit more than the one before`;
    return [{ code: 'NON_MONOTONE_LEVELS', severity: 'warning', path: [...path, 'withhold', 'levels', index], message }];
  });
}

function heldOf(level: Withheld, there: Quantity): Quantity {
  return 'fixed' in level ? parseQuantity(level.fixed, { scale: MAX_SCALE }) : scaleQuantity(there, parseQuantity(level.percent, { scale: 4 }), 1_000_000, 'up');
}

function expiryFindings({ rule, path }: Placed, asOf: Instant): LintFinding[] {
  if ((rule.kind === 'pin' || rule.kind === 'forceOut') && rule.until === undefined && path[0] === 'rules') {
    return [{ code: 'PIN_WITHOUT_END', severity: 'warning', path, message: `rule ${rule.id} overrides what there is and never ends; say until when` }];
  }
  if (rule.until === undefined || rule.until > asOf) return [];
  return [{ code: 'EXPIRED_RULE', severity: 'warning', path: [...path, 'until'], message: `rule ${rule.id} ended at ${rule.until}` }];
}

const BIND_STOCK: ReadonlySet<PolicyRule['kind']> = new Set(['safetyStock', 'protection', 'ringfence', 'share', 'priority', 'percentOfPool', 'drawCap']);

function catalogFindings({ rule, path }: Placed, { items }: Catalog): LintFinding[] {
  const { sku, category } = scopeOf(rule);
  const findings: LintFinding[] = [];
  const item = sku === undefined ? undefined : items.get(sku as Sku);
  if (sku !== undefined && item === undefined) {
    findings.push({ code: 'UNKNOWN_SKU', severity: 'warning', path: [...path, 'scope', 'sku'], message: `rule ${rule.id} speaks of sku ${sku}, which the catalogue does not have` });
  }
  if (item?.components !== undefined && BIND_STOCK.has(rule.kind)) {
    findings.push({ code: 'BINDS_NO_STOCK', severity: 'warning', path: [...path, 'scope', 'sku'], message: `rule ${rule.id} binds stock, and ${item.sku} is a kit: name its components instead` });
  }
  if (category !== undefined && ![...items.values()].some((known) => known.category === category)) {
    findings.push({ code: 'UNKNOWN_CATEGORY', severity: 'warning', path: [...path, 'scope', 'category'], message: `rule ${rule.id} speaks of category ${category}, which nothing in the catalogue has` });
  }
  return findings;
}

function setOf({ locations }: PolicyChannel): string {
  return [...locations].sort().join('\u001f');
}

function sameScope(policy: Policy, a: PolicyRule, b: PolicyRule): boolean {
  const text = (scope: object | undefined): string => JSON.stringify(Object.entries(scope ?? {}).filter(([, value]) => value !== undefined).sort());
  const pools = (rule: PolicyRule): readonly string[] => policy.channels.filter(({ id }) => channelsBetween(rule)?.includes(id)).map(setOf);
  return text(a.scope) === text(b.scope) && (channelsBetween(a) === undefined || pools(a).some((pool) => pools(b).includes(pool)));
}

function overlap(a: PolicyRule, b: PolicyRule): boolean {
  return (a.until === undefined || b.from === undefined || b.from < a.until) && (b.until === undefined || a.from === undefined || a.from < b.until);
}
