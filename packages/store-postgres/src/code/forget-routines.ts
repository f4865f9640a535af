import { tableDefinition, type TableName } from '@stockwright/engine/ports';
import { layoutOf, listed, namesOf, quoted, TABLE_NAMES } from '../names.ts';
import { branched, NOW, type Routine, type Scope } from './routine.ts';

const UNTIL = 'v_until bigint';

/** Every table whose rows say since when they are over, by its place among the names; work has the place behind them. */
export const FORGETTABLE: readonly (TableName | 'work')[] = [...TABLE_NAMES.filter((table) => tableDefinition(table).over !== undefined), 'work'];

/**
 * Removes what has been over since a moment. Nobody is waited for: what somebody else has locked is passed over. Only the
 * parts of a row are, in the order in which everybody locks them: whoever has those has no need of their row any more.
 */
export function forgetRoutines(scope: Scope): readonly Routine[] {
  return [{
    name: 'forget', parameters: 'p_namespace text, p_table int, p_over_for bigint, p_limit bigint, p_now bigint', returns: 'text', isEntry: true, isOrdered: true,
    declare: [`${UNTIL} := ${NOW} - p_over_for`, 'v_count bigint'],
    body: `${branched('p_table', FORGETTABLE.map((table) => (table === 'work' ? forgetWork(scope) : forgetRows(scope, table))))}
    RETURN v_count::text;`,
  }];
}

function forgetWork({ table }: Scope): string {
  const work = table('work');
  return `DELETE FROM ${work} AS t USING (SELECT w.ctid AS "row" FROM ${work} AS w WHERE w."namespace" = p_namespace AND w."state" = 'settled' AND w."fence" <= v_until
      ORDER BY w."fence", w."kind", w."shard", w."key" LIMIT p_limit FOR UPDATE SKIP LOCKED) AS old WHERE t.ctid = old."row";
    GET DIAGNOSTICS v_count = ROW_COUNT;`;
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
