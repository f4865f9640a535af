import type { PostgresQueryable } from './database.ts';
import type { Routines } from './code/routines.ts';
import { unavailable } from './failures.ts';
import { literal, quoted, TABLE_NAMES } from './names.ts';
import { addColumns, backfills, comments, createIndexes, createTable, migrations, SCHEMA_VERSION } from './schema.ts';

/** How many versions of the functions are kept: that of the program, and that of the one that was started last before it. */
const CODES_KEPT = 2;
const NOW_MS = 'floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint';

/** Brings the layout forward, all steps or none. Of several at once, one does it and the others find it done. */
export async function migrate(run: PostgresQueryable, schema: string, routines: Routines): Promise<void> {
  await run.query(`SELECT pg_advisory_xact_lock(hashtextextended(${literal(`stockwright ${schema}`)}, 0))`);
  const from = await storedVersion(run, schema);
  if (from === SCHEMA_VERSION && (await isCodeThere(run, schema, routines.suffix))) return;
  await checkEncoding(run);
  if (from === 0) {
    await run.query(`CREATE SCHEMA IF NOT EXISTS ${quoted(schema)}`);
    await run.query(`CREATE TABLE ${quoted(schema)}."_schema" ("version" bigint PRIMARY KEY, "appliedAtMs" bigint NOT NULL)`);
  }
  for (const [index, statements] of migrations(schema).slice(from).entries()) {
    for (const statement of statements) await run.query(statement);
    await run.query(`INSERT INTO ${quoted(schema)}."_schema" ("version", "appliedAtMs") VALUES ($1, ${NOW_MS})`, [from + index + 1]);
  }
  // The engine's tables only grow, and every column may be null: what is new is added, and what is there stays.
  for (const table of TABLE_NAMES) {
    for (const statement of [createTable(schema, table), addColumns(schema, table), ...createIndexes(schema, table)]) await run.query(statement);
  }
  const earlier = from === 0 ? [] : Object.entries(backfills(schema)).flatMap(([version, statements]) => (Number(version) > from ? statements : []));
  for (const statement of [...earlier, ...comments(schema), ...routines.statements]) await run.query(statement);
  await keepCode(run, schema, routines.suffix);
}

/** The layout's version; 0 where there is none. @throws `STORE_UNAVAILABLE` for somebody else's schema or a newer layout. */
async function storedVersion(run: PostgresQueryable, schema: string): Promise<number> {
  const { rows: tables } = await run.query('SELECT c.relname AS "name" FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace WHERE n.nspname = $1 AND c.relkind IN (\'r\', \'p\', \'v\') ORDER BY 1', [schema]);
  const names = (tables as { readonly name: string }[]).map(({ name }) => name);
  if (names.length === 0) return 0;
  if (!['_schema', 'work', 'commitLog'].every((name) => names.includes(name))) {
    throw unavailable(`Schema ${schema} belongs to another program: it has the tables ${names.slice(0, 5).join(', ')}. Choose another schema.`);
  }
  const { rows } = await run.query(`SELECT max("version")::int AS "version" FROM ${quoted(schema)}."_schema"`);
  const version = (rows as { readonly version: number | null }[])[0]?.version ?? 0;
  if (version > SCHEMA_VERSION) {
    throw unavailable(`Schema ${schema} has layout ${String(version)}, and this version knows layouts up to ${String(SCHEMA_VERSION)}. Update the package.`);
  }
  return version;
}

/** Whether these functions are there. They are then in use from now on, also where a later version was gone back from. */
async function isCodeThere(run: PostgresQueryable, schema: string, suffix: string): Promise<boolean> {
  return (await run.query(`UPDATE ${quoted(schema)}."_code" SET "atMs" = ${NOW_MS} WHERE "suffix" = $1 RETURNING "suffix"`, [suffix])).rows.length > 0;
}

async function checkEncoding(run: PostgresQueryable): Promise<void> {
  const { rows } = await run.query('SELECT pg_encoding_to_char(encoding) AS "encoding" FROM pg_catalog.pg_database WHERE datname = current_database()');
  const [found] = rows as { readonly encoding: string }[];
  if (found !== undefined && found.encoding !== 'UTF8') throw unavailable(`The PostgreSQL database has the encoding ${found.encoding}, and the store needs UTF8. Create another database.`);
}

/** Remembers these functions as the ones begun last, and drops those of programs that nobody runs any more. */
async function keepCode(run: PostgresQueryable, schema: string, suffix: string): Promise<void> {
  await run.query(`INSERT INTO ${quoted(schema)}."_code" ("suffix", "atMs") VALUES ($1, ${NOW_MS}) ON CONFLICT ("suffix") DO UPDATE SET "atMs" = excluded."atMs"`, [suffix]);
  const { rows } = await run.query(`DELETE FROM ${quoted(schema)}."_code" WHERE "number" NOT IN (SELECT "number" FROM ${quoted(schema)}."_code" ORDER BY "atMs" DESC, "number" DESC LIMIT ${String(CODES_KEPT)}) RETURNING "suffix"`);
  for (const { suffix: old } of rows as { readonly suffix: string }[]) {
    const { rows: functions } = await run.query(
      'SELECT p.oid::regprocedure::text AS "name" FROM pg_catalog.pg_proc AS p JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace WHERE n.nspname = $1 AND right(p.proname, 9) = $2', [schema, `_${old}`],
    );
    for (const { name } of functions as { readonly name: string }[]) await run.query(`DROP FUNCTION ${name}`);
  }
}
