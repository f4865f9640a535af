import type { Catalog } from '../catalog/catalog.ts';
import { iterable } from '../errors/common-looks.ts';
import { shown } from '../errors/issue.ts';
import { parts } from '../errors/looks.ts';
import { invalidInput, type Issue } from '../errors/error.ts';
import type { ChannelId, LocationId, Sku } from '../identity/ids.ts';
import { refuseNoInstants, type Instant } from '../identity/instant.ts';
import { NO_STOCK, type Position } from '../ledger/position.ts';
import { channelOf, compilePolicy, itemOf, type CompiledPolicy } from '../policy/compile.ts';
import type { Policy, PolicyRule } from '../policy/policy.ts';
import { unitsTaken } from '../quantity/per-kit.ts';
import { addQuantities, compareQuantities, isQuantity, maxQuantity, subtractQuantities, ZERO, type Quantity } from '../quantity/quantity.ts';
import type { AvailabilityKey } from './availability.ts';
import type { PositionReader } from './context.ts';
import { waitingFor, type Asking, type Waiting } from './preorders.ts';
import { readerProblem, Told } from './told.ts';
import { emptiedAt } from './stages/03-sourcing.ts';

/** What a channel shows of a listing. @public */
export interface PublishedNumber extends AvailabilityKey {
  /** In steps of the sku that is listed, `>= 0`. */
  readonly shown: Quantity;
  /** What may have been sold and not told yet, within the channel's order lag; nothing where absent. */
  readonly unseen?: Quantity;
}

/** What the published numbers of one stocked sku could oversell, in its steps, kits in their components. @public */
export interface PublicationRisk {
  readonly sku: Sku;
  /** All that the channels show together. */
  readonly shown: Quantity;
  /** All that may have been sold and not told yet. */
  readonly unseen: Quantity;
  /** How much of that, and of the demand that is open, no stock could serve if all of it were sold. */
  readonly oversell: Quantity;
  /** False where the true figure may be larger: there are too many unions of locations to look at, or a channel shows the sku by location, of which its number is only the sum. */
  readonly exact: boolean;
}

/**
 * What the numbers that channels show at one moment could oversell. Shared pools are shown to several channels on purpose,
 * so some risk is normal; what it says is how much.
 *
 * Demand of channels that the policy does not list may be served from anywhere, so it counts wherever something is shown or may have been sold.
 *
 * Preorders that a rule lets wait for incoming stock ask for none that is there, as far as what is expected serves them.
 *
 * Nothing is counted at locations that nothing is sold from: closed, not live yet, in a stock-take or silent.
 *
 * @param published - Every number that is shown, one per key; listings that nothing limits are passed over.
 * @throws `INVALID_INPUT` with a path where a number is negative, a key is told twice, or the policy or catalogue lacks what is named.
 * @returns One line per stocked sku that a listing uses, in the order of first use.
 * @see the unions of locations of stage 4 of the README; in component units, order lag included; the rule is its own
 * @example
 * ```ts
 * const policy = parsePolicy({ version: '1', channels: ['shop', 'till'].map((id) => ({ id, locations: ['W1'] })) });
 * const stock = { onHand: 5, unavailable: 0, committed: 0, incoming: 0, inTransit: 0 };
 * const position = { sku: parseSku('MUG'), scale: 0, locations: new Map([[parseLocationId('W1'), stock]]), unrouted: new Map(), holds: [] };
 * const reader = { position: () => position };
 * const shown = ['shop', 'till'].map((id) => ({ channel: parseChannelId(id), sku: parseSku('MUG'), shown: 5 }));
 * publicationRisk({ policy, catalog: parseCatalog([{ sku: 'MUG' }]) }, shown, { positions: reader, asOf }).map(({ oversell }) => oversell) // => [5]
 * ```
 * @public
 */
export function publicationRisk(
  { policy, catalog }: { readonly policy: Policy; readonly catalog: Catalog },
  published: Iterable<PublishedNumber>,
  { positions: reader, asOf }: { readonly positions: PositionReader; readonly asOf: Instant },
): readonly PublicationRisk[] {
  refuseNoInstants('published numbers', { asOf });
  const unreadable = readerProblem(reader);
  if (unreadable !== undefined) throw invalidInput('published numbers', [{ path: ['positions'], message: unreadable }]);
  iterable(published, ['published']);
  // Of all rules only those count that let what is owed wait for incoming stock.
  const waits = ({ kind }: PolicyRule): boolean => kind === 'preorderLimit';
  const compiled = compilePolicy({ ...policy, rules: policy.rules.filter(waits), overlays: policy.overlays.map((overlay) => ({ ...overlay, rules: overlay.rules.filter(waits) })) }, catalog);
  const positions = new Told(reader, compiled);
  const offers = new Map<Sku, Offer[]>();
  const told = new Map<number, Set<Sku>>();
  let order = -1;
  for (const number of published) {
    order += 1;
    SHOWN(number, [order]);
    const { channel, sku, shown, unseen = ZERO } = number;
    const { index } = channelOf(compiled, channel);
    const item = itemOf(compiled, sku);
    const skus = told.get(index) ?? new Set();
    told.set(index, skus);
    if (skus.size === skus.add(sku).size) throw invalidInput('published numbers', [{ path: [order], message: `what ${channel} shows of ${sku} is told twice` }]);
    refuseLessThanNothing({ shown, unseen }, order);
    if (!item.tracked) continue;
    for (const { sku: component, quantityPer } of item.components ?? [{ sku, quantityPer: 1 }]) {
      const known = offers.get(component) ?? [];
      offers.set(component, known);
      known.push({ channel: index, shown: unitsTaken(quantityPer, shown), unseen: unitsTaken(quantityPer, unseen) });
    }
  }
  const asking: Asking = { compiled, positions, asOf, boundaries: () => undefined, ownHolds: new Set() };
  return [...offers].map(([sku, all]) => {
    const position = positions.position(sku);
    return riskOf(asking, { sku, offers: all, position, waiting: waitingFor(asking, { position }, compiled.soldOf?.(itemOf(compiled, sku)) ?? []) });
  });
}

