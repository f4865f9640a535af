import type { PostgresQueryable } from './database.ts';
import { quoted } from './names.ts';

/** When the last commit of an installation was made; 0 where there was none. */
export async function readNewest(run: PostgresQueryable, { schema, namespace }: { readonly schema: string; readonly namespace: string }): Promise<number> {
  const { rows } = await run.query(`SELECT coalesce(max("atMs"), 0)::float8 AS "atMs" FROM ${quoted(schema)}."commitLog" WHERE "namespace" = $1`, [namespace]);
  return (rows as { readonly atMs: number }[])[0]?.atMs ?? 0;
}
