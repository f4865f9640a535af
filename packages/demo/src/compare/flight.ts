import { instantFromMs } from '@stockwright/core';
import type { Offered, PlayObserver } from '../world/play.ts';
import type { OversoldLine } from './watch.ts';

/** One thing that happened around a sku, in the order in which it happened. */
export type Happening = { readonly at: string } & (
  /** Fewer units to sell: an accepted line, or a correction downwards. */
  | { readonly what: 'sold' | 'corrected'; readonly line: number; readonly order: string; readonly channel?: string; readonly units: number }
  /** The engine computed its numbers with that line in them. */
  | { readonly what: 'counted'; readonly line: number }
  /** What the engine wants shown from now on. */
  | { readonly what: 'wanted'; readonly channel: string; readonly location: string; readonly quantity: number }
  /** What the channel shows from now on; `order` where that order's own units were taken off. */
  | { readonly what: 'shown'; readonly channel: string; readonly location: string; readonly quantity: number; readonly order?: string }
);

/** Something that the number of a channel did not contain yet. */
export interface InFlight {
  readonly line: number;
  readonly order: string;
  /** Absent for a correction. */
  readonly channel?: string;
  readonly units: number;
  readonly at: string;
}

/** An oversold line, and what was on its way to the channel that sold it. */
export interface FlightOversold {
  readonly line: number;
  readonly order: string;
  readonly channel: string;
  readonly sku: string;
  readonly at: string;
  readonly units: number;
  /** What there was before the line, of all that anyone has. */
  readonly there: number;
  /** What the channel offered before the line. */
  readonly shown: number;
  /** The channel's number was right as of then. */
  readonly rightAsOf: string;
  /** What it did not contain, the newest first. Their units are never fewer than those oversold. */
  readonly inFlight: readonly InFlight[];
}

type Reduction = Extract<Happening, { what: 'sold' | 'corrected' }>;

/**
 * Keeps, for every sku, what happened, when the engine counted it, what it wanted shown and what was shown: enough to
 * prove of each oversold unit that it was in flight. It hears the shops and the warehouse themselves; of the engine it
 * hears only when something was counted and which number was wanted.
 */
export class Flight implements PlayObserver {
  private readonly logs = new Map<string, Happening[]>();
  private readonly byOrder = new Map<string, { readonly sku: string; readonly line: number }[]>();
  /** Lines that the engine's numbers do not contain, by sku, and which of them are in its ledger. */
  private readonly uncounted = new Map<string, Map<number, { readonly reduction: Reduction; readonly atMs: number; booked: boolean }>>();
  /** The order under way. */
  private order = '';
  /** How long before it is booked an answer of the ERP was read, at least. */
  private readonly readLeadMs: number;

  constructor({ readLeadMs }: { readLeadMs: number }) {
    this.readLeadMs = readLeadMs;
  }

  /** What happened around a sku. */
  timeline(sku: string): readonly Happening[] {
    return this.logs.get(sku) ?? [];
  }

  placing(order: string): void {
    this.order = order;
  }

  offered({ line, order, channel, accepted, orderId, atMs }: Offered): void {
    if (accepted === 0 || orderId === undefined) return;
    this.reduce(line.sku, { what: 'sold', line: line.line, order, channel, units: accepted, at: instantFromMs(atMs) }, atMs);
    const lines = this.byOrder.get(orderId);
    if (lines === undefined) this.byOrder.set(orderId, [{ sku: line.sku, line: line.line }]);
    else lines.push({ sku: line.sku, line: line.line });
  }

  adjusted({ line, order, atMs }: { line: { readonly line: number; readonly sku: string; readonly quantity: number }; order: string; atMs: number }): void {
    if (line.quantity < 0) this.reduce(line.sku, { what: 'corrected', line: line.line, order, units: -line.quantity, at: instantFromMs(atMs) }, atMs);
  }

  cancelled(): void {
    // More to sell, never less.
  }

  returned(): void {
    // More to sell, never less.
  }

  /** The engine booked an order. */
  orderBooked(orderId: string): void {
    for (const { sku, line } of this.byOrder.get(orderId) ?? []) {
      const waiting = this.uncounted.get(sku)?.get(line);
      if (waiting !== undefined) waiting.booked = true;
    }
  }

  /** The engine booked what the ERP says of skus. */
  stockBooked(skus: readonly string[], atMs: number): void {
    for (const sku of skus) {
      for (const waiting of this.uncounted.get(sku)?.values() ?? []) {
        if (waiting.reduction.what === 'corrected' && waiting.atMs <= atMs - this.readLeadMs) waiting.booked = true;
      }
    }
  }

  /** The engine computed the numbers of skus from what it has booked. */
  computed(skus: readonly string[], atMs: number): void {
    for (const sku of skus) {
      const waiting = this.uncounted.get(sku);
      if (waiting === undefined) continue;
      for (const [line, { booked }] of waiting) {
        if (!booked) continue;
        waiting.delete(line);
        this.add(sku, { what: 'counted', line, at: instantFromMs(atMs) });
      }
    }
  }

