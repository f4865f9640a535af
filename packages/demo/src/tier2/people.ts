import { followNotifications } from '@stockwright/adapter-amazon';
import type { Clock } from '@stockwright/adapter';
import { instantFromMs, parseQuantity, type ChannelId } from '@stockwright/core';
import type { Engine } from '@stockwright/engine';
import type { Action, Disturbance, FaultStream } from '@stockwright/testkit/harness';
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
  private readonly posts: FaultStream;
  private readonly shops: readonly [Shop, Shop];

  constructor(world: Played) {
    this.world = world;
    this.posts = world.plan.stream('posts');
    this.shops = [shopifyDesk(world), amazonDesk(world)];
  }

  act(action: Action): void {
    const { world } = this;
    world.tell('people', () => `${action.kind} ${JSON.stringify(action, ['sku', 'shop', 'quantity', 'by', 'what', 'worker'])}`);
    switch (action.kind) {
      case 'buy':
        this.buy(action);
        break;
      case 'count':
      case 'adjust':
        this.adjust(action.sku, action.by);
        break;
      case 'tell':
        this.ask({ worker: 0, what: 'source', shop: 0, sku: action.sku });
        break;
      case 'hold':
        this.hold(action);
        break;
      case 'operate':
        this.operate(action);
        break;
      case 'ask':
        this.ask(action);
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
      quiet(this.anyEngine()?.receive(SHAPE.shopify, { headers: Object.fromEntries(request.headers), body }));
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
        const engine = this.anyEngine();
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
    this.later(story.shippedAfterMs, () => {
      netsuite.fulfilSalesOrder(externalId, parts(quantity));
      this.later(story.channelLagMs, () => { shop.ship(orderId, sku, quantity); });
    });
    this.later(story.returnedAfterMs, () => {
      netsuite.receiveReturn({ externalId, lines: parts(quantity) });
      this.later(story.channelLagMs, () => { shop.takeBack(orderId, sku, quantity); });
    });
  }

  /** A cart: held for a while, then given up, kept longer, or paid for and placed as an order. */
  private hold({ id, shop: index, sku, quantity, lastsMs, fate, afterMs }: Extract<Action, { kind: 'hold' }>): void {
    const { time } = this.world;
    const shop = this.shop(index);
    const request = { id, channel: shop.channel, expiresAt: instantFromMs(time.now() + lastsMs), grant: 'all' as const, lines: [{ sku, quantity: parseQuantity(quantity) }] };
    quiet(this.anyEngine()?.hold(request));
    this.later(afterMs, () => {
      if (fate === 'released') quiet(this.anyEngine()?.releaseHold(id));
      if (fate === 'extended') quiet(this.anyEngine()?.extendHold(id, instantFromMs(time.now() + lastsMs)));
      const orderId = fate === 'converted' ? shop.place(sku, quantity) : undefined;
      if (orderId !== undefined) quiet(this.anyEngine()?.convertHold(id, orderId));
    });
  }

  /** Somebody is at the console. */
  private operate({ what, shop: index, sku }: Extract<Action, { kind: 'operate' }>): void {
    const engine = this.anyEngine();
    const { channel } = this.shop(index);
    const by = { requestedBy: 'somebody' };
    const scope = `channel:${channel}`;
    if (what === 'health') quiet(engine?.health());
    if (what === 'release') quiet(engine?.operate({ verb: 'release', shard: scope }, by));
    if (what === 'assert') quiet(engine?.operate({ verb: 'assert', channel, sku, ...(index === 0 ? { location: SHAPE.location } : {}) }, by));
    if (what === 'doubt') quiet(engine?.operate({ verb: 'doubt', reason: 'to be sure' }, by));
    if (what !== 'pause') return;
    quiet(engine?.operate({ verb: 'pause', scope, reason: 'a look' }, by));
    this.later(20_000, () => { quiet(this.anyEngine()?.operate({ verb: 'resume', scope }, by)); });
  }

  /** Whoever has paused something sees to it, in the end, that it goes on. */
  async resumeAll(): Promise<void> {
    const [rows = []] = await this.world.store.port.load([{ table: 'pause', where: {} }]);
    for (const row of rows) quiet(this.anyEngine()?.operate({ verb: 'resume', scope: String(row['scope']) }, { requestedBy: 'somebody' }));
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

  private ask({ worker, what, shop, sku }: Pick<Extract<Action, { kind: 'ask' }>, 'worker' | 'what' | 'shop' | 'sku'>): void {
    const { engine } = this.world.worker(worker);
    if (engine === undefined) return;
    const { channel } = this.shop(shop);
    const key = { channel, sku, ...(shop === 0 ? { location: SHAPE.location } : {}) };
    const asked = what === 'status' ? engine.status()
      : what === 'compute' ? engine.compute(key)
        : what === 'explain' ? engine.explain(key)
          : engine.requestRead(what === 'source' ? { source: SHAPE.source } : { channel, what });
    quiet(asked);
  }

  private shop(index: number): Shop {
    return this.shops[index === 0 ? 0 : 1];
  }

  private anyEngine(): Engine | undefined {
    const first = this.posts.between(0, 1);
    return this.world.worker(first).engine ?? this.world.worker(1 - first).engine;
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
