import { FEED_COLUMNS, TABLES, tableDefinition, type ColumnType, type TableName } from '@stockwright/engine/ports';

/** The layout that this version of the store reads and writes. */
export const SCHEMA_VERSION = 3;

const SQL_TYPE: Readonly<Record<ColumnType, string>> = { text: 'TEXT', integer: 'INTEGER' };
/** Their rows hold whole documents, which belong at the leaves of a table and not in the inner pages of a key. */
const DOCUMENTS: ReadonlySet<TableName> = new Set(['channelOrder', 'attempt', 'policy']);

/** A name as SQL takes it; all of ours are plain words. */
export function quoted(name: string): string {
  return `"${name}"`;
}

/** Names as SQL lists them. */
export function listed(names: readonly string[]): string {
  return names.map(quoted).join(', ');
}

/** The names of all engine tables. */
export function tableNames(): readonly TableName[] {
  return Object.keys(TABLES) as TableName[];
}

/** The statement that makes an engine table. */
export function createTable(table: TableName): string {
  const { key, keyTypes = {} } = tableDefinition(table);
  const keyColumns = key.map((column) => `${quoted(column)} ${SQL_TYPE[keyTypes[column] ?? 'text']} NOT NULL`);
  const others = columnsOf(table).map(([, definition]) => definition);
  const primary = `PRIMARY KEY (${listed(['namespace', ...key])})`;
  return `CREATE TABLE ${quoted(table)} (${['"namespace" TEXT NOT NULL', ...keyColumns, ...others, primary].join(', ')})${DOCUMENTS.has(table) ? '' : ' WITHOUT ROWID'}`;
}

/** The columns beside the key, each with the words that define it. */
export function columnsOf(table: TableName): readonly (readonly [name: string, definition: string])[] {
  return Object.entries(tableDefinition(table).columns).map(([column, type]) => [column, `${quoted(column)} ${SQL_TYPE[type]}`]);
}

function indexName(table: TableName, index: readonly string[]): string {
  return `${table}_by_${index.join('_')}`;
}

/** The index that a read by these columns needs; none where they begin the key. */
export function indexFor(table: TableName, columns: readonly string[]): string | undefined {
  const { key, indexes = [] } = tableDefinition(table);
  const begins = (wanted: readonly string[]): boolean => columns.every((column) => wanted.slice(0, columns.length).includes(column));
  const index = begins(key) ? undefined : indexes.find(begins);
  return index === undefined ? undefined : indexName(table, index);
}

/** The index by which what is over is found, of a table whose rows say since when they are. */
export function overIndex(table: TableName): string {
  return `${table}_over`;
}

/** The statements that make the indexes of an engine table where they are missing. The key follows, so that reads by an index are in its order. */
export function createIndexes(table: TableName): readonly string[] {
  const { key, indexes = [], over } = tableDefinition(table);
  const withKey = (index: readonly string[]): string => listed(['namespace', ...index, ...key.filter((column) => !index.includes(column))]);
  const statements = indexes.map((index) => `CREATE INDEX IF NOT EXISTS ${quoted(indexName(table, index))} ON ${quoted(table)} (${withKey(index)})`);
  if (over !== undefined) statements.push(`CREATE INDEX IF NOT EXISTS ${quoted(overIndex(table))} ON ${quoted(table)} (${withKey([over])}) WHERE ${quoted(over)} IS NOT NULL`);
  return statements;
}

/**
 * Each step brings the store's own tables from the version before to its own; a step is never edited once it was
 * released. New tables and columns of the engine need no step: they are added where they are missing.
 */
