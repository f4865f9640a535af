import { instantFromMs, parseQuantity, type ChannelId, type SourceId } from '@stockwright/core';
import type { Engine } from '@stockwright/engine';
import type { Action } from './actions.ts';
import type { FaultStream } from './plan.ts';
import type { SimTime } from './sim-time.ts';
import { HOST_TRANSACTION, type WatchedStore } from './watched-store.ts';
import type { Worker } from './worker.ts';

/** What whoever calls the engine needs of a world. */
export interface Called {
  readonly time: SimTime;
  readonly store: WatchedStore;
  /** Whether whoever gave a command gives it once more later. */
  readonly weather: { readonly deploys?: boolean };
  worker(index: number): Worker;
  tell(who: string, what: () => string): void;
}

/** The vendors as whoever calls the engine knows them. */
export interface Trade {
  readonly source: SourceId;
  channel(shop: number): ChannelId;
  /** Somebody pays for what was held; the id of the order, or nothing where the shop has too little. */
  place(shop: number, order: Pick<Extract<Action, { kind: 'hold' }>, 'id' | 'sku' | 'quantity'>): string | undefined;
}

type Of<Kind extends Action['kind']> = Extract<Action, { kind: Kind }>;

const BY = { requestedBy: 'somebody' };
const PAUSED_MS = 20_000;
const SLOW_MS = 20_000;
const BUYER_EVERY_MS = 150;
const ASKED_AGAIN_MS = 15_000;
const BUYER_KEEPS_MS = 1_000;
/** Orders that nobody ever places: whoever paid for them went away. */
const LOST = 'lost-';

/** Carts, consoles and hosts: who calls the engine of any process. What it was asked may fail with the process. */
export class Callers {
  private readonly world: Called;
  private readonly draws: FaultStream;
  private readonly trade: Trade;

  constructor(world: Called, draws: FaultStream, trade: Trade) {
    this.world = world;
    this.draws = draws;
    this.trade = trade;
  }

  anyEngine(): Engine | undefined {
    const first = this.draws.between(0, 1);
    return this.world.worker(first).engine ?? this.world.worker(1 - first).engine;
  }

  /** A cart: held for a while, then given up, kept longer, or paid for and placed as an order. */
  hold({ id, shop, sku, quantity, lastsMs, fate, afterMs }: Of<'hold'>): void {
    const { time } = this.world;
    const engine = this.anyEngine();
    if (engine === undefined) return;
    const request = { id, channel: this.trade.channel(shop), expiresAt: instantFromMs(time.now() + lastsMs), grant: 'all' as const, lines: [{ sku, quantity: parseQuantity(quantity) }] };
    engine.hold(request).then(({ status }) => { this.world.tell('people', () => `hold ${id}: ${status}`); }, () => undefined);
    time.at(time.now() + afterMs, () => {
      if (fate === 'released') quiet(this.anyEngine()?.releaseHold(id));
      if (fate === 'extended') quiet(this.anyEngine()?.extendHold(id, instantFromMs(time.now() + lastsMs)));
      const orderId = fate === 'converted' ? this.trade.place(shop, { id, sku, quantity }) : undefined;
      if (orderId !== undefined) quiet(this.anyEngine()?.convertHold(id, orderId));
    });
  }

  /** Somebody is at the console. */
  operate({ what, shop, sku }: Of<'operate'>): void {
    const { time } = this.world;
    const engine = this.anyEngine();
    if (engine === undefined) return;
    const channel = this.trade.channel(shop);
    const scope = `channel:${channel}`;
    if (what === 'health') quiet(engine.health());
    if (what === 'release') quiet(engine.operate({ verb: 'release', shard: scope }, BY));
    if (what === 'assert') quiet(engine.operate({ verb: 'assert', channel, sku }, BY));
    if (what === 'doubt') quiet(engine.operate({ verb: 'doubt', reason: 'to be sure' }, BY));
    if (what !== 'pause') return;
    quiet(engine.operate({ verb: 'pause', scope, reason: 'a look' }, BY));
    time.at(time.now() + PAUSED_MS, () => { quiet(this.anyEngine()?.operate({ verb: 'resume', scope }, BY)); });
  }

