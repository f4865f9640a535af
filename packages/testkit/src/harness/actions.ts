import type { Sku } from '@stockwright/core';
import { Prng } from './prng.ts';
import { NO_BUSTLE, type Bustle, type Weather } from './weather.ts';

/** What becomes of an order after it was placed. */
export interface OrderStory {
  readonly importedAfterMs: number | undefined;
  readonly cancelledAfterMs: number | undefined;
  readonly shippedAfterMs: number | undefined;
  readonly returnedAfterMs: number | undefined;
  /** The channel hears of a shipment later than the owner books it, by this; or earlier where negative. */
  readonly channelLagMs: number;
  /** Only a part ships at first. */
  readonly parts?: PartStory;
}

/** How an order ships in parts. */
export interface PartStory {
  /** How much ships at first, as a share of the whole; one unit at least, and not all. */
  readonly share: number;
  readonly restAfterMs: number;
  readonly rest: 'shipped' | 'cancelled' | 'waits';
}

/** What an operator may write into the table of commands; `nonsense` is refused. */
export const TABLE_VERBS = ['pause', 'release', 'assert', 'assert all', 'read', 'read source', 'pause source', 'doubt', 'nonsense'] as const;

/** What somebody at the console looks at, or asks for. */
export const LOOKS = ['status', 'health', 'compute', 'computeMany', 'explain', 'read source', 'read channel', 'assert'] as const;

/** One thing that people do. The id stays the same however much is left out. */
export type Action = { readonly id: string; readonly atMs: number } & (
  | { readonly kind: 'command'; readonly verb: (typeof TABLE_VERBS)[number]; readonly shop: number; readonly sku: Sku }
  | { readonly kind: 'look'; readonly what: (typeof LOOKS)[number]; readonly shop: number; readonly sku: Sku }
  | { readonly kind: 'forgotten'; readonly shop: number; readonly sku: Sku; readonly afterMs: number }
  | { readonly kind: 'inside'; readonly shop: number; readonly sku: Sku; readonly stock: Sku; readonly what: 'hold' | 'release' | 'tell' }
  | { readonly kind: 'rush'; readonly slow: number; readonly shop: number; readonly sku: Sku; readonly buyers: number }
  | { readonly kind: 'disorder'; readonly where: number; readonly lastsMs: number }
  | { readonly kind: 'muddle'; readonly shop: number; readonly sku: Sku }
  | { readonly kind: 'recount' }
  | { readonly kind: 'swap'; readonly kit: number; readonly apartMs: number }
  | { readonly kind: 'transfer'; readonly sku: Sku; readonly units: number; readonly back: boolean }
  | { readonly kind: 'buy'; readonly shop: number; readonly sku: Sku; readonly quantity: number; readonly story: OrderStory }
  | { readonly kind: 'count'; readonly sku: Sku; readonly by: number }
  | { readonly kind: 'adjust'; readonly sku: Sku; readonly by: number }
  | { readonly kind: 'tell'; readonly sku: Sku }
  | { readonly kind: 'hold'; readonly shop: number; readonly sku: Sku; readonly quantity: number; readonly lastsMs: number; readonly fate: 'expires' | 'released' | 'extended' | 'converted'; readonly afterMs: number }
  | { readonly kind: 'operate'; readonly what: 'release' | 'assert' | 'pause' | 'doubt' | 'health'; readonly shop: number; readonly sku: Sku }
  | { readonly kind: 'ask'; readonly worker: number; readonly what: 'status' | 'compute' | 'explain' | 'orders' | 'levels' | 'source'; readonly shop: number; readonly sku: Sku }
);

/** One disturbance that comes by the clock and not at a call. */
export type Disturbance = { readonly id: string; readonly atMs: number } & (
  | { readonly kind: 'edited by hand'; readonly shop: number; readonly sku: Sku; readonly quantity: number }
  | { readonly kind: 'clock jump'; readonly worker: number; readonly offsetMs: number }
  | { readonly kind: 'store clock set back'; readonly byMs: number }
  | { readonly kind: 'failover'; readonly lostMs: number }
  | { readonly kind: 'storm'; readonly where: number; readonly lastsMs: number }
  | { readonly kind: 'restart'; readonly worker: number }
);

/** How long people act and faults strike. */
export const ACTING_MS = 600_000;

/** Everything that people do in a world. */
export function actionsOf(seed: bigint, weather: Weather, sold: { readonly stocked: readonly Sku[]; readonly listed: readonly Sku[] }): readonly Action[] {
  const { bustle } = weather;
  if (bustle === NO_BUSTLE) return basicActions(seed, weather, sold);
  return [...inParts(seed, bustle, basicActions(seed, weather, sold)), ...bustlingActions(seed, bustle, sold)];
}

