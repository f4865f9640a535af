import { followNotifications } from '@stockwright/adapter-amazon';
import type { Clock } from '@stockwright/adapter';
import type { ChannelId } from '@stockwright/core';
import { Callers, type Action, type Disturbance } from '@stockwright/testkit/harness';
import { orderReference } from '../world/erp.ts';
import { partsOf, SHAPE } from './shape.ts';
import { VENDORS } from './stage.ts';
import type { Played } from './vendors.ts';

/** So long a host is given to take a message in. */
const HAND_OVER_MS = 10_000;
const QUEUE_LOOK_MS = 2_000;

/** One of the two shops as people act on it. */
interface Shop {
  readonly channel: ChannelId;
  place(sku: string, quantity: number): string | undefined;
  ship(orderId: string, sku: string, quantity: number): void;
  cancel(orderId: string, sku: string, quantity: number): void;
  takeBack(orderId: string, sku: string, quantity: number): void;
  edit(sku: string, quantity: number): void;
}

/** Customers, clerks and messengers: who acts on the vendors, and what of it reaches an engine. */
export class People {
  private readonly world: Played;
  private readonly callers: Callers;
  private readonly shops: readonly [Shop, Shop];

  constructor(world: Played) {
    this.world = world;
    this.shops = [shopifyDesk(world), amazonDesk(world)];
    this.callers = new Callers(world, world.plan.stream('posts'), {
      source: SHAPE.source, channel: (shop) => this.shop(shop).channel, place: (shop, { sku, quantity }) => this.shop(shop).place(sku, quantity),
    });
  }

  act(action: Action): void {
    const { world, callers } = this;
    world.tell('people', () => `${action.kind} ${JSON.stringify(action, ['sku', 'shop', 'quantity', 'by', 'what', 'verb', 'worker'])}`);
    switch (action.kind) {
      case 'buy': { this.buy(action); break; }
      case 'count':
      case 'adjust': { this.adjust(action.sku, action.by); break; }
      case 'tell': { callers.ask({ id: action.id, atMs: action.atMs, kind: 'ask', worker: 0, what: 'source', shop: 0, sku: action.sku }); break; }
      case 'ask': { callers.ask(action); break; }
      case 'hold': { callers.hold(action); break; }
      case 'operate': { callers.operate(action); break; }
      case 'look': { callers.look(action); break; }
      case 'command': { callers.command(action); break; }
      case 'forgotten': { callers.forgotten(action); break; }
      case 'rush': { callers.rush(action); break; }
      case 'muddle': { callers.muddle(action); break; }
      case 'inside': { callers.inside(action, () => []); break; }
      // The simulators tell nothing that cannot be, and the ERP has one place.
      case 'disorder':
      case 'transfer':
    }
    world.vendors.arm();
  }

  disturb(disturbance: Disturbance): void {
    const { world } = this;
    if (!world.plan.admits(disturbance.id, disturbance.kind)) return;
    world.tell('fate', () => `${disturbance.kind} ${JSON.stringify(disturbance, ['sku', 'shop', 'quantity', 'worker', 'offsetMs', 'lostMs', 'where', 'lastsMs'])}`);
    switch (disturbance.kind) {
      case 'edited by hand':
        this.shop(disturbance.shop).edit(disturbance.sku, disturbance.quantity);
        world.vendors.arm();
        return;
      case 'clock jump':
        world.worker(disturbance.worker).offsetMs = disturbance.offsetMs;
        return;
      case 'failover':
        world.failOver(disturbance.lostMs);
        return;
      case 'storm': {
        const vendor = VENDORS[disturbance.where] ?? 'netsuite';
        world.storms[vendor] = Math.max(world.storms[vendor], world.time.now() + disturbance.lastsMs);
        return;
      }
      case 'restart':
        world.worker(disturbance.worker).stop();
    }
  }

  /** A webhook arrives at the host, which has answered before it is worked on: what is lost after that is lost. */
  async deliver(request: Request): Promise<Response> {
    const body = new Uint8Array(await request.arrayBuffer());
    this.world.time.at(this.world.time.now() + 1, () => {
      quiet(this.callers.anyEngine()?.receive(SHAPE.shopify, { headers: Object.fromEntries(request.headers), body }));
    });
    return new Response(null, { status: 202 });
  }

  /** Somebody beside the queue hands each of its messages to a host; one that is not taken comes again. */
  follow(clock: Clock, signal: AbortSignal): void {
    const { amazon } = this.world.vendors;
    const silent = (): void => undefined;
    followNotifications({
      clock, signal, logger: { debug: silent, info: silent, warn: silent, error: silent },
      queue: {
        receive: async ({ max }) => {
          await clock.sleep(QUEUE_LOOK_MS);
          return amazon.queue.receive({ max });
        },
        delete: async (receiptHandle) => { amazon.queue.delete(receiptHandle); },
      },
      receive: async (message) => {
        const engine = this.callers.anyEngine();
        const late = clock.sleep(HAND_OVER_MS).then(() => ({ httpStatus: 503 }));
        return engine === undefined ? { httpStatus: 503 } : Promise.race([engine.receive(SHAPE.amazon, message), late]);
      },
    }).catch((error: unknown) => { this.world.broke(error); });
  }

