import { formatExplanation, parseChannelId, parseSku } from '@stockwright/core';
import type { VirtualClock } from '@stockwright/testkit';
import type { Weather } from '../faults/weather.ts';
import type { EngineHost } from '../host/engine-host.ts';
import type { Replay } from '../input/replay.ts';
import type { Ledgerbook } from '../report/ledgerbook.ts';
import type { View } from '../view/view.ts';
import type { startErp } from '../world/erp.ts';
import type { Player } from '../world/play.ts';
import type { World } from '../world/world.ts';
import type { Tally } from './tally.ts';

const MINUTE_MS = 60_000;
/** Time after the last event, or after the last fault, in which everything must come to rest. */
const CLOSING_MS_MAX = 18 * 60 * MINUTE_MS;
/** Faults end so long after the last event: what they did in it is then put right in calm weather. */
const CALM_AFTER_MS = 30 * MINUTE_MS;
/** A cycle of all polls and read-backs, with some to spare: what no message tells is found by then. */
const FULL_CYCLE_MS = 7 * 60 * MINUTE_MS;

/** What a run is made of once it is set up. */
export interface Stage {
  readonly clock: VirtualClock;
  readonly world: World;
  readonly book: Ledgerbook;
  readonly tally: Tally;
  readonly weather: Weather;
}

/** Lets the clock run while something that sleeps on it is awaited. */
export async function driven<Value>(clock: VirtualClock, work: Promise<Value>): Promise<Value> {
  let ended = false;
  const end = (): void => { ended = true; };
  work.then(end, end);
  await clock.runUntil(() => ended);
  return work;
}

/** Plays all events, each at its moment. @returns The moment after the last. */
export async function playAll({ clock, book, tally }: Stage, { player, replay, view, startMs }: { player: Player; replay: Replay; view: View; startMs: number }): Promise<number> {
  const endMs = (replay.events[replay.events.length - 1]?.atMs ?? startMs) + 1;
  const show = (): void => {
    const accepted = book.lines.reduce((sum, line) => sum + line.accepted, 0);
    const offered = book.lines.reduce((sum, { quantity }) => sum + quantity, 0);
    view.progress({
      nowMs: clock.now(), startMs, endMs, orders: new Set(book.lines.flatMap(({ orderId }) => orderId ?? [])).size, unitsAccepted: accepted,
      unitsRefused: offered - accepted, published: tally.published, dirty: tally.dirty.size, last: tally.last,
    });
  };
  let shownAt = 0;
  const play = (async (): Promise<void> => {
    for (const event of replay.events) {
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

/** Lets imports, acknowledgements and writes come to rest; in rough weather a whole cycle of reads in calm follows first. */
export async function settle({ clock, world, book, weather }: Stage, { erp, endMs }: { erp: ReturnType<typeof startErp>; endMs: number }): Promise<void> {
  const rest = async (): Promise<void> => {
    let least = endMs + CALM_AFTER_MS;
    if (weather.level !== 'none') {
      await clock.sleep(Math.max(0, endMs + CALM_AFTER_MS - clock.now()));
      weather.calm();
      least = clock.now() + FULL_CYCLE_MS;
    }
    while (clock.now() < least + CLOSING_MS_MAX) {
      await clock.sleep(5 * MINUTE_MS);
      const { channels, sources } = await world.engine.status();
      const quiet = channels.every(({ outOfSync }) => outOfSync.length === 0) && sources.every(({ failingSinceMs }) => failingSinceMs === undefined);
      if (quiet && erp.pending() === 0 && book.unobserved() === 0 && book.unacknowledged() === 0 && clock.now() > least) return;
    }
  };
  await driven(clock, rest());
}

/** One number, explained, so that a reader sees where it comes from. */
export async function tellOne({ clock, world: { engine, shops }, book }: Stage, view: View): Promise<void> {
  const counts = new Map<string, number>();
  for (const { sku, accepted } of book.lines) counts.set(sku, (counts.get(sku) ?? 0) + accepted);
  const best = [...counts].sort(([, a], [, b]) => b - a).map(([sku]) => sku);
  const [channel = ''] = shops.keys();
  let told: string | undefined;
  // The bestseller that is still there, or the bestseller.
  for (const sku of best.slice(0, 30)) {
    const explanation = await driven(clock, engine.explain({ channel: parseChannelId(channel), sku: parseSku(sku) }));
    const left = explanation.availability.immediate !== 0;
    if (left || told === undefined) told = formatExplanation(explanation);
    if (left) break;
  }
  if (told !== undefined) view.line(`\n${told}\n`);
}

/** How many skus every channel shows as sold out. */
export async function soldOut({ tables }: EngineHost): Promise<number> {
  const totals = new Map<string, number>();
  for await (const row of tables.scan({ table: 'target', where: {} })) {
    const sku = String(row['sku']);
    totals.set(sku, (totals.get(sku) ?? 0) + Number(row['want']));
  }
  return [...totals.values()].filter((total) => total === 0).length;
}
