import { FEED_COLUMNS, tableDefinition, type ColumnType, type TableName } from '@stockwright/engine/ports';
import { layoutOf, listed, literal, namesOf, quoted, SQL_TYPE, TABLE_NAMES, type Column } from './names.ts';

/** The layout of the store's own tables that this version reads and writes. */
export const SCHEMA_VERSION = 2;

/** Their rows are written again and again. */
export const REWRITTEN: ReadonlySet<TableName> = new Set(['item', 'position', 'sourceBase', 'target', 'channelSale', 'cursor']);
/** How full their pages are made, in percent: a new version of a row that finds room beside the old one leaves the indexes alone. */
const ROOM = 70;

/** The columns of an entry of the feed, besides its place. */
export const FEED_LAYOUT: readonly Column[] = (Object.entries(FEED_COLUMNS) as [string, ColumnType][]).map(([name, type]) => ({ name, type }));

const OWN_TABLES: Readonly<Record<string, string>> = {
  work: 'What is owed: a key to be looked at again. revision grows with each mark; dirty while settledRevision differs. state: settled, due, waiting (until dueAtMs: its moment, or the end of its lease) or quarantined. marked*: asked for since the claim, and so left once the claimed revision is done.',
  bucket: 'How many calls a vendor account has left, and until when it is paused. Shared by all namespaces.',
  commitLog: 'Commits of the last week by their id, so that a commit of unknown outcome may be repeated.',
  change: 'The feed that hosts follow, in the order of xid, the transaction that wrote it, and number. Read only as far as no transaction before is still under way.',
  feed: 'Up to which place entries of the feed were forgotten.',
  history: 'One row. Raise renewals by one after restoring a backup into this very database, so that the engine doubts once what it believes of its channels.',
  _schema: 'The layouts that this schema has had. A newer one than the program knows is refused.',
  _code: 'The functions of each version of the program, and when it was last started; the two started last are kept, so that two versions can run side by side.',
};

/**
 * Each step brings the store's own tables from the version before to its own; a step is never edited once it was
 * released. New tables and columns of the engine need no step: they are added where they are missing.
 */
export function migrations(schema: string): readonly (readonly string[])[] {
  const at = (table: string): string => `${quoted(schema)}.${quoted(table)}`;
  return [
    [
      `CREATE TABLE ${at('work')} ("namespace" text COLLATE "C" NOT NULL, "kind" text COLLATE "C" NOT NULL, "shard" text COLLATE "C" NOT NULL, "key" text COLLATE "C" NOT NULL,
        "state" text COLLATE "C" NOT NULL, "dueAtMs" bigint NOT NULL, "priority" bigint NOT NULL, "notBeforeMs" bigint NOT NULL, "cause" text COLLATE "C" NOT NULL,
        "revision" bigint NOT NULL, "settledRevision" bigint NOT NULL, "fence" bigint NOT NULL, "attempts" bigint NOT NULL, "dirtySinceMs" bigint NOT NULL,
        "leaseUntilMs" bigint, "worker" text COLLATE "C", "reason" text COLLATE "C", "markedSinceMs" bigint, "markedNotBeforeMs" bigint, "markedPriority" bigint,
        PRIMARY KEY ("namespace", "kind", "shard", "key")) WITH (fillfactor = ${String(ROOM)})`,
      `CREATE INDEX "work_due" ON ${at('work')} ("namespace", "shard", "kind", "priority", "dirtySinceMs", "key") WHERE "state" = 'due'`,
      `CREATE INDEX "work_waiting" ON ${at('work')} ("namespace", "shard", "dueAtMs", "dirtySinceMs") WHERE "state" = 'waiting'`,
      `CREATE INDEX "work_left" ON ${at('work')} ("namespace", "kind", "key", "shard") WHERE "state" <> 'settled'`,
      `CREATE TABLE ${at('bucket')} ("name" text COLLATE "C" PRIMARY KEY, "tokens" double precision, "takenAtMs" bigint NOT NULL, "pausedUntilMs" bigint NOT NULL, "reason" text COLLATE "C" NOT NULL)`,
      `CREATE TABLE ${at('commitLog')} ("namespace" text COLLATE "C" NOT NULL, "commitId" text COLLATE "C" NOT NULL, "atMs" bigint NOT NULL, PRIMARY KEY ("namespace", "commitId"))`,
      // Commits come in the order of their time, so a few bytes for each megabyte are enough to find the old ones.
      `CREATE INDEX "commitLog_by_time" ON ${at('commitLog')} USING brin ("atMs")`,
      `CREATE TABLE ${at('history')} ("only" boolean PRIMARY KEY DEFAULT true CHECK ("only"), "renewals" bigint NOT NULL)`,
      `INSERT INTO ${at('history')} ("renewals") VALUES (0)`,
      `CREATE TABLE ${at('_code')} ("number" bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, "suffix" text COLLATE "C" NOT NULL UNIQUE, "atMs" bigint NOT NULL)`,
    ],
    [
      // No fence is below the moment of its claim, so the smallest are the oldest.
      `CREATE INDEX "work_settled" ON ${at('work')} ("namespace", "fence", "kind", "shard", "key") WHERE "state" = 'settled'`,
      `CREATE TABLE ${at('change')} ("namespace" text COLLATE "C" NOT NULL, "xid" bigint NOT NULL, "number" bigint GENERATED ALWAYS AS IDENTITY, ${FEED_LAYOUT.map(defined).join(', ')}, PRIMARY KEY ("namespace", "xid", "number"))`,
      `CREATE TABLE ${at('feed')} ("namespace" text COLLATE "C" PRIMARY KEY, "xid" bigint NOT NULL, "number" bigint NOT NULL)`,
    ],
  ];
}