export const MIGRATIONS: readonly ((nowMs: number) => readonly string[])[] = [
  () => [
    // state: settled, waiting (until dueAtMs: its moment, or the end of its lease), due, or quarantined.
    // marked*: what marks asked for since the claim, and so what is left once the claimed revision is done.
    `CREATE TABLE "work" ("namespace" TEXT NOT NULL, "kind" TEXT NOT NULL, "shard" TEXT NOT NULL, "key" TEXT NOT NULL, "state" TEXT NOT NULL, "dueAtMs" INTEGER NOT NULL,
      "priority" INTEGER NOT NULL, "notBeforeMs" INTEGER NOT NULL, "cause" TEXT NOT NULL, "revision" INTEGER NOT NULL, "settledRevision" INTEGER NOT NULL,
      "fence" INTEGER NOT NULL, "attempts" INTEGER NOT NULL, "dirtySinceMs" INTEGER NOT NULL, "leaseUntilMs" INTEGER, "worker" TEXT, "reason" TEXT,
      "markedSinceMs" INTEGER, "markedNotBeforeMs" INTEGER, "markedPriority" INTEGER,
      PRIMARY KEY ("namespace", "kind", "shard", "key")) WITHOUT ROWID`,
    `CREATE INDEX "work_due" ON "work" ("namespace", "shard", "kind", "priority", "dirtySinceMs", "key", "dueAtMs") WHERE "state" = 'due'`,
    `CREATE INDEX "work_waiting" ON "work" ("namespace", "shard", "dueAtMs", "dirtySinceMs") WHERE "state" = 'waiting'`,
    `CREATE INDEX "work_left" ON "work" ("namespace", "kind", "key", "shard") WHERE "state" <> 'settled'`,
    `CREATE TABLE "bucket" ("name" TEXT PRIMARY KEY, "tokens" REAL, "takenAtMs" INTEGER NOT NULL, "pausedUntilMs" INTEGER NOT NULL, "reason" TEXT NOT NULL) WITHOUT ROWID`,
    // Numbered as they come, so that the oldest are found without an index on their time.
    `CREATE TABLE "commitLog" ("number" INTEGER PRIMARY KEY, "namespace" TEXT NOT NULL, "commitId" TEXT NOT NULL, "atMs" INTEGER NOT NULL, UNIQUE ("namespace", "commitId"))`,
  ],
  (nowMs) => [
    // One row. isClean: closed in order, or never in danger. Raise renewals after restoring a backup, so that the engine doubts once what it believes of its channels.
    `CREATE TABLE "_history" ("only" INTEGER PRIMARY KEY CHECK ("only" = 1), "startedAtMs" INTEGER NOT NULL, "renewals" INTEGER NOT NULL, "isClean" INTEGER NOT NULL)`,
    `INSERT INTO "_history" ("only", "startedAtMs", "renewals", "isClean") VALUES (1, ${String(nowMs)}, 0, 1)`,
  ],
  () => [
    // No fence is below the moment of its claim, so the smallest are the oldest.
    `CREATE INDEX "work_settled" ON "work" ("namespace", "fence") WHERE "state" = 'settled'`,
    // The feed that hosts follow. No number is given twice, also when all that had one are gone.
    `CREATE TABLE "change" ("number" INTEGER PRIMARY KEY AUTOINCREMENT, "namespace" TEXT NOT NULL, ${Object.entries(FEED_COLUMNS).map(([column, type]) => `${quoted(column)} ${SQL_TYPE[type]}`).join(', ')})`,
    `CREATE INDEX "change_by_namespace" ON "change" ("namespace", "number")`,
    // Up to which number entries of the feed were forgotten.
    `CREATE TABLE "feed" ("namespace" TEXT PRIMARY KEY, "forgotten" INTEGER NOT NULL) WITHOUT ROWID`,
  ],
];

/**
 * What rows of an earlier layout come to say of themselves, once they have the columns for it; by the layout from which on
 * they say it as they are written.
 */
export const BACKFILLS: Readonly<Record<number, readonly string[]>> = {
  3: [
    `UPDATE "targetChange" AS t SET "replacedAtMs" = (SELECT n."atMs" FROM "targetChange" AS n WHERE n."namespace" = t."namespace" AND n."channel" = t."channel" AND n."location" = t."location"
      AND n."sku" = t."sku" AND n."wantRevision" = t."wantRevision" + 1) WHERE "replacedAtMs" IS NULL`,
    `UPDATE "hold" AS h SET "overSinceMs" = CASE WHEN "state" = 'held' THEN CAST(strftime('%s', "expiresAt") AS INTEGER) * 1000
      WHEN "state" = 'released' OR NOT EXISTS (SELECT 1 FROM "holdLine" AS l WHERE l."namespace" = h."namespace" AND l."holdId" = h."holdId") THEN "changedAtMs" END WHERE "overSinceMs" IS NULL`,
  ],
};
