import type { OpeningStock } from '../input/replay.ts';
import type { Offered, PlayObserver, TakenBack } from '../world/play.ts';

/** A line that took units which were not there. */
export interface OversoldLine {
  readonly line: number;
  readonly order: string;
  readonly channel: string;
  readonly sku: string;
  readonly atMs: number;
  /** Units accepted beyond what there was. */
  readonly units: number;
  /** What there was before the line, of all that anyone has; below zero where more had been sold already. */
  readonly there: number;
}

/** What a lane comes to, by the same measure for every lane. */
export interface LaneResult {
  readonly unitsAccepted: number;
  /** Units of orders that can be delivered in full. */
  readonly unitsDeliverable: number;
  readonly oversoldUnits: number;
  /** Orders with a line that cannot be delivered in full. */
  readonly ordersToCancel: number;
  /** Minutes, summed over listings, during which one offered more than there was. */
  readonly staleMinutes: number;
}

interface Listing {
  /** What there is: stock, corrections and goods that came back, less everything accepted. */
  there: number;
  /** What each channel offers, over all its places. */
  readonly offers: Map<string, number>;
  sinceMs: number;
}

const MINUTE_MS = 60_000;

/** Watches a lane from outside, like a person who can count the shelves and read the shops at every moment. */
export class Watch implements PlayObserver {
  readonly oversold: OversoldLine[] = [];
  private readonly listings = new Map<string, Listing>();
  private readonly places = new Map<string, number>();
  private staleMs = 0;
  private readonly accepted = new Map<string, number>();

  constructor(stock: readonly OpeningStock[], startMs: number) {
    for (const { sku, onHand } of stock) this.move(sku, onHand, startMs);
  }

  /** A channel shows another number at one of its places. */
  shown({ channel, place, sku, quantity, atMs }: { channel: string; place: string; sku: string; quantity: number; atMs: number }): void {
    const key = `${channel}\u001f${place}\u001f${sku}`;
    const before = this.places.get(key) ?? 0;
    this.places.set(key, quantity);
    const listing = this.upTo(sku, atMs);
    listing.offers.set(channel, (listing.offers.get(channel) ?? 0) + quantity - before);
  }

  offered({ line, order, channel, accepted, atMs }: Offered): void {
    if (accepted === 0) return;
    this.accepted.set(order, (this.accepted.get(order) ?? 0) + accepted);
    const listing = this.upTo(line.sku, atMs);
    const { there } = listing;
    listing.there -= accepted;
    const units = Math.min(accepted, -listing.there);
    if (units > 0) this.oversold.push({ line: line.line, order, channel, sku: line.sku, atMs, units, there });
  }

  cancelled({ line, quantity, atMs }: TakenBack): void {
    this.move(line.sku, quantity, atMs);
  }

  returned({ line, quantity, atMs }: TakenBack): void {
    this.move(line.sku, quantity, atMs);
  }

  adjusted({ line, atMs }: { line: { readonly sku: string; readonly quantity: number }; atMs: number }): void {
    this.move(line.sku, line.quantity, atMs);
  }

  /** What it came to, by a moment after the last event. */
  result(endMs: number): LaneResult {
    for (const sku of this.listings.keys()) this.upTo(sku, endMs);
    const toCancel = new Set(this.oversold.map(({ order }) => order));
    const units = (counted: (order: string) => boolean): number => [...this.accepted].reduce((sum, [order, each]) => (counted(order) ? sum + each : sum), 0);
    return {
      unitsAccepted: units(() => true), unitsDeliverable: units((order) => !toCancel.has(order)),
      oversoldUnits: this.oversold.reduce((sum, { units }) => sum + units, 0),
      ordersToCancel: toCancel.size,
      staleMinutes: Math.round(this.staleMs / MINUTE_MS),
    };
  }

  private move(sku: string, units: number, atMs: number): void {
    this.upTo(sku, atMs).there += units;
  }

  private upTo(sku: string, atMs: number): Listing {
    const listing = this.listings.get(sku) ?? { there: 0, offers: new Map(), sinceMs: atMs };
    this.listings.set(sku, listing);
    for (const offer of listing.offers.values()) if (offer > Math.max(0, listing.there)) this.staleMs += atMs - listing.sinceMs;
    listing.sinceMs = atMs;
    return listing;
  }
}
