import { listed, namesOf } from '../names.ts';
import { FEED_LAYOUT } from '../schema.ts';
import { cellsOf, DONE, type Routine, type Scope } from './routine.ts';
import { textsOf } from './read-routines.ts';

/** All transactions before this one have ended, in the snapshot of the statement that asks. */
export const ENDED_BEFORE = 'pg_snapshot_xmin(pg_current_snapshot())::text::bigint';
/** No transaction from this one on has begun. */
const NOT_BEGUN = 'pg_snapshot_xmax(pg_current_snapshot())::text::bigint';

/**
 * The feed. Its order is that of the transactions that wrote it, and it is read only as far as all of those before have
 * ended: one that takes its time holds back what comes after it, and is never passed over. A sequence alone is no order, since
 * who draws first may commit last.
 */
export function feedRoutines({ table }: Scope): readonly Routine[] {
  const change = table('change');
  const columns = listed(namesOf(FEED_LAYOUT));
  return [
    {
      name: 'tell', parameters: 'p_namespace text, p_entries jsonb', returns: 'boolean',
      body: `INSERT INTO ${change} ("namespace", "xid", ${columns}) SELECT p_namespace, pg_current_xact_id()::text::bigint, ${columns} FROM ${cellsOf('p_entries', FEED_LAYOUT)};${DONE}`,
    },
    {
      name: 'feed', parameters: 'p_namespace text, p_xid bigint, p_number bigint, p_limit bigint', returns: 'text', isEntry: true, isOrdered: true,
      body: `RETURN (WITH seen AS (SELECT ${ENDED_BEFORE} AS "until", ${NOT_BEGUN} AS "most")
        SELECT json_build_object('end', seen."until"::text || '.0',
          'isGap', p_xid > seen."most" OR EXISTS (SELECT FROM ${table('feed')} AS f WHERE f."namespace" = p_namespace AND (f."xid", f."number") > (p_xid, p_number)),
          'entries', (SELECT coalesce(json_agg(${textsOf([{ name: 'xid', type: 'integer' }, { name: 'number', type: 'integer' }, ...FEED_LAYOUT], 'e')} ORDER BY e."xid", e."number"), '[]')
            FROM (SELECT * FROM ${change} AS c WHERE c."namespace" = p_namespace AND (c."xid", c."number") > (p_xid, p_number) AND c."xid" < seen."until" ORDER BY c."xid", c."number" LIMIT p_limit) AS e))::text FROM seen);`,
    },
    {
      // Numbers of transactions are a cluster's own. What a dump brought from one that had come further can be told from what was
      // written here, and belongs to a history that no follower of this one knows.
      name: 'adopt_feed', parameters: 'p_namespace text', returns: 'void', isEntry: true,
      body: `DELETE FROM ${change} WHERE "namespace" = p_namespace AND "xid" >= ${NOT_BEGUN};
      DELETE FROM ${table('feed')} WHERE "namespace" = p_namespace AND "xid" >= ${NOT_BEGUN};`,
    },
  ];
}
