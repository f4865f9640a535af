import type { Clock } from '@stockwright/adapter';
import type { EngineOptions } from '@stockwright/engine';
import {
  ACTING_MS, actionsOf, BudgetWatch, disturbancesOf, FaultPlan, FULL_PLAN, Prng, SimTime, StoreWatch, Trace, Violations, WatchedStore, weatherOf, Worker,
  type Ablation, type AwaitProbe, type Life, type Weather, type World, type WorldResult, type WorldSpec,
} from '@stockwright/testkit/harness';
import { subscribeToOrders } from '../world/notifications.ts';
import { AMAZON_LOGIN } from '../world/vendors.ts';
import { checkOwed, checkQuiet, differences, hasHeardOfOrders, rowsOf } from './at-rest.ts';
import { composeFor, shopifyOf } from './compose.ts';
import { People } from './people.ts';
import { SHAPE } from './shape.ts';
import type { VendorName } from './stage.ts';
import { Vendors, type Played } from './vendors.ts';

const START_MS = 1_767_225_600_000;
const CHECK_EVERY_MS = 15_000;
const SETTLING_MS = 1_800_000;
const LOOK_EVERY_MS = 10_000;
const CALM_MS_MIN = 300_000;
const QUIET_MS = 240_000;
/** The limit that writes to Amazon draw on, and the rate that Amazon states for it: one request for each line. */
const AMAZON_BUCKET = `amazon:eu:${AMAZON_LOGIN.sellerId} patchListingsItem`;
const AMAZON_RATE = new Map([[AMAZON_BUCKET, { capacity: 5, refillPerSecond: 5 }]]);
const SOLD = { stocked: SHAPE.stocked, listed: SHAPE.listings.map(({ sku }) => sku) };

/** The real engine with the real adapters over the simulated vendors and the store in memory. */
export class Tier2World implements World, Played {
  readonly seed: bigint;
  readonly weather: Weather;
  readonly time: SimTime = new SimTime(START_MS);
  readonly trace: Trace;
  readonly plan: FaultPlan;
  readonly probe: AwaitProbe | undefined;
  readonly violations: Violations;
  readonly watch: StoreWatch;
  readonly budget: BudgetWatch;
  readonly store: WatchedStore;
  readonly vendors: Vendors;
  readonly people: People;
  readonly hasUsagePlans: boolean;
  readonly storms: Record<VendorName, number> = { netsuite: 0, shopify: 0, amazon: 0 };
  private readonly spec: WorldSpec;
  private readonly ablation: Ablation | undefined;
  private readonly workers: readonly Worker[];
  private readonly shared = new Map<string, number>();
  private readonly over = new AbortController();
  private writes = 0;

  constructor(spec: WorldSpec) {
    this.spec = spec;
    this.seed = spec.seed;
    this.ablation = spec.control === true ? undefined : spec.ablation;
    const drawn = weatherOf(spec.seed, { plan: FULL_PLAN, ...spec });
    this.weather = spec.ablation?.weather?.(drawn) ?? drawn;
    this.hasUsagePlans = new Prng(spec.seed, 'usage plans').chance(0.4);
    this.trace = new Trace({ startMs: START_MS, told: spec.told === true, deep: spec.deep === true });
    this.plan = new FaultPlan(spec.seed, spec.only);
    this.plan.onStrike = ({ id, kind }) => {
      this.trace.text(kind);
      this.tell('fault', () => `${kind} (${id})`);
    };
    this.probe = spec.probe;
    this.violations = new Violations(() => this.time.now() - START_MS);
    this.watch = new StoreWatch(this.violations, () => this.time.now());
    this.budget = new BudgetWatch(this.violations, AMAZON_RATE);
    this.store = new WatchedStore(this.time, this.watch, { keepsLog: this.weather.failovers > 0, dayMs: this.weather.dayMs });
    this.vendors = new Vendors(this, (webhook) => this.people.deliver(webhook));
    this.people = new People(this);
    this.workers = [0, 1].map((index) => new Worker(index, (life) => this.compose(life)));
  }

  get leaseMs(): number {
    return this.weather.leaseMs * 2;
  }

  get callTimeoutMs(): number {
    return this.weather.leaseMs;
  }

  get amazonPollMs(): number {
    return this.hasUsagePlans ? 200_000 : this.weather.ordersPollMs;
  }

  async start(): Promise<void> {
    const { time, seed, weather, spec, vendors } = this;
    await this.subscribe();
    for (const worker of this.workers) worker.begin(this);
    this.people.follow(plainClock(time), this.over.signal);
    for (const action of actionsOf(seed, weather, SOLD)) {
      if (spec.actions === undefined || spec.actions.has(action.id)) time.at(START_MS + action.atMs, () => { this.people.act(action); });
    }
    for (const disturbance of disturbancesOf(seed, weather, SOLD)) time.at(START_MS + disturbance.atMs, () => { this.people.disturb(disturbance); });
    const look = (): void => {
      checkOwed(this).catch((error: unknown) => { this.broke(error); });
      time.at(time.now() + CHECK_EVERY_MS, look);
    };
    time.at(START_MS + CHECK_EVERY_MS, look);
    vendors.arm();
  }

