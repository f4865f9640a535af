import type { CallKind } from '@stockwright/adapter';
import type { ChannelId, OrderObservation } from '@stockwright/core';
import { nextTryMs } from '../brain/retry.ts';
import { channelShard, readOrdersMark } from '../brain/work.ts';
import type { Claim, DrainResult, Mark, WorkKind } from '../ports/index.ts';
import { ingestRead } from './ingest.ts';
import { drainProjector } from './projector.ts';
import { failReads, readChangedOrders } from './order-reader.ts';
import { pushClaims } from './push-worker.ts';
import { readBack } from './read-back.ts';
import { Lease } from './lease.ts';
import { eachPage } from './pages.ts';
import { called, limitName, wakeFor, type ChannelSettings, type Runtime } from './runtime.ts';

/** How many orders one read by id asks for. */
const ORDERS_PER_READ = 50;
/** In one of so many rounds each kind of work has its turn, and of the writes the oldest, so that nothing urgent keeps the rest waiting for ever. */
const FAIR_EVERY = 4;
/** After so many rounds a channel lets others go on, where a dispatcher works on fewer shards at once than there are. */
const ROUNDS_PER_DRAIN = 20;
/** How often an order that the channel does not know is asked for again. */
const UNKNOWN_ORDER_TRIES = 3;

/**
 * Works off one channel, one call at a time: first what its orders say, then what follows for its numbers, then the
 * writes, and the read-back last. Now and then what comes first does not keep the rest waiting: a channel that sells without
 * a pause still has to be told numbers, and one whose numbers move without a pause still has to be read back.
 */
export async function drainChannel(runtime: Runtime, channel: ChannelId): Promise<DrainResult> {
  const settings = runtime.channels.get(channel);
  if (settings === undefined) return {};
  const { adapter: { capabilities: { publishBatchMax, publishRate } } } = settings;
  const linesMax = Math.max(1, Math.min(publishBatchMax, Math.floor(publishRate?.capacity ?? publishBatchMax)));
  const lanes = new Lanes(runtime, settings);
  for (let round = 1; ; round += 1) {
    if (runtime.signal.aborted) return {};
    if (round > ROUNDS_PER_DRAIN) return { againAtMs: 0 };
    let { kinds: due } = await runtime.store.dueWork(channelShard(channel));
    lanes.newRound();
    const fair = isFair(runtime, channel);
    const orders = due.includes('readOrder') && (await lanes.open('readOrdersById')) ? await claim(runtime, channel, { kind: 'readOrder', limit: ORDERS_PER_READ }) : [];
    if (orders.length > 0) await readOrdersById(runtime, settings, orders);
    const [poll] = due.includes('readOrders') && (await lanes.open('readOrders')) ? await claim(runtime, channel, { kind: 'readOrders', limit: 1 }) : [];
    if (poll !== undefined) await pollOrders(runtime, settings, poll);
    const hasRead = orders.length > 0 || poll !== undefined;
    if (hasRead && !fair) continue;
    if (await drainProjector(runtime)) ({ kinds: due } = await runtime.store.dueWork(channelShard(channel)));
    if (fair && due.includes('readLevels') && (await readBackOnce(runtime, settings, lanes))) continue;
    if (due.includes('push') && (await lanes.open('publish'))) {
      const pushes = await claim(runtime, channel, { kind: 'push', limit: linesMax, order: fair ? 'age' : 'urgency' });
      if (pushes.length > 0 && !(await pushClaims(runtime, settings, pushes))) return lanes.again();
      if (pushes.length > 0) continue;
    }
    if (!hasRead && !(due.includes('readLevels') && (await readBackOnce(runtime, settings, lanes)))) return lanes.again();
  }
}

/** Counted over all drains of a channel, since many end early, and from anywhere at first: a process may not live for so many rounds. */
function isFair({ rounds, random }: Runtime, channel: ChannelId): boolean {
  const round = (rounds.get(channel) ?? Math.floor(random.next() * FAIR_EVERY)) + 1;
  rounds.set(channel, round);
  return round % FAIR_EVERY === 0;
}

/** Reads all numbers back, where that is due. @returns Whether it was. */
async function readBackOnce(runtime: Runtime, settings: ChannelSettings, lanes: Lanes): Promise<boolean> {
  if (!(await lanes.open('readLevels'))) return false;
  const [levels] = await claim(runtime, settings.adapter.id, { kind: 'readLevels', limit: 1 });
  if (levels === undefined) return false;
  await readBack(runtime, settings, levels);
  return true;
}

