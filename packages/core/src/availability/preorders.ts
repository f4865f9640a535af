import type { CatalogItem } from '../catalog/catalog.ts';
import type { ChannelId, LocationId } from '../identity/ids.ts';
import type { Hold } from '../ledger/position.ts';
import type { SoldOf } from '../policy/compile.ts';
import { ruleAt } from '../policy/item-rules.ts';
import { unitsTaken } from '../quantity/per-kit.ts';
import { addQuantities, compareQuantities, maxQuantity, minQuantity, subtractQuantities, sumQuantities, type Quantity } from '../quantity/quantity.ts';
import type { StageContext, Stocked } from './context.ts';
import { isOpen } from './open-hold.ts';
import { emptiedAt } from './stages/03-sourcing.ts';

/** What of a channel's demand waits for incoming stock. */
export interface Served {
  readonly orders: Quantity;
  readonly held: Quantity;
}

/** Demand that waits for incoming stock and asks for none that is there. */
export interface Waiting {
  /** Of what is not routed, by number of channel. */
  readonly of: ReadonlyMap<number, Served>;
  /** Of what is routed, by number of location. */
  readonly at: ReadonlyMap<number, Quantity>;
  /** What would wait, were more incoming: it asks for stock, and is no backorder. */
  readonly inVain: { readonly of: ReadonlyMap<number, Quantity>; readonly at: ReadonlyMap<number, Quantity> };
}

/** Whether any demand is preordered, whether or not it waits. */
export function isPreordered({ of, at, inVain }: Waiting): boolean {
  const isSome = (units: Quantity): boolean => compareQuantities(units, 0) > 0;
  return [...of.values()].some(({ orders, held }) => isSome(orders) || isSome(held)) || [...at.values(), ...inVain.of.values(), ...inVain.at.values()].some(isSome);
}

/** What must be known of a question to know what waits. */
export type Asking = Pick<StageContext<unknown>, 'compiled' | 'positions' | 'asOf' | 'ownHolds' | 'boundaries'>;

/** What may wait, before anybody looks at what is incoming. */
interface Preorders {
  readonly orders: Map<ChannelId, Quantity>;
  readonly held: Map<ChannelId, Quantity>;
  /** Orders that are routed, and all that is: holds too. */
  readonly ordersAt: Map<LocationId, Quantity>;
  readonly heldAt: Map<LocationId, Quantity>;
}

/** Where nothing waits, nor would. */
export const NOTHING_WAITS: Waiting = { of: new Map(), at: new Map(), inVain: { of: new Map(), at: new Map() } };

/**
 * Preorders, also those of live holds and of kits, consume what is incoming until it is received, and only what is left of
 * them asks for stock. What is routed waits for what its location expects. Of the rest the smaller channel id comes first, and
 * takes from its own locations, the first of them first. Nothing waits for a location that nothing is sold from, nor
 * where no rule lets what was sold be preordered.
 */
export function waitingFor(context: Asking, stocked: Pick<Stocked, 'position'>, sold: readonly SoldOf[]): Waiting {
  const open = preorders(context, stocked, sold);
  if (open.orders.size === 0 && open.held.size === 0 && open.ordersAt.size === 0 && open.heldAt.size === 0) return NOTHING_WAITS;
  const { compiled: { channelAt, locationAt } } = context;
  const expected = new Map<number, Quantity>();
  const take = (place: number, wish: Quantity): Quantity => {
    const there = expected.get(place) ?? expectedAt(context, stocked, place);
    const taken = maxQuantity(minQuantity(wish, there), 0);
    expected.set(place, subtractQuantities(there, taken));
    return taken;
  };
  const at = new Map<number, Quantity>();
  const inVain = { of: new Map<number, Quantity>(), at: new Map<number, Quantity>() };
  locationAt.forEach((location, place) => {
    const committed = maxQuantity(stocked.position?.locations.get(location)?.committed ?? 0, 0);
    const routed = addQuantities(minQuantity(open.ordersAt.get(location) ?? 0, committed), open.heldAt.get(location) ?? 0);
    if (compareQuantities(routed, 0) <= 0) return;
    const served = take(place, routed);
    at.set(place, served);
    addTo(inVain.at, place, subtractQuantities(routed, served));
  });
  const of = new Map<number, Served>();
  for (const { id, index, places } of channelAt.toSorted((a, b) => (a.id < b.id ? -1 : 1))) {
    const serve = (wish: Quantity): Quantity => places.reduce<Quantity>((taken, place) => addQuantities(taken, take(place, subtractQuantities(wish, taken))), 0);
    const orders = maxQuantity(minQuantity(open.orders.get(id) ?? 0, stocked.position?.unrouted.get(id) ?? 0), 0);
    const held = open.held.get(id) ?? 0;
    const served = { orders: serve(orders), held: serve(held) };
    of.set(index, served);
    addTo(inVain.of, index, subtractQuantities(addQuantities(orders, held), addQuantities(served.orders, served.held)));
  }
  return { of, at, inVain };
}

