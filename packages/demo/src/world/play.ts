import type { ReplayEvent, ReplayLine } from '../input/replay.ts';
import type { Market } from './market.ts';

/** What a customer asked for and got. */
export interface Offered {
  readonly line: ReplayLine;
  readonly order: string;
  readonly channel: string;
  readonly accepted: number;
  readonly reason: string | undefined;
  readonly orderId: string | undefined;
  readonly atMs: number;
}

/** Units that came back, of an order where one is known. */
export interface TakenBack {
  readonly line: ReplayLine;
  readonly order: string;
  readonly quantity: number;
  readonly orderId: string | undefined;
  readonly atMs: number;
}

/** Whoever writes down what is played. */
export interface PlayObserver {
  /** An order is about to be placed. */
  placing?(order: string): void;
  offered(fact: Offered): void;
  cancelled(fact: TakenBack): void;
  returned(fact: TakenBack): void;
  adjusted(fact: { readonly line: ReplayLine; readonly order: string; readonly atMs: number }): void;
}

/** An accepted line that customers may still take back. */
interface Accepted {
  readonly channel: string;
  readonly orderId: string;
  left: number;
}

/** What a replay is played with. */
export interface PlayerParts {
  readonly clock: { now(): number };
  readonly market: Market;
  readonly observers: readonly PlayObserver[];
  /** Where an order is placed. */
  channelOf(event: Extract<ReplayEvent, { kind: 'order' }>): string;
}

/**
 * Plays what the file says: customers order in the shops, goods come back, the warehouse corrects. Reversals name no
 * order, so they take the newest accepted units of the sku first: what has not shipped is cancelled, what has is a
 * return; what is beyond all sales of the file was sold before it begins and comes back as a return without an order.
 */
export class Player {
  private readonly accepted = new Map<string, Accepted[]>();
  private readonly parts: PlayerParts;

  constructor(parts: PlayerParts) {
    this.parts = parts;
  }

  /** Plays one event at the present moment. */
  play(event: ReplayEvent): void {
    switch (event.kind) {
      case 'order':
        this.order(event);
        break;
      case 'reversal':
        for (const line of event.lines) this.reverse(event.order, line);
        break;
      case 'adjustment':
        for (const line of event.lines) this.adjust(event.order, line);
    }
  }

  private order(event: Extract<ReplayEvent, { kind: 'order' }>): void {
    const { market, observers, clock } = this.parts;
    const channel = this.parts.channelOf(event);
    observers.forEach((observer) => observer.placing?.(event.order));
    const { orderId, lines } = market.place(channel, event.lines.map(({ sku, quantity }) => ({ sku, quantity })));
    event.lines.forEach((line, index) => {
      const { accepted = 0, reason } = lines[index] ?? {};
      const known = accepted > 0 ? orderId : undefined;
      observers.forEach((observer) => { observer.offered({ line, order: event.order, channel, accepted, reason, orderId: known, atMs: clock.now() }); });
      if (known === undefined) return;
      const sales = this.accepted.get(line.sku);
      if (sales === undefined) this.accepted.set(line.sku, [{ channel, orderId: known, left: accepted }]);
      else sales.push({ channel, orderId: known, left: accepted });
    });
  }

  private reverse(invoice: string, line: ReplayLine): void {
    const { market, observers, clock } = this.parts;
    let left = line.quantity;
    for (const sale of [...(this.accepted.get(line.sku) ?? [])].reverse()) {
      if (left === 0) break;
      const units = Math.min(left, sale.left);
      if (units === 0) continue;
      sale.left -= units;
      left -= units;
      this.takeBack(invoice, { line, sale, units });
    }
    if (left === 0) return;
    market.correct({ sku: line.sku, units: left, memo: `return ${invoice}` });
    observers.forEach((observer) => { observer.returned({ line, order: invoice, quantity: left, orderId: undefined, atMs: clock.now() }); });
  }

  private takeBack(invoice: string, { line, sale: { channel, orderId }, units }: { line: ReplayLine; sale: Accepted; units: number }): void {
    const { market, observers, clock } = this.parts;
    const fact = (quantity: number): TakenBack => ({ line, order: invoice, quantity, orderId, atMs: clock.now() });
    const cancelled = Math.min(units, market.open(channel, orderId, line.sku));
    if (cancelled > 0) {
      market.cancel(channel, orderId, { sku: line.sku, units: cancelled });
      observers.forEach((observer) => { observer.cancelled(fact(cancelled)); });
    }
    const returned = units - cancelled;
    if (returned === 0) return;
    market.giveBack(channel, orderId, { sku: line.sku, units: returned });
    observers.forEach((observer) => { observer.returned(fact(returned)); });
  }

  private adjust(invoice: string, line: ReplayLine): void {
    const { market, observers, clock } = this.parts;
    market.correct({ sku: line.sku, units: line.quantity, memo: `correction ${invoice}` });
    observers.forEach((observer) => { observer.adjusted({ line, order: invoice, atMs: clock.now() }); });
  }
}