  private buy({ shop: index, sku, quantity, story }: Extract<Action, { kind: 'buy' }>): void {
    const { netsuite } = this.world.vendors;
    const shop = this.shop(index);
    const orderId = shop.place(sku, quantity);
    if (orderId === undefined) return;
    const externalId = orderReference(shop.channel, orderId);
    const parts = (units: number): { itemid: string; quantity: number }[] => partsOf(sku).map((part) => ({ itemid: part.sku, quantity: units * part.per }));
    const order = { imported: false, cancelled: false };
    this.later(story.importedAfterMs, () => {
      if (order.cancelled) return;
      order.imported = true;
      netsuite.importSalesOrder({ externalId, lines: parts(quantity) });
    });
    this.later(story.cancelledAfterMs, () => {
      order.cancelled = true;
      shop.cancel(orderId, sku, quantity);
      if (order.imported) this.later(story.channelLagMs, () => { netsuite.importSalesOrder({ externalId, lines: parts(0) }); });
    });
    const { parts: inParts } = story;
    const first = inParts === undefined || quantity === 1 ? quantity : Math.max(1, Math.min(quantity - 1, Math.round(inParts.share * quantity)));
    const ship = (units: number): void => {
      netsuite.fulfilSalesOrder(externalId, parts(units));
      this.later(story.channelLagMs, () => { shop.ship(orderId, sku, units); });
    };
    this.later(story.shippedAfterMs, () => {
      ship(first);
      if (inParts !== undefined && first < quantity && inParts.rest === 'shipped') this.later(inParts.restAfterMs, () => { ship(quantity - first); });
    });
    this.later(story.returnedAfterMs, () => {
      netsuite.receiveReturn({ externalId, lines: parts(first) });
      this.later(story.channelLagMs, () => { shop.takeBack(orderId, sku, first); });
    });
  }

  /** Whatever somebody left behind is put in order in the end. */
  tidyUp(): Promise<void> {
    return this.callers.tidyUp();
  }

  private later(ms: number | undefined, then: () => void): void {
    const { time, vendors } = this.world;
    if (ms === undefined) return;
    time.at(time.now() + ms, () => {
      then();
      vendors.arm();
    });
  }

  private adjust(sku: string, by: number): void {
    const { netsuite } = this.world.vendors;
    const onHand = netsuite.stock(sku, SHAPE.locationNumber)?.onHand ?? 0;
    const quantity = by < 0 ? -Math.min(-by, Math.max(0, onHand)) : by;
    if (quantity !== 0) netsuite.adjustInventory({ itemid: sku, locationId: SHAPE.locationNumber, quantity });
  }

  private shop(index: number): Shop {
    return this.shops[index === 0 ? 0 : 1];
  }
}

/** What a process was asked may fail with it. */
function quiet(asked: Promise<unknown> | undefined): void {
  asked?.then(() => undefined, () => undefined);
}

function shopifyDesk({ vendors }: Played): Shop {
  const { shopify } = vendors;
  return {
    channel: SHAPE.shopify,
    place: (sku, quantity) => shopify.placeOrder({ lines: [{ sku, quantity }] }).orderId,
    ship: (orderId, sku, quantity) => { shopify.fulfilOrder(orderId, [{ sku, quantity }]); },
    cancel: (orderId, sku, quantity) => { shopify.cancelOrder(orderId, { lines: [{ sku, quantity }] }); },
    // The clerk puts on sale again what came back in quantity, and looks at single pieces first.
    takeBack: (orderId, sku, quantity) => { shopify.refundOrder(orderId, { lines: [{ sku, quantity }], restock: quantity !== 1 }); },
    edit: (sku, quantity) => { shopify.editLevel(sku, SHAPE.locationNumber, quantity); },
  };
}

function amazonDesk({ vendors }: Played): Shop {
  const { amazon } = vendors;
  return {
    channel: SHAPE.amazon,
    place: (sku, quantity) => amazon.placeOrder({ lines: [{ sku, quantity }] }).orderId,
    ship: (orderId, sku, quantity) => { amazon.shipOrder(orderId, { lines: [{ sku, quantity }] }); },
    cancel: (orderId, sku, quantity) => { amazon.cancelOrder(orderId, { lines: [{ sku, quantity }] }); },
    // Its orders do not tell of what comes back; the warehouse does.
    takeBack: () => undefined,
    edit: (sku, quantity) => { amazon.setQuantity(sku, quantity); },
  };
}
