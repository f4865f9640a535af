import type { EventEmitter } from 'eventemitter3';
import type { AvailabilityChannel, CallContext, Clock, InventorySource, Logger, Random } from '@stockwright/adapter';
import { instantFromMs, instantToMs, isStockwrightError, StockwrightError, type ChannelId, type LocationId, type Sku, type SourceId } from '@stockwright/core';
import type { Unit, UnitOutcome } from '../brain/batch.ts';
import type { Forgetting } from '../brain/retention.ts';
import type { BrainSettings } from '../brain/settings.ts';
import type { ChangeSet, CommitResult, Dispatcher, Mark, Store } from '../ports/index.ts';

/** What happens, as it happens. Payloads are plain data. @public */
export interface EngineEvents {
  'order-observed': (event: { readonly channel: ChannelId; readonly orderId: string; readonly revision: string; readonly atMs: number }) => void;
  'order-acknowledged': (event: { readonly source: SourceId; readonly channel: ChannelId; readonly orderId: string; readonly atMs: number }) => void;
  'positions-moved': (event: { readonly skus: readonly Sku[]; readonly cause: string; readonly atMs: number }) => void;
  'target-changed': (event: { readonly channel: ChannelId; readonly location: LocationId | ''; readonly sku: Sku; readonly previous: string | null; readonly want: string; /** Whether a push is owed; not where the channel's own sale brought it there. */ readonly owed: boolean; readonly atMs: number }) => void;
  /** The numbers of skus were computed from the positions as they are now, whether they changed or not. */
  'targets-computed': (event: { readonly skus: readonly Sku[]; readonly atMs: number }) => void;
  'published': (event: { readonly channel: ChannelId; readonly location: LocationId | ''; readonly sku: Sku; readonly quantity: string; readonly atMs: number; readonly dirtyForMs: number }) => void;
  /** A number turned out to be shown already: the shop's own sale, or somebody else, brought it there. */
  'push-not-owed': (event: { readonly channel: ChannelId; readonly location: LocationId | ''; readonly sku: Sku; readonly atMs: number }) => void;
  'publish-failed': (event: { readonly channel: ChannelId; readonly location: LocationId | ''; readonly sku: Sku; readonly status: string; readonly reason: string; readonly atMs: number }) => void;
  'drift-found': (event: { readonly channel: ChannelId; readonly location: LocationId | ''; readonly sku: Sku; readonly believed: string | null; readonly observed: string; readonly atMs: number }) => void;
  'source-read': (event: { readonly source: SourceId; readonly scope: string; readonly rows: number; readonly acknowledgements: number; readonly atMs: number }) => void;
  /** A worker could not go on with its shard; the sweep tries again. */
  'shard-failed': (event: { readonly shard: string; readonly error: string; readonly atMs: number }) => void;
  /** The store continues another history than before: every number is doubted once. */
  'epoch-changed': (event: { readonly epoch: string; readonly before: string; readonly atMs: number }) => void;
  /** An operator's command was done. */
  'operated': (event: { readonly verb: string; readonly subject: string; readonly requestedBy: string; readonly atMs: number }) => void;
  'read-failed': (event: { readonly origin: string; readonly what: string; readonly error: string; readonly atMs: number }) => void;
}

/** Times of one engine, in milliseconds. @public */
export interface EngineTimes {
  /** How long work is claimed for; a minute where absent. */
  readonly leaseMs: number;
  /** How long a call of an adapter may take; half a minute where absent. */
  readonly callTimeoutMs: number;
  /** How often lost wakes are looked for and operators heard; ten seconds where absent. */
  readonly sweepMs: number;
  /**
   * How far ahead of the store's clock a stock figure, a delta or a revision may be dated; an hour where absent. What is
   * dated later is refused: until that moment everything that is said after it would count as older. `Infinity` takes all.
   */
  readonly aheadMs: number;
}

/** A source as the shell works with it. */
export interface SourceSettings {
  readonly adapter: InventorySource;
  /** How often changed rows are read. */
  readonly pollMs: number;
  /** How often everything is read and compared with the ledger. */
  readonly fullReadMs: number;
}

/** A channel as the shell works with it. */
export interface ChannelSettings {
  readonly adapter: AvailabilityChannel;
  /** How often changed orders are read, besides the webhooks. */
  readonly ordersPollMs: number;
  /** How often all its numbers are read back. */
  readonly readBackMs: number;
}

