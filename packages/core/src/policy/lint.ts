import type { Catalog, CatalogItem } from '../catalog/catalog.ts';
import { items } from '../errors/common-looks.ts';
import { invalidInput } from '../errors/error.ts';
import { listed } from '../errors/issue.ts';
import type { Sku } from '../identity/ids.ts';
import { instantProblem, type Instant } from '../identity/instant.ts';
import { compareQuantities, formatQuantity, MAX_SCALE, parseQuantity, quantityProblem, type Quantity } from '../quantity/quantity.ts';
import { multipleInSteps } from '../availability/stages/rule-quantity.ts';
import { contestedGroups, MAX_PARTS } from './contested.ts';
import { fallingLevels } from './falling-levels.ts';
import { channelsBetween, scopeOf } from './item-rules.ts';
import { overlayFindings, windowFindings, type LintFinding, type Placed } from './lint-windows.ts';
import { LocationSets, MAX_UNION_LOCATIONS, MAX_UNIONS, numberLocations } from './location-sets.ts';
import type { Policy, PolicyChannel, PolicyRule } from './policy.ts';
import { Timeline } from './timeline.ts';
import { READ_POLICY } from './sound.ts';

/** What rules are held against, worked out once: a policy may have as many rules as a catalogue has skus. */
interface Ground {
  readonly policy: Policy;
  /** By channel: the locations it draws on, whatever their order. */
  readonly poolOf: ReadonlyMap<string, string>;
  readonly channelsOf: ReadonlyMap<string, readonly string[]>;
  readonly locations: ReadonlySet<string>;
  readonly channels: ReadonlyMap<string, PolicyChannel>;
  /** Of the channels that show parts the first, and by location the first that draws on it. */
  readonly parted: ReadonlyMap<string | undefined, string>;
  /** The channel that can express the least. */
  readonly narrowest: PolicyChannel | undefined;
  /** By category, and under nothing for all together: of each scale the first sku that has it. */
  readonly scales: ReadonlyMap<string | undefined, ReadonlyMap<number, Sku>>;
}

/**
 * What a careful colleague would ask about.
 *
 * @param asOf - Rules and overlays that ended by then are reported.
 * @param catalog - Where it is given, names of skus and categories are looked up in it, and multiples and levels are held against the steps of its skus.
 * @throws `INVALID_INPUT` where `asOf` is no instant, the policy is none that `parsePolicy` read, or the catalogue none.
 * @see stages 2, 5 and 8 of the README, what contradicts itself there; the other findings are its own
 * @example
 * ```ts
 * const pin = { id: 'pinned', owner: 'ops', reason: 'a recount', kind: 'pin', quantity: 5 } as const;
 * lintPolicy(parsePolicy({ version: '1', channels: [{ id: 'shop', locations: ['W1'] }], rules: [pin] }), asOf).map(({ code }) => code) // => ['PIN_WITHOUT_END']
 * ```
 * @public
 */
export function lintPolicy(policy: Policy, asOf: Instant, catalog?: Catalog): readonly LintFinding[] {
  const problem = instantProblem(asOf);
  if (problem !== undefined) throw invalidInput('moment', [{ path: ['asOf'], message: problem }]);
  READ_POLICY(policy, ['policy']);
  if (catalog !== undefined) items(catalog, ['catalog']);
  const ground = groundOf(policy, catalog);
  const lists = [policy.rules, ...policy.overlays.map(({ rules }) => rules)];
  return [
    ...unionFindings(policy), ...contestedFindings(policy), ...locationFindings(ground),
    ...lists.flatMap((rules, list) => {
      const twins = new Map<string, Timeline<PolicyRule>>();
      return rules.flatMap((rule, index) => {
        const one: Placed = { rule, path: list === 0 ? ['rules', index] : ['overlays', list - 1, 'rules', index] };
        return [
          ...tieFindings(ground, one, twins), ...channelFindings(ground, one), ...placeFindings(ground, one), ...betweenFindings(ground, one),
          ...levelFindings(ground, one, catalog), ...windowFindings(one, policy, asOf), ...pinFindings(ground, one), ...maximumFindings(ground, one), ...(catalog === undefined ? [] : catalogFindings(ground, one, catalog)),
        ];
      });
    }),
    ...overlayFindings(policy, asOf),
  ];
}

