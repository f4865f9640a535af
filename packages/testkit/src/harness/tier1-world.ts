import type { ChannelId } from '@stockwright/core';
import { createEngine, type Engine, type EngineOptions } from '@stockwright/engine';
import type { Ablation } from './ablations.ts';
import { ACTING_MS, actionsOf, disturbancesOf } from './actions.ts';
import { Follower } from './follower.ts';
import { checkOwed, checkQuiet, differences, glanceAt, isAtRest, rowsOf } from './invariants/at-rest.ts';
import { BudgetWatch } from './invariants/budget-watch.ts';
import { DriftWatch } from './invariants/drift-watch.ts';
import { PatienceWatch } from './invariants/patience-watch.ts';
import { StoreWatch } from './invariants/store-watch.ts';
import { TurnsWatch } from './invariants/turns-watch.ts';
import { checkWanted } from './invariants/wanted.ts';
import { Violations } from './invariants/violations.ts';
import { Life, type AwaitProbe, type Surroundings } from './life.ts';
import { Erp } from './model/erp.ts';
import { Shop } from './model/shop.ts';
import { People } from './people.ts';
import { FaultPlan } from './plan.ts';
import { ChannelPort, type ChannelWatch } from './ports/channel-port.ts';
import { hostileDispatcher } from './ports/dispatcher-port.ts';
import { SourcePort } from './ports/source-port.ts';
import { StorePort } from './ports/store-port.ts';
import { Prng } from './prng.ts';
import { ONE_PLACE, TWO_PLACES, type Shape } from './shape.ts';
import type { Stage } from './stage.ts';
import { SimTime } from './sim-time.ts';
import { Trace } from './trace.ts';
import { WatchedStore } from './watched-store.ts';
import { NO_BUSTLE, retentionOf, weatherOf, type Weather } from './weather.ts';
import type { World, WorldResult, WorldSpec } from './world.ts';
import { Worker } from './worker.ts';

const START_MS = 1_767_225_600_000;
const CHECK_EVERY_MS = 15_000;
const SETTLING_MS = 900_000;
/** Longer than any late request, any effect and any message takes. */
const SETTLED_MS = 100_000;
/** The same where orders ship in parts. */
const SETTLED_PARTS_MS = 150_000;
/** Of a store whose clock was set back, everything takes up to twice its time. */
const SLOWED = 2;
const LOOK_EVERY_MS = 10_000;
const QUIET_MS = 130_000;

/** The real engine over model vendors and the store in memory. */
export class Tier1World implements World, Surroundings, Stage {
  readonly seed: bigint;
  readonly weather: Weather;
  readonly time: SimTime = new SimTime(START_MS);
  readonly trace: Trace;
  readonly plan: FaultPlan;
  readonly probe: AwaitProbe | undefined;
  readonly violations: Violations;
  readonly store: WatchedStore;
  readonly watch: StoreWatch;
  readonly budget: BudgetWatch;
  readonly patience: PatienceWatch;
  readonly shape: Shape;
  readonly drift: DriftWatch;
  readonly turns: TurnsWatch;
  readonly shops: readonly Shop[];
  readonly erp: Erp;
  readonly storms: number[] = [0, 0, 0];
  private readonly spec: WorldSpec;
  private readonly ablation: Ablation | undefined;
  private readonly workers: readonly Worker[];
  private readonly people: People;
  /** In worlds in which something is forgotten, so that it misses changes. */
  private readonly follower: Follower | undefined;
  /** Never started: it only computes, over the store itself. */
  private readonly auditor: Engine;
  private readonly shared = new Map<string, number>();
  private sends = 0;

