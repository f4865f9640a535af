import { instantFromMs, parseQuantity, type Observation } from '@stockwright/core';
import type { Action, Disturbance } from './actions.ts';
import type { FaultStream } from './plan.ts';
import { partsOf } from './shape.ts';
import type { Stage } from './stage.ts';

/** Customers, clerks and messages: who acts on the vendors, and what of it reaches an engine. */
export class People {
  private readonly world: Stage;
  private readonly posts: FaultStream;
  private messages = 0;

  constructor(world: Stage) {
    this.world = world;
    this.posts = world.plan.stream('messages');
  }

  act(action: Action): void {
    const { world } = this;
    world.tell('people', () => `${action.kind} ${JSON.stringify(action, ['sku', 'shop', 'quantity', 'by', 'what', 'worker'])}`);
    switch (action.kind) {
      case 'buy':
        this.buy(action);
        return;
      case 'count':
        world.erp.count(action.sku, Math.max(0, world.erp.onHand(action.sku) + action.by));
        return;
      case 'adjust':
        this.message([world.erp.adjust(action.sku, Math.max(-world.erp.onHand(action.sku), action.by), action.id)]);
        return;
      case 'tell':
        this.message([world.erp.row(action.sku, world.erp.stamps.next())]);
        return;
      case 'ask':
        this.ask(action);
        return;
      case 'hold':
        this.hold(action);
        return;
      case 'operate':
        this.operate(action);
    }
  }

  disturb(disturbance: Disturbance): void {
    const { world } = this;
    if (!world.plan.admits(disturbance.id, disturbance.kind)) return;
    world.tell('fate', () => `${disturbance.kind} ${JSON.stringify(disturbance, ['sku', 'shop', 'quantity', 'worker', 'offsetMs', 'lostMs', 'where', 'lastsMs'])}`);
    switch (disturbance.kind) {
      case 'edited by hand':
        this.edit(disturbance);
        return;
      case 'clock jump':
        world.worker(disturbance.worker).offsetMs = disturbance.offsetMs;
        return;
      case 'failover':
        world.failOver(disturbance.lostMs);
        return;
      case 'storm':
        world.storms[disturbance.where] = Math.max(world.storms[disturbance.where] ?? 0, world.time.now() + disturbance.lastsMs);
        return;
      case 'restart':
        world.worker(disturbance.worker).stop();
    }
  }

  private edit({ shop: index, sku, quantity }: Extract<Disturbance, { kind: 'edited by hand' }>): void {
    const { shops, drift } = this.world;
    const shop = shops[index];
    if (shop === undefined) return;
    shop.edit(sku, quantity);
    drift.disturbed(shop.id, sku);
  }

  private buy({ id, shop: index, sku, quantity, story }: Extract<Action, { kind: 'buy' }>): void {
    const { world } = this;
    const { erp, time } = world;
    const shop = world.shops[index];
    if (shop?.buy(id, sku, quantity) === undefined) return;
    this.webhook(index, id);
    const order = { imported: false, cancelled: false, fulfilled: 0, returned: 0 };
    const later = (ms: number | undefined, then: () => void): void => { if (ms !== undefined) time.at(time.now() + ms, then); };
    const book = (onHand: number, committed: number): void => {
      erp.book(
        { channel: shop.id, orderId: id, sku, ordered: quantity, fulfilled: order.fulfilled, cancelled: order.cancelled ? quantity : 0, returned: order.returned },
        partsOf(sku).map((part) => ({ sku: part.sku, onHand: onHand * part.per, committed: committed * part.per })),
      );
    };
    const tellShop = (counters: Parameters<typeof shop.change>[1]): void => {
      shop.change(id, counters);
      this.webhook(index, id);
    };
    later(story.importedAfterMs, () => {
      if (order.cancelled) return;
      order.imported = true;
      book(0, quantity);
    });
    later(story.cancelledAfterMs, () => {
      order.cancelled = true;
      tellShop({ cancelled: quantity });
      if (order.imported) later(story.channelLagMs, () => { book(0, -quantity); });
    });
    later(story.shippedAfterMs, () => {
      order.fulfilled = quantity;
      book(-quantity, -quantity);
      later(story.channelLagMs, () => { tellShop({ fulfilled: quantity }); });
    });
    later(story.returnedAfterMs, () => {
      order.returned = quantity;
      book(quantity, 0);
      later(story.channelLagMs, () => { tellShop({ fulfilled: quantity, returned: quantity }); });
    });
  }