  /** Somebody writes a command into the table, from a process of his own. */
  command({ id, verb, shop, sku }: Of<'command'>): void {
    const { time } = this.world;
    const channel = this.trade.channel(shop);
    const scope = verb.endsWith('source') ? `source:${this.trade.source}` : `channel:${channel}`;
    const write = (name: string, argument: Readonly<Record<string, string>>, suffix = ''): void => { this.write(`${id}${suffix}`, name, argument); };
    if (verb === 'release') write(verb, { shard: scope });
    else if (verb === 'assert') write(verb, { channel, sku });
    else if (verb === 'assert all') write('assert', { channel });
    else if (verb === 'doubt') write(verb, { reason: 'to be sure' });
    else if (verb === 'nonsense') write(verb, {});
    else if (verb === 'read' || verb === 'read source') write('read', { scope });
    else {
      write('pause', { scope, reason: 'a look' });
      time.at(time.now() + PAUSED_MS, () => { write('resume', { scope }, ' over'); });
    }
  }

  /** Somebody pays for a cart and is never heard of again; an operator forgets it. */
  forgotten({ id, shop, sku, afterMs }: Of<'forgotten'>): void {
    const { time } = this.world;
    const request = { id, channel: this.trade.channel(shop), expiresAt: instantFromMs(time.now() + 60_000), grant: 'all' as const, lines: [{ sku, quantity: parseQuantity(1) }] };
    quiet(this.anyEngine()?.hold(request));
    time.at(time.now() + afterMs / 2, () => { quiet(this.anyEngine()?.convertHold(id, `${LOST}${id}`)); });
    time.at(time.now() + afterMs, () => { this.write(`${id} lost`, 'forgetHold', { holdId: id, reason: 'nobody came' }); });
  }

  /** A host lets a call become part of a transaction of its own. */
  inside({ id, shop, sku, what }: Of<'inside'>, observation: () => Parameters<Engine['ingest']>[0]): void {
    const { time } = this.world;
    const engine = this.anyEngine();
    if (engine === undefined) return;
    if (what === 'tell') {
      quiet(engine.ingest(observation(), HOST_TRANSACTION));
      return;
    }
    const request = { id, channel: this.trade.channel(shop), expiresAt: instantFromMs(time.now() + 20_000), grant: 'all' as const, lines: [{ sku, quantity: parseQuantity(1) }] };
    quiet(engine.hold(request, what === 'hold' ? HOST_TRANSACTION : {}));
    time.at(time.now() + 5_000, () => { quiet(this.anyEngine()?.releaseHold(id, what === 'release' ? HOST_TRANSACTION : {})); });
  }

  /** Many want the same thing at once, and one of the processes that they ask has a slow way to the store: it loses one race after the other. */
  rush({ id, slow, shop, sku, buyers }: Of<'rush'>): void {
    const { time } = this.world;
    const [tired, quick] = [this.world.worker(slow), this.world.worker(1 - slow)];
    tired.life?.slowDown(SLOW_MS);
    const ask = (worker: Worker, name: string): void => {
      const request = { id: name, channel: this.trade.channel(shop), expiresAt: instantFromMs(time.now() + 15_000), grant: 'all' as const, lines: [{ sku, quantity: parseQuantity(1) }] };
      quiet(worker.engine?.hold(request));
      time.at(time.now() + BUYER_KEEPS_MS, () => { quiet(worker.engine?.releaseHold(name)); });
    };
    for (let buyer = 0; buyer < buyers; buyer += 1) time.at(time.now() + buyer * BUYER_EVERY_MS, () => { ask(quick, `${id}-${String(buyer)}`); });
    for (let buyer = 0; buyer < 3; buyer += 1) time.at(time.now() + buyer * BUYER_EVERY_MS, () => { ask(tired, `${id}-slow-${String(buyer)}`); });
    // And whoever looks after it has every number of the channel put right anew, in the midst of it.
    time.at(time.now() + 2 * BUYER_EVERY_MS, () => { quiet(tired.engine?.operate({ verb: 'assert', channel: this.trade.channel(shop) }, BY)); });
    // Somebody keeps a cart longer that another process is just about to fill.
    time.at(time.now() + BUYER_EVERY_MS, () => { quiet(tired.engine?.extendHold(`${id}-2`, instantFromMs(time.now() + 20_000), HOST_TRANSACTION)); });
  }