  constructor(spec: WorldSpec) {
    this.spec = spec;
    this.seed = spec.seed;
    this.ablation = spec.control === true ? undefined : spec.ablation;
    const drawn = weatherOf(spec.seed, spec);
    this.weather = spec.ablation?.weather?.(drawn) ?? drawn;
    this.shape = this.weather.bustle.places === 1 ? ONE_PLACE : TWO_PLACES;
    this.trace = new Trace({ startMs: START_MS, told: spec.told === true, deep: spec.deep === true });
    this.plan = new FaultPlan(spec.seed, spec.only);
    this.plan.onStrike = ({ id, kind }) => {
      this.trace.text(kind);
      this.tell('fault', () => `${kind} (${id})`);
    };
    this.probe = spec.probe;
    this.violations = new Violations(() => this.time.now() - START_MS);
    this.watch = new StoreWatch(this.violations, () => this.time.now());
    this.patience = new PatienceWatch(this.violations, () => this.time.now());
    this.turns = new TurnsWatch(this.violations);
    this.drift = new DriftWatch(this.violations, () => this.store.nowMs);
    this.watch.onPushSettled = (shard, key, { worker, fence }) => {
      const [place = '', sku = ''] = key.split('\u001f');
      this.drift.settled(shard.slice('channel:'.length), sku, { place, worker, claimedMs: fence });
    };
    this.watch.onDue = (shard, kinds) => { this.turns.due(shard, kinds); };
    this.watch.onClaimed = (shard, kind) => { this.turns.claimed(shard, kind); };
    this.watch.onRefused = (bucket) => { this.turns.refused(bucket); };
    this.watch.onGround = (key, ground) => { this.drift.grounded(key, ground); };
    const { rate } = this.weather;
    this.budget = new BudgetWatch(this.violations, new Map(rate === undefined ? [] : this.shape.shops.map((id) => [`model:${id} writes`, rate])));
    this.store = new WatchedStore(this.time, this.watch, { keepsLog: this.weather.failovers > 0, dayMs: this.weather.dayMs });
    this.erp = new Erp(this.time, { id: this.shape.source, places: this.shape.places, skus: this.shape.stocked, onHand: this.weather.stock });
    this.shops = this.shape.shops.map((id, index) => this.open(id, index));
    for (const shop of this.shops) {
      shop.onChange = (sku, shown, why) => { this.changed(shop, sku, { shown, why }); };
    }
    if (this.weather.poisoned) this.shops[0]?.poisoned.add(new Prng(this.seed, 'poison').pick(this.shape.listed));
    this.workers = [0, 1].map((index) => new Worker(index, (life) => this.compose(life), ({ events }) => { events.on('drift-found', (found) => { this.drift.found(found); }); }));
    this.people = new People(this);
    this.follower = this.weather.dayMs === undefined ? undefined : new Follower(this, this.plan.stream('follower'));
    this.auditor = createEngine({ ...this.compose(new Life(this, 'auditor', () => 0)), store: this.store.port });
  }

  async start(): Promise<void> {
    for (const worker of this.workers) worker.begin(this);
    this.follower?.begin();
    const { time, seed, weather, spec, shape } = this;
    for (const action of actionsOf(seed, weather, shape)) {
      if (spec.actions === undefined || spec.actions.has(action.id)) time.at(START_MS + action.atMs, () => { this.people.act(action); });
    }
    for (const disturbance of disturbancesOf(seed, weather, shape)) time.at(START_MS + disturbance.atMs, () => { this.people.disturb(disturbance); });
    const look = (): void => {
      void this.look();
      time.at(time.now() + CHECK_EVERY_MS, look);
    };
    time.at(START_MS + CHECK_EVERY_MS, look);
  }

  async act(): Promise<void> {
    await this.time.runUntil(START_MS + ACTING_MS, () => this.violations.any);
  }

  /** Nothing strikes any more; whoever is down comes up, and everything finds its place. */
  async settle(): Promise<void> {
    this.plan.calm = true;
    this.tell('fate', () => 'calm');
    this.storms.fill(0);
    for (const { life } of this.workers) life?.wakeUp();
    const slowed = this.weather.storeSetBacks > 0 ? SLOWED : 1;
    const settledMs = slowed * (this.weather.bustle === NO_BUSTLE ? SETTLED_MS : SETTLED_PARTS_MS);
    for (let passedMs = 0; passedMs < slowed * SETTLING_MS && !this.violations.any; passedMs += LOOK_EVERY_MS) {
      await this.time.runUntil(this.time.now() + LOOK_EVERY_MS, () => this.violations.any);
      await this.people.tidyUp();
      if (passedMs >= settledMs && (await isAtRest(this))) return;
    }
  }

  async check(): Promise<void> {
    if (this.violations.any) return;
    for (const { invariant, about, message } of await differences(this)) this.violations.add(invariant, about, message);
    if (this.violations.any) return;
    const before = this.sends;
    await this.time.runUntil(this.time.now() + QUIET_MS, () => this.violations.any);
    if (this.sends > before) this.violations.add('I8', 'sends', `${String(this.sends - before)} writes although nothing had changed`);
    for (const { invariant, about, message } of await differences(this)) this.violations.add(invariant, about, message);
    await checkQuiet(this);
    for (const message of (await this.follower?.differences(this.store.port)) ?? []) this.violations.add('feed', 'follower', message);
  }