  async act(): Promise<void> {
    await this.time.runUntil(START_MS + ACTING_MS, () => this.violations.any);
  }

  /** Nothing strikes any more; whoever is down comes up, every clock is set right, and everything finds its place. */
  async settle(): Promise<void> {
    this.plan.calm = true;
    const calmMs = this.time.now();
    this.tell('fate', () => 'calm');
    for (const worker of this.workers) {
      worker.offsetMs = 0;
      worker.life?.wakeUp();
    }
    for (let passedMs = 0; passedMs < SETTLING_MS && !this.violations.any; passedMs += LOOK_EVERY_MS) {
      await this.people.tidyUp();
      await this.time.runUntil(this.time.now() + LOOK_EVERY_MS, () => this.violations.any);
      if (passedMs >= CALM_MS_MIN && (await differences(this)).length === 0 && (await hasHeardOfOrders(this, calmMs))) return;
    }
  }

  async check(): Promise<void> {
    await this.holdAgainstTruth();
    if (this.violations.any) return;
    const before = this.writes;
    await this.time.runUntil(this.time.now() + QUIET_MS, () => this.violations.any);
    if (this.writes > before) this.violations.add('I8', 'writes', `${String(this.writes - before)} writes although nothing had changed`);
    await this.holdAgainstTruth();
    await checkQuiet(this);
  }

  /** Says what became of it, and frees what the vendors hold. */
  async report(): Promise<WorldResult> {
    const { seed, trace, violations: { list }, plan, time, spec } = this;
    const [first] = list;
    if (first !== undefined && spec.told === true) trace.lines.push(...(await rowsOf(this, first.about)));
    trace.text(`${String(time.fired)} ${String(list.length)}`);
    this.over.abort();
    this.vendors.close();
    return {
      seed, hash: trace.hash, violations: list, struck: plan.struck, counts: plan.counts, virtualMs: time.now() - START_MS, lines: trace.lines,
      actions: actionsOf(seed, this.weather, SOLD).map(({ id }) => id),
    };
  }

  worker(index: number): Worker {
    const worker = this.workers[index];
    if (worker === undefined) throw new RangeError(`There is no worker ${String(index)}.`);
    return worker;
  }

  tell(who: string, what: () => string): void {
    this.trace.line(this.time.now(), who, what);
  }

  shown(channel: string, sku: string, { shown, why }: { readonly shown: number; readonly why: string }): void {
    this.trace.text(sku);
    this.trace.number(shown);
    this.tell(channel, () => `${sku} shows ${String(shown)}: ${why}`);
  }

  wrote(vendor: VendorName, life: Life): void {
    this.writes += 1;
    if (vendor === 'amazon') this.budget.sent(life.name, AMAZON_BUCKET, { lines: 1, oneByOne: true });
  }

  broke(error: unknown): void {
    if (!this.over.signal.aborted) this.violations.add('broken', 'world', error instanceof Error ? (error.stack ?? error.message) : String(error));
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
    this.budget.rewound(this.time.now() - lostMs);
    this.store.failOver(this.time.now() - lostMs).catch((error: unknown) => { this.broke(error); });
  }

  private compose(life: Life): EngineOptions {
    const options = composeFor(this, life);
    return this.ablation?.options?.(options, this.shared) ?? options;
  }

  private async holdAgainstTruth(): Promise<void> {
    if (this.violations.any) return;
    for (const { invariant, about, message } of await differences(this)) this.violations.add(invariant, about, message);
  }

  /** What administrators set up once, before anything goes wrong. */
  private async subscribe(): Promise<void> {
    const silent = (): void => undefined;
    await subscribeToOrders(this.vendors.amazon);
    await shopifyOf((input, init) => this.vendors.shopify.fetch(new Request(input, init))).registerWebhooks(
      { uri: 'https://host.example/shopify', topics: ['orders/create', 'orders/updated'] },
      {
        signal: this.over.signal, clock: plainClock(this.time), random: new Prng(this.seed, 'setup'), deadlineMs: Number.MAX_SAFE_INTEGER,
        budget: { report: silent }, logger: { debug: silent, info: silent, warn: silent, error: silent },
      },
    );
  }
}

/** A world of the second tier, for whoever plays worlds. */
export function tier2World(spec: WorldSpec): World {
  return new Tier2World(spec);
}

/** The clock of somebody whom nothing strikes. */
function plainClock(time: SimTime): Clock {
  return { now: () => time.now(), sleep: (ms) => time.after(ms) };
}