function groundOf(policy: Policy, catalog: Catalog | undefined): Ground {
  const poolOf = new Map(policy.channels.map((channel) => [channel.id as string, setOf(channel)]));
  const channelsOf = new Map<string, string[]>();
  for (const [id, pool] of poolOf) listIn(channelsOf, pool).push(id);
  return {
    policy, poolOf, channelsOf,
    locations: new Set(policy.channels.flatMap(({ locations }) => locations)),
    channels: new Map(policy.channels.map((channel) => [channel.id, channel])),
    parted: partedOf(policy),
    narrowest: policy.channels.filter(({ maximum }) => maximum !== undefined).reduce<PolicyChannel | undefined>((least, one) => (least === undefined || compareQuantities(finest(one.maximum), finest(least.maximum)) < 0 ? one : least), undefined),
    scales: scalesOf(catalog),
  };
}

function partedOf({ channels }: Policy): ReadonlyMap<string | undefined, string> {
  const parted = new Map<string | undefined, string>();
  for (const { id, publish, locations } of channels) if (publish === 'perLocation') for (const location of [undefined, ...locations]) if (!parted.has(location)) parted.set(location, id);
  return parted;
}

function scalesOf(catalog: Catalog | undefined): ReadonlyMap<string | undefined, ReadonlyMap<number, Sku>> {
  const scales = new Map<string | undefined, Map<number, Sku>>([[undefined, new Map()]]);
  for (const { sku, scale, category } of catalog?.items.values() ?? []) {
    for (const group of new Set([undefined, category])) {
      const known = scales.get(group) ?? new Map<number, Sku>();
      scales.set(group, known);
      if (!known.has(scale)) known.set(scale, sku);
    }
  }
  return scales;
}

function unionFindings(policy: Policy): LintFinding[] {
  if (new LocationSets(numberLocations(policy.channels)).unions() !== undefined) return [];
  const message = `the location lists of the channels make more than ${String(MAX_UNIONS)} unions, or unions of more than ${String(MAX_UNION_LOCATIONS)} locations in all, so every channel subtracts all demand that shares a location with it; use fewer different lists`;
  return [{ code: 'TOO_MANY_UNIONS', severity: 'warning', path: ['channels'], message }];
}

function contestedFindings({ channels, kits }: Policy): LintFinding[] {
  const { placeOf } = numberLocations(channels);
  return channels.flatMap((channel, index): LintFinding[] => {
    if (kits === 'pooled' && channel.publish === 'total') return [];
    if (contestedGroups(channel, { channels, placeOf }).every(({ unions }) => unions !== undefined)) return [];
    const message = `the location lists of other channels cut that of ${channel.id} into more than ${String(MAX_PARTS)} parts that hang together, so for its kits every claim is taken off each location that may serve it; use fewer different lists`;
    return [{ code: 'TOO_MANY_PARTS', severity: 'warning', path: ['channels', index], message }];
  });
}

/** @param twins - When the rules before this one say something, by what they say about what; this one is added. */
function tieFindings(ground: Ground, { rule, path }: Placed, twins: Map<string, Timeline<PolicyRule>>): LintFinding[] {
  let twin: PolicyRule | undefined;
  for (const key of subjectsOf(ground, rule)) {
    const before = twins.get(key) ?? new Timeline();
    twins.set(key, before);
    const first = before.add(rule);
    twin ??= first;
  }
  if (twin === undefined) return [];
  const winner = twin.id < rule.id ? twin.id : rule.id;
  return [{ code: 'RULE_TIE', severity: 'warning', path, message: `rules ${twin.id} and ${rule.id} say the same kind of thing about the same scope at the same time; ${winner} wins` }];
}

/** What a rule says something about: its kind and scope, and of a rule between channels each pool that it divides. */
function subjectsOf({ poolOf }: Ground, rule: PolicyRule): readonly string[] {
  const scope = Object.entries(scopeOf(rule)).filter(([, value]) => value !== undefined).sort();
  const subject = JSON.stringify([rule.kind, rule.kind === 'custom' ? [rule.rule, rule.stage] : '', scope]);
  const named = channelsBetween(rule);
  if (named === undefined) return [subject];
  return [...new Set(named.flatMap((id) => poolOf.get(id) ?? []))].map((pool) => `${subject}\u001f${pool}`);
}

function channelFindings({ poolOf }: Ground, { rule, path: at }: Placed): LintFinding[] {
  const { channel } = scopeOf(rule);
  const named = channelsBetween(rule)?.map((id, position) => ({ id, path: rule.kind === 'share' ? ['between', id] : ['order', position] }));
  return (named ?? (channel === undefined ? [] : [{ id: channel, path: ['scope', 'channel'] }]))
    .filter(({ id }) => !poolOf.has(id))
    .map(({ id, path }) => ({ code: 'UNKNOWN_CHANNEL', severity: 'error', path: [...at, ...path], message: `rule ${rule.id} speaks of channel ${id}, which the policy does not list` }));
}

