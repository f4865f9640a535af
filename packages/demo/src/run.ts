import { formatExplanation, instantFromMs, parsePolicy, parseSku, StockwrightError, type Policy } from '@stockwright/core';
import type { EngineHost, HostFactory } from './host/engine-host.ts';
import { inProcessHost } from './host/in-process.ts';
import { generateOrders } from './input/generate.ts';
import { readOrders } from './input/read-orders.ts';
import type { OpeningStock, Replay } from './input/replay.ts';
import { checkKnown, DEFAULT_LOCATIONS, readStock, stockByRule } from './input/stock.ts';
import { Ledgerbook } from './report/ledgerbook.ts';
import { gather, type Report, type Summary } from './report/report.ts';
import { seededRandom, VirtualClock } from '@stockwright/testkit';
import type { View } from './view/view.ts';
import { startErp } from './world/erp.ts';
import { Player } from './world/play.ts';
import { createWorld, SHOP_CHANNEL, type World } from './world/world.ts';

/** What a run is asked for. */
export interface RunOptions {
  readonly orders?: string;
  readonly stock?: string;
  readonly policy?: Policy;
  readonly seed: string;
  /** `memory`, or `sqlite:` and a path. */
  readonly store: string;
  /** `normal` for a file that is thrown away afterwards. */
  readonly durability?: 'full' | 'normal';
  /** Virtual seconds for each real one; as fast as it goes where absent. */
  readonly speed?: number;
  /** The first of three ports in a row; free ones where absent. */
  readonly port?: number;
  readonly view: View;
  /** Where the engine runs; in this process, on the store above, where absent. */
  readonly host?: HostFactory;
}

/** The moment at which a generated day begins. */
const GENERATED_START_MS = Date.UTC(2026, 10, 27, 8);
/** Time for the first reads and writes before customers come. */
const OPENING_MS = 15 * 60_000;
/** Time after the last event in which everything must come to rest. */
const CLOSING_MS_MAX = 12 * 3_600_000;

/** The policy of the demonstration: a unit held back from each listing, and two in a hundred from each location. */
export function defaultPolicy(locations: readonly string[]): Policy {
  return parsePolicy({
    version: 'demo-1',
    channels: [{ id: SHOP_CHANNEL, locations, publish: 'perLocation', spread: 'priority' }],
    rules: [
      { id: 'sync-buffer', kind: 'buffer', owner: 'operations', reason: 'orders take a moment to reach us', scope: { channel: SHOP_CHANNEL }, withhold: { fixed: 1 } },
      { id: 'breakage', kind: 'safetyStock', owner: 'warehouse', reason: 'one in fifty breaks when picked', withhold: { percent: 2 } },
    ],
  });
}

/** The input of a run, read and checked before anything is started or written. */
export interface Prepared {
  readonly replay: Replay;
  readonly stock: readonly OpeningStock[];
  readonly policy: Policy;
}

/** Reads and checks the input. @throws `INVALID_INPUT` with the place. */
export function prepare({ orders, stock: stockFile, policy, seed }: RunOptions): Prepared {
  const replay = orders === undefined ? generateOrders(seededRandom(`orders ${seed}`), GENERATED_START_MS) : readOrders(orders);
  const stock = stockFile === undefined ? withReturns(stockByRule(replay), replay) : readStock(stockFile);
  if (replay.events.length === 0) throw new StockwrightError(`${replay.name} has no line to replay.`, { code: 'INVALID_INPUT' });
  if (stockFile !== undefined) checkKnown(replay, stock, stockFile);
  const locations = stockFile === undefined ? [...DEFAULT_LOCATIONS] : [...new Set(stock.map(({ location }) => location))];
  return { replay, stock, policy: policy ?? defaultPolicy(locations) };
}

/** Goods that are only ever returned or corrected have a place too. */
function withReturns(stock: readonly OpeningStock[], { events }: Replay): readonly OpeningStock[] {
  const known = new Set(stock.map(({ sku }) => sku));
  const others = [...new Set(events.flatMap(({ lines }) => lines.map(({ sku }) => sku)))].filter((sku) => !known.has(sku)).sort();
  return [...stock, ...others.map((sku) => ({ sku, location: DEFAULT_LOCATIONS[0], onHand: 0 }))];
}

