/** A value in a row. Quantities and instants are text, moments of the store's clock are integer milliseconds. @public */
export type Value = string | number | null;
/** One row, by column name. @public */
export type Row = Readonly<Record<string, Value>>;

/** What a column holds. @public */
export type ColumnType = 'text' | 'integer';

/** One table as every store lays it out. @public */
export interface TableDefinition {
  /** What a row is, for whoever opens the database at three in the morning. */
  readonly about: string;
  /** The columns of the primary key, in order; never null. */
  readonly key: readonly string[];
  /** The other columns; all may be null. */
  readonly columns: Readonly<Record<string, ColumnType>>;
  /** Columns that a read may filter by besides a prefix of the key. */
  readonly indexes?: readonly (readonly string[])[];
  /** Types of key columns that are not text. */
  readonly keyTypes?: Readonly<Record<string, ColumnType>>;
  /**
   * The column that says since when nobody needs a row any more, in milliseconds of the store's clock. What it says of a
   * moment yet to come holds from then on; a row in which it is empty is needed. Only such tables can be forgotten.
   */
  readonly over?: string;
  /** Rows of another table that are nothing without their row, and go with it: found by these columns, which both have. */
  readonly parts?: { readonly table: string; readonly by: string };
}

/**
 * The tables of the engine. A store adds its own namespace in front of every key, and keeps `work`, `bucket` and
 * `commitLog` by itself since their rules are part of the port.
 *
 * @public
 */
