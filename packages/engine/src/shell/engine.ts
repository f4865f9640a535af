import type { WebhookRequest } from '@stockwright/adapter';
import {
  instantFromMs, StockwrightError, type Availability, type AvailabilityKey, type ChannelId, type Explanation, type HoldChange, type HoldDecision, type HoldRequest, type HoldSettlement, type Instant,
  type Observation, type Sku, type SourceId,
} from '@stockwright/core';
import type { EventEmitter } from 'eventemitter3';
import { refuseUnsoundHold } from '../brain/hold-edge.ts';
import type { HoldUnit } from '../brain/holds.ts';
import { refuseUnsoundKeys } from '../brain/key-edge.ts';
import type { OperatorCommand } from '../brain/operator.ts';
import { hostTransactionOf } from '../brain/options-edge.ts';
import { projectMark, readLevelsMark, readOrderMark, readOrdersMark, readSourceMark } from '../brain/work.ts';
import { storable, type CommitOptions, type Mark } from '../ports/index.ts';
import { followChanges, readChanges, readTargets, tellUntold, type ChangesPage, type ChangesRequest, type FollowRequest, type TargetNow } from './changes.ts';
import { commitInside } from './commit-units.ts';
import { runtimeOf, type EngineOptions, type FullRuntime } from './compose.ts';
import { doubtAfterEpoch } from './doubt.ts';
import { drainShard } from './drain.ts';
import { readHealth, type EngineHealth } from './health.ts';
import { ingest } from './ingest.ts';
import { loadPauses, operate } from './operate.ts';
import { recordPolicy } from './policy-record.ts';
import { lookAtPositions } from './projector.ts';
import { requestRead } from './request-read.ts';
import { commitSafely, storeNow, wakeFor, type EngineEvents, type Runtime } from './runtime.ts';
import { readStatus, type EngineStatus } from './status.ts';
import { sweep } from './sweep.ts';
import { Turn } from './turn.ts';

/** How a webhook is to be answered. @public */
export interface WebhookAnswer {
  readonly httpStatus: 200 | 400 | 401;
  readonly reason?: string;
}