/** The simulators begin anew with every run, so a store that remembers another run would tell of things that never happened to them. */
async function refuseUsedStore({ tables }: EngineHost, name: string): Promise<void> {
  for await (const _row of tables.scan({ table: 'policy', where: {} })) {
    throw new StockwrightError(`${name.replace(/^sqlite:/, 'SQLite file ')} already holds a run, and the simulators begin anew with every run. Name a new file, or delete this one.`, { code: 'INVALID_INPUT' });
  }
}

/** Runs a replay to its end. */
export async function run(options: RunOptions, { replay, stock, policy }: Prepared): Promise<Report> {
  const { seed, view } = options;
  const startMs = (replay.events[0]?.atMs ?? GENERATED_START_MS) - OPENING_MS;
  const clock = new VirtualClock(startMs, options.speed);
  const host = options.host ?? inProcessHost(options);
  const stopping = new AbortController();
  const book = new Ledgerbook();
  const tally = new Tally();
  let world: World | undefined;
  try {
    world = await driven(clock, createWorld({ clock, seed, host, policy, stock, signal: stopping.signal, ...(options.port === undefined ? {} : { port: options.port }) }));
    await refuseUsedStore(world.engine, options.store);
    const { urls } = world;
    const place = (url: string): string => new URL(url).host;
    view.line(`NetSuite ${place(urls.netsuite)}  shop ${place(urls.shopify)}  webhooks ${place(urls.webhooks)}`);
    listen(world, book, tally);
    await driven(clock, world.engine.start());
    const erp = startErp(clock, world.netsuite, { shop: world.shop, signal: stopping.signal });
    const endMs = await playAll({ clock, world, book, tally, replay, view, startMs, returnsLocation: stock[0]?.location ?? DEFAULT_LOCATIONS[0] });
    await settle({ clock, world, book, erp, endMs });
    await tellOne(clock, world, { view, book });
    const outOfSync = (await world.engine.status()).channels.reduce((sum, channel) => sum + channel.outOfSync.length, 0);
    const summary = tally.summary(book, { outOfSync, soldOut: await soldOut(world.engine) });
    return await gather(
      { seed, replay, policy, stock, startedAt: instantFromMs(startMs), endedAt: instantFromMs(clock.now()) },
      { world, book, summary },
    );
  } finally {
    stopping.abort();
    view.end();
    if (world !== undefined) await driven(clock, world.close());
  }
}

/** Lets the clock run while something that sleeps on it is awaited. */
async function driven<Value>(clock: VirtualClock, work: Promise<Value>): Promise<Value> {
  let ended = false;
  const end = (): void => { ended = true; };
  work.then(end, end);
  await clock.runUntil(() => ended);
  return work;
}

/** Counts what the engine tells. */
class Tally {
  published = 0;
  conflicts = 0;
  last = '';
  readonly syncMs: number[] = [];
  readonly dirty = new Set<string>();

  summary(book: Ledgerbook, { outOfSync, soldOut: skusSoldOut }: { outOfSync: number; soldOut: number }): Summary {
    const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
    const sorted = [...this.syncMs].sort((a, b) => a - b);
    const offered = sum(book.lines.map(({ quantity }) => quantity));
    const accepted = sum(book.lines.map((line) => line.accepted));
    return {
      orders: new Set(book.lines.flatMap(({ orderId }) => orderId ?? [])).size,
      linesOffered: book.lines.length, unitsOffered: offered, unitsAccepted: accepted, unitsRefused: offered - accepted,
      unitsCancelled: sum(book.cancellations.map(({ quantity }) => quantity)), unitsReturned: sum(book.returns.map(({ quantity }) => quantity)),
      unitsAdjusted: sum(book.adjustments.map(({ quantity }) => quantity)), skusSoldOut,
      publishedNumbers: this.published, compareConflicts: this.conflicts, outOfSync,
      medianSyncMs: sorted[Math.floor(sorted.length / 2)] ?? 0, slowestSyncMs: sorted[sorted.length - 1] ?? 0,
    };
  }
}

