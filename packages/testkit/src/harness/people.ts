import type { LocationId, Observation } from '@stockwright/core';
import type { Action, Disturbance } from './actions.ts';
import { Callers } from './callers.ts';
import { Customers } from './customers.ts';
import { keyOf } from './model/erp.ts';
import type { Shop } from './model/shop.ts';
import type { FaultStream } from './plan.ts';
import type { Stage } from './stage.ts';

/** Customers, clerks and messages: who acts on the vendors, and what of it reaches an engine. */
export class People {
  private readonly world: Stage;
  private readonly posts: FaultStream;
  private readonly callers: Callers;
  private readonly customers: Customers;
  private messages = 0;

  constructor(world: Stage) {
    this.world = world;
    this.posts = world.plan.stream('messages');
    this.customers = new Customers(world, (shop, orderId) => { this.webhook(shop, orderId); });
    this.callers = new Callers(world, this.posts, {
      source: world.erp.id,
      channel: (shop) => this.shop(shop).id,
      place: (shop, { id, sku, quantity }) => {
        const orderId = `${id}-order`;
        if (this.shop(shop).buy(orderId, sku, quantity) === undefined) return undefined;
        this.webhook(shop, orderId);
        return orderId;
      },
    });
  }

  act(action: Action): void {
    const { world, callers } = this;
    world.tell('people', () => `${action.kind} ${JSON.stringify(action, ['sku', 'shop', 'quantity', 'by', 'what', 'verb', 'worker', 'units', 'kit'])}`);
    switch (action.kind) {
      case 'buy': { this.customers.buy(action); return; }
      case 'count': { this.count(action); return; }
      case 'adjust': { this.adjust(action); return; }
      case 'tell': { this.message([world.erp.row(keyOf(action.sku, this.placeOf(action.id)), world.erp.stamps.next())]); return; }
      case 'transfer': { this.transfer(action); return; }
      case 'swap': { this.swap(action); return; }
      case 'recount': { callers.recount(this.counts()); return; }
      case 'disorder': { this.disorder(action); return; }
      case 'ask': { callers.ask(action); return; }
      case 'hold': { callers.hold(action); return; }
      case 'operate': { callers.operate(action); return; }
      case 'look': { callers.look(action); return; }
      case 'command': { callers.command(action); return; }
      case 'forgotten': { callers.forgotten(action); return; }
      case 'rush': { callers.rush(action); return; }
      case 'muddle': { callers.muddle(action); return; }
      case 'inside': callers.inside(action, () => [world.erp.row(keyOf(action.stock, this.placeOf(action.id)), world.erp.stamps.next())]);
    }
  }

