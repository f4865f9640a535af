/**
 * The port of stores. Terminology:
 *
 * - **version**: a number in a row; whoever writes states which one it read, and loses where another was faster.
 * - **mark**: says that something must be looked at again. Many marks on one key are one piece of work.
 * - **work row**: a key with a revision (raised by each mark) and a settled revision; dirty while they differ.
 * - **claim**: a lease on a dirty work row, with a fence that tells this lease from every other. Fences of a row grow, and
 *   none is below the store's clock at its claim: so none is given twice, also where a failover lost the row that knew it.
 * - **renew**: prolongs a claim for work that takes longer than a lease; a claim that is lost stays lost.
 * - **settle**: says what became of a claim, together with the rows that follow from it, all or nothing.
 * - **decide**: a commit whose content is worked out inside the store's lock, for rows that many writers want at once.
 * - **epoch**: which history the store continues; another one after a failover or a restored backup, when commits may be gone.
 * - **feed**: what was told, in an order in which nothing comes before what was read; a place in it is a text that only the store reads.
 * - **forget**: removes for good, and in small pieces, what has been over for long: rows that say so of themselves, and settled work.
 *
 * Every method is one atomic unit, and all times are of the store's clock.
 */
import type { FEED_COLUMNS, ForgettableName, Row, TableName, Value } from './tables.ts';

/** Rows of one table whose columns equal these values; the columns are a prefix of the key or an index. @public */
export interface Query {
  readonly table: TableName;
  readonly where: Readonly<Record<string, Value>>;
}

/** A row is there with this version, or, with version 0, is not there at all. @public */
export interface Expectation {
  readonly table: TableName;
  readonly key: Readonly<Record<string, Value>>;
  readonly version: number;
}

/** Sets these columns of a row, which comes into being where it is not there; or removes the row. @public */
export type RowWrite =
  | { readonly table: TableName; readonly key: Readonly<Record<string, Value>>; readonly set: Readonly<Record<string, Value>> }
  | { readonly table: TableName; readonly key: Readonly<Record<string, Value>>; readonly remove: true };

/** The kinds of work. @public */
export type WorkKind = 'readOrder' | 'readSource' | 'readOrders' | 'readLevels' | 'project' | 'push';

/** Something must be looked at again, not before a moment. @public */
export interface Mark {
  readonly kind: WorkKind;
  readonly key: string;
  /** Who works on it; wakes are by shard. */
  readonly shard: string;
  /** Smaller is sooner; waiting work takes the smallest of its marks. */
  readonly priority: number;
  /**
   * Of waiting work the earlier moment wins, so a new value never waits for an old retry. A mark on claimed work says
   * when its rest is due once the claim has ended; a mark on quarantined work says when it is tried again.
   */
  readonly notBeforeMs: number;
  /** Why, for whoever looks at the row. */
  readonly cause: string;
}

/** An entry of the feed: whatever of its columns says something. @public */
export type FeedEntry = { readonly [Column in keyof typeof FEED_COLUMNS]?: (typeof FEED_COLUMNS)[Column] extends 'integer' ? number | null : string | null };

/** An entry, and where in the feed it is. @public */
export interface PlacedEntry {
  readonly place: string;
  readonly entry: { readonly [Column in keyof typeof FEED_COLUMNS]: (typeof FEED_COLUMNS)[Column] extends 'integer' ? number | null : string | null };
}

/** A part of the feed. @public */
export interface FeedPage {
  readonly entries: readonly PlacedEntry[];
  /** Where the feed ends now: whatever is committed from now on comes after it. */
  readonly end: string;
  /** What comes after the place that was asked for is not all there any more, or the place is none of this feed: then there are no entries. */
  readonly isGap: boolean;
}

