import type { EventSource } from '../host/engine-host.ts';
import type { Ledgerbook } from '../report/ledgerbook.ts';
import type { Summary } from '../report/report.ts';
import type { Flight } from '../compare/flight.ts';

/** How quickly a channel's numbers follow, in virtual milliseconds. */
class Freshness {
  readonly syncMs: number[] = [];

  get median(): number {
    const sorted = [...this.syncMs].sort((a, b) => a - b);
    return sorted[Math.floor(sorted.length / 2)] ?? 0;
  }

  get slowest(): number {
    return this.syncMs.reduce((most, each) => Math.max(most, each), 0);
  }
}

/** Counts what the engine tells. */
export class Tally {
  conflicts = 0;
  last = '';
  readonly dirty = new Set<string>();
  private readonly channels = new Map<string, Freshness>();

  get published(): number {
    return [...this.channels.values()].reduce((sum, { syncMs }) => sum + syncMs.length, 0);
  }

  add(channel: string, dirtyForMs: number): void {
    const known = this.channels.get(channel) ?? new Freshness();
    known.syncMs.push(dirtyForMs);
    this.channels.set(channel, known);
  }

  summary(book: Ledgerbook, { outOfSync, soldOut: skusSoldOut }: { outOfSync: number; soldOut: number }): Summary {
    const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
    const offered = sum(book.lines.map(({ quantity }) => quantity));
    const accepted = sum(book.lines.map((line) => line.accepted));
    return {
      orders: new Set(book.lines.flatMap(({ orderId }) => orderId ?? [])).size,
      linesOffered: book.lines.length, unitsOffered: offered, unitsAccepted: accepted, unitsRefused: offered - accepted,
      unitsCancelled: sum(book.cancellations.map(({ quantity }) => quantity)), unitsReturned: sum(book.returns.map(({ quantity }) => quantity)),
      unitsAdjusted: sum(book.adjustments.map(({ quantity }) => quantity)), skusSoldOut,
      publishedNumbers: this.published, compareConflicts: this.conflicts, outOfSync,
      freshness: Object.fromEntries([...this.channels].sort(([a], [b]) => (a < b ? 1 : -1)).map(([channel, { median, slowest, syncMs }]) => [channel, { numbers: syncMs.length, medianMs: median, slowestMs: slowest }])),
    };
  }
}

/** Writes down what the engine tells: when it learnt of what, and what it wants shown. */
export function listen(events: EventSource, { book, tally, flight }: { book: Ledgerbook; tally: Tally; flight: Flight }): void {
  const keyOf = ({ channel, location, sku }: { channel: string; location: string; sku: string }): string => `${channel} ${location} ${sku}`;
  events.on('order-observed', ({ orderId, atMs }) => {
    book.observed(orderId, atMs);
    flight.orderBooked(orderId);
  });
  events.on('order-acknowledged', ({ orderId, atMs }) => { book.acknowledged(orderId, atMs); });
  events.on('positions-moved', ({ skus, cause, atMs }) => { if (cause.startsWith('stock ')) flight.stockBooked(skus, atMs); });
  events.on('targets-computed', ({ skus, atMs }) => { flight.computed(skus, atMs); });
  events.on('target-changed', (event) => {
    flight.wanted({ ...event, quantity: Number(event.want) });
    if (event.owed) tally.dirty.add(keyOf(event));
    else tally.dirty.delete(keyOf(event));
    if (event.want === '0' && event.previous !== null) tally.last = `${event.sku} shows 0 at ${place(event)}`;
  });
  events.on('published', (event) => {
    tally.add(event.channel, event.dirtyForMs);
    tally.dirty.delete(keyOf(event));
  });
  events.on('push-not-owed', (event) => { tally.dirty.delete(keyOf(event)); });
  events.on('publish-failed', (event) => {
    if (event.status === 'conflict') tally.conflicts += 1;
    else tally.last = `${event.sku} at ${place(event)}: ${event.status}, ${event.reason}`;
  });
  events.on('read-failed', ({ origin, error }) => { tally.last = `${origin}: ${error}`; });
  events.on('drift-found', (event) => { tally.last = `${event.sku} at ${place(event)} shows ${event.observed}, not ${event.believed ?? 'anything known'}: put right`; });
}

function place({ channel, location }: { channel: string; location: string }): string {
  return location === '' ? channel : `${channel} ${location}`;
}
