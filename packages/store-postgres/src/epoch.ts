import type { PostgresQueryable } from './database.ts';

/**
 * Names the history that the database continues, from what changes when it may have lost commits: the timeline, which a
 * failover and a restore to a point in time raise; the cluster and the database, which are others after a dump was
 * restored elsewhere; and a count for what none of them shows, a dump restored into this very database, which an operator raises.
 */
export async function readEpoch(run: PostgresQueryable, history: string): Promise<string> {
  const [counted, cluster, timeline] = [
    await run.query(`SELECT "renewals"::text || '-' || (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())::text AS "part" FROM ${history}`),
    await part(run, 'SELECT system_identifier::text AS "part" FROM pg_catalog.pg_control_system()'),
    await part(run, 'SELECT left(pg_catalog.pg_walfile_name(pg_catalog.pg_current_wal_lsn()), 8) AS "part"'),
  ];
  const [row] = counted.rows as { readonly part: string }[];
  return `${cluster}-${timeline}-${row?.part ?? ''}`;
}

/** The middle of such a name. */
const TIMELINE = /^[0-9]*-([0-9A-F]*)-[0-9]+-[0-9]+$/;

/**
 * The part of a history's name that a failover changes, which a commit can look at in passing; empty where the database does not
 * tell it, and for what is no name of ours a word that no timeline has.
 */
export function timelineOf(epoch: string): string {
  return TIMELINE.exec(epoch)?.[1] ?? 'none';
}

/** What some hosted databases do not tell is left out, always or never. */
async function part(run: PostgresQueryable, statement: string): Promise<string> {
  try {
    return ((await run.query(statement)).rows as { readonly part: string }[])[0]?.part ?? '';
  } catch (error) {
    const { code } = error as { readonly code?: unknown };
    if (code === '42501' || code === '42883' || code === '0A000') return '';
    throw error;
  }
}
