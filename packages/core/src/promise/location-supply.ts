import { compiledOf, createAvailability, supplyIn, type AvailabilityCalculator, type Moment } from '../availability/availability.ts';
import type { PositionReader } from '../availability/context.ts';
import { READER } from '../availability/told.ts';
import { named, type ChannelId, type LocationId, type Sku } from '../identity/ids.ts';
import { identifier, moment } from '../errors/common-looks.ts';
import { parts } from '../errors/looks.ts';
import { invalidInput } from '../errors/error.ts';
import { listed } from '../errors/issue.ts';
import { scopeOf } from '../policy/item-rules.ts';
import type { Policy, PolicyChannel, PolicyRule } from '../policy/policy.ts';
import type { Quantity } from '../quantity/quantity.ts';

/** Which place, for whom. @public */
export interface LocationSupplyKey {
  readonly channel: ChannelId;
  readonly sku: Sku;
  readonly location: LocationId;
}

/**
 * What one location could give a channel by itself: on hand less what is not sellable, committed, held or kept there, and
 * whole kits of what has all components there. It is the supply that availability counts at the location, before demand
 * that is not routed and before any rule of the listing: preorders that are routed there and wait for what it expects
 * take nothing, a location that sells nothing gives nothing, and custom rules on supply hold.
 *
 * @param calculator - Of the policy and catalogue in effect.
 * @returns In steps of the sku, `>= 0`; absent for a sku that nothing limits.
 * @throws `INVALID_INPUT` where the policy has no such channel, the catalogue no such sku, the location is no name, or the moment no instant.
 * @example
 * ```ts
 * const sku = parseSku('MUG');
 * const calculator = createAvailability({ catalog: parseCatalog([{ sku }]), policy: parsePolicy({ version: '1', channels: [{ id: 'shop', locations: ['W1'] }] }) });
 * const stock = { onHand: 5, unavailable: 0, committed: 2, incoming: 0, inTransit: 0 };
 * const reader = { position: () => ({ sku, scale: 0, locations: new Map([[parseLocationId('W1'), stock]]), unrouted: new Map(), holds: [] }) };
 * locationSupply(calculator, { channel: shop, sku, location: parseLocationId('W1') }, { positions: reader, moment: { asOf } }) // => 3
 * ```
 * @public
 */
export function locationSupply(calculator: AvailabilityCalculator, key: LocationSupplyKey, world: { readonly positions: PositionReader; readonly moment: Moment }): Quantity | undefined {
  KEY(key, []);
  WORLD(world, []);
  const { channel, sku, location } = key;
  const compiled = compiledOf(calculator);
  const place = compiled.placeOf.get(location);
  if (place !== undefined) return supplyIn(compiled, { channel, sku, place }, world);
  const wider = compiledOf(derived(calculator, `also ${location}`, (policy) => ({ ...policy, channels: [...policy.channels, { ...channelOf(policy, channel), id: NOBODY, locations: [location] }] })));
  return supplyIn(wider, { channel, sku, place: wider.placeOf.get(location) ?? 0 }, world);
}

const KEY = parts({ channel: identifier, sku: identifier, location: identifier });
/** Where positions come from, and when. */
export const WORLD = parts({ positions: READER, moment: parts({ asOf: moment }) });

/** An id that no channel has: who a location is listed for that no channel draws on. */
const NOBODY = '\u0000nobody' as ChannelId;

/**
 * What a channel may draw of a stocked sku, or count of a kit per location, before its own division and listing: claims,
 * and what is kept for channels of other sets, are off.
 */
export function drawable(calculator: AvailabilityCalculator, { channel, sku }: Drawer, { positions, moment }: Drawing): Quantity | undefined {
  return beforeDivision(calculator, channel, 'total').compute({ channel, sku }, positions, moment).immediate;
}

/** What of it a location can give at no other channel's cost, its other locations in their order. */
export function drawableAt(calculator: AvailabilityCalculator, { channel, sku, location }: LocationSupplyKey, { positions, moment }: Drawing): Quantity | undefined {
  return beforeDivision(calculator, channel, 'perLocation').compute({ channel, sku }, positions, moment).parts.get(location);
}

type Drawer = Pick<LocationSupplyKey, 'channel' | 'sku'>;
interface Drawing { readonly positions: PositionReader; readonly moment: Moment }

function beforeDivision(calculator: AvailabilityCalculator, channel: ChannelId, publish: PolicyChannel['publish']): AvailabilityCalculator {
  return derived(calculator, `pools for ${channel}, ${publish}`, (policy) => {
    const own = new Set<string>(channelOf(policy, channel).locations);
    const peers = policy.channels.filter(({ locations }) => locations.length === own.size && locations.every((location) => own.has(location))).map(({ id }) => id as string);
    const isForAll = (rule: PolicyRule): boolean => rule.kind === 'safetyStock' || rule.kind === 'preorderLimit' || (rule.kind === 'custom' && rule.stage === 'supply');
    const isOthers = (rule: PolicyRule): boolean => (rule.kind === 'protection' || rule.kind === 'ringfence') && !peers.includes(scopeOf(rule).channel ?? '');
    return { ...policy, kits: 'perLocation', ...onlyRules(policy, (rule) => isForAll(rule) || isOthers(rule)), channels: policy.channels.map((one) => ({ ...one, publish, spread: 'priority', maximum: undefined, wholeUnits: false })) };
  });
}

/** The channel as its policy lists it. @throws `INVALID_INPUT` */
export function channelOf(policy: Policy, id: ChannelId): PolicyChannel {
  const channel = policy.channels.find((one) => one.id === id);
  if (channel !== undefined) return channel;
  const known = listed(policy.channels.map((one) => one.id));
  throw invalidInput('question', [{ path: ['channel'], message: `policy ${policy.version} lists no channel ${named(id)}; it lists ${known}` }]);
}

const known = new WeakMap<AvailabilityCalculator, Map<string, AvailabilityCalculator>>();

/** A calculator for a part of the same policy, prepared once. */
function derived(calculator: AvailabilityCalculator, name: string, part: (policy: Policy) => Policy): AvailabilityCalculator {
  let all = known.get(calculator);
  if (all === undefined) known.set(calculator, (all = new Map()));
  let one = all.get(name);
  if (one === undefined) all.set(name, (one = createAvailability({ policy: part(calculator.policy), catalog: calculator.catalog, rules: calculator.rules })));
  return one;
}

function onlyRules({ rules, overlays }: Policy, fits: (rule: PolicyRule) => boolean): Pick<Policy, 'rules' | 'overlays'> {
  return { rules: rules.filter(fits), overlays: overlays.map((overlay) => ({ ...overlay, rules: overlay.rules.filter(fits) })) };
}