const SHOWN = parts({});

/** Less than nothing shown by one would hide what another oversells. */
function refuseLessThanNothing(numbers: Readonly<Record<'shown' | 'unseen', Quantity>>, order: number): void {
  const issues = Object.entries(numbers).flatMap(([name, value]): Issue[] =>
    (isQuantity(value) && compareQuantities(value, 0) >= 0 ? [] : [{ path: [order, name], message: `${shown(value)} is no count of steps of zero or more` }]));
  if (issues.length > 0) throw invalidInput('published numbers', issues);
}

/** What one listing offers of a component. */
interface Offer {
  readonly channel: number;
  readonly shown: Quantity;
  readonly unseen: Quantity;
}

interface Exposure {
  readonly sku: Sku;
  readonly offers: readonly Offer[];
  readonly position: Position | undefined;
  readonly waiting: Waiting;
}

/**
 * By minimum cut: the most, over sets of locations, of what only they can serve beyond what they have. What waits for
 * incoming stock waits for that of the same locations, so that nothing more can go wrong once that has come.
 */
function riskOf(asking: Asking, { sku, offers, position, waiting }: Exposure): PublicationRisk {
  const { compiled: { channelAt, channels: listed, locationAt, unions, policy: { clamp } }, asOf } = asking;
  const total = (pick: (offer: Offer) => Quantity): Quantity => offers.reduce<Quantity>((sum, offer) => addQuantities(sum, pick(offer)), ZERO);
  const demands = channelAt.map(({ id, index }) => {
    const { orders = ZERO, held = ZERO } = waiting.of.get(index) ?? {};
    const open = subtractQuantities(openOf(position, id, asOf), addQuantities(orders, held));
    return offers.reduce<Quantity>((sum, offer) => (offer.channel === index ? addQuantities(sum, addQuantities(offer.shown, offer.unseen)) : sum), open);
  });
  const isWhole = unions.length > 0;
  const exact = isWhole && offers.every(({ channel }) => channelAt[channel]?.publish !== 'perLocation');
  const sets = isWhole ? unions : [{ places: locationAt.map((_, place) => place), channels: channelAt.map(({ index }) => index) }, ...channelAt.map(({ places, index }) => ({ places, channels: [index] }))];
  const unlisted = unlistedOf(position, listed, asOf);
  let oversell: Quantity = ZERO;
  for (const { places, channels } of sets) {
    let beyond: Quantity = offers.some(({ channel, shown, unseen }) => channels.includes(channel) && compareQuantities(addQuantities(shown, unseen), 0) > 0) ? unlisted : ZERO;
    for (const channel of channels) beyond = addQuantities(beyond, demands[channel] ?? ZERO);
    for (const place of places) {
      if (emptiedAt(asking, place) !== undefined) continue;
      const supply = addQuantities(supplyAt(position, locationAt[place], asOf), waiting.at.get(place) ?? ZERO);
      // Counted in total, what one location owes is owed by all of them.
      beyond = subtractQuantities(beyond, clamp === 'total' ? supply : maxQuantity(supply, ZERO));
    }
    if (compareQuantities(beyond, oversell) > 0) oversell = beyond;
  }
  return { sku, shown: total(({ shown }) => shown), unseen: total(({ unseen }) => unseen), oversell, exact };
}

function openOf(position: Position | undefined, channel: ChannelId, asOf: Instant): Quantity {
  let open = position?.unrouted.get(channel) ?? ZERO;
  for (const hold of position?.holds ?? []) if (hold.channel === channel && hold.location === '' && hold.expiresAt > asOf) open = addQuantities(open, hold.quantity);
  return open;
}

function unlistedOf(position: Position | undefined, listed: CompiledPolicy['channels'], asOf: Instant): Quantity {
  const asking = new Set([...(position?.unrouted.keys() ?? []), ...(position?.holds ?? []).map(({ channel }) => channel)]);
  let open: Quantity = ZERO;
  for (const channel of asking) if (!listed.has(channel)) open = addQuantities(open, maxQuantity(openOf(position, channel, asOf), ZERO));
  return open;
}

function supplyAt(position: Position | undefined, location: LocationId | undefined, asOf: Instant): Quantity {
  const { onHand, unavailable, committed } = (location === undefined ? undefined : position?.locations.get(location)) ?? NO_STOCK;
  let supply = subtractQuantities(subtractQuantities(onHand, unavailable), committed);
  for (const hold of position?.holds ?? []) if (hold.location === location && hold.expiresAt > asOf) supply = subtractQuantities(supply, hold.quantity);
  return supply;
}
