import type { LocationId, OrderObservation } from '@stockwright/core';
import type { Action } from './actions.ts';
import type { Booking } from './model/erp.ts';
import { countedLines, NOTHING_YET, type OrderCounters } from './model/order-lines.ts';
import type { Shop } from './model/shop.ts';
import { partsOf } from './shape.ts';
import type { Stage } from './stage.ts';

type Buy = Extract<Action, { kind: 'buy' }>;

/** One order as the owner of stock comes to know it. */
interface Known {
  readonly order: OrderObservation;
  readonly shop: Shop;
  /** Where it ships from, where the channel does not say. */
  place: LocationId | undefined;
  isImported: boolean;
  /** What the owner has been told, and what it has booked of it. */
  counters: OrderCounters;
  booked: OrderCounters | undefined;
}

/** Customers: what they buy, and what becomes of it at the shop and in the owner's books. */
export class Customers {
  private readonly world: Stage;
  private readonly webhook: (shop: number, orderId: string) => void;

  constructor(world: Stage, webhook: (shop: number, orderId: string) => void) {
    this.world = world;
    this.webhook = webhook;
  }

  buy({ id, shop: index, sku, quantity, story }: Buy): void {
    const shop = this.world.shops[index];
    const order = shop?.buy(id, sku, quantity);
    if (shop === undefined || order === undefined) return;
    this.webhook(index, id);
    const known: Known = { order, shop, place: undefined, isImported: false, counters: NOTHING_YET, booked: undefined };
    const tellShop = (counters: Partial<OrderCounters>): void => {
      shop.change(id, counters);
      this.webhook(index, id);
    };
    const cancel = (units: number): void => {
      const cancelled = known.counters.cancelled + units;
      known.counters = { ...known.counters, cancelled };
      tellShop({ cancelled });
      if (known.isImported) this.later(story.channelLagMs, () => { this.book(known); });
    };
    const ship = (units: number): void => {
      const fulfilled = known.counters.fulfilled + units;
      known.counters = { ...known.counters, fulfilled };
      this.book(known);
      this.later(story.channelLagMs, () => { tellShop({ fulfilled }); });
    };
    this.later(story.importedAfterMs, () => {
      if (known.counters.cancelled > 0) return;
      known.isImported = true;
      this.book(known);
    });
    this.later(story.cancelledAfterMs, () => { cancel(quantity); });
    const { parts } = story;
    const first = parts === undefined || quantity === 1 ? quantity : Math.max(1, Math.min(quantity - 1, Math.round(parts.share * quantity)));
    this.later(story.shippedAfterMs, () => {
      ship(first);
      if (parts === undefined || first === quantity || parts.rest === 'waits') return;
      this.later(parts.restAfterMs, () => { if (parts.rest === 'shipped') ship(quantity - first); else cancel(quantity - first); });
    });
    this.later(story.returnedAfterMs, () => {
      const { fulfilled } = known.counters;
      known.counters = { ...known.counters, returned: fulfilled };
      this.book(known);
      this.later(story.channelLagMs, () => { tellShop({ fulfilled, returned: fulfilled }); });
    });
  }

  /** The owner books what it did not know yet, place by place. */
  private book(known: Known): void {
    const { erp } = this.world;
    const { order: { orderId, channel, lines }, counters, booked } = known;
    const [first] = lines;
    if (first === undefined) return;
    known.place ??= erp.placeFor(partsOf(first.sku).map((part) => ({ sku: part.sku, units: Number(first.ordered) * part.per })));
    const [now, before] = [countedLines(lines, counters), booked === undefined ? undefined : countedLines(lines, booked)];
    const open = (line: (typeof lines)[number] | undefined): number => (line === undefined ? 0 : Number(line.ordered) - Number(line.cancelled) - Number(line.fulfilled));
    const kept = (line: (typeof lines)[number] | undefined): number => (line === undefined ? 0 : Number(line.returned) - Number(line.fulfilled));
    const bookings = now.flatMap((line, index): Booking[] => {
      const [committed, onHand] = [open(line) - open(before?.[index]), kept(line) - kept(before?.[index])];
      if (committed === 0 && onHand === 0) return [];
      return partsOf(line.sku).map((part) => ({ sku: part.sku, location: line.location ?? known.place ?? erp.placeFor([]), onHand: onHand * part.per, committed: committed * part.per }));
    });
    known.booked = counters;
    if (bookings.length === 0) return;
    const ordered = lines.reduce((sum, line) => sum + Number(line.ordered), 0);
    this.world.tell('owner', () => `books ${orderId}: ${bookings.map(({ sku, location, onHand, committed }) => `${sku} at ${location} on hand ${String(onHand)} committed ${String(committed)}`).join(', ')}`);
    erp.book({ channel, orderId, sku: first.sku, ordered, ...counters }, bookings);
  }

  private later(ms: number | undefined, then: () => void): void {
    const { time } = this.world;
    if (ms !== undefined) time.at(time.now() + ms, then);
  }
}
