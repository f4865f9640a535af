import type { AvailabilityChannel, Clock, InventorySource, Logger, Random, WebhookRequest } from '@stockwright/adapter';
import {
  createAvailability, instantFromMs, StockwrightError, type Availability, type AvailabilityKey, type Catalog, type ChannelId, type ContainmentWay, type Explanation,
  type Observation, type Policy, type Sku, type SourceId,
} from '@stockwright/core';
import { EventEmitter } from 'eventemitter3';
import { unfedBy } from '../brain/policy-reads.ts';
import { bookingRules, ownerLookup, type Ownership } from '../brain/settings.ts';
import { channelShard, PROJECT_SHARD, projectMark, readLevelsMark, readOrderMark, readOrdersMark, readSourceMark, sourceShard } from '../brain/work.ts';
import type { Dispatcher, DrainResult, Mark, Store } from '../ports/index.ts';
import { drainChannel } from './channel-worker.ts';
import { Committer } from './committer.ts';
import { createInProcessDispatcher } from './in-process-dispatcher.ts';
import { ingest } from './ingest.ts';
import { drainProjector, loadPositions } from './projector.ts';
import { commitSafely, messageOf, wakeFor, type ChannelSettings, type EngineEvents, type EngineTimes, type Runtime, type SourceSettings } from './runtime.ts';
import { drainSource } from './source-worker.ts';
import { readStatus, type EngineStatus } from './status.ts';
import { StoreClock } from './store-clock.ts';

/** A source, and how often it is read. @public */
export interface SourceOptions {
  readonly adapter: InventorySource;
  /** How often changed rows are read, in milliseconds; five minutes where absent. */
  readonly pollMs?: number;
  /** How often everything is read, in milliseconds; a day where absent. */
  readonly fullReadMs?: number;
  /** How the source tells which orders its figures contain; by reference where it acknowledges, never with a lag of zero otherwise. */
  readonly containment?: ContainmentWay;
}

/** A channel, and how often it is read. @public */
export interface ChannelOptions {
  readonly adapter: AvailabilityChannel;
  /** How often changed orders are read besides the webhooks, in milliseconds; five minutes where absent. */
  readonly ordersPollMs?: number;
  /** How often all its numbers are read back, in milliseconds; an hour where absent. */
  readonly readBackMs?: number;
}

/** What an engine is composed of. @public */
export interface EngineOptions {
  readonly store: Store;
  readonly catalog: Catalog;
  readonly policy: Policy;
  readonly sources: readonly SourceOptions[];
  readonly channels: readonly ChannelOptions[];
  readonly owners: readonly Ownership[];
  readonly clock: Clock;
  readonly random: Random;
  readonly logger?: Logger;
  /** In process where absent. */
  readonly dispatcher?: Dispatcher;
  /** How long a claim is leased, a call may take, and how often lost wakes are looked for. */
  readonly times?: Partial<EngineTimes>;
}

/** How a webhook is to be answered. @public */
export interface WebhookAnswer {
  readonly httpStatus: 200 | 400 | 401;
  readonly reason?: string;
}

/** The sync engine. @public */
export interface Engine {
  readonly events: EventEmitter<EngineEvents>;
  /** Lays out the store, marks everything for a first look and begins to work. */
  start(): Promise<void>;
  /** Claims nothing more, lets the call under way on each account end (by its deadline at the latest), and leaves no timer behind. The store stays open. */
  stop(): Promise<void>;
  /** Takes observations in. Telling the same again changes nothing. @throws `INVALID_INPUT` for a quantity that the sku cannot have. */
  ingest(observations: readonly Observation[]): Promise<void>;
  /** Checks a webhook and marks what it hints at; calls nobody, so it is quick. @throws `INVALID_INPUT` for a channel that is not there. */
  receive(channel: ChannelId, request: WebhookRequest): Promise<WebhookAnswer>;
  /** Computes a number from the ledger as it stands now. @throws `INVALID_INPUT` for an unknown channel or sku. */
  compute(key: AvailabilityKey): Promise<Availability>;
  /** The same number with every step. @throws `INVALID_INPUT` for an unknown channel or sku. */
  explain(key: AvailabilityKey): Promise<Explanation>;
  /** What is out of sync, for how long and why; what failed, and what nobody could place. */
  status(): Promise<EngineStatus>;
  /** Reads a source, a channel's orders or its numbers at the next opportunity, without waiting for the poll. */
  requestRead(what: { readonly source: SourceId; readonly full?: boolean } | { readonly channel: ChannelId; readonly what: 'orders' | 'levels' }): Promise<void>;
}