/** Some orders ship in parts. */
function inParts(seed: bigint, bustle: Bustle, actions: readonly Action[]): readonly Action[] {
  const prng = new Prng(seed, 'parts');
  return actions.map((action): Action => {
    if (action.kind !== 'buy') return action;
    const [parts, share, restAfterMs, rest] = [prng.chance(bustle.parts), prng.next(), prng.between(500, 30_000), prng.pick(['shipped', 'shipped', 'cancelled', 'waits'] as const)];
    return parts ? { ...action, story: { ...action.story, parts: { share, restAfterMs, rest } } } : action;
  });
}

/** What people do besides, in worlds of the later plans. */
function bustlingActions(seed: bigint, bustle: Bustle, { stocked, listed }: { readonly stocked: readonly Sku[]; readonly listed: readonly Sku[] }): readonly Action[] {
  const prng = new Prng(seed, 'bustling');
  const list: Action[] = [];
  const add = (count: number, make: (id: string, atMs: number) => Action): void => {
    for (let index = 0; index < count; index += 1) list.push(make(`b${String(list.length)}`, prng.between(10_000, ACTING_MS)));
  };
  add(bustle.commands, (id, atMs) => ({ id, atMs, kind: 'command', verb: prng.pick(TABLE_VERBS), shop: prng.between(0, 1), sku: prng.pick(listed) }));
  add(Math.ceil(bustle.commands / 3), (id, atMs) => ({ id, atMs, kind: 'forgotten', shop: prng.between(0, 1), sku: prng.pick(listed), afterMs: prng.between(2_000, 20_000) }));
  add(bustle.looks, (id, atMs) => ({ id, atMs, kind: 'look', what: prng.pick(LOOKS), shop: prng.between(0, 1), sku: prng.pick(listed) }));
  add(bustle.insideHost, (id, atMs) => ({ id, atMs, kind: 'inside', shop: prng.between(0, 1), sku: prng.pick(listed), stock: prng.pick(stocked), what: prng.pick(['hold', 'release', 'tell'] as const) }));
  add(bustle.rushes, (id, atMs) => ({ id, atMs, kind: 'rush', slow: prng.between(0, 1), shop: prng.between(0, 1), sku: prng.pick(listed), buyers: prng.between(12, 20) }));
  add(bustle.oddities, (id, atMs) => (prng.chance(0.3) ? { id, atMs, kind: 'muddle', shop: prng.between(0, 1), sku: prng.pick(listed) } : { id, atMs, kind: 'disorder', where: prng.between(0, 2), lastsMs: prng.between(20_000, 90_000) }));
  add(bustle.transfers, (id, atMs) => ({ id, atMs, kind: 'transfer', sku: prng.pick(stocked), units: prng.between(1, 4), back: prng.chance(0.5) }));
  add(bustle.swaps, (id, atMs) => ({ id, atMs, kind: 'swap', kit: prng.between(0, 1), apartMs: prng.between(0, 2_500) }));
  add(bustle.recounts, (id, atMs) => ({ id, atMs, kind: 'recount' }));
  return list;
}

function basicActions(seed: bigint, weather: Weather, { stocked, listed }: { readonly stocked: readonly Sku[]; readonly listed: readonly Sku[] }): readonly Action[] {
  const prng = new Prng(seed, 'actions');
  const actions: Action[] = [];
  const moments = new Moments(seed, weather);
  const wants = moments.wantsOf(listed);
  let atMs = 5_000;
  while (atMs < ACTING_MS) {
    atMs = moments.after(atMs, prng);
    if (weather.rhythm !== undefined && atMs >= ACTING_MS) break;
    const id = `a${String(actions.length)}`;
    const draw = prng.next();
    if (draw < 0.5) actions.push({ id, atMs, kind: 'buy', shop: prng.between(0, 1), sku: prng.pick(wants(atMs)), quantity: prng.between(1, 3), story: storyOf(prng) });
    else if (draw < 0.64) {
      actions.push({
        id, atMs, kind: 'hold', shop: prng.between(0, 1), sku: prng.pick(wants(atMs)), quantity: prng.between(1, 3), lastsMs: prng.between(5_000, 60_000),
        fate: prng.pick(['expires', 'released', 'extended', 'converted'] as const), afterMs: prng.between(500, 30_000),
      });
    } else if (draw < 0.66) actions.push({ id, atMs, kind: 'operate', what: prng.pick(['release', 'assert', 'pause', 'doubt', 'health'] as const), shop: prng.between(0, 1), sku: prng.pick(listed) });
    else if (draw < 0.74) actions.push({ id, atMs, kind: 'count', sku: prng.pick(stocked), by: prng.between(-2, 4) });
    else if (draw < 0.84) actions.push({ id, atMs, kind: 'adjust', sku: prng.pick(stocked), by: prng.between(-2, 4) });
    else if (draw < 0.94) actions.push({ id, atMs, kind: 'tell', sku: prng.pick(stocked) });
    else actions.push({ id, atMs, kind: 'ask', worker: prng.between(0, 1), what: prng.pick(['status', 'compute', 'explain', 'orders', 'levels', 'source'] as const), shop: prng.between(0, 1), sku: prng.pick(listed) });
  }
  return actions;
}

