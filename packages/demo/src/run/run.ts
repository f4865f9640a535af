import { instantFromMs, StockwrightError } from '@stockwright/core';
import { seededRandom, VirtualClock } from '@stockwright/testkit';
import { playCopier } from '../compare/copier.ts';
import { Flight } from '../compare/flight.ts';
import { Watch } from '../compare/watch.ts';
import { letBlowsFall } from '../faults/blows.ts';
import { createWeather } from '../faults/weather.ts';
import { childHost } from '../host/child.ts';
import type { EngineHost, HostFactory } from '../host/engine-host.ts';
import { inProcessHost } from '../host/in-process.ts';
import type { ReplayEvent } from '../input/replay.ts';
import { goesToSecond } from '../input/split.ts';
import { Ledgerbook } from '../report/ledgerbook.ts';
import { gather, type Report } from '../report/report.ts';
import { startErp } from '../world/erp.ts';
import { LATENCY_MS } from '../world/network.ts';
import { Player } from '../world/play.ts';
import { AMAZON, createWorld, SHOPIFY, type World } from '../world/world.ts';
import { driven, playAll, settle, soldOut, tellOne, type Stage } from './phases.ts';
import type { Prepared, RunOptions } from './prepare.ts';
import { listen, Tally } from './tally.ts';

/** Time for the first reads and writes before customers come. */
const OPENING_MS = 15 * 60_000;

/** The simulators begin anew with every run, so a store that remembers another run would tell of things that never happened to them. */
async function refuseUsedStore({ tables }: EngineHost, name: string): Promise<void> {
  for await (const _row of tables.scan({ table: 'policy', where: {} })) {
    throw new StockwrightError(`${name.replace(/^sqlite:/, 'SQLite file ')} already holds a run, and the simulators begin anew with every run. Name a new file, or delete this one.`, { code: 'INVALID_INPUT' });
  }
}

/** In rough weather the engine is killed, so it has a process of its own. */
function hostFor({ faults, store, durability }: RunOptions): HostFactory {
  const choice = { store, ...(durability === undefined ? {} : { durability }) };
  return faults === 'hostile' ? childHost(choice) : inProcessHost(choice);
}

/** Runs a replay to its end. @param host - Where the engine runs; in this process where absent, or in one of its own where it is to be killed. */
export async function run(options: RunOptions, prepared: Prepared, host: HostFactory = hostFor(options)): Promise<Report> {
  const { seed, view, port, split } = options;
  const { replay, stock, policy, goodsIn } = prepared;
  const firstMs = replay.events[0]?.atMs ?? 0;
  const startMs = firstMs - OPENING_MS;
  const clock = new VirtualClock(startMs, options.speed);
  const stopping = new AbortController();
  const weather = createWeather(options.faults, { seed, ...(options.spared === undefined ? {} : { spared: options.spared }), fromMs: firstMs, toMs: replay.events[replay.events.length - 1]?.atMs ?? firstMs });
  const channels = [SHOPIFY, AMAZON].filter((known) => policy.channels.some(({ id }) => id === known));
  const channelOf = (event: Extract<ReplayEvent, { kind: 'order' }>): string => (channels.length > 1 && goesToSecond(split, event) ? channels[1] : channels[0]) ?? '';
  const [book, tally, flight, watch] = [new Ledgerbook(goodsIn), new Tally(), new Flight({ readLeadMs: LATENCY_MS.netsuite }), new Watch(stock, startMs)];
  let world: World | undefined;
  try {
    world = await driven(clock, createWorld({
      clock, seed, host, policy, stock, goodsIn, weather, signal: stopping.signal, ...(port === undefined ? {} : { port }),
      onShown: (change) => {
        watch.shown({ ...change, place: change.location });
        flight.shown(change);
      },
    }));
    await refuseUsedStore(world.engine, options.store);
    const { engine, urls, shops, netsuite, market } = world;
    view.line(Object.entries(urls).map(([name, url]) => `${name} ${new URL(url).host}`).join('  '));
    const stage: Stage = { clock, world, book, tally, weather };
    listen(engine.events, { book, tally, flight });
    await driven(clock, engine.start());
    weather.shelter(false);
    const blows = letBlowsFall({ clock, random: seededRandom(`blows ${seed}`), weather, engine, netsuite, book, flight, view });
    blows.catch(() => undefined);
    const erp = startErp(clock, netsuite, { shops: [...shops.values()], signal: stopping.signal });
    const player = new Player({ clock, market, observers: [book, watch, flight], channelOf });
    const endMs = await playAll(stage, { player, replay, view, startMs });
    await driven(clock, blows);
    await settle(stage, { erp, endMs });
    await tellOne(stage, view);
    const outOfSync = (await driven(clock, engine.status())).channels.reduce((sum, channel) => sum + channel.outOfSync.length, 0);
    const summary = tally.summary(book, { outOfSync, soldOut: await soldOut(engine) });
    const endedMs = clock.now();
    const copier = playCopier({ replay, stock, channels, channelOf, startMs, endMs: endedMs });
    return await gather(
      { seed, split, prepared, startedAt: instantFromMs(startMs), endedAt: instantFromMs(endedMs) },
      { world, book, summary, weather, flight, watch, result: watch.result(endedMs), copier },
    );
  } finally {
    stopping.abort();
    view.end();
    if (world !== undefined) await driven(clock, world.close());
  }
}