export const TABLES = {
  item: {
    about: 'One sku, the version that every commit on it raises by one, and whether its owner has counted it yet.',
    key: ['sku'],
    columns: { version: 'integer', counted: 'integer', changedAtMs: 'integer' },
  },
  ledger: {
    about: 'One booked movement: quantity leaves the from account and enters the to account. Never edited.',
    key: ['sku', 'itemVersion', 'ordinal'],
    keyTypes: { itemVersion: 'integer', ordinal: 'integer' },
    columns: {
      fromAccount: 'text',
      fromLocation: 'text',
      fromChannel: 'text',
      toAccount: 'text',
      toLocation: 'text',
      toChannel: 'text',
      quantity: 'text',
      cause: 'text',
      reference: 'text',
      origin: 'text',
      occurredAt: 'text',
      recordedAtMs: 'integer',
    },
  },
  position: {
    about: 'The fold of the ledger: one account of one sku at one place.',
    key: ['sku', 'account', 'location', 'channel'],
    columns: { quantity: 'text', isZero: 'integer' },
  },
  sourceBase: {
    about: "The owner's last accepted absolute figure of one measure, with the later deltas that it does not contain.",
    key: ['sku', 'location', 'measure'],
    columns: { source: 'text', quantity: 'text', asOf: 'text', deltas: 'text' },
  },
  channelOrder: {
    about: 'The whole order as its channel last showed it.',
    key: ['channel', 'orderId'],
    columns: { revision: 'text', placedAt: 'text', observedAtMs: 'integer', lines: 'text', version: 'integer' },
  },
  claim: {
    about: "What one order asks of one sku, with what the owner said it contains. Settled: nothing of it is outside the owner's figures.",
    key: ['channel', 'orderId', 'sku'],
    columns: { state: 'text', settled: 'integer' },
    indexes: [['sku', 'settled']],
  },
  hold: {
    about: 'One hold: who asked for it, for how long it claims, and what became of it. Asked: the lines as they were asked for.',
    key: ['holdId'],
    columns: { channel: 'text', state: 'text', expiresAt: 'text', orderId: 'text', asked: 'text', version: 'integer', changedAtMs: 'integer', overSinceMs: 'integer' },
    indexes: [['channel', 'orderId']],
    over: 'overSinceMs',
    parts: { table: 'holdLine', by: 'holdId' },
  },
  holdLine: {
    about: 'What a hold claims of one stocked sku. Gone when the hold was released or its order is in the books; over when it has expired.',
    key: ['sku', 'holdId', 'location'],
    columns: { channel: 'text', quantity: 'text', expiresAt: 'text', state: 'text', orderId: 'text' },
    indexes: [['holdId'], ['state']],
  },
  target: {
    about: 'What a channel should show (want), last accepted (acked), is believed to show, and last showed (observed).',
    key: ['channel', 'location', 'sku'],
    columns: {
      version: 'integer',
      want: 'text',
      wantRevision: 'integer',
      wantAtMs: 'integer',
      acked: 'text',
      ackedAtMs: 'integer',
      ackedSold: 'text',
      ackedGivenBack: 'text',
      ackedBlind: 'integer',
      believed: 'text',
      observed: 'text',
      observedAt: 'text',
      readAtMs: 'integer',
      differs: 'integer',
      dirtySinceMs: 'integer',
      suspectUntilMs: 'integer',
      sentAtMs: 'integer',
      cause: 'text',
      policyVersion: 'text',
      validUntil: 'text',
      problem: 'text',
      problemSinceMs: 'integer',
    },
    indexes: [['sku'], ['channel', 'differs']],
  },
  channelSale: {
    about: "How much of a listing the channel itself has sold in all, as far as its orders are known: what lowers the channel's number without a write of ours. And how much of it customers gave back: whether that raised the number again nobody knows.",
    key: ['channel', 'location', 'sku'],
    columns: { sold: 'text', givenBack: 'text' },
    indexes: [['sku']],
  },
  targetChange: {
    about: 'Each number a channel was to show, since when and why, and when another one took its place.',
    key: ['channel', 'location', 'sku', 'wantRevision'],
    keyTypes: { wantRevision: 'integer' },
    columns: { previous: 'text', want: 'text', atMs: 'integer', policyVersion: 'text', cause: 'text', replacedAtMs: 'integer' },
    over: 'replacedAtMs',
  },
  attempt: {
    about: 'One write to a channel: its frozen lines, its idempotency key, and what became of it.',
    key: ['channel', 'attemptId'],
    columns: { lines: 'text', sentAtMs: 'integer', finishedAtMs: 'integer', outcome: 'text' },
    over: 'sentAtMs',
  },
  variance: {
    about: "A system that does not own a measure says something else than the ledger, or the owner's word was refused.",
    key: ['source', 'sku', 'location', 'measure'],
    columns: { kind: 'text', expected: 'text', observed: 'text', lastSeenMs: 'integer' },
    over: 'lastSeenMs',
  },
  unmapped: {
    about: 'An external identifier that no mapping knows.',
    key: ['origin', 'external'],
    columns: { lastSeenMs: 'integer' },
    over: 'lastSeenMs',
  },
  refused: {
    about: 'Something that a system said and the ledger could not take, such as a fraction of a unit; the rest of the read went on.',
    key: ['origin', 'reference'],
    columns: { reason: 'text', lastSeenMs: 'integer' },
    over: 'lastSeenMs',
  },
  cursor: {
    about: 'How far a read of a source or channel has come, when it last worked, and what stopped it since.',
    key: ['origin', 'name'],
    columns: { value: 'text', lastSuccessMs: 'integer', failingSinceMs: 'integer', lastError: 'text' },
  },
  inbox: {
    about: 'Messages that were taken in, so that a second delivery changes nothing.',
    key: ['origin', 'messageId'],
    columns: { receivedAtMs: 'integer' },
    over: 'receivedAtMs',
  },
  policy: {
    about: 'Each policy that was activated, and when. One that was changed under its version takes its place here, and the audit has what it was.',
    key: ['version'],
    columns: { body: 'text', activatedAtMs: 'integer' },
  },
  pause: {
    about: 'A channel or source that an operator has stopped: the channel is not written to, the source not read, until it is resumed.',
    key: ['scope'],
    columns: { reason: 'text', requestedBy: 'text', sinceMs: 'integer' },
  },
  operatorCommand: {
    about: 'What an operator asks of the running engine. Insert a row with state open; the engine does it, and writes what came of it.',
    key: ['commandId'],
    columns: { state: 'text', verb: 'text', argument: 'text', requestedBy: 'text', requestedAtMs: 'integer', finishedAtMs: 'integer', result: 'text' },
    indexes: [['state']],
    over: 'finishedAtMs',
  },
  audit: {
    about: 'Who did what to the installation, when and why. Never edited.',
    key: ['auditId'],
    columns: { atMs: 'integer', requestedBy: 'text', action: 'text', subject: 'text', detail: 'text' },
  },
  epoch: {
    about: 'Which history of the store the engine last saw, by name of the installation. Another one means that commits may be gone.',
    key: ['name'],
    columns: { epoch: 'text', sinceMs: 'integer', version: 'integer' },
  },
} as const satisfies Readonly<Record<string, TableDefinition>>;

/** The name of a table of the engine. @public */
export type TableName = keyof typeof TABLES;

type Tables = typeof TABLES;

/** The columns of an entry of the feed, besides its place. @public */
export const FEED_COLUMNS = {
  kind: 'text', channel: 'text', location: 'text', sku: 'text', revision: 'integer', previous: 'text', want: 'text', cause: 'text', policyVersion: 'text', atMs: 'integer',
} as const satisfies Readonly<Record<string, ColumnType>>;

/** What can be forgotten once it is old: tables whose rows say since when they are over, work that is settled, and the head of the feed. @public */
export type ForgettableName = 'work' | 'change' | { [Name in TableName]: Tables[Name] extends { readonly over: string } ? Name : never }[TableName];

/** The definition of a table, without the narrow types. @public */
export function tableDefinition(table: TableName): TableDefinition {
  return TABLES[table];
}
