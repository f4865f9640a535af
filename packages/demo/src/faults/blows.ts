import { parseChannelId, type ChannelId } from '@stockwright/core';
import type { Random } from '@stockwright/adapter';
import type { NetSuiteSimulator } from '@stockwright/simulators/netsuite';
import type { VirtualClock } from '@stockwright/testkit';
import type { Flight } from '../compare/flight.ts';
import type { ChildHost } from '../host/child.ts';
import type { EngineHost } from '../host/engine-host.ts';
import type { Effect } from '../host/fuse.ts';
import type { Ledgerbook } from '../report/ledgerbook.ts';
import type { View } from '../view/view.ts';
import type { Blow, Weather } from './weather.ts';

/** What blows fall on. */
export interface BlowParts {
  readonly clock: VirtualClock;
  readonly random: Random;
  readonly weather: Weather;
  readonly engine: EngineHost;
  readonly netsuite: NetSuiteSimulator;
  readonly book: Ledgerbook;
  readonly flight: Flight;
  readonly view: View;
}

const EFFECTS: readonly Effect[] = ['answer', 'commit', 'settle', 'request', 'claim'];

/** Lets each blow fall at its moment. @returns When the last is over and its process is up again. */
export async function letBlowsFall(parts: BlowParts): Promise<void> {
  // An engine in this process would take everything else with it, so it is not killed.
  const blows = parts.weather.blows.filter(({ kind }) => kind !== 'kill' || 'killAt' in parts.engine);
  // Side by side: a source may be silent while the engine is down.
  await Promise.all(blows.map((blow) => fall(parts, blow)));
}

async function fall(parts: BlowParts, blow: Blow): Promise<void> {
  const { clock, weather, netsuite, view } = parts;
  const until = async (atMs: number): Promise<void> => { if (atMs > clock.now()) await clock.sleep(atMs - clock.now()); };
  const say = (text: string): void => { view.line(`  ${new Date(clock.now()).toISOString().slice(5, 16).replace('T', ' ')}  ${text}`); };
  await until(blow.atMs);
  weather.count(blow.kind);
  switch (blow.kind) {
    case 'silence':
      say('NetSuite falls silent');
      weather.silence(true);
      await until(blow.untilMs);
      weather.silence(false);
      say('NetSuite speaks again');
      break;
    case 'zeroFeed':
      say('NetSuite says zero for everything; without a brake the shops follow');
      netsuite.reportZeroStock(true);
      await until(blow.untilMs);
      netsuite.reportZeroStock(false);
      say('NetSuite says what is so again');
      break;
    case 'kill':
      await kill(parts, blow, say);
  }
}

async function kill({ clock, random, weather, engine, book, flight }: BlowParts, { downMs }: Extract<Blow, { kind: 'kill' }>, say: (text: string) => void): Promise<void> {
  const host = asChild(engine);
  const effect = EFFECTS[Math.floor(random.next() * EFFECTS.length)] ?? 'answer';
  await host.killAt({ effect, count: 1 + Math.floor(random.next() * 5) });
  say(`the engine is killed at ${effect === 'answer' ? 'an answer that it never sees' : `a ${effect}`}`);
  await clock.sleep(downMs);
  // An administrator starts it by hand, and repeats what fails; the weather is for the engine.
  weather.shelter(true);
  await host.restart();
  weather.shelter(false);
  await hearAgain(engine, { book, flight, nowMs: clock.now() });
  say(`the engine is started again on the same file, ${String(Math.round(downMs / 1000))} s later`);
}

/** What was committed and not told before the end stands in the tables. */
async function hearAgain({ tables }: EngineHost, { book, flight, nowMs }: { book: Ledgerbook; flight: Flight; nowMs: number }): Promise<void> {
  for await (const row of tables.scan({ table: 'channelOrder', where: {} })) {
    book.observed(String(row['orderId']), Number(row['observedAtMs']));
    flight.orderBooked(String(row['orderId']));
  }
  for await (const row of tables.scan({ table: 'claim', where: {} })) {
    const { containments } = JSON.parse(String(row['state'])) as { containments: readonly unknown[] };
    if (containments.length > 0) book.acknowledged(String(row['orderId']), nowMs);
  }
  for await (const row of tables.scan({ table: 'target', where: {} })) {
    const channel: ChannelId = parseChannelId(String(row['channel']));
    flight.wantedNow({ channel, location: String(row['location']), sku: String(row['sku']), quantity: Number(row['want']), atMs: nowMs });
  }
}

function asChild(engine: EngineHost): ChildHost {
  if (!('killAt' in engine)) throw new TypeError('An engine in this process cannot be killed.');
  return engine as ChildHost;
}
