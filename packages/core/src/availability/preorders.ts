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
}

/** What may wait, before anybody looks at what is incoming. */
interface Preorders {
  readonly orders: Map<ChannelId, Quantity>;
  readonly held: Map<ChannelId, Quantity>;
  /** Orders that are routed, and all that is: holds too. */
  readonly ordersAt: Map<LocationId, Quantity>;
  readonly heldAt: Map<LocationId, Quantity>;
}

const NOTHING: Waiting = { of: new Map(), at: new Map() };

/**
 * Preorders, also those of live holds and of kits, consume what is incoming until it is received, and only what is left of
 * them asks for stock. What is routed waits for what its location expects. Of the rest the smaller channel id comes first, and
 * takes from its own locations, the first of them first. Nothing waits for a location that nothing is sold from, nor
 * where no rule lets what was sold be preordered.
 */
export function waitingFor<N>(context: StageContext<N>, stocked: Stocked, sold: readonly SoldOf[]): Waiting {
  const open = preorders(context, stocked, sold);
  if (open.orders.size === 0 && open.held.size === 0 && open.ordersAt.size === 0 && open.heldAt.size === 0) return NOTHING;
  const { compiled: { channelAt, locationAt } } = context;
  const expected = new Map<number, Quantity>();
  const take = (place: number, wish: Quantity): Quantity => {
    const there = expected.get(place) ?? expectedAt(context, stocked, place);
    const taken = maxQuantity(minQuantity(wish, there), 0);
    expected.set(place, subtractQuantities(there, taken));
    return taken;
  };
  const at = new Map<number, Quantity>();
  locationAt.forEach((location, place) => {
    const committed = maxQuantity(stocked.position?.locations.get(location)?.committed ?? 0, 0);
    const routed = addQuantities(minQuantity(open.ordersAt.get(location) ?? 0, committed), open.heldAt.get(location) ?? 0);
    if (compareQuantities(routed, 0) > 0) at.set(place, take(place, routed));
  });
  const of = new Map<number, Served>();
  for (const { id, index, places } of channelAt.toSorted((a, b) => (a.id < b.id ? -1 : 1))) {
    const serve = (wish: Quantity): Quantity => places.reduce<Quantity>((taken, place) => addQuantities(taken, take(place, subtractQuantities(wish, taken))), 0);
    const orders = minQuantity(open.orders.get(id) ?? 0, stocked.position?.unrouted.get(id) ?? 0);
    of.set(index, { orders: serve(orders), held: serve(open.held.get(id) ?? 0) });
  }
  return { of, at };
}

/** What is incoming at a location that things are sold from, at least nothing. */
function expectedAt<N>(context: StageContext<N>, { position }: Stocked, place: number): Quantity {
  const location = context.compiled.locationAt[place];
  const incoming = location === undefined ? undefined : position?.locations.get(location)?.incoming;
  return incoming === undefined || compareQuantities(incoming, 0) <= 0 || emptiedAt(context, place) !== undefined ? 0 : incoming;
}

/** Preorders of what a rule lets be preordered, in steps of the stocked sku. */
function preorders<N>(context: StageContext<N>, { position }: Stocked, sold: readonly SoldOf[]): Preorders {
  const open: Preorders = { orders: new Map(), held: new Map(), ordersAt: new Map(), heldAt: new Map() };
  const { compiled: { channels }, positions, boundaries } = context;
  const mayWait = ({ limits }: SoldOf, channel: ChannelId): boolean => {
    const index = channels.get(channel)?.index;
    return index !== undefined && ruleAt(limits, index, context) !== undefined;
  };
  for (const one of sold) {
    if (one.limits === undefined) continue;
    const told = positions.promised?.(one.sku);
    for (const [channel, quantity] of told?.preordered ?? []) {
      if (compareQuantities(quantity, 0) <= 0 || !mayWait(one, channel)) continue;
      let unrouted = quantity;
      for (const [location, routed] of told?.preorderedAt?.get(channel) ?? []) {
        unrouted = subtractQuantities(unrouted, routed);
        addTo(open.ordersAt, location, unitsTaken(one.quantityPer, routed));
      }
      if (compareQuantities(unrouted, 0) > 0) addTo(open.orders, channel, unitsTaken(one.quantityPer, unrouted));
    }
  }
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

/**
 * What is expected at the channel's locations and promised to nobody yet: less every preorder, ordered or held, of the sku
 * and of all kits of it, by any channel that may be served from one of these locations.
 */
export function unpromised<N>(context: StageContext<N>, stocked: Stocked, sold: readonly SoldOf[]): N {
  const { ops, channel, compiled, positions, boundaries } = context;
  const { item, position } = stocked;
  const { sku } = item;
  const expected = channel.places.flatMap((place) => {
    const location = compiled.locationAt[place];
    const incoming = location === undefined ? undefined : position?.locations.get(location)?.incoming;
    return incoming === undefined || incoming === 0 || emptiedAt(context, place) !== undefined ? [] : [ops.input(incoming, ops.note?.(ops.about?.('beyondStock', sku, location), 'incoming'))];
  });
  const about = ops.about?.('beyondStock', sku);
  const incoming = ops.sum(expected.length === 0 ? [ops.input(0, ops.note?.(about, 'nothing'))] : expected, ops.note?.(about, 'incoming'));
  const near = (id: ChannelId): boolean => {
    const index = compiled.channels.get(id)?.index;
    return index === undefined || channel.overlapping.includes(index);
  };
  const taken: N[] = [];
  for (const { sku: what, quantityPer } of sold) {
    const ordered = sumQuantities([...(positions.promised?.(what)?.preordered ?? [])].filter(([id]) => near(id)).map(([, quantity]) => quantity));
    if (ordered !== 0) taken.push(ops.input(unitsTaken(quantityPer, ordered), ops.note?.(about, what === sku ? 'preordered' : `preordered in ${what}`)));
  }
  for (const hold of position?.holds ?? []) {
    const units = isOpen(hold, context) && near(hold.channel) ? preorderedBy(hold, () => true) : 0;
    if (units === 0) continue;
    boundaries(hold.expiresAt);
    taken.push(ops.input(units, ops.note?.(about, `held of what is expected for ${hold.channel} until ${hold.expiresAt}`)));
  }
  if (taken.length === 0) return incoming;
  return ops.subtract(incoming, ops.sum(taken, ops.note?.(about, 'preordered or held so')), ops.note?.(about, 'incoming and promised to nobody'));
}

/** Whether a rule may let something wait of a stocked sku. */
export function mayAnythingWait({ soldOf }: StageContext<unknown>['compiled'], item: CatalogItem): boolean {
  return soldOf !== undefined && soldOf(item).some(({ limits }) => limits !== undefined);
}