/** The sync engine. @public */
export interface Engine {
  readonly events: EventEmitter<EngineEvents>;
  /** Lays out the store, marks everything for a first look and begins to work. Twice is once; what failed may be tried again. @throws `ABORTED` after a stop, also after one that came meanwhile. */
  start(): Promise<void>;
  /**
   * Claims nothing more, lets the call under way on each account end, returns the claims that were not used, and leaves
   * no timer behind. The store stays open.
   *
   * @param options - `graceMs`: after so many milliseconds calls under way are told to end, and a quarter of a second
   *   later they are given up, whatever their adapters do; by default they have until their deadline. A write that was
   *   given up may have been made, and is treated so.
   */
  stop(options?: { readonly graceMs?: number }): Promise<void>;
  /**
   * Takes observations in. Telling the same again changes nothing. Calls that come while a commit is under way share the next one.
   *
   * @param options - `tx`: a transaction of the host's own that everything becomes part of, where the store can join one.
   * @throws `INVALID_INPUT` with the path for what is no observation, a quantity that the sku cannot have, or what is dated further ahead of the store's clock than `times.aheadMs`.
   */
  ingest(observations: readonly Observation[], options?: CommitOptions): Promise<void>;
  /**
   * Decides about a hold in the commit that places it, so that the last unit is held once. The same id again changes
   * the hold that is there; what it claims already does not stand in its way.
   *
   * @param request - See `parseHoldRequest` for one from JSON.
   * @throws `INVALID_INPUT` with a path for what is no request, an unknown channel or sku, a quantity that is not greater than zero, or a hold that was released or converted.
   * @example
   * ```ts
   * const { status } = await engine.hold({ id: 'cart-1', channel, expiresAt, grant: 'all', lines: [{ sku, quantity: 1 }] });
   * ```
   */
  hold(request: HoldRequest, options?: CommitOptions): Promise<HoldDecision>;
  /** Lets a live hold last longer. @throws `INVALID_INPUT` for a hold that is not there. */
  extendHold(holdId: string, until: Instant, options?: CommitOptions): Promise<HoldChange>;
  /**
   * The hold was paid for and is an order now. It goes on claiming its units until the order is in the books. One that has
   * expired is asked for again, all or nothing. @throws `INVALID_INPUT` for a hold that is not there.
   */
  convertHold(holdId: string, orderId: string, options?: CommitOptions): Promise<HoldSettlement>;
  /** Gives a hold up. @throws `INVALID_INPUT` for a hold that is not there. */
  releaseHold(holdId: string, options?: CommitOptions): Promise<HoldChange>;
  /** Checks a webhook and marks what it hints at; calls nobody, so it is quick. @throws `INVALID_INPUT` for a channel that is not there. */
  receive(channel: ChannelId, request: WebhookRequest): Promise<WebhookAnswer>;
  /** Computes a number from the ledger as it stands now. @throws `INVALID_INPUT` for an unknown channel or sku. */
  compute(key: AvailabilityKey): Promise<Availability>;
  /** Computes many numbers as of one moment, in the order of the keys: one read of the store, however many. @throws `INVALID_INPUT` for an unknown channel or sku. */
  computeMany(keys: readonly AvailabilityKey[]): Promise<readonly Availability[]>;
  /** The same number with every step. @throws `INVALID_INPUT` for an unknown channel or sku. */
  explain(key: AvailabilityKey): Promise<Explanation>;
  /**
   * The numbers that changed after a cursor that the host keeps, in an order in which nothing is skipped, each at least once; also those
   * that other processes changed, and that changed while the host was not there.
   *
   * @param request - The cursor of the last page that was dealt with, and how many changes are wanted.
   * @returns The changes, or word that everything has to be read anew: at the first time, after a failover, and where the changes since are
   *   not kept any more. With it the cursor to go on from.
   * @throws `INVALID_INPUT` with the path of what is no cursor; `UNSUPPORTED` where the engine was composed with `feed: false`.
   * @example
   * ```ts
   * const { status, cursor } = await engine.changes();
   * status; // => 'readAnew'
   * (await engine.changes({ after: cursor })).status; // => 'changes'
   * ```
   */
  changes(request?: ChangesRequest): Promise<ChangesPage>;
  /**
   * The same as pages that come as soon as there is something to deal with, until the signal fires or the engine stops. Keep the cursor of
   * a page once you have dealt with it, and begin there the next time. Where the store is away the iteration fails; begin it anew.
   *
   * @throws `INVALID_INPUT` as {@link Engine.changes}.
   */
  followChanges(request?: FollowRequest): AsyncIterable<ChangesPage>;
  /** What every channel is to show now: what a host reads that has to read everything anew. Whatever changes meanwhile comes after the cursor that it had before. */
  targets(): AsyncIterable<TargetNow>;
  /** What is out of sync, for how long and why; what failed, and what nobody could place. */
  status(): Promise<EngineStatus>;
  /** For probes: whether the process is alive, whether it is ready, and how each channel is doing. Never rejects, and waits two seconds at most for the store. */
  health(): Promise<EngineHealth>;
  /**
   * Does what an operator asks for, and writes down who asked. The same verbs can be written into the table
   * `operatorCommand` by another process.
   *
   * @returns What was done, in a sentence.
   * @throws `INVALID_INPUT` where the command is none, says nobody who asks, or names what is not there.
   */
  operate(command: OperatorCommand, by: { readonly requestedBy: string }): Promise<string>;
  /** Reads a source, a channel's orders or its numbers at the next opportunity, without waiting for the poll. @throws `INVALID_INPUT` for a source or channel that is not there. */
  requestRead(what: { readonly source: SourceId; readonly full?: boolean } | { readonly channel: ChannelId; readonly what: 'orders' | 'levels' }): Promise<void>;
}

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
  const { calculator } = runtime.settings;
  let sweeping: Promise<void> | undefined;
  let starting: Promise<void> | undefined;

  const begin = async (): Promise<void> => {
    // Before anything changes: an engine that tells of no change says at least that.
    const silence = runtime.keepsFeed ? [] : [() => tellUntold(runtime)];
    const prepare = [() => runtime.store.migrate(), () => storeNow(runtime), () => doubtAfterEpoch(runtime), () => loadPauses(runtime), ...silence];
    for (const step of prepare) {
      await step();
      refuseStopped(runtime);
    }
    if (sweeping === undefined) {
      await runtime.dispatcher.start((shard) => drainShard(runtime, shard));
      refuseStopped(runtime);
      sweeping = sweep(runtime);
    }
    await markEverything(runtime);
  };

  const ask = async (keys: readonly AvailabilityKey[], path: (index: number) => readonly (string | number)[] = () => []) => {
    refuseUnsoundKeys(keys, path);
    const skus = new Set(keys.map(({ sku }) => sku));
    const { reader, nowMs } = await lookAtPositions(runtime, [...new Set([...skus].flatMap((sku) => calculator.readsOf(sku)))]);
    return { reader, moment: { asOf: instantFromMs(nowMs) } };
  };

  return {
    events: runtime.events,
    start: () => {
      if (runtime.signal.aborted) return Promise.reject(stopped());
      starting ??= begin().catch((error: unknown) => {
        // It may be tried again, and goes on where it failed.
        starting = undefined;
        throw error;
      });
      return starting;
    },
    stop: (how = {}) => stop(runtime, { ...how, begun: async () => {
      await starting?.catch(() => undefined);
      return { sweeping };
    } }),
    ingest: (observations, how) => ingest(runtime, observations, how),
    hold: (request, how) => held(runtime, { kind: 'hold', request }, how) as Promise<HoldDecision>,
    extendHold: (holdId, until, how) => held(runtime, { kind: 'extend', holdId, until }, how) as Promise<HoldChange>,
    convertHold: (holdId, orderId, how) => held(runtime, { kind: 'convert', holdId, orderId }, how) as Promise<HoldSettlement>,
    releaseHold: (holdId, how) => held(runtime, { kind: 'release', holdId }, how) as Promise<HoldChange>,
    receive: (channel, request) => receive(runtime, channel, request),
    compute: async (key) => {
      const { reader, moment } = await ask([key]);
      return calculator.compute(key, reader, moment);
    },
    computeMany: async (keys) => {
      const { reader, moment } = await ask(keys, (index) => [index]);
      return calculator.computeMany(keys, reader, moment);
    },
    explain: async (key) => {
      const { reader, moment } = await ask([key]);
      return calculator.explain(key, reader, moment);
    },
    changes: (request) => readChanges(runtime, request),
    followChanges: (request) => followChanges(runtime, request),
    targets: () => readTargets(runtime),
    status: () => readStatus(runtime),
    health: () => readHealth(runtime),
    operate: (command, by) => operate(runtime, command, by),
    requestRead: (what) => requestRead(runtime, what),
  };
}