/** What one commit changes, all of it or nothing. @public */
export interface ChangeSet {
  /** Unique; the same id again changes nothing and answers `already`, so an unknown commit may be repeated. */
  readonly commitId: string;
  readonly expect: readonly Expectation[];
  readonly write: readonly RowWrite[];
  readonly marks: readonly Mark[];
  /**
   * Ids of commits that its author remembers instead of having read what they wrote. Where the store knows one of them no
   * longer, after a failover or because it was long ago, that is a conflict: a version alone may be another's by then.
   */
  readonly builtOn?: readonly string[];
  /**
   * The history in which its author began to read what it goes by, as {@link Store.epoch} names it. Where the store goes on from
   * another one by then, that is a conflict, whatever versions say: those of rows that are gone may have been given again. A store
   * that can go on from another history while it is open judges at least by what a failover changes.
   */
  readonly epoch?: string;
  /**
   * Queries of which its author supposed, instead of asking, that they find nothing; by filled columns alone. They are asked once all else
   * is as expected, under its locks, and one that finds something is a conflict.
   */
  readonly absent?: readonly Query[];
  /** Entries that are put at the end of the feed, in their order. */
  readonly tell?: readonly FeedEntry[];
}

/** What became of a commit. @public */
export type CommitResult =
  | { readonly status: 'committed' }
  | { readonly status: 'already' }
  /** Of those that were not kept; none where a commit that it builds on is unknown or the history is another one, or where `found` names those of the absent that found something. */
  | { readonly status: 'conflict'; readonly failed: readonly Expectation[]; readonly found?: readonly Query[] };

/** Names one row. @public */
export interface RowKey {
  readonly table: TableName;
  readonly key: Readonly<Record<string, Value>>;
}

/** What a decision writes, and what its caller hears of it. @public */
export interface DecisionPlan<Answer> {
  readonly expect?: readonly Expectation[];
  readonly write?: readonly RowWrite[];
  readonly marks?: readonly Mark[];
  readonly tell?: readonly FeedEntry[];
  readonly answer: Answer;
}

/** A commit that is worked out from rows while nobody else can change them. @public */
export interface DecisionRequest<Answer> {
  /** As of a {@link ChangeSet}. */
  readonly commitId: string;
  /** Rows that nobody else may change until this has ended, there or not; taken in the order of tables and keys, so that two decisions never wait for each other. */
  readonly lock: readonly RowKey[];
  readonly read: readonly Query[];
  /**
   * Works out what to write from the rows of each query and the store's moment. Pure and quick, since others wait for
   * it, and called again where the store had to begin anew. What it throws undoes everything and reaches the caller.
   */
  readonly plan: (rows: readonly (readonly Row[])[], nowMs: number) => DecisionPlan<Answer>;
}

/** What became of a decision. An unkept expectation is a conflict although the rows were locked: one of them is not in `lock`. @public */
export type Decision<Answer> =
  | { readonly status: 'committed'; readonly answer: Answer }
  | { readonly status: 'already' }
  | { readonly status: 'conflict'; readonly failed: readonly Expectation[] };

/** How a commit, a decision or a read is to be made. @public */
export interface CommitOptions {
  /**
   * A transaction of the host's own, in the form of the store's driver: everything happens inside it and counts when it
   * commits. Only where the store's capabilities say `joinsHostTransaction`.
   */
  readonly tx?: unknown;
}

/** Which work is wanted. @public */
export interface ClaimRequest {
  readonly shard: string;
  readonly kinds: readonly WorkKind[];
  readonly limit: number;
  readonly leaseMs: number;
  /** Names the worker in the row, for whoever looks at it. */
  readonly worker: string;
  /** What comes first of what is due: the most urgent where absent, or what has been dirty for longest, so that nothing waits for ever. */
  readonly order?: 'urgency' | 'age';
}