const MINUTE_MS = 60_000;
const SILENT: Logger = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
/** How many marks one commit carries at the start. */
const MARKS_PER_COMMIT = 1_000;

/**
 * Composes an engine.
 *
 * @throws `INVALID_CONFIGURATION` where two sources own one measure, an owner or a channel of the policy is not there,
 *   or an adapter speaks another version of the contract.
 * @public
 */
export function createEngine(options: EngineOptions): Engine {
  const runtime = runtimeOf(options);
  const stopping = runtime.stopping;
  let sweeping: Promise<void> = Promise.resolve();
  const calculator = runtime.settings.calculator;

  const ask = async (key: AvailabilityKey) => {
    const { reader } = await loadPositions(runtime, calculator.readsOf(key.sku));
    return { reader, moment: { asOf: instantFromMs(await runtime.store.now()) } };
  };

  return {
    events: runtime.events,
    start: async () => {
      await runtime.store.migrate();
      await runtime.dispatcher.start((shard) => drainShard(runtime, shard));
      await markEverything(runtime);
      sweeping = sweep(runtime);
    },
    stop: async () => {
      stopping.abort();
      await runtime.dispatcher.stop();
      await sweeping;
    },
    ingest: (observations) => ingest(runtime, observations),
    receive: (channel, request) => receive(runtime, channel, request),
    compute: async (key) => {
      const { reader, moment } = await ask(key);
      return calculator.compute(key, reader, moment);
    },
    explain: async (key) => {
      const { reader, moment } = await ask(key);
      return calculator.explain(key, reader, moment);
    },
    status: () => readStatus(runtime),
    requestRead: async (what) => {
      const nowMs = await runtime.store.now();
      if ('source' in what) await mark(runtime, [readSourceMark(what.source, nowMs, 'asked for')], what.full === true ? what.source : undefined);
      else await mark(runtime, [what.what === 'orders' ? readOrdersMark(what.channel, nowMs, 'asked for') : readLevelsMark(what.channel, nowMs, 'asked for')]);
    },
  };
}

type FullRuntime = Runtime & { readonly stopping: AbortController; readonly events: EventEmitter<EngineEvents>; readonly policy: Policy };

function runtimeOf(options: EngineOptions): FullRuntime {
  const { catalog, policy, clock, random, store } = options;
  const sources = new Map<SourceId, SourceSettings>();
  for (const { adapter, pollMs = 5 * MINUTE_MS, fullReadMs = 24 * 60 * MINUTE_MS } of options.sources) sources.set(adapter.id, { adapter, pollMs, fullReadMs });
  const channels = new Map<ChannelId, ChannelSettings>();
  for (const { adapter, ordersPollMs = 5 * MINUTE_MS, readBackMs = 60 * MINUTE_MS } of options.channels) channels.set(adapter.id, { adapter, ordersPollMs, readBackMs });
  checkComposition(options, sources, channels);
  const ways = options.sources.map(({ adapter, containment }) =>
    [adapter.id, containment ?? (adapter.capabilities.acknowledgements ? { way: 'reference' as const } : { way: 'never' as const, shipLagMs: 0 })] as const);
  const events = new EventEmitter<EngineEvents>();
  const stopping = new AbortController();
  const storeClock = new StoreClock(clock);
  const runtime: Omit<FullRuntime, 'committer'> = {
    store, clock, storeClock, random, policy, sources, channels, events, stopping,
    logger: options.logger ?? SILENT,
    dispatcher: options.dispatcher ?? createInProcessDispatcher({ clock: storeClock }),
    settings: {
      catalog, calculator: createAvailability({ policy, catalog }),
      booking: bookingRules(ways, policy.returns), ownerOf: ownerLookup(options.owners),
    },
    times: { leaseMs: MINUTE_MS, callTimeoutMs: 30_000, sweepMs: 10_000, ...options.times },
    signal: stopping.signal,
    calls: new AbortController().signal,
    emit: (name, ...payload) => {
      // The emitter's own types cannot follow one name through a generic call; the pair was checked at the caller.
      (events.emit as (name: string, ...payload: readonly unknown[]) => boolean).call(events, name, ...payload);
    },
  };
  const full: FullRuntime = { ...runtime, committer: { submit: (unit, call) => committer.submit(unit, call) } };
  const committer = new Committer(full);
  return full;
}