/** A division is one of one pool, so its channels must draw on the same locations. */
function betweenFindings({ policy, poolOf, channelsOf }: Ground, { rule, path }: Placed): LintFinding[] {
  if (rule.kind !== 'share' && rule.kind !== 'priority') return [];
  const named = new Set(channelsBetween(rule));
  const members = [...named].filter((id) => poolOf.has(id));
  if (members.length === 0) return [];
  const pools = new Set(members.map((id) => poolOf.get(id)));
  if (pools.size > 1) return [acrossFinding({ policy, poolOf }, { rule, path }, named)];
  if (rule.kind !== 'share') return [];
  const left = (channelsOf.get(poolOf.get(members[0] ?? '') ?? '') ?? []).filter((id) => !named.has(id));
  if (left.length === 0) return [];
  return [{ code: 'SHARE_LEAVES_OUT', severity: 'warning', path: [...path, 'between'], message: `rule ${rule.id} divides all there is and leaves ${listed(left)} nothing; give each a weight` }];
}

function acrossFinding({ policy, poolOf }: Pick<Ground, 'policy' | 'poolOf'>, { rule, path }: Placed, named: ReadonlySet<string>): LintFinding {
  const [first, ...others] = policy.channels.map(({ id }) => id as string).filter((id) => named.has(id));
  const stranger = others.find((id) => poolOf.get(id) !== poolOf.get(first ?? ''));
  const message = `rule ${rule.id} divides between ${first ?? ''} and ${stranger ?? ''}, which do not draw on the same locations, so there is no one pool to divide; give them one list of locations, or use protections`;
  return { code: rule.kind === 'share' ? 'SHARE_ACROSS_SETS' : 'PRIORITY_ACROSS_SETS', severity: 'error', path, message };
}

function placeFindings({ locations }: Ground, { rule, path }: Placed): LintFinding[] {
  const { location } = scopeOf(rule);
  if (location === undefined || locations.has(location)) return [];
  return [{ code: 'UNKNOWN_LOCATION', severity: 'warning', path: [...path, 'scope', 'location'], message: `rule ${rule.id} speaks of location ${location}, on which no channel draws` }];
}

/** What is said of a location does something only where a channel draws on it: a slip in its name would leave a closed one selling. */
function locationFindings({ policy, locations }: Ground): LintFinding[] {
  return policy.locations.flatMap(({ id, lifecycle, stale }, index): LintFinding[] => {
    if (locations.has(id) || (lifecycle === 'live' && stale === undefined)) return [];
    return [{ code: 'UNKNOWN_LOCATION', severity: 'warning', path: ['locations', index], message: `no channel draws on location ${id}, so what is said of it does nothing; see whether its name is right` }];
  });
}

/** One step more in stock must never show less; without a catalogue a step is taken for one unit. */
function levelFindings({ policy, channels, scales }: Ground, { rule, path }: Placed, catalog: Catalog | undefined): LintFinding[] {
  if (rule.kind !== 'buffer' || !('levels' in rule.withhold)) return [];
  const { withhold } = rule;
  const { channel, sku } = scopeOf(rule);
  const whole = (channel === undefined ? policy.channels : [channels.get(channel)]).every((one) => one?.wholeUnits === true);
  const counts = concernedBy(scales, rule, sku === undefined ? undefined : catalog?.items.get(sku as Sku))
    .map(([scale, first]) => ({ of: ` of ${first}`, less: formatQuantity(1, scale), scale, step: 1, shown: whole ? 10 ** scale : 1 }));
  const unit = { of: '', less: '1', scale: MAX_SCALE, step: 10 ** MAX_SCALE, shown: 1 };
  const found = new Map<number, { readonly of: string; readonly less: string }>();
  for (const counted of catalog === undefined ? [unit] : counts) for (const index of fallingLevels(withhold, counted)) if (!found.has(index)) found.set(index, counted);
  return [...found].sort(([a], [b]) => a - b).map(([index, { of, less }]) => {
    const message = `rule ${rule.id} shows less${of} at ${String(withhold.levels[index]?.from)} than with ${less} less in stock; let each level hold back at most ${less} more than the one before`;
    return { code: 'NON_MONOTONE_LEVELS', severity: 'warning', path: [...path, 'withhold', 'levels', index], message };
  });
}

/** Of each step in which what a rule names is counted the first sku. */
function concernedBy(scales: Ground['scales'], rule: PolicyRule, item: CatalogItem | undefined): readonly (readonly [number, Sku])[] {
  const { sku, category } = scopeOf(rule);
  return sku === undefined ? [...(scales.get(category) ?? [])] : item === undefined ? [] : [[item.scale, item.sku]];
}