function stopped(): StockwrightError {
  return new StockwrightError('The engine was stopped; compose another one on the same store.', { code: 'ABORTED' });
}

/** Between two steps of the start. @throws `ABORTED` after a stop. */
function refuseStopped({ signal }: Runtime): void {
  if (signal.aborted) throw stopped();
}

/** Stops what the start has begun, once that has come to its end. */
async function stop({ stopping, giveUp, dispatcher, clock, committer }: FullRuntime, { graceMs, begun }: { readonly graceMs?: number; readonly begun: () => Promise<{ readonly sweeping: Promise<void> | undefined }> }): Promise<void> {
  stopping.abort();
  const ended = new AbortController();
  if (graceMs !== undefined) clock.sleep(graceMs, ended.signal).then(() => { giveUp.abort(); }, () => undefined);
  const { sweeping } = await begun();
  try {
    await dispatcher.stop();
  } finally {
    // Also where the dispatcher fails: what is ours ends in order, and the host hears of it afterwards.
    await sweeping;
    await committer.idle();
    ended.abort();
  }
}

/** One step of a hold, in the next commit or inside the host's own. */
async function held(runtime: Runtime, unit: HoldUnit, options?: CommitOptions): Promise<unknown> {
  refuseUnsoundHold(unit);
  const tx = hostTransactionOf(options);
  if (tx === undefined) {
    const outcome = await runtime.committer.submit(unit);
    return outcome.status === 'decided' ? outcome.answer : undefined;
  }
  const { outcomes: [outcome] } = await commitInside(runtime, [unit], { tx });
  if (outcome?.status === 'failed') throw outcome.error;
  return outcome?.status === 'decided' ? outcome.answer : undefined;
}

async function mark(runtime: Runtime, marks: readonly Mark[]): Promise<void> {
  await commitSafely(runtime, { commitId: runtime.random.uuid(), expect: [], write: [], marks });
  wakeFor(runtime, marks);
}

/** At the start every sku is looked at, every source and channel read: what happened while nobody worked is found. */
async function markEverything(runtime: FullRuntime): Promise<void> {
  const nowMs = await runtime.store.now();
  const { version } = runtime.policy;
  await recordPolicy(runtime, nowMs);
  const marks: Mark[] = [
    ...[...runtime.sources.keys()].map((source) => readSourceMark(source, nowMs, 'start')),
    ...[...runtime.channels.keys()].flatMap((channel) => [readOrdersMark(channel, nowMs, 'start'), readLevelsMark(channel, nowMs, 'start')]),
    ...[...runtime.settings.catalog.items.keys()].map((sku: Sku) => projectMark(sku, nowMs, `policy ${version}`)),
  ];
  const turn = new Turn(runtime.clock);
  for (let from = 0; from < marks.length && !runtime.signal.aborted; from += MARKS_PER_COMMIT) {
    await mark(runtime, marks.slice(from, from + MARKS_PER_COMMIT));
    if (turn.isOver) await turn.giveWay();
  }
}

async function receive(runtime: Runtime, channel: ChannelId, request: WebhookRequest): Promise<WebhookAnswer> {
  const settings = runtime.channels.get(channel);
  if (settings === undefined) throw new StockwrightError(`There is no channel ${String(channel)}; there are ${[...runtime.channels.keys()].join(', ')}.`, { code: 'INVALID_INPUT' });
  const result = settings.adapter.receive(request);
  if (result.status === 'refused') return { httpStatus: result.httpStatus, reason: result.reason };
  const nowMs = await runtime.store.now();
  const inbox = { table: 'inbox' as const, key: { origin: channel, messageId: storable(result.messageId) } };
  // A level hint says no more than the next read-back will find, and most are echoes of our own writes.
  const marks = result.hints.flatMap((hint) => (hint.kind === 'order' ? [readOrderMark(channel, storable(hint.orderId), { nowMs, cause: 'webhook' })] : []));
  const committed = await commitSafely(runtime, { commitId: runtime.random.uuid(), expect: [{ ...inbox, version: 0 }], write: [{ ...inbox, set: { receivedAtMs: nowMs } }], marks });
  if (committed.status === 'committed') wakeFor(runtime, marks);
  return { httpStatus: 200 };
}