  async report(): Promise<WorldResult> {
    const { seed, trace, violations: { list }, plan, time, spec } = this;
    const [first] = list;
    if (first !== undefined && spec.told === true) trace.lines.push(...(await rowsOf(this, first.about)));
    trace.text(`${String(time.fired)} ${String(list.length)}`);
    return {
      seed, hash: trace.hash, violations: list, struck: plan.struck, counts: plan.counts, virtualMs: time.now() - START_MS, lines: trace.lines,
      actions: actionsOf(seed, this.weather, this.shape).map(({ id }) => id),
    };
  }

  /** What must hold at every moment is looked at now. */
  private async look(): Promise<void> {
    const glance = await glanceAt(this);
    await checkOwed(this, glance);
    await checkWanted(this, glance, (keys) => this.auditor.computeMany(keys));
  }

  worker(index: number): Worker {
    const worker = this.workers[index];
    if (worker === undefined) throw new RangeError(`There is no worker ${String(index)}.`);
    return worker;
  }

  tell(who: string, what: () => string): void {
    this.trace.line(this.time.now(), who, what);
  }

  died(life: Life): void {
    this.tell(life.name, () => 'is dead');
    const worker = this.workers.find((each) => each.life === life);
    const downMs = this.plan.calm ? 500 : life.faults.between(200, this.weather.downMs);
    if (worker !== undefined) this.time.at(this.time.now() + downMs, () => { worker.begin(this); });
  }

  spins(life: Life): void {
    this.violations.add('spins', life.name, 'called its ports without end in one moment');
  }

  failOver(lostMs: number): void {
    this.drift.everythingDisturbed();
    this.budget.rewound(this.time.now() - lostMs);
    void this.store.failOver(this.time.now() - lostMs);
  }

  private changed(shop: Shop, sku: string, { shown, why }: { shown: number; why: string }): void {
    this.trace.text(sku);
    this.trace.number(shown);
    this.tell(shop.id, () => `${sku} shows ${String(shown)}: ${why}`);
  }

  private open(id: ChannelId, index: number): Shop {
    const { shape, weather, time } = this;
    const lags = new Prng(this.seed, `${id} effects`);
    return new Shop(time, {
      id, skus: shape.listed, ...(index === 0 && shape.places.length > 1 ? { places: shape.places } : {}), compares: weather.compares[index] ?? false,
      effectMs: () => (index === 1 ? lags.between(0, weather.effectMs) : 0),
    });
  }

  private compose(life: Life): EngineOptions {
    const { weather, ablation, store, shape } = this;
    const storm = (where: number): { untilMs: () => number } => ({ untilMs: () => this.storms[where] ?? 0 });
    const watch: ChannelWatch = {
      sent: (channel, { lines }) => {
        this.sends += 1;
        this.budget.sent(life.name, `model:${channel} writes`, { lines: lines.length });
        for (const line of lines) {
          this.drift.sent(channel, line.sku, { place: line.location ?? '', worker: life.name });
          this.patience.line(channel, line);
        }
      },
      doubtful: (channel, sku) => { this.drift.disturbed(channel, sku, channel === shape.shops[1] ? weather.effectMs : 0); },
    };
    const reached = (): EngineOptions['store'] => store.port;
    const options: EngineOptions = {
      store: new StorePort(life, reached), catalog: shape.catalog, policy: { ...shape.policy(weather.cap), ...(weather.deploys === true ? { version: life.name } : {}) },
      clock: life, random: life.prng, dispatcher: hostileDispatcher(life),
      sources: [{ adapter: new SourcePort(life, this.erp, storm(2)), pollMs: weather.sourcePollMs, fullReadMs: weather.fullReadMs }],
      channels: this.shops.map((shop, index) => ({
        adapter: new ChannelPort(life, shop, { second: index === 1, storms: storm(index), watch }), ordersPollMs: weather.ordersPollMs, readBackMs: weather.readBackMs,
      })),
      owners: [{ source: shape.source, measures: ['onHand', 'committed'] }],
      times: { leaseMs: weather.leaseMs, callTimeoutMs: 10_000, sweepMs: weather.sweepMs }, retention: retentionOf(weather),
    };
    return ablation?.options?.(options, this.shared) ?? options;
  }
}