/** A lease on one dirty work row. @public */
export interface Claim {
  readonly kind: WorkKind;
  readonly key: string;
  readonly shard: string;
  readonly priority: number;
  /** The revision that was current when the claim was made; settling it leaves later marks dirty. */
  readonly revision: number;
  readonly fence: number;
  /** Failed tries since the last success or mark. */
  readonly attempts: number;
  readonly dirtySinceMs: number;
  readonly notBeforeMs: number;
  readonly cause: string;
  /** When the lease runs out, by the store's clock: who comes later than that begins nothing new. */
  readonly leaseUntilMs: number;
  /** The lease before this one ran out: its holder may still have a request under way. */
  readonly takenOver: boolean;
}

/** What became of a claim. @public */
export type SettleOutcome =
  /** The claimed revision is dealt with. */
  | { readonly status: 'done' }
  /** Try again at a moment; counts as a failed try. */
  | { readonly status: 'retry'; readonly atMs: number; readonly reason: string }
  /** Handed back untried, due again at a moment. */
  | { readonly status: 'release'; readonly atMs: number; readonly reason: string }
  /** Left alone until somebody marks it anew. */
  | { readonly status: 'quarantine'; readonly reason: string };

/** One claim's end, with the rows that follow from it, all or nothing. @public */
export interface Settlement {
  readonly claim: Pick<Claim, 'kind' | 'shard' | 'key' | 'revision' | 'fence'>;
  readonly outcome: SettleOutcome;
  readonly expect?: readonly Expectation[];
  readonly write?: readonly RowWrite[];
  /** Applied after the outcome, so that a mark on the claimed key makes it dirty again. */
  readonly marks?: readonly Mark[];
  readonly tell?: readonly FeedEntry[];
}

/** `settled`; `leaseLost`: another lease was given since, the claim has ended already or the row is gone, and nothing was applied; `conflict`: a row was not as expected, nothing was applied and the claim stands. @public */
export type SettleResult = 'settled' | 'leaseLost' | 'conflict';

/** A shard that has dirty work. @public */
export interface DirtyShard {
  readonly shard: string;
  /** When its oldest due work became dirty; where none is due yet, the work that is due next. */
  readonly oldestDirtySinceMs: number;
  /** When the next of its work is due; in the past where some is due now. */
  readonly nextDueMs: number;
}

/** What of one shard can be claimed. @public */
export interface DueWork {
  /** The kinds of which there is work that could be claimed now, in the order of their names. */
  readonly kinds: readonly WorkKind[];
  /** When the next of its dirty work is due, in the past where some is due now; leased work is due when its lease runs out. Absent where there is none. */
  readonly nextDueMs: number | undefined;
  readonly nowMs: number;
}

/** A token bucket. @public */
export interface BudgetPolicy {
  readonly capacity: number;
  readonly refillPerSecond: number;
}

/** A work row as status shows it. @public */
export interface WorkRow extends Omit<Claim, 'takenOver' | 'revision' | 'leaseUntilMs'> {
  readonly revision: number;
  readonly settledRevision: number;
  readonly leaseUntilMs: number | null;
  readonly worker: string | null;
  readonly state: 'ready' | 'quarantined';
  readonly reason: string | null;
}

/** What a store promises. Each flag says what the engine does where it is false. @public */
export interface StoreCapabilities {
  /** Several processes may use it at once. False: the store refuses a second engine. */
  readonly multiProcess: boolean;
  /** What was committed survives the process. False: the engine starts from nothing. */
  readonly durable: boolean;
  /** A commit may join a transaction of the host's. False: such a commit is refused. */
  readonly joinsHostTransaction: boolean;
}

/** What is to be forgotten. @public */
export interface ForgetRequest {
  readonly table: ForgettableName;
  /** For how long a row has been over at least, by the store's clock. Of settled work: for how long nobody has claimed it. Of the feed: how old an entry is. */
  readonly overForMs: number;
  /** How many rows go at most; their parts, such as the lines of a hold, go with them and are not counted. */
  readonly limit: number;
}

/** Rows, and the moment by the store's clock at which they were looked at. @public */
export interface Look {
  readonly rows: readonly (readonly Row[])[];
  readonly nowMs: number;
}