/** Units of one call: where one is refused, those after it are not tried. */
export interface Call {
  failed?: { readonly error: unknown };
}

/** What came of a unit that was taken in. */
export type Outcome = Exclude<UnitOutcome, { status: 'failed' }>;

/** Puts what is asked for at the same time into one commit. */
export interface GroupCommit {
  submit(unit: Unit, call?: Call): Promise<Outcome>;
  /** Resolves once nothing is under way. */
  idle(): Promise<void>;
}

/** What the engine last noticed of itself. */
export interface Pulse {
  /** The store's clock less the host's. */
  skewMs: number;
  /** By the host's clock. */
  sweptAtMs: number | undefined;
  trouble: string | undefined;
  /** The history of which it has doubted what it believes of its channels. */
  epoch: string | undefined;
  /** The history that the store was last heard to be in, in which plans are made. */
  history: string | undefined;
  /** How many sweeps there were. */
  sweeps: number;
  /** How many tables have been tidied, so that each has its turn. */
  forgets: number;
}

/** Everything that the workers share. */
export interface Runtime {
  readonly committer: GroupCommit;
  readonly store: Store;
  readonly dispatcher: Dispatcher;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly settings: BrainSettings;
  readonly policyVersion: string;
  readonly times: EngineTimes;
  readonly sources: ReadonlyMap<SourceId, SourceSettings>;
  readonly channels: ReadonlyMap<ChannelId, ChannelSettings>;
  /** What operators have stopped, with the reason, as the last sweep found it. Scopes are the names of shards. */
  readonly paused: Map<string, string>;
  readonly pulse: Pulse;
  /** Whether who follows changes is told of them. */
  readonly keepsFeed: boolean;
  readonly events: EventEmitter<EngineEvents>;
  /** What is forgotten, and when. */
  readonly forgettings: readonly Forgetting[];
  /** How many rounds of work each channel had. */
  readonly rounds: Map<ChannelId, number>;
  /** Fires when the engine stops. */
  readonly signal: AbortSignal;
  /** What calls under way receive: they end by themselves or by their deadline, also when the engine stops. */
  readonly calls: AbortSignal;
  emit<Name extends keyof EngineEvents>(name: Name, ...payload: Parameters<EngineEvents[Name]>): void;
}

/** Why a claim comes back unused. */
export const STOPPED = 'the engine stops';

/** How often a commit whose answer was lost is repeated under the same id. */
export const UNKNOWN_COMMIT_TRIES = 3;

/**
 * Commits; where the answer is lost, asks again under the same id, so that nothing is applied twice.
 *
 * A change that names the history it was planned in is a conflict when it is asked again in another one, however that
 * differs: the line may have gone with what was read.
 */
export async function commitSafely({ store, logger }: Runtime, change: ChangeSet): Promise<CommitResult> {
  for (let tried = 1; ; tried += 1) {
    try {
      if (tried > 1 && change.epoch !== undefined && (await store.epoch()) !== change.epoch) return { status: 'conflict', failed: [] };
      return await store.commit(change);
    } catch (error) {
      if (tried >= UNKNOWN_COMMIT_TRIES || (isStockwrightError(error) && error.code === 'INVARIANT_VIOLATED')) throw error;
      logger.warn({ commitId: change.commitId, tried, error: messageOf(error) }, 'commit without an answer, asked again');
    }
  }
}

/** The store's moment; how far the host's clock is from it is noticed on the way. */
export async function storeNow(runtime: Runtime): Promise<number> {
  const nowMs = await runtime.store.now();
  noteSkew(runtime, nowMs);
  return nowMs;
}

/** Notices how far the host's clock is from the store's, of which this is the moment. */
export function noteSkew({ clock, pulse }: Runtime, nowMs: number): void {
  pulse.skewMs = nowMs - clock.now();
}

/** A moment of the store's clock by the host's. A host whose clock jumped is told again by the next sweep. */
export function hostMs({ pulse }: Runtime, storeMs: number): number {
  return storeMs - pulse.skewMs;
}

/** Hints at the work that marks made, after it was committed. */
export function wakeFor(runtime: Runtime, marks: readonly Mark[]): void {
  const soonest = new Map<string, number>();
  for (const { shard, notBeforeMs } of marks) soonest.set(shard, Math.min(soonest.get(shard) ?? Number.POSITIVE_INFINITY, notBeforeMs));
  for (const [shard, notBeforeMs] of soonest) runtime.dispatcher.wake(shard, hostMs(runtime, notBeforeMs));
}