/** When people act, and what they want then. */
class Moments {
  private readonly seed: bigint;
  private readonly weather: Weather;

  constructor(seed: bigint, weather: Weather) {
    this.seed = seed;
    this.weather = weather;
  }

  /** The moment of the act after this one. */
  after(atMs: number, prng: Prng): number {
    const { rhythm, orderEveryMs } = this.weather;
    if (rhythm === undefined) return atMs + prng.between(200, orderEveryMs * 2);
    if (rhythm.spells.some((spell) => atMs >= spell.fromMs && atMs < spell.untilMs)) return atMs + prng.between(200, rhythm.busyMs * 2);
    const next = atMs + prng.between(200, rhythm.quietMs * 2);
    // Nobody sleeps through the beginning of a spell.
    return Math.min(next, ...rhythm.spells.map(({ fromMs }) => (fromMs > atMs ? fromMs : next)));
  }

  /** What may be bought or held at a moment: in a busy spell few things. */
  wantsOf(listed: readonly Sku[]): (atMs: number) => readonly Sku[] {
    const { rhythm } = this.weather;
    if (rhythm === undefined) return () => listed;
    const crowds = rhythm.spells.map((spell, index) => {
      const prng = new Prng(this.seed, `crowd ${String(index)}`);
      return { ...spell, wanted: Array.from({ length: rhythm.wanted }, () => prng.pick(listed)) };
    });
    return (atMs) => crowds.find(({ fromMs, untilMs }) => atMs >= fromMs && atMs < untilMs)?.wanted ?? listed;
  }
}

/** Everything that disturbs a world by the clock. */
export function disturbancesOf(seed: bigint, weather: Weather, { listed }: { readonly listed: readonly Sku[] }): readonly Disturbance[] {
  const prng = new Prng(seed, 'disturbances');
  const list: Disturbance[] = [];
  const add = (count: number, make: (id: string, atMs: number) => Disturbance): void => {
    for (let index = 0; index < count; index += 1) list.push(make(`d${String(list.length)}`, prng.between(10_000, ACTING_MS)));
  };
  add(weather.handEdits, (id, atMs) => ({ id, atMs, kind: 'edited by hand', shop: prng.between(0, 1), sku: prng.pick(listed), quantity: prng.between(0, 30) }));
  add(weather.clockJumps, (id, atMs) => ({ id, atMs, kind: 'clock jump', worker: prng.between(0, 1), offsetMs: prng.between(-3_600_000, 3_600_000) }));
  add(weather.failovers, (id, atMs) => ({ id, atMs, kind: 'failover', lostMs: prng.between(500, 5_000) }));
  add(weather.storms, (id, atMs) => ({ id, atMs, kind: 'storm', where: prng.between(0, 2), lastsMs: prng.between(5_000, 40_000) }));
  add(weather.restarts, (id, atMs) => ({ id, atMs, kind: 'restart', worker: prng.between(0, 1) }));
  return [...list, ...setBacksOf(seed, weather)];
}

/** The clock beneath the store goes wrong, drawn apart so that the worlds of earlier plans stay as they are. */
function setBacksOf(seed: bigint, { storeSetBacks }: Weather): readonly Disturbance[] {
  const prng = new Prng(seed, 'store clock set back');
  return Array.from({ length: storeSetBacks }, (_value, index): Disturbance => ({ id: `s${String(index)}`, atMs: prng.between(10_000, ACTING_MS), kind: 'store clock set back', byMs: prng.between(1_000, 3_600_000) }));
}

function storyOf(prng: Prng): OrderStory {
  const draw = prng.next();
  const importedAfterMs = draw < 0.15 ? undefined : prng.between(1_000, 40_000);
  const cancelledAfterMs = prng.chance(0.15) ? prng.between(500, 60_000) : undefined;
  const shippedAfterMs = importedAfterMs === undefined || cancelledAfterMs !== undefined || prng.chance(0.4) ? undefined : importedAfterMs + prng.between(1_000, 20_000);
  const returnedAfterMs = shippedAfterMs !== undefined && prng.chance(0.25) ? shippedAfterMs + prng.between(1_000, 20_000) : undefined;
  return { importedAfterMs, cancelledAfterMs, shippedAfterMs, returnedAfterMs, channelLagMs: prng.between(0, 15_000) };
}