  disturb(disturbance: Disturbance): void {
    const { world } = this;
    if (!world.plan.admits(disturbance.id, disturbance.kind)) return;
    world.tell('fate', () => `${disturbance.kind} ${JSON.stringify(disturbance, ['sku', 'shop', 'quantity', 'worker', 'offsetMs', 'byMs', 'lostMs', 'where', 'lastsMs'])}`);
    switch (disturbance.kind) {
      case 'edited by hand':
        this.edit(disturbance);
        return;
      case 'clock jump':
        world.worker(disturbance.worker).offsetMs = disturbance.offsetMs;
        return;
      case 'store clock set back':
        world.store.setBack(disturbance.byMs);
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

  /** Whatever somebody left behind is put in order in the end. */
  tidyUp(): Promise<void> {
    return this.callers.tidyUp();
  }

  private edit({ id, shop: index, sku, quantity }: Extract<Disturbance, { kind: 'edited by hand' }>): void {
    const shop = this.shop(index);
    shop.edit({ sku, place: shop.isPerPlace ? this.placeOf(id) : '' }, quantity);
    this.world.drift.disturbed(shop.id, sku);
  }

  private count({ id, sku, by }: Extract<Action, { kind: 'count' }>): void {
    const { erp } = this.world;
    const place = this.placeOf(id);
    erp.count(sku, place, Math.max(0, erp.onHand(sku, place) + by));
  }

  private adjust({ id, sku, by }: Extract<Action, { kind: 'adjust' }>): void {
    const { erp } = this.world;
    const place = this.placeOf(id);
    this.message([erp.adjust(sku, place, { by: Math.max(-erp.onHand(sku, place), by), id })]);
  }

  /** The scarcer component of a kit becomes as plenty as the other was, and then the other as scarce. */
  private swap({ id, kit, apartMs }: Extract<Action, { kind: 'swap' }>): void {
    const { erp, time, shape } = this.world;
    const place = this.placeOf(id);
    const parts = (shape.recipes[kit]?.parts ?? []).map(({ sku, per }) => ({ sku, per, kits: Math.floor(Math.max(0, erp.onHand(sku, place)) / per) })).sort((a, b) => a.kits - b.kits);
    const [scarce, plenty] = parts;
    if (scarce === undefined || plenty === undefined || scarce.kits === plenty.kits) return;
    const by = plenty.kits - scarce.kits;
    this.message([erp.adjust(scarce.sku, place, { by: by * scarce.per, id: `${id} more` })]);
    time.at(time.now() + apartMs, () => { this.message([erp.adjust(plenty.sku, place, { by: -Math.min(by * plenty.per, Math.max(0, erp.onHand(plenty.sku, place))), id: `${id} fewer` })]); });
  }

  /** What lies anywhere, in two lists that have no sku in common. */
  private counts(): readonly (readonly Observation[])[] {
    const { erp, shape: { stocked } } = this.world;
    const rows = erp.keys.map((key) => erp.row(key, erp.stamps.next()));
    const half = stocked.length / 2;
    return [stocked.slice(0, half), stocked.slice(half)].map((skus) => rows.filter(({ sku }) => skus.includes(sku)));
  }

  /** Goods leave one place and come to the other a while later: two words of the owner, which may arrive in any order. */
  private transfer({ id, sku, units, back }: Extract<Action, { kind: 'transfer' }>): void {
    const { erp, time } = this.world;
    const [first, second] = erp.places;
    if (first === undefined || second === undefined) return;
    const [from, to] = back ? [second, first] : [first, second];
    const carried = Math.min(units, Math.max(0, erp.onHand(sku, from)));
    if (carried === 0) return;
    this.message([erp.adjust(sku, from, { by: -carried, id: `${id} left` })]);
    time.at(time.now() + this.posts.between(1_000, 20_000), () => { this.message([erp.adjust(sku, to, { by: carried, id: `${id} came` })]); });
  }

  /** For a while a vendor tells things besides that cannot be. */
  private disorder({ where, lastsMs }: Extract<Action, { kind: 'disorder' }>): void {
    const { shops, erp, time } = this.world;
    (shops[where] ?? erp).oddUntilMs = time.now() + lastsMs;
  }

  /** Where what an action is about lies. */
  private placeOf(id: string): LocationId {
    const { places } = this.world.erp;
    const place = places[Number(id.slice(1)) % places.length];
    if (place === undefined) throw new RangeError(`Nothing lies anywhere for ${id}.`);
    return place;
  }

  private webhook(shop: number, orderId: string): void {
    const { webhook } = this.world.weather;
    this.messages += 1;
    const body = new TextEncoder().encode(JSON.stringify({ id: `m${String(this.messages)}`, orderId }));
    this.deliver('webhook', webhook, () => {
      this.callers.anyEngine()?.receive(this.shop(shop).id, { headers: {}, body }).then(() => undefined, () => undefined);
    });
  }

  private message(observations: readonly Observation[]): void {
    this.deliver('message', this.world.weather.message, () => {
      this.callers.anyEngine()?.ingest(observations).then(() => undefined, () => undefined);
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

  private shop(index: number): Shop {
    const shop = this.world.shops[index];
    if (shop === undefined) throw new RangeError(`There is no shop ${String(index)}.`);
    return shop;
  }
}