/** A pin says a part where a channel shows parts, and the number where it shows one. */
function pinFindings({ channels, parted }: Ground, { rule, path }: Placed): LintFinding[] {
  if (rule.kind !== 'pin') return [];
  const { channel, location } = scopeOf(rule);
  const named = channel === undefined ? undefined : channels.get(channel);
  const shows = named === undefined ? parted.get(location) : named.publish === 'perLocation' && (location === undefined || named.locations.some((own) => own === location)) ? named.id : undefined;
  const found = (message: string): LintFinding[] => [{ code: 'PIN_OFF_PARTS', severity: 'warning', path: [...path, 'scope'], message: `rule ${rule.id} ${message}` }];
  if (location === undefined) return shows === undefined ? [] : found(`pins the number of ${shows}, which shows parts: it shows no more than its locations have; name a location to pin its part`);
  return shows !== undefined ? [] : found(`pins a part at ${location}, and ${named === undefined ? 'no channel' : named.id} shows ${named === undefined ? 'one' : 'none'} there, so it does nothing; leave the location out`);
}

/** What a channel cannot express it never shows, whatever a rule says. */
function maximumFindings({ channels, narrowest }: Ground, { rule, path }: Placed): LintFinding[] {
  if (rule.kind !== 'cap' && rule.kind !== 'pin') return [];
  const { channel } = scopeOf(rule);
  const one = channel === undefined ? narrowest : channels.get(channel);
  const [name, value] = rule.kind === 'cap' ? ['most', rule.most] : ['quantity', rule.quantity];
  if (one?.maximum === undefined || compareQuantities(finest(value), finest(one.maximum)) <= 0) return [];
  return [{ code: 'BEYOND_MAXIMUM', severity: 'warning', path: [...path, name], message: `rule ${rule.id} says ${String(value)}, and ${one.id} can express at most ${String(one.maximum)}, so it shows no more than that` }];
}

function finest(value: string | number = 0): Quantity {
  return parseQuantity(value, { scale: MAX_SCALE });
}

const BIND_STOCK: ReadonlySet<PolicyRule['kind']> = new Set(['safetyStock', 'protection', 'ringfence', 'share', 'priority', 'percentOfPool', 'drawCap']);

/** A multiple that a sku's step cannot count shows fewer numbers than it says, or all. */
function multipleFindings({ scales }: Ground, { rule, path }: Placed, item: CatalogItem | undefined): LintFinding[] {
  if (rule.kind !== 'sellMultiple') return [];
  return concernedBy(scales, rule, item).flatMap(([scale, first]): LintFinding[] => {
    if (quantityProblem(rule.of, scale) === undefined) return [];
    const multiple = formatQuantity(multipleInSteps(rule.of, scale), scale);
    const step = formatQuantity(1, scale);
    const says = multiple === step ? `so the rule leaves every number as it is` : `so only multiples of ${multiple} are shown`;
    const message = `rule ${rule.id} sells ${first} in multiples of ${String(rule.of)}, and it is counted in steps of ${step}, ${says}; say a multiple of the step`;
    return [{ code: 'MULTIPLE_OFF_STEP', severity: multiple === step ? 'warning' : 'error', path: [...path, 'of'], message }];
  });
}

function catalogFindings(ground: Ground, { rule, path }: Placed, { items }: Catalog): LintFinding[] {
  const { sku, category } = scopeOf(rule);
  const { scales } = ground;
  const findings: LintFinding[] = [];
  const item = sku === undefined ? undefined : items.get(sku as Sku);
  if (sku !== undefined && item === undefined) {
    findings.push({ code: 'UNKNOWN_SKU', severity: 'warning', path: [...path, 'scope', 'sku'], message: `rule ${rule.id} speaks of sku ${sku}, which the catalogue does not have` });
  }
  if (item?.components !== undefined && BIND_STOCK.has(rule.kind)) {
    findings.push({ code: 'BINDS_NO_STOCK', severity: 'warning', path: [...path, 'scope', 'sku'], message: `rule ${rule.id} binds stock, and ${item.sku} is a kit: name its components instead` });
  }
  if (category !== undefined && !scales.has(category)) {
    findings.push({ code: 'UNKNOWN_CATEGORY', severity: 'warning', path: [...path, 'scope', 'category'], message: `rule ${rule.id} speaks of category ${category}, which nothing in the catalogue has` });
  }
  return [...findings, ...multipleFindings(ground, { rule, path }, item)];
}

function setOf({ locations }: PolicyChannel): string {
  return [...locations].sort().join('\u001f');
}

function listIn<Value>(lists: Map<string, Value[]>, key: string): Value[] {
  const known = lists.get(key);
  if (known !== undefined) return known;
  const made: Value[] = [];
  lists.set(key, made);
  return made;
}
