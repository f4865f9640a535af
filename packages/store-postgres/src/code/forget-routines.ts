import { tableDefinition, type ForgettableName, type TableName } from '@stockwright/engine/ports';
import { layoutOf, listed, namesOf, quoted, TABLE_NAMES } from '../names.ts';
import { ENDED_BEFORE } from './feed-routines.ts';
import { branched, NOW, type Routine, type Scope } from './routine.ts';

const UNTIL = 'v_until bigint';

/** What can be forgotten, by its place: every table whose rows say since when they are over, and behind them work and the feed. */
export const FORGETTABLE: readonly ForgettableName[] = [...(TABLE_NAMES.filter((table) => tableDefinition(table).over !== undefined) as ForgettableName[]), 'work', 'change'];

/**
 * Removes what has been over since a moment. Nobody is waited for: what somebody else has locked is passed over. Only the
 * parts of a row are, in the order in which everybody locks them: whoever has those has no need of their row any more.
 */
export function forgetRoutines(scope: Scope): readonly Routine[] {
  return [{
    name: 'forget', parameters: 'p_namespace text, p_table int, p_over_for bigint, p_limit bigint, p_now bigint', returns: 'text', isEntry: true, isOrdered: true,
    declare: [`${UNTIL} := ${NOW} - p_over_for`, 'v_count bigint'],
    body: `${branched('p_table', FORGETTABLE.map((table) => (table === 'work' ? forgetWork(scope) : table === 'change' ? forgetEntries(scope) : forgetRows(scope, table))))}
    RETURN v_count::text;`,
  }];
}

function forgetWork({ table }: Scope): string {
  const work = table('work');
  return `DELETE FROM ${work} AS t USING (SELECT w.ctid AS "row" FROM ${work} AS w WHERE w."namespace" = p_namespace AND w."state" = 'settled' AND w."fence" <= v_until
      ORDER BY w."fence", w."kind", w."shard", w."key" LIMIT p_limit FOR UPDATE SKIP LOCKED) AS old WHERE t.ctid = old."row";
    GET DIAGNOSTICS v_count = ROW_COUNT;`;
}

/** The head of the feed, as far as nothing younger stands in it and nobody may have missed it yet; one at a time. */
function forgetEntries({ table }: Scope): string {
  const [change, feed] = [table('change'), table('feed')];
  return `v_count := 0;
    INSERT INTO ${feed} ("namespace", "xid", "number") VALUES (p_namespace, 0, 0) ON CONFLICT DO NOTHING;
    PERFORM FROM ${feed} AS f WHERE f."namespace" = p_namespace FOR UPDATE SKIP LOCKED;
    IF FOUND THEN
      WITH head AS MATERIALIZED (SELECT c."xid", c."number", c."atMs" FROM ${change} AS c WHERE c."namespace" = p_namespace AND c."xid" < ${ENDED_BEFORE} ORDER BY c."xid", c."number" LIMIT p_limit),
        old AS MATERIALIZED (SELECT h.* FROM (SELECT "xid", "number", bool_and(coalesce("atMs", 0) <= v_until) OVER (ORDER BY "xid", "number") AS "isOld" FROM head) AS h WHERE h."isOld"),
        gone AS (DELETE FROM ${change} AS c USING old WHERE c."namespace" = p_namespace AND c."xid" = old."xid" AND c."number" = old."number"),
        upTo AS (UPDATE ${feed} AS f SET "xid" = l."xid", "number" = l."number" FROM (SELECT "xid", "number" FROM old ORDER BY "xid" DESC, "number" DESC LIMIT 1) AS l WHERE f."namespace" = p_namespace)
      SELECT count(*) INTO v_count FROM old;
    END IF;`;
}

function forgetRows({ table: at }: Scope, table: TableName): string {
  const { over = '', parts } = tableDefinition(table);
  const key = namesOf(layoutOf(table).key);
  const old = `SELECT o.ctid AS "row"${parts === undefined ? '' : `, o.${quoted(parts.by)}`} FROM ${at(table)} AS o WHERE o."namespace" = p_namespace AND o.${quoted(over)} <= v_until
      ORDER BY o.${quoted(over)}, ${listed(key, 'o.')} LIMIT p_limit FOR UPDATE SKIP LOCKED`;
  const gone = `DELETE FROM ${at(table)} AS t USING old WHERE t.ctid = old."row"`;
  if (parts === undefined) return `WITH old AS (${old}) ${gone};\n    GET DIAGNOSTICS v_count = ROW_COUNT;`;
  const by = quoted(parts.by);
  const partKey = namesOf(layoutOf(parts.table as TableName).key);
  // Looked for in the order of their index, which no plan that was made for an empty table then does without; locked by their keys.
  return `WITH old AS MATERIALIZED (${old}), gone AS (${gone} RETURNING t.${by}),
      part AS MATERIALIZED (SELECT p.* FROM gone CROSS JOIN LATERAL (SELECT ${listed(partKey, 'p.')} FROM ${at(parts.table)} AS p
        WHERE p."namespace" = p_namespace AND p.${by} >= gone.${by} AND p.${by} <= gone.${by} ORDER BY p.${by} OFFSET 0) AS p ORDER BY ${listed(partKey, 'p.')}),
      locked AS MATERIALIZED (SELECT l."row" FROM part AS r CROSS JOIN LATERAL (SELECT p.ctid AS "row" FROM ${at(parts.table)} AS p
        WHERE p."namespace" = p_namespace AND ${partKey.map((name) => `p.${quoted(name)} = r.${quoted(name)}`).join(' AND ')} FOR UPDATE) AS l),
      rest AS (DELETE FROM ${at(parts.table)} AS p USING locked WHERE p.ctid = locked."row")
    SELECT count(*) INTO v_count FROM gone;`;
}