/**
 * What rows of an earlier layout come to say of themselves, once they have the columns for it; by the layout from which on
 * they say it as they are written.
 */
export function backfills(schema: string): Readonly<Record<number, readonly string[]>> {
  const at = (table: string): string => `${quoted(schema)}.${quoted(table)}`;
  return {
    2: [
      `UPDATE ${at('targetChange')} AS t SET "replacedAtMs" = n."atMs" FROM ${at('targetChange')} AS n WHERE n."namespace" = t."namespace" AND n."channel" = t."channel" AND n."location" = t."location"
        AND n."sku" = t."sku" AND n."wantRevision" = t."wantRevision" + 1 AND t."replacedAtMs" IS NULL`,
      `UPDATE ${at('hold')} AS h SET "overSinceMs" = CASE WHEN "state" = 'held' THEN floor(extract(epoch FROM "expiresAt"::timestamptz))::bigint * 1000
        WHEN "state" = 'released' OR NOT EXISTS (SELECT FROM ${at('holdLine')} AS l WHERE l."namespace" = h."namespace" AND l."holdId" = h."holdId") THEN "changedAtMs" END WHERE "overSinceMs" IS NULL`,
    ],
  };
}

/** The statements that say on each table what its rows are. */
export function comments(schema: string): readonly string[] {
  const about = [...TABLE_NAMES.map((table) => [table, tableDefinition(table).about] as const), ...Object.entries(OWN_TABLES)];
  return about.map(([table, text]) => `COMMENT ON TABLE ${quoted(schema)}.${quoted(table)} IS ${literal(text)}`);
}

/** The statement that makes an engine table. */
export function createTable(schema: string, table: TableName): string {
  const { key, columns } = layoutOf(table);
  const parts = ['"namespace" text COLLATE "C" NOT NULL', ...key.map((column) => `${defined(column)} NOT NULL`), ...columns.map(defined), `PRIMARY KEY (${listed(['namespace', ...namesOf(key)])})`];
  return `CREATE TABLE IF NOT EXISTS ${quoted(schema)}.${quoted(table)} (${parts.join(', ')})${REWRITTEN.has(table) ? ` WITH (fillfactor = ${String(ROOM)})` : ''}`;
}

/** The statement that adds what an engine table does not have yet. */
export function addColumns(schema: string, table: TableName): string {
  const { columns } = layoutOf(table);
  return `ALTER TABLE ${quoted(schema)}.${quoted(table)} ${columns.map((column) => `ADD COLUMN IF NOT EXISTS ${defined(column)}`).join(', ')}`;
}

/** The statements that make the indexes of an engine table where they are missing. The key follows, so that reads by an index are in its order. */
export function createIndexes(schema: string, table: TableName): readonly string[] {
  const { key, indexes = [], over } = tableDefinition(table);
  const made = (name: string, index: readonly string[]): string =>
    `CREATE INDEX IF NOT EXISTS ${quoted(`${table}_${name}`)} ON ${quoted(schema)}.${quoted(table)} (${listed(['namespace', ...index, ...key.filter((column) => !index.includes(column))])})`;
  // What is not over has no place in the index of what is.
  return [...indexes.map((index) => made(`by_${index.join('_')}`, index)), ...(over === undefined ? [] : [`${made('over', [over])} WHERE ${quoted(over)} IS NOT NULL`])];
}

function defined({ name, type }: Column): string {
  return `${quoted(name)} ${SQL_TYPE[type]}${type === 'text' ? ' COLLATE "C"' : ''}`;
}