/**
 * The bucket of one of a vendor account's limits, shared by all who use the account through one store. A limit keeps no space
 * of its own, so that another account's, whose name goes on where this one's ends, is another bucket.
 */
export function limitName(account: string, limit: string): string {
  return `${account} ${limit.replaceAll('%', '%25').replaceAll(' ', '%20')}`;
}

/** What an adapter receives with a call on an account. */
export function callContext(runtime: Runtime, account: string): CallContext {
  const { clock, random, logger, calls, times, store } = runtime;
  return {
    signal: calls, clock, random, logger,
    deadlineMs: clock.now() + times.callTimeoutMs,
    budget: {
      report: ({ bucket, pauseUntil }) => {
        if (pauseUntil === undefined) return;
        // An adapter knows the host's clock alone, and every process waits by the store's: what both agree on is how long.
        const waitMs = Math.max(0, instantToMs(pauseUntil) - clock.now());
        const paused = store.now().then((nowMs) => store.pauseBucket(limitName(account, bucket), nowMs + waitMs, `${bucket} is used up`));
        paused.catch((error: unknown) => {
          logger.error({ account, error: messageOf(error) }, 'pause could not be kept');
        });
      },
    },
  };
}

/** How much longer than its deadline a call may take before it is given up for its adapter. */
const CALL_GRACE_MS = 5_000;
/** How long a call has to end by itself once it was told to. */
const PARTING_MS = 250;
/** Why the watch over a call ends: it has come back. */
const CAME_BACK = new Error('The call came back.');

/**
 * Calls an adapter. One that ignores its deadline is given up soon after it, and one that goes on although the engine has
 * no more patience, so that it holds nobody else up: a write may then have been applied, and a read is made again.
 *
 * @throws What the adapter throws; `OUTCOME_UNKNOWN` for a write that was given up, `UNAVAILABLE` for a read.
 */
export async function called<Answer>(runtime: Runtime, { id, account }: { readonly id: string; readonly account: string }, what: { readonly writes: boolean; readonly call: (context: CallContext) => Promise<Answer> }): Promise<Answer> {
  const { clock, times, calls } = runtime;
  const over = new AbortController();
  const longestMs = times.callTimeoutMs + CALL_GRACE_MS;
  const givenUp = (why: string): never => {
    throw new StockwrightError(`${id} has not answered ${why}, and was given up.`, { code: what.writes ? 'OUTCOME_UNKNOWN' : 'UNAVAILABLE' });
  };
  const late = clock.sleep(longestMs, over.signal).then(() => givenUp(`${String(longestMs)} ms after it was called`));
  const stop = new Stop(calls);
  const told = stop.told.then(() => clock.sleep(PARTING_MS, over.signal)).then(() => givenUp('although the engine stops'));
  for (const end of [late, told]) end.catch(() => undefined);
  try {
    return await Promise.race([what.call(callContext(runtime, account)), late, told]);
  } finally {
    stop.forget();
    over.abort(CAME_BACK);
  }
}

/** Whether whatever is asked of the store would fail alike: it is away, or others are always faster. */
export function isOfTheStore(error: unknown): boolean {
  return isStockwrightError(error) && (error.code === 'STORE_UNAVAILABLE' || error.code === 'VERSION_CONFLICT');
}

/** Whoever waits for a signal to fire, until nobody asks any more. */
class Stop {
  readonly told: Promise<void>;
  private readonly signal: AbortSignal;
  private hear: () => void = () => undefined;

  constructor(signal: AbortSignal) {
    this.signal = signal;
    this.told = new Promise((resolve) => { this.hear = () => { resolve(); }; });
    if (signal.aborted) this.hear();
    // Taken off by hand: a listener that another signal takes off costs several times as much.
    else signal.addEventListener('abort', this.hear, { once: true });
  }

  forget(): void {
    this.signal.removeEventListener('abort', this.hear);
  }
}

/** The decimal digits in which a sku is counted; whole units where nobody knows it. */
export function scaleOf({ settings }: Runtime, sku: Sku): number {
  return settings.catalog.items.get(sku)?.scale ?? 0;
}

/** What a caught value says. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The code of a caught error, or `UNKNOWN`. */
export function codeOf(error: unknown): string {
  return isStockwrightError(error) ? error.code : 'UNKNOWN';
}

/** An instant for a moment of the store's clock. */
export const instantAt = instantFromMs;