function checkComposition(options: EngineOptions, sources: ReadonlyMap<SourceId, SourceSettings>, channels: ReadonlyMap<ChannelId, ChannelSettings>): void {
  const { policy, owners } = options;
  const refuse = (message: string): never => {
    throw new StockwrightError(message, { code: 'INVALID_CONFIGURATION' });
  };
  for (const [what, adapters] of [['sources', options.sources], ['channels', options.channels]] as const) {
    const ids = adapters.map(({ adapter }): string => adapter.id);
    const twice = ids.find((id, index) => ids.indexOf(id) !== index);
    if (twice !== undefined) refuse(`Two ${what} are called ${twice}. Give each account an id of its own.`);
    const other = adapters.find(({ adapter: { contractVersion } }) => (contractVersion as string) !== 'v1');
    if (other !== undefined) refuse(`The adapter of ${other.adapter.id} speaks contract ${other.adapter.contractVersion}, and this engine speaks v1. Update the older of the two.`);
  }
  for (const { source } of owners) {
    if (!sources.has(source)) refuse(`Source ${source} owns measures and is not among the engine's sources: ${[...sources.keys()].join(', ') || 'there are none'}.`);
  }
  const unfed = unfedBy(policy);
  if (unfed !== undefined) refuse(`Policy ${policy.version}, ${unfed}: this engine does not keep what that is computed from. Leave it out, or compute with @stockwright/core and your own figures.`);
  const listed = new Map(policy.channels.map((channel) => [channel.id, channel]));
  for (const { adapter } of channels.values()) {
    const channel = listed.get(adapter.id);
    if (channel === undefined) return refuse(`Channel ${adapter.id} has an adapter and is not in policy ${policy.version}, which lists ${[...listed.keys()].join(', ')}.`);
    if ((channel.publish === 'perLocation') !== adapter.capabilities.locations) {
      refuse(`Channel ${adapter.id} ${adapter.capabilities.locations ? 'keeps numbers per location' : 'keeps one number'}, and policy ${policy.version} publishes ${channel.publish}. Set publish to ${adapter.capabilities.locations ? 'perLocation' : 'total'}.`);
    }
  }
}

/** Works off a shard and says when it has work again. A failure is logged and the sweep finds the work. */
async function drainShard(runtime: Runtime, shard: string): Promise<DrainResult> {
  try {
    if (shard === PROJECT_SHARD) await drainProjector(runtime);
    else {
      for (const source of runtime.sources.keys()) if (shard === sourceShard(source)) await drainSource(runtime, source);
      for (const channel of runtime.channels.keys()) if (shard === channelShard(channel)) return await withNext(runtime, shard, await drainChannel(runtime, channel));
    }
    return await withNext(runtime, shard, {});
  } catch (error) {
    runtime.logger.error({ shard, error: messageOf(error) }, 'a shard could not be worked off; the sweep tries again');
    runtime.emit('shard-failed', { shard, error: messageOf(error), atMs: runtime.clock.now() });
    return { againAtMs: runtime.storeClock.now() + runtime.times.sweepMs };
  }
}