/** The kinds of call of one channel; each waits only for the vendor's limit that it draws on. */
class Lanes {
  private readonly runtime: Runtime;
  private readonly adapter: ChannelSettings['adapter'];
  private againAtMs = Number.POSITIVE_INFINITY;
  /** What was found out in this round, by limit: several kinds of call may draw on one. */
  private readonly asked = new Map<string, boolean>();

  constructor(runtime: Runtime, { adapter }: ChannelSettings) {
    this.runtime = runtime;
    this.adapter = adapter;
  }

  /** Whether calls of a kind may go out now. */
  async open(kind: CallKind): Promise<boolean> {
    const { store } = this.runtime;
    const { account, capabilities } = this.adapter;
    if (kind === 'publish' && this.runtime.paused.has(channelShard(this.adapter.id))) {
      this.againAtMs = Math.min(this.againAtMs, (await store.now()) + this.runtime.times.sweepMs);
      return false;
    }
    const limit = limitName(account, capabilities.limits[kind]);
    const known = this.asked.get(limit);
    if (known !== undefined) return known;
    const paused = await store.takeBudget(limit, 0, capabilities.publishRate ?? { capacity: 1, refillPerSecond: 1 });
    this.asked.set(limit, paused.ok);
    if (paused.ok) return true;
    this.againAtMs = Math.min(this.againAtMs, (await store.now()) + paused.waitMs);
    return false;
  }

  /** What a limit allows is asked anew: a call that was made meanwhile may have been told to wait. */
  newRound(): void {
    this.asked.clear();
  }

  /** When a lane that was closed is worth another look. */
  again(): DrainResult {
    return this.againAtMs === Number.POSITIVE_INFINITY ? {} : { againAtMs: this.againAtMs };
  }
}

async function claim(runtime: Runtime, channel: ChannelId, { kind, limit, order }: { kind: WorkKind; limit: number; order?: 'urgency' | 'age' }): Promise<readonly Claim[]> {
  return runtime.store.claim({ shard: channelShard(channel), kinds: [kind], limit, ...(order === undefined ? {} : { order }), leaseMs: runtime.times.leaseMs, worker: `${channel} worker` });
}

/** What was read before a read failed is done; only the rest is asked for again. */
async function readOrdersById(runtime: Runtime, { adapter }: ChannelSettings, claims: readonly Claim[]): Promise<void> {
  const told = new Set<string>();
  const take = async (items: readonly OrderObservation[]): Promise<void> => {
    await ingestRead(runtime, items);
    for (const { orderId } of items) told.add(orderId);
  };
  const done = (some: readonly Claim[]): Promise<unknown> => runtime.store.settle(some.map((each) => ({ claim: each, outcome: { status: 'done' } })));
  try {
    const request = { scope: 'ids', orderIds: claims.map(({ key }) => key) } as const;
    await eachPage(runtime, { origin: adapter.id, lease: new Lease(runtime, claims), take }, (page) => called(runtime, adapter, { writes: false, call: (context) => adapter.readOrders(request, page, context) }));
    await done(claims.filter(({ key, attempts }) => told.has(key) || attempts >= UNKNOWN_ORDER_TRIES));
    // A message may be quicker than what it speaks of; the poll finds what does not come within a few tries.
    const nowMs = await runtime.store.now();
    await runtime.store.settle(claims.filter(({ key, attempts }) => !told.has(key) && attempts < UNKNOWN_ORDER_TRIES).map((each) => ({
      claim: each, outcome: { status: 'retry', atMs: nextTryMs(nowMs, { attempts: each.attempts, random: runtime.random.next() }), reason: 'the channel does not know this order yet' },
    })));
  } catch (error) {
    await done(claims.filter(({ key }) => told.has(key)));
    await failReads(runtime, { origin: adapter.id, what: 'readOrdersById', claims: claims.filter(({ key }) => !told.has(key)), error });
  }
}

async function pollOrders(runtime: Runtime, { adapter, ordersPollMs }: ChannelSettings, poll: Claim): Promise<void> {
  const mark = async (): Promise<Mark> => readOrdersMark(adapter.id, (await runtime.store.now()) + ordersPollMs, 'poll');
  try {
    await readChangedOrders(runtime, adapter, new Lease(runtime, [poll]));
    const next = await mark();
    await runtime.store.settle([{ claim: poll, outcome: { status: 'done' }, marks: [next] }]);
    wakeFor(runtime, [next]);
  } catch (error) {
    await failReads(runtime, { origin: adapter.id, what: 'readOrders', claims: [poll], error });
  }
}