  /** A cart: held for a while, then given up, kept longer, or paid for and placed as an order. */
  private hold({ id, shop: index, sku, quantity, lastsMs, fate, afterMs }: Extract<Action, { kind: 'hold' }>): void {
    const { time, shops } = this.world;
    const [engine, shop] = [this.anyEngine(), shops[index]];
    if (engine === undefined || shop === undefined) return;
    const quiet = (asked: Promise<unknown> | undefined): void => { asked?.then(() => undefined, () => undefined); };
    const request = { id, channel: shop.id, expiresAt: instantFromMs(time.now() + lastsMs), grant: 'all' as const, lines: [{ sku, quantity: parseQuantity(quantity) }] };
    engine.hold(request).then(({ status }) => { this.world.tell('people', () => `hold ${id}: ${status}`); }, () => undefined);
    time.at(time.now() + afterMs, () => {
      if (fate === 'released') quiet(this.anyEngine()?.releaseHold(id));
      if (fate === 'extended') quiet(this.anyEngine()?.extendHold(id, instantFromMs(time.now() + lastsMs)));
      if (fate !== 'converted' || shop.buy(`${id}-order`, sku, quantity) === undefined) return;
      this.webhook(index, `${id}-order`);
      quiet(this.anyEngine()?.convertHold(id, `${id}-order`));
    });
  }

  /** Somebody is at the console. */
  private operate({ what, shop: index, sku }: Extract<Action, { kind: 'operate' }>): void {
    const { time, shops } = this.world;
    const [engine, channel] = [this.anyEngine(), shops[index]?.id];
    if (engine === undefined || channel === undefined) return;
    const by = { requestedBy: 'somebody' };
    const scope = `channel:${channel}`;
    const quiet = (asked: Promise<unknown> | undefined): void => { asked?.then(() => undefined, () => undefined); };
    if (what === 'health') quiet(engine.health());
    if (what === 'release') quiet(engine.operate({ verb: 'release', shard: scope }, by));
    if (what === 'assert') quiet(engine.operate({ verb: 'assert', channel, sku }, by));
    if (what === 'doubt') quiet(engine.operate({ verb: 'doubt', reason: 'to be sure' }, by));
    if (what !== 'pause') return;
    quiet(engine.operate({ verb: 'pause', scope, reason: 'a look' }, by));
    time.at(time.now() + 20_000, () => { quiet(this.anyEngine()?.operate({ verb: 'resume', scope }, by)); });
  }

  /** Whoever has paused something sees to it, in the end, that it goes on. */
  async resumeAll(): Promise<void> {
    const [rows = []] = await this.world.store.port.load([{ table: 'pause', where: {} }]);
    for (const row of rows) this.anyEngine()?.operate({ verb: 'resume', scope: String(row['scope']) }, { requestedBy: 'somebody' }).then(() => undefined, () => undefined);
  }

  private ask({ worker, what, shop, sku }: Extract<Action, { kind: 'ask' }>): void {
    const engine = this.world.worker(worker).engine;
    const channel = this.world.shops[shop]?.id;
    if (engine === undefined || channel === undefined) return;
    const asked = what === 'status' ? engine.status()
      : what === 'compute' ? engine.compute({ channel, sku })
        : what === 'explain' ? engine.explain({ channel, sku })
          : engine.requestRead(what === 'source' ? { source: this.world.erp.id, full: true } : { channel, what });
    asked.then(() => undefined, () => undefined);
  }

  private webhook(shop: number, orderId: string): void {
    const { webhook } = this.world.weather;
    this.messages += 1;
    const body = new TextEncoder().encode(JSON.stringify({ id: `m${String(this.messages)}`, orderId }));
    this.deliver('webhook', webhook, () => {
      const [engine, channel] = [this.anyEngine(), this.world.shops[shop]?.id];
      if (engine === undefined || channel === undefined) return;
      engine.receive(channel, { headers: {}, body }).then(() => undefined, () => undefined);
    });
  }

  private message(observations: readonly Observation[]): void {
    this.deliver('message', this.world.weather.message, () => {
      this.anyEngine()?.ingest(observations).then(() => undefined, () => undefined);
    });
  }

  private deliver(what: string, { lost, doubled, late }: { readonly lost: number; readonly doubled: number; readonly late: number }, hand: () => void): void {
    const { time } = this.world;
    const send = (): void => {
      const lag = this.posts.between(50, 900);
      const extra = this.posts.between(1_000, 60_000);
      time.at(time.now() + (this.posts.strikes(`${what} late`, late) ? extra : lag), hand);
    };
    if (!this.posts.strikes(`${what} lost`, lost)) send();
    if (this.posts.strikes(`${what} doubled`, doubled)) send();
  }

  private anyEngine(): ReturnType<Stage['worker']>['engine'] {
    const first = this.posts.between(0, 1);
    return this.world.worker(first).engine ?? this.world.worker(1 - first).engine;
  }
}