async function withNext({ store, signal }: Runtime, shard: string, result: DrainResult): Promise<DrainResult> {
  if (signal.aborted) return result;
  const due = (await store.dirtyShards(1_000)).find((dirty) => dirty.shard === shard);
  if (result.againAtMs === undefined) return due === undefined ? {} : { againAtMs: due.nextDueMs };
  // Work that is due now waits for what keeps it; work that comes due before that does not.
  return { againAtMs: due === undefined || due.nextDueMs <= (await store.now()) ? result.againAtMs : Math.min(result.againAtMs, due.nextDueMs) };
}

/** Lost wakes are found here. */
async function sweep(runtime: Runtime): Promise<void> {
  const { store, dispatcher, clock, storeClock, signal, times, logger } = runtime;
  while (!signal.aborted) {
    try {
      const nowMs = await store.now();
      storeClock.heard(nowMs);
      // What is due is woken without a moment, which a dispatcher with another clock could take for later.
      for (const { shard, nextDueMs } of await store.dirtyShards(1_000)) dispatcher.wake(shard, nextDueMs <= nowMs ? undefined : nextDueMs);
    } catch (error) {
      logger.error({ error: messageOf(error) }, 'sweep failed');
    }
    // Also after a failure: a store that is away is not asked without end. Called off when the engine stops.
    await clock.sleep(times.sweepMs, signal).catch(() => undefined);
  }
}

async function mark(runtime: Runtime, marks: readonly Mark[], fullReadOf?: SourceId): Promise<void> {
  const write = fullReadOf === undefined ? [] : [{ table: 'cursor' as const, key: { origin: fullReadOf, name: 'full' }, set: { lastSuccessMs: 0 } }];
  await commitSafely(runtime, { commitId: runtime.random.uuid(), expect: [], write, marks });
  wakeFor(runtime, marks);
}

/** At the start every sku is looked at, every source and channel read: what happened while nobody worked is found. */
async function markEverything(runtime: FullRuntime): Promise<void> {
  const nowMs = await runtime.store.now();
  runtime.storeClock.heard(nowMs);
  const { version } = runtime.policy;
  // The first activation of a version stays; a conflict says that it is there.
  await commitSafely(runtime, {
    commitId: runtime.random.uuid(), expect: [{ table: 'policy', key: { version }, version: 0 }], marks: [],
    write: [{ table: 'policy', key: { version }, set: { body: JSON.stringify(runtime.policy), activatedAtMs: nowMs } }],
  });
  const marks: Mark[] = [
    ...[...runtime.sources.keys()].map((source) => readSourceMark(source, nowMs, 'start')),
    ...[...runtime.channels.keys()].flatMap((channel) => [readOrdersMark(channel, nowMs, 'start'), readLevelsMark(channel, nowMs, 'start')]),
    ...[...runtime.settings.catalog.items.keys()].map((sku: Sku) => projectMark(sku, nowMs, `policy ${version}`)),
  ];
  for (let from = 0; from < marks.length; from += MARKS_PER_COMMIT) await mark(runtime, marks.slice(from, from + MARKS_PER_COMMIT));
}

async function receive(runtime: Runtime, channel: ChannelId, request: WebhookRequest): Promise<WebhookAnswer> {
  const settings = runtime.channels.get(channel);
  if (settings === undefined) throw new StockwrightError(`There is no channel ${channel}; there are ${[...runtime.channels.keys()].join(', ')}.`, { code: 'INVALID_INPUT' });
  const result = settings.adapter.receive(request);
  if (result.status === 'refused') return { httpStatus: result.httpStatus, reason: result.reason };
  const nowMs = await runtime.store.now();
  const inbox = { table: 'inbox' as const, key: { origin: channel, messageId: result.messageId } };
  // A level hint says no more than the next read-back will find, and most are echoes of our own writes.
  const marks = result.hints.flatMap((hint) => (hint.kind === 'order' ? [readOrderMark(channel, hint.orderId, { nowMs, cause: 'webhook' })] : []));
  const committed = await commitSafely(runtime, { commitId: runtime.random.uuid(), expect: [{ ...inbox, version: 0 }], write: [{ ...inbox, set: { receivedAtMs: nowMs } }], marks });
  if (committed.status === 'committed') wakeFor(runtime, marks);
  return { httpStatus: 200 };
}
