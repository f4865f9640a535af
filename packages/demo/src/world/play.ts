import type { ReplayEvent, ReplayLine } from '../input/replay.ts';
import type { VirtualClock } from '@stockwright/testkit';
import type { Ledgerbook } from '../report/ledgerbook.ts';
import { orderReference } from './erp.ts';
import type { World } from './world.ts';

/** An accepted line that customers may still take back. */
interface Accepted {
  readonly orderId: string;
  left: number;
}

/**
 * Plays what the file says: customers order in the shop, goods come back, the warehouse corrects. Reversals name no
 * order, so they take the newest accepted units of the sku first: what has not shipped is cancelled, what has is a
 * return; what is beyond all sales of the file was sold before it begins and comes back as a return without an order.
 */
export class Player {
  private readonly accepted = new Map<string, Accepted[]>();
  private readonly clock: VirtualClock;
  private readonly world: World;
  private readonly book: Ledgerbook;
  private readonly returnsLocation: string;

  constructor({ clock, world, book, returnsLocation }: { clock: VirtualClock; world: World; book: Ledgerbook; returnsLocation: string }) {
    this.clock = clock;
    this.world = world;
    this.book = book;
    this.returnsLocation = returnsLocation;
  }

  /** Plays one event at the present moment. */
  play(event: ReplayEvent): void {
    switch (event.kind) {
      case 'order':
        this.order(event.order, event.lines);
        break;
      case 'reversal':
        for (const line of event.lines) this.reverse(event.order, line);
        break;
      case 'adjustment':
        for (const line of event.lines) this.adjust(event.order, line);
    }
    this.world.sendWebhooks();
  }

  private order(invoice: string, lines: readonly ReplayLine[]): void {
    const { orderId, lines: results } = this.world.shop.placeOrder({ lines: lines.map(({ sku, quantity }) => ({ sku, quantity })) });
    lines.forEach((line, index) => {
      const result = results[index];
      const accepted = result?.accepted ?? 0;
      this.book.offered({ line, order: invoice, accepted, reason: result?.reason, orderId: accepted > 0 ? orderId : undefined, atMs: this.clock.now() });
      if (accepted === 0 || orderId === undefined) return;
      const known = this.accepted.get(line.sku);
      if (known === undefined) this.accepted.set(line.sku, [{ orderId, left: accepted }]);
      else known.push({ orderId, left: accepted });
    });
  }

  private reverse(invoice: string, line: ReplayLine): void {
    let left = line.quantity;
    for (const sale of [...(this.accepted.get(line.sku) ?? [])].reverse()) {
      if (left === 0) break;
      const units = Math.min(left, sale.left);
      if (units === 0) continue;
      sale.left -= units;
      left -= units;
      this.takeBack(invoice, { line, orderId: sale.orderId, units });
    }
    if (left === 0) return;
    this.world.netsuite.adjustInventory({ itemid: line.sku, locationId: this.world.locationNumber(this.returnsLocation), quantity: left, memo: `return ${invoice}` });
    this.book.returned({ line, order: invoice, quantity: left, orderId: undefined, atMs: this.clock.now() });
  }

  private takeBack(invoice: string, { line, orderId, units }: { line: ReplayLine; orderId: string; units: number }): void {
    const { shop, netsuite } = this.world;
    const open = shop.orders().find((order) => order.orderId === orderId)?.lines.filter(({ sku }) => sku === line.sku).reduce((sum, { unfulfilledQuantity }) => sum + unfulfilledQuantity, 0) ?? 0;
    const cancelled = Math.min(units, open);
    if (cancelled > 0) {
      shop.cancelOrder(orderId, { lines: [{ sku: line.sku, quantity: cancelled }] });
      this.book.cancelled({ line, order: invoice, quantity: cancelled, orderId, atMs: this.clock.now() });
    }
    const returned = units - cancelled;
    if (returned === 0) return;
    shop.refundOrder(orderId, { lines: [{ sku: line.sku, quantity: returned }], restock: false });
    netsuite.receiveReturn({ externalId: orderReference(orderId), lines: [{ itemid: line.sku, quantity: returned }] });
    this.book.returned({ line, order: invoice, quantity: returned, orderId, atMs: this.clock.now() });
  }

  private adjust(invoice: string, line: ReplayLine): void {
    this.world.netsuite.adjustInventory({ itemid: line.sku, locationId: this.world.locationNumber(this.returnsLocation), quantity: line.quantity, memo: `correction ${invoice}` });
    this.book.adjusted({ line, order: invoice, location: this.returnsLocation, atMs: this.clock.now() });
  }
}