/** Where the engine keeps everything. @public */
export interface Store {
  readonly capabilities: StoreCapabilities;
  /** Brings the layout up to date. Called once, before anything else. */
  migrate(): Promise<void>;
  /** The store's clock, in milliseconds since 1970-01-01T00:00:00Z. */
  now(): Promise<number>;
  /** The rows of each query in the order of their keys, texts by code point and numbers by size; all queries see one moment. Inside a transaction of the host's where one is given, which needs no connection besides it. */
  load(queries: readonly Query[], options?: CommitOptions): Promise<readonly (readonly Row[])[]>;
  /** What `load` finds and what `now` says, together, since who decides from rows needs both and would else ask twice. */
  look(queries: readonly Query[], options?: CommitOptions): Promise<Look>;
  commit(change: ChangeSet, options?: CommitOptions): Promise<CommitResult>;
  /** Locks, reads, decides and writes as one unit. @throws What the plan throws, with nothing written. */
  decide<Answer>(request: DecisionRequest<Answer>, options?: CommitOptions): Promise<Decision<Answer>>;
  /** Which history this is; never the same again after commits may have been lost. */
  epoch(): Promise<string>;
  /** Due work of a shard, by priority, then age, then key; or by age, then priority, then key. */
  claim(request: ClaimRequest): Promise<readonly Claim[]>;
  /**
   * Prolongs leases to so many milliseconds from now, never shortens one, and says until when each is held, in the order
   * given. Undefined where it is lost as `leaseLost` says: then nothing is changed, and whoever held it ends what it does.
   * A lease that ran out is held again where nobody was given another since.
   */
  renew(claims: readonly Settlement['claim'][], leaseMs: number): Promise<readonly (number | undefined)[]>;
  /** One result per settlement, in the order given; each is atomic on its own. */
  settle(settlements: readonly Settlement[]): Promise<readonly SettleResult[]>;
  /** Shards with dirty work that is not quarantined, the one due soonest first; leased work is due when its lease runs out. */
  dirtyShards(limit: number): Promise<readonly DirtyShard[]>;
  /** Which kinds of work of one shard are worth a claim, and when the shard is worth another look: one question for who works it off. */
  dueWork(shard: string): Promise<DueWork>;
  /**
   * Takes units from a bucket that refills by the store's clock, or takes none and says how long to wait. A cost above
   * the capacity waits for a full bucket and leaves a debt; a cost of 0 only asks whether the bucket is paused.
   */
  takeBudget(bucket: string, cost: number, policy: BudgetPolicy): Promise<{ readonly ok: true } | { readonly ok: false; readonly waitMs: number; readonly reason: string }>;
  /** Nothing may be taken from a bucket before a moment. A later moment wins over an earlier one. */
  pauseBucket(bucket: string, untilMs: number, reason: string): Promise<void>;
  /** The rows of a query in the order of their keys, read in pages so that a table of any size fits in memory. */
  scan(query: Query): AsyncIterable<Row>;
  /** Work rows that are dirty or quarantined, in the order of their keys. */
  scanWork(): AsyncIterable<WorkRow>;
  /**
   * Removes rows that have been over for long, what was over first before the rest, and says how many went. Waits for nobody
   * and lets nobody wait: a row that somebody else has just locked stays for the next time. Work that is dirty, leased or
   * quarantined is never over; of the feed goes only what is before everything younger. A mark on work that was forgotten makes it anew, with a fence that no lease had before.
   */
  forget(request: ForgetRequest): Promise<number>;
  /**
   * Entries of the feed after a place, at most so many; none and only its end where no place is given. What was told by a
   * commit that began after another had ended comes after it, and nothing is ever put before an entry that was read: a commit that
   * takes its time holds back what comes after it.
   */
  feed(after: string | undefined, limit: number): Promise<FeedPage>;
  close(): Promise<void>;
}