function listen({ engine: { events } }: World, book: Ledgerbook, tally: Tally): void {
  const keyOf = ({ location, sku }: { location: string; sku: string }): string => `${location} ${sku}`;
  events.on('order-observed', ({ orderId, atMs }) => { book.observed(orderId, atMs); });
  events.on('order-acknowledged', ({ orderId, atMs }) => { book.acknowledged(orderId, atMs); });
  events.on('target-changed', (event) => {
    if (event.owed) tally.dirty.add(keyOf(event));
    else tally.dirty.delete(keyOf(event));
    if (event.want === '0' && event.previous !== null) tally.last = `${event.sku} shows 0 at ${event.location}`;
  });
  events.on('published', (event) => {
    tally.published += 1;
    tally.syncMs.push(event.dirtyForMs);
    tally.dirty.delete(keyOf(event));
  });
  events.on('push-not-owed', (event) => { tally.dirty.delete(keyOf(event)); });
  events.on('publish-failed', (event) => {
    if (event.status === 'conflict') tally.conflicts += 1;
    else tally.last = `${event.sku}: ${event.status}, ${event.reason}`;
  });
  events.on('read-failed', ({ origin, error }) => { tally.last = `${origin}: ${error}`; });
  events.on('drift-found', ({ sku, believed, observed }) => { tally.last = `${sku} shows ${observed}, not ${believed ?? 'anything known'}: put right`; });
}

interface Stage {
  readonly clock: VirtualClock;
  readonly world: World;
  readonly book: Ledgerbook;
}

async function playAll({ clock, world, book, tally, replay, view, startMs, returnsLocation }: Stage & { tally: Tally; replay: Replay; view: View; startMs: number; returnsLocation: string }): Promise<number> {
  const player = new Player({ clock, world, book, returnsLocation });
  const endMs = (replay.events[replay.events.length - 1]?.atMs ?? startMs) + 1;
  const show = (): void => {
    const accepted = book.lines.reduce((sum, line) => sum + line.accepted, 0);
    const offered = book.lines.reduce((sum, { quantity }) => sum + quantity, 0);
    view.progress({
      nowMs: clock.now(), startMs, endMs, orders: new Set(book.lines.flatMap(({ orderId }) => orderId ?? [])).size, unitsAccepted: accepted,
      unitsRefused: offered - accepted, published: tally.published, dirty: tally.dirty.size, last: tally.last,
    });
  };
  let index = 0;
  let shownAt = 0;
  const play = (async (): Promise<void> => {
    for (; index < replay.events.length; index += 1) {
      const event = replay.events[index];
      if (event === undefined) break;
      if (event.atMs > clock.now()) await clock.sleep(event.atMs - clock.now());
      player.play(event);
      if (performance.now() - shownAt < 60) continue;
      shownAt = performance.now();
      show();
    }
  })();
  await driven(clock, play);
  show();
  return endMs;
}

/** Lets imports, acknowledgements and writes come to rest. */
async function settle({ clock, world, book, erp, endMs }: Stage & { erp: ReturnType<typeof startErp>; endMs: number }): Promise<void> {
  const rest = async (): Promise<void> => {
    while (clock.now() < endMs + CLOSING_MS_MAX) {
      await clock.sleep(5 * 60_000);
      const { channels, sources } = await world.engine.status();
      const quiet = channels.every(({ outOfSync }) => outOfSync.length === 0) && sources.every(({ failingSinceMs }) => failingSinceMs === undefined);
      if (quiet && erp.pending() === 0 && book.unobserved() === 0 && book.unacknowledged() === 0 && clock.now() > endMs + 30 * 60_000) return;
    }
  };
  await driven(clock, rest());
}

/** One number, explained, so that a reader sees where it comes from. */
async function tellOne(clock: VirtualClock, { engine }: World, { view, book }: { view: View; book: Ledgerbook }): Promise<void> {
  const counts = new Map<string, number>();
  for (const { sku, accepted } of book.lines) counts.set(sku, (counts.get(sku) ?? 0) + accepted);
  const best = [...counts].sort(([, a], [, b]) => b - a).map(([sku]) => sku);
  let told: string | undefined;
  // The bestseller that is still there, or the bestseller.
  for (const sku of best.slice(0, 30)) {
    const explanation = await driven(clock, engine.explain({ channel: SHOP_CHANNEL, sku: parseSku(sku) }));
    const left = explanation.availability.immediate !== 0;
    if (left || told === undefined) told = formatExplanation(explanation);
    if (left) break;
  }
  if (told !== undefined) view.line(`\n${told}\n`);
}

async function soldOut({ tables }: EngineHost): Promise<number> {
  const totals = new Map<string, number>();
  for await (const row of tables.scan({ table: 'target', where: {} })) {
    const sku = String(row['sku']);
    totals.set(sku, (totals.get(sku) ?? 0) + Number(row['want']));
  }
  return [...totals.values()].filter((total) => total === 0).length;
}
