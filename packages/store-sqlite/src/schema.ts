import { TABLES, tableDefinition, type ColumnType, type TableName } from '@stockwright/engine/ports';

/** The layout that this version of the store reads and writes. */
export const SCHEMA_VERSION = 1;

const SQL_TYPE: Readonly<Record<ColumnType, string>> = { text: 'TEXT', integer: 'INTEGER' };

/** A name as SQL takes it; all of ours are plain words. */
export function quoted(name: string): string {
  return `"${name}"`;
}

/** The names of all engine tables. */
export function tableNames(): readonly TableName[] {
  return Object.keys(TABLES) as TableName[];
}

function createTable(table: TableName): string[] {
  const { key, columns, indexes = [], keyTypes = {} } = tableDefinition(table);
  const keyColumns = key.map((column) => `${quoted(column)} ${SQL_TYPE[keyTypes[column] ?? 'text']} NOT NULL`);
  const others = Object.entries(columns).map(([column, type]) => `${quoted(column)} ${SQL_TYPE[type]}`);
  const primary = ['namespace', ...key].map(quoted).join(', ');
  return [
    `CREATE TABLE ${quoted(table)} ("namespace" TEXT NOT NULL, ${[...keyColumns, ...others].join(', ')}, PRIMARY KEY (${primary})) WITHOUT ROWID`,
    ...indexes.map((index, number) => `CREATE INDEX ${quoted(`${table}_${String(number + 1)}`)} ON ${quoted(table)} (${['namespace', ...index].map(quoted).join(', ')})`),
  ];
}

/** Each step brings the layout from the version before to its own. A step is never edited once it was released. */
export function migrations(): readonly (readonly string[])[] {
  return [
    [
      ...tableNames().flatMap(createTable),
      `CREATE TABLE "work" ("namespace" TEXT NOT NULL, "kind" TEXT NOT NULL, "shard" TEXT NOT NULL, "key" TEXT NOT NULL, "priority" INTEGER NOT NULL,
        "notBeforeMs" INTEGER NOT NULL, "cause" TEXT NOT NULL, "revision" INTEGER NOT NULL, "settledRevision" INTEGER NOT NULL, "fence" INTEGER NOT NULL,
        "attempts" INTEGER NOT NULL, "dirtySinceMs" INTEGER NOT NULL, "leaseUntilMs" INTEGER, "worker" TEXT, "state" TEXT NOT NULL, "reason" TEXT,
        PRIMARY KEY ("namespace", "kind", "shard", "key")) WITHOUT ROWID`,
      `CREATE INDEX "work_dirty" ON "work" ("namespace", "shard", "kind", "priority", "dirtySinceMs", "key") WHERE "revision" > "settledRevision" AND "state" = 'ready'`,
      'CREATE TABLE "bucket" ("name" TEXT PRIMARY KEY, "tokens" REAL, "filledAtMs" INTEGER NOT NULL, "pausedUntilMs" INTEGER NOT NULL, "reason" TEXT NOT NULL) WITHOUT ROWID',
      'CREATE TABLE "commitLog" ("namespace" TEXT NOT NULL, "commitId" TEXT NOT NULL, "atMs" INTEGER NOT NULL, PRIMARY KEY ("namespace", "commitId")) WITHOUT ROWID',
    ],
  ];
}