  /** A cart whose name no database can hold, in the same breath as a sound one. */
  muddle({ id, shop, sku }: Of<'muddle'>): void {
    const { time } = this.world;
    const engine = this.anyEngine();
    const request = { id, channel: this.trade.channel(shop), expiresAt: instantFromMs(time.now() + 10_000), grant: 'all' as const, lines: [{ sku, quantity: parseQuantity(1) }] };
    quiet(engine?.hold({ ...request, id: `${id} \ud800` }));
    quiet(engine?.hold(request));
  }

  look({ what, shop, sku }: Of<'look'>): void {
    const engine = this.anyEngine();
    if (engine === undefined) return;
    const channel = this.trade.channel(shop);
    const asked: Readonly<Record<typeof what, () => Promise<unknown>>> = {
      status: () => engine.status(), health: () => engine.health(), compute: () => engine.compute({ channel, sku }), explain: () => engine.explain({ channel, sku }),
      computeMany: () => engine.computeMany([shop, 1 - shop].map((each) => ({ channel: this.trade.channel(each), sku }))),
      'read source': () => engine.requestRead({ source: this.trade.source, full: true }), 'read channel': () => engine.requestRead({ channel, what: 'levels' }),
      assert: () => engine.operate({ verb: 'assert', channel, sku }, BY),
    };
    quiet(asked[what]());
  }

  ask({ worker, what, shop, sku }: Of<'ask'>): void {
    const { engine } = this.world.worker(worker);
    if (engine === undefined) return;
    const channel = this.trade.channel(shop);
    quiet(what === 'status' ? engine.status()
      : what === 'compute' ? engine.compute({ channel, sku })
        : what === 'explain' ? engine.explain({ channel, sku })
          : engine.requestRead(what === 'source' ? { source: this.trade.source, full: true } : { channel, what }));
  }

  /** Whoever has paused something sees to it, in the end, that it goes on, and whoever waits for an order that never comes forgets it. */
  async tidyUp(): Promise<void> {
    const [pauses = [], waiting = []] = await this.world.store.port.load([{ table: 'pause', where: {} }, { table: 'holdLine', where: { state: 'converted' } }]);
    for (const row of pauses) quiet(this.anyEngine()?.operate({ verb: 'resume', scope: String(row['scope']) }, BY));
    const lost = new Set(waiting.flatMap((row) => (String(row['orderId']).startsWith(LOST) ? [String(row['holdId'])] : [])));
    for (const holdId of lost) quiet(this.anyEngine()?.operate({ verb: 'forgetHold', holdId, reason: 'nobody came' }, BY));
  }

  private write(commandId: string, verb: string, argument: Readonly<Record<string, string>>): void {
    const { store, time, weather } = this.world;
    const ask = (commitId: string): void => {
      const set = { state: 'open', verb, argument: JSON.stringify(argument), requestedBy: 'somebody', requestedAtMs: time.now() };
      quiet(store.port.commit({ commitId, expect: [], marks: [], write: [{ table: 'operatorCommand', key: { commandId }, set }] }));
    };
    ask(`command ${commandId}`);
    if (weather.deploys === true) time.at(time.now() + ASKED_AGAIN_MS, () => { ask(`command ${commandId} again`); });
  }
}

function quiet(asked: Promise<unknown> | undefined): void {
  asked?.then(() => undefined, () => undefined);
}