/** What is incoming at a location that things are sold from, at least nothing. */
export function expectedAt(context: Asking, { position }: Pick<Stocked, 'position'>, place: number): Quantity {
  const location = context.compiled.locationAt[place];
  const incoming = location === undefined ? undefined : position?.locations.get(location)?.incoming;
  return incoming === undefined || compareQuantities(incoming, 0) <= 0 || emptiedAt(context, place) !== undefined ? 0 : incoming;
}

/** Preorders of what a rule lets be preordered, in steps of the stocked sku. */
function preorders(context: Asking, { position }: Pick<Stocked, 'position'>, sold: readonly SoldOf[]): Preorders {
  const { compiled: { channels }, boundaries } = context;
  const mayWait = ({ limits }: SoldOf, channel: ChannelId): boolean => {
    const index = channels.get(channel)?.index;
    return index !== undefined && ruleAt(limits, index, context) !== undefined;
  };
  const told = toldPreorders(context, sold.filter(({ limits }) => limits !== undefined), mayWait);
  const open: Preorders = { orders: told.of, ordersAt: told.at, held: new Map(), heldAt: new Map() };
  for (const hold of position?.holds ?? []) {
    if (!isOpen(hold, context)) continue;
    const units = preorderedBy(hold, (sku) => sold.some((one) => one.sku === sku && mayWait(one, hold.channel)));
    if (compareQuantities(units, 0) <= 0) continue;
    boundaries(hold.expiresAt);
    if (hold.location === '') addTo(open.held, hold.channel, units);
    else addTo(open.heldAt, hold.location, units);
  }
  return open;
}

/** What a hold was promised of what is expected; no more than all that it claims. */
function preorderedBy({ beyond = [], quantity }: Hold, counts: (sku: string) => boolean): Quantity {
  if (beyond.length === 0) return 0;
  return minQuantity(sumQuantities(beyond.filter(({ promise, sku }) => promise === 'preorder' && counts(sku)).map(({ units }) => units)), quantity);
}

function addTo<Key>(sums: Map<Key, Quantity>, key: Key, more: Quantity): void {
  sums.set(key, addQuantities(sums.get(key) ?? 0, more));
}

/** Preorders that are told of and that the position does not have: they are owed all the same. */
export interface Unbooked {
  /** Of what is not routed. */
  readonly of: ReadonlyMap<ChannelId, Quantity>;
  /** Of what is routed. */
  readonly at: ReadonlyMap<LocationId, Quantity>;
}

/** Preorders of the sku and of all kits of it, whatever rules say, beyond the demand that its position has. */
export function unbookedPreorders<N>(context: StageContext<N>, { position }: Stocked, sold: readonly SoldOf[]): Unbooked {
  const { of, at } = toldPreorders(context, sold, () => true);
  return { of: beyondBooked(of, (channel) => position?.unrouted.get(channel)), at: beyondBooked(at, (location) => position?.locations.get(location)?.committed) };
}

/** What is told of as preordered, in steps of the stocked sku. */
function toldPreorders({ positions }: Asking, sold: readonly SoldOf[], counts: (one: SoldOf, channel: ChannelId) => boolean): { readonly of: Map<ChannelId, Quantity>; readonly at: Map<LocationId, Quantity> } {
  const [of, at] = [new Map<ChannelId, Quantity>(), new Map<LocationId, Quantity>()];
  for (const one of sold) {
    const told = positions.promised?.(one.sku);
    for (const [channel, quantity] of told?.preordered ?? []) {
      if (compareQuantities(quantity, 0) <= 0 || !counts(one, channel)) continue;
      let unrouted = quantity;
      for (const [location, routed] of told?.preorderedAt?.get(channel) ?? []) {
        unrouted = subtractQuantities(unrouted, routed);
        addTo(at, location, unitsTaken(one.quantityPer, routed));
      }
      if (compareQuantities(unrouted, 0) > 0) addTo(of, channel, unitsTaken(one.quantityPer, unrouted));
    }
  }
  return { of, at };
}

function beyondBooked<Key>(told: ReadonlyMap<Key, Quantity>, booked: (key: Key) => Quantity | undefined): ReadonlyMap<Key, Quantity> {
  const beyond = new Map<Key, Quantity>();
  for (const [key, units] of told) {
    const more = subtractQuantities(units, maxQuantity(booked(key) ?? 0, 0));
    if (compareQuantities(more, 0) > 0) beyond.set(key, more);
  }
  return beyond;
}

/** Whether a rule may let something wait of a stocked sku. */
export function mayAnythingWait({ soldOf }: StageContext<unknown>['compiled'], item: CatalogItem): boolean {
  return soldOf !== undefined && soldOf(item).some(({ limits }) => limits !== undefined);
}