  wanted({ channel, location, sku, quantity, atMs }: { channel: string; location: string; sku: string; quantity: number; atMs: number }): void {
    this.add(sku, { what: 'wanted', channel, location, quantity, at: instantFromMs(atMs) });
  }

  /** As {@link wanted}, where it may be known already. */
  wantedNow(now: { channel: string; location: string; sku: string; quantity: number; atMs: number }): void {
    const last = this.timeline(now.sku).findLast((each) => each.what === 'wanted' && each.channel === now.channel && each.location === now.location);
    if (last === undefined || !('quantity' in last) || last.quantity !== now.quantity) this.wanted(now);
  }

  shown({ channel, location, sku, quantity, bySale, atMs }: { channel: string; location: string; sku: string; quantity: number; bySale: boolean; atMs: number }): void {
    this.add(sku, { what: 'shown', channel, location, quantity, ...(bySale ? { order: this.order } : {}), at: instantFromMs(atMs) });
  }

  /** What was in flight when each line was oversold. */
  explain(lines: readonly OversoldLine[]): readonly FlightOversold[] {
    return lines.map((line) => inFlightAt(this.timeline(line.sku), line));
  }

  private add(sku: string, happening: Happening): void {
    const log = this.logs.get(sku);
    if (log === undefined) this.logs.set(sku, [happening]);
    else log.push(happening);
  }

  private reduce(sku: string, reduction: Reduction, atMs: number): void {
    this.add(sku, reduction);
    const waiting = this.uncounted.get(sku) ?? new Map<number, { readonly reduction: Reduction; readonly atMs: number; booked: boolean }>();
    waiting.set(reduction.line, { reduction, atMs, booked: false });
    this.uncounted.set(sku, waiting);
  }
}

/**
 * The proof. A channel's number, with its own later sales that the engine had not counted put back, was wanted at some
 * moment: as of that moment it was right. What reduced the stock and was counted only after that moment was in flight;
 * not the channel's own sales that it took off its number itself and that no write covered afterwards.
 */
export function inFlightAt(timeline: readonly Happening[], { line, order, channel, sku, atMs, units, there }: OversoldLine): FlightOversold {
  const at = instantFromMs(atMs);
  const here = timeline.findIndex((each) => each.what === 'sold' && each.line === line);
  // The shop takes an order's units off before anybody hears of its lines.
  const start = timeline.findIndex((each) => 'order' in each && each.order === order && each.at === at && each.channel === channel);
  const before = timeline.slice(0, start);
  const earlier = timeline.slice(start, here).filter(isReduction).reduce((sum, each) => sum + each.units, 0);
  const shown = totalOf(before.filter((each) => each.what === 'shown' && each.channel === channel)) - earlier;
  const written = before.findLastIndex((each) => each.what === 'shown' && each.channel === channel && each.order === undefined);
  const reductions = timeline.slice(0, here).flatMap((each, index) => (isReduction(each) ? [{ index, reduction: each, own: each.channel === channel && index > written }] : []));
  const own = reductions.flatMap((each) => (each.own ? [each.reduction] : []));
  const asOf = rightAsOf(before, { shown, own, channel });
  const counted = countedBy(timeline.slice(0, asOf));
  const inFlight = reductions.filter(({ reduction, own: isOwn }) => !isOwn && !counted.has(reduction.line)).map(({ reduction }) => toInFlight(reduction)).reverse();
  return { line, order, channel, sku, at, units, there, shown, rightAsOf: timeline[asOf]?.at ?? at, inFlight };
}

function isReduction(each: Happening): each is Reduction {
  return each.what === 'sold' || each.what === 'corrected';
}

function toInFlight({ line, order, channel, units, at }: Reduction): InFlight {
  return { line, order, ...(channel === undefined ? {} : { channel }), units, at };
}

function totalOf(steps: readonly Happening[]): number {
  const places = new Map(steps.flatMap((each) => ('location' in each ? [[each.location, each.quantity] as const] : [])));
  return [...places.values()].reduce((sum, quantity) => sum + quantity, 0);
}

function countedBy(timeline: readonly Happening[]): ReadonlySet<number> {
  return new Set(timeline.flatMap((each) => (each.what === 'counted' ? [each.line] : [])));
}

/** The latest place in the timeline as of which the channel's number was no more than what was wanted. */
function rightAsOf(before: readonly Happening[], { shown, own, channel }: { shown: number; own: readonly Reduction[]; channel: string }): number {
  for (let end = before.length; end > 0; end -= 1) {
    const next = before[end];
    // Only these two change what is asked here.
    if (next !== undefined && next.what !== 'wanted' && next.what !== 'counted') continue;
    const past = before.slice(0, end);
    const counted = countedBy(past);
    const uncounted = own.filter((each) => !counted.has(each.line)).reduce((sum, { units }) => sum + units, 0);
    if (totalOf(past.filter((each) => each.what === 'wanted' && each.channel === channel)) >= shown + uncounted) return end;
  }
  return 0;
}

