import type { Column } from '../names.ts';
import { cellsOf, DONE, isLeft, NOW, updateMet, type Routine, type Scope } from './routine.ts';

const CLAIM = `"namespace" = p_namespace AND "kind" = p_claim ->> 'kind' AND "shard" = p_claim ->> 'shard' AND "key" = p_claim ->> 'key'`;

const NAMED: readonly Column[] = ['kind', 'shard', 'key'].map((name) => ({ name, type: 'text' }));
/** The cells of a mark. */
const MARKED: readonly Column[] = [...NAMED, { name: 'priority', type: 'integer' }, { name: 'notBeforeMs', type: 'integer' }, { name: 'cause', type: 'text' }, { name: 'times', type: 'integer' }];
/** The cells of a claim, with its place among those that were given. */
const CLAIMED: readonly Column[] = [...NAMED, { name: 'fence', type: 'integer' }, { name: 'place', type: 'integer' }];
const SAME = `t."namespace" = p_namespace AND t."kind" = r."kind" AND t."shard" = r."shard" AND t."key" = r."key"`;

/** Work that rests takes the moment and the priority of its next mark; work that waits keeps the sooner. */
const RESTS = `t."state" IN ('settled', 'quarantined')`;
const LEASED = `t."leaseUntilMs" IS NOT NULL`;

/** What a claim, and whoever looks at the work, is told of a row. */
const SHOWN = ['kind', 'key', 'shard', 'priority', 'fence', 'attempts', 'dirtySinceMs', 'notBeforeMs', 'cause', 'revision'];
const shown = (prefix: string, names: readonly string[]): string => names.map((name) => `'${name}', ${prefix}."${name}"`).join(', ');

/** Marks, claims and settlements. */
export function workRoutines({ table, routine }: Scope): readonly Routine[] {
  const work = table('work');
  return [
    {
      name: 'lock_work', parameters: 'p_namespace text, p_works jsonb', returns: 'boolean',
      body: `PERFORM w.ctid FROM ${cellsOf('p_works', NAMED)} CROSS JOIN LATERAL (SELECT t.ctid FROM ${work} AS t WHERE ${SAME} FOR UPDATE) AS w;${DONE}`,
    },
    mark(work),
    {
      name: 'is_held', parameters: 'p_namespace text, p_claim jsonb', returns: 'boolean',
      body: `RETURN EXISTS (SELECT FROM ${work} WHERE ${CLAIM} AND "fence" = (p_claim ->> 'fence')::bigint AND "leaseUntilMs" IS NOT NULL);`,
    },
    endClaim(work),
    claim(work),
    {
      name: 'renew', parameters: 'p_namespace text, p_works jsonb, p_claims jsonb, p_lease bigint, p_now bigint', returns: 'text', isEntry: true, declare: ['v_now bigint', 'v_held text'],
      body: `
      PERFORM ${routine('lock_work')}(p_namespace, p_works);
      -- Looked at once the rows are ours, so that a lease is counted from when it is prolonged.
      v_now := ${NOW};
      WITH held AS (UPDATE ${work} AS t SET "state" = 'waiting', "dueAtMs" = greatest(t."leaseUntilMs", v_now + p_lease), "leaseUntilMs" = greatest(t."leaseUntilMs", v_now + p_lease)
        FROM (SELECT r."place", met."row" FROM ${cellsOf('p_claims', CLAIMED)} CROSS JOIN LATERAL (SELECT t.ctid AS "row" FROM ${work} AS t WHERE ${SAME} AND t."fence" = r."fence" AND ${LEASED} OFFSET 0) AS met) AS c
        WHERE t.ctid = c."row" RETURNING c."place", t."leaseUntilMs")
      SELECT coalesce(json_agg(json_build_array(held."place", held."leaseUntilMs")), '[]')::text INTO v_held FROM held;
      RETURN v_held;`,
    },
    {
      name: 'dirty_shards', parameters: 'p_namespace text, p_limit bigint, p_now bigint', returns: 'text', isEntry: true, declare: [`v_now bigint := ${NOW}`],
      body: `RETURN (WITH RECURSIVE
        due AS ((SELECT "shard" FROM ${work} WHERE "namespace" = p_namespace AND "state" = 'due' ORDER BY "shard" LIMIT 1)
          UNION ALL SELECT (SELECT w."shard" FROM ${work} AS w WHERE w."namespace" = p_namespace AND w."state" = 'due' AND w."shard" > due."shard" ORDER BY w."shard" LIMIT 1) FROM due WHERE due."shard" IS NOT NULL),
        waiting AS ((SELECT "shard" FROM ${work} WHERE "namespace" = p_namespace AND "state" = 'waiting' ORDER BY "shard" LIMIT 1)
          UNION ALL SELECT (SELECT w."shard" FROM ${work} AS w WHERE w."namespace" = p_namespace AND w."state" = 'waiting' AND w."shard" > waiting."shard" ORDER BY w."shard" LIMIT 1) FROM waiting WHERE waiting."shard" IS NOT NULL),
        shards AS (SELECT "shard" FROM due WHERE "shard" IS NOT NULL UNION SELECT "shard" FROM waiting WHERE "shard" IS NOT NULL),
        found AS (SELECT shards."shard", least(d."due", n."due") AS "nextDueMs", coalesce(least(d."since", o."since"), n."since") AS "oldestDirtySinceMs" FROM shards
          CROSS JOIN LATERAL (SELECT min("dirtySinceMs") AS "since", min("dueAtMs") AS "due" FROM ${work} AS w WHERE w."namespace" = p_namespace AND w."shard" = shards."shard" AND w."state" = 'due') AS d
          LEFT JOIN LATERAL (SELECT "dirtySinceMs" AS "since", "dueAtMs" AS "due" FROM ${work} AS w WHERE w."namespace" = p_namespace AND w."shard" = shards."shard" AND w."state" = 'waiting'
            ORDER BY w."dueAtMs", w."dirtySinceMs" LIMIT 1) AS n ON true
          CROSS JOIN LATERAL (SELECT min("dirtySinceMs") AS "since" FROM ${work} AS w WHERE w."namespace" = p_namespace AND w."shard" = shards."shard" AND w."state" = 'waiting' AND w."dueAtMs" <= v_now) AS o
          ORDER BY "nextDueMs", shards."shard" LIMIT p_limit)
        SELECT coalesce(json_agg(json_build_object('shard', "shard", 'oldestDirtySinceMs', "oldestDirtySinceMs", 'nextDueMs', "nextDueMs") ORDER BY "nextDueMs", "shard"), '[]')::text FROM found);`,
    },
    {
      name: 'due_work', parameters: 'p_namespace text, p_shard text, p_now bigint', returns: 'text', isEntry: true, declare: [`v_now bigint := ${NOW}`],
      body: `RETURN (WITH RECURSIVE
        due AS ((SELECT "kind" FROM ${work} WHERE "namespace" = p_namespace AND "shard" = p_shard AND "state" = 'due' AND "dueAtMs" <= v_now ORDER BY "kind" LIMIT 1)
          UNION ALL SELECT (SELECT w."kind" FROM ${work} AS w WHERE w."namespace" = p_namespace AND w."shard" = p_shard AND w."state" = 'due' AND w."dueAtMs" <= v_now AND w."kind" > due."kind" ORDER BY w."kind" LIMIT 1) FROM due WHERE due."kind" IS NOT NULL),
        kinds AS (SELECT "kind" FROM due WHERE "kind" IS NOT NULL
          UNION SELECT "kind" FROM ${work} WHERE "namespace" = p_namespace AND "shard" = p_shard AND "state" = 'waiting' AND "dueAtMs" <= v_now)
        SELECT json_build_object('nowMs', v_now, 'kinds', (SELECT coalesce(json_agg("kind" ORDER BY "kind" COLLATE "C"), '[]') FROM kinds),
          'nextDueMs', (SELECT least((SELECT min("dueAtMs") FROM ${work} WHERE "namespace" = p_namespace AND "shard" = p_shard AND "state" = 'due'),
            (SELECT "dueAtMs" FROM ${work} WHERE "namespace" = p_namespace AND "shard" = p_shard AND "state" = 'waiting' ORDER BY "dueAtMs" LIMIT 1))))::text);`,
    },
    {
      name: 'work_page', parameters: 'p_namespace text, p_kind text, p_key text, p_shard text, p_limit bigint', returns: 'text', isEntry: true,
      body: `RETURN (SELECT coalesce(json_agg(json_build_object(${shown('w', [...SHOWN, 'settledRevision', 'leaseUntilMs', 'worker'])}, 'state', CASE w."state" WHEN 'quarantined' THEN 'quarantined' ELSE 'ready' END, 'reason', w."reason")
          ORDER BY w."kind", w."key", w."shard"), '[]')::text
        FROM (SELECT * FROM ${work} WHERE "namespace" = p_namespace AND "state" <> 'settled' AND ("kind", "key", "shard") > (p_kind, p_key, p_shard) ORDER BY "kind", "key", "shard" LIMIT p_limit) AS w);`,
    },
  ];
}

/**
 * Marks of one commit on one key come as one, with the sooner moment and priority, the last cause, and how many they
 * were. Most work has been marked before: it is updated, and only what was not there is inserted.
 */
function mark(work: string): Routine {
  const setFrom = (row: string): string => {
    const notBefore = `CASE WHEN ${RESTS} THEN ${row}."notBeforeMs" ELSE least(t."notBeforeMs", ${row}."notBeforeMs") END`;
    return `"notBeforeMs" = ${notBefore},
          "priority" = CASE WHEN ${RESTS} THEN ${row}."priority" ELSE least(t."priority", ${row}."priority") END,
          "dirtySinceMs" = CASE t."state" WHEN 'settled' THEN p_now ELSE t."dirtySinceMs" END,
          "state" = CASE WHEN ${LEASED} THEN t."state" WHEN (${notBefore}) <= p_now THEN 'due' ELSE 'waiting' END,
          "dueAtMs" = CASE WHEN ${LEASED} THEN t."dueAtMs" ELSE (${notBefore}) END,
          "markedSinceMs" = CASE WHEN ${LEASED} THEN coalesce(t."markedSinceMs", p_now) END,
          "markedNotBeforeMs" = CASE WHEN ${LEASED} THEN least(t."markedNotBeforeMs", ${row}."notBeforeMs") END,
          "markedPriority" = CASE WHEN ${LEASED} THEN least(t."markedPriority", ${row}."priority") END,
          "attempts" = 0, "cause" = ${row}."cause", "reason" = NULL, "revision" = t."revision" + `;
  };
  const rows = cellsOf('p_marks', MARKED);
  return {
    name: 'mark', parameters: 'p_namespace text, p_marks jsonb, p_now bigint', returns: 'boolean', declare: ['v_count bigint'],
    body: `${updateMet(work, { set: `${setFrom('r')}r."times"`, rows, same: SAME })}
      GET DIAGNOSTICS v_count = ROW_COUNT;
      IF v_count < jsonb_array_length(p_marks) THEN
        INSERT INTO ${work} AS t ("namespace", "kind", "shard", "key", "priority", "notBeforeMs", "cause", "dirtySinceMs", "revision", "settledRevision", "fence", "attempts", "state", "dueAtMs")
        SELECT p_namespace, r."kind", r."shard", r."key", r."priority", r."notBeforeMs", r."cause", p_now, r."times", 0, 0, 0, CASE WHEN r."notBeforeMs" <= p_now THEN 'due' ELSE 'waiting' END, r."notBeforeMs"
        FROM ${rows} WHERE ${isLeft(work, SAME)}
        ON CONFLICT ("namespace", "kind", "shard", "key") DO UPDATE SET ${setFrom('excluded')}excluded."revision";
      END IF;${DONE}`,
  };
}

/** Ends a held claim. What was marked meanwhile stays to be done, from the moment that its marks named. */
function endClaim(work: string): Routine {
  const status = `p_outcome ->> 'status'`;
  const marked = `"markedSinceMs" IS NOT NULL`;
  return {
    name: 'end_claim', parameters: 'p_namespace text, p_claim jsonb, p_outcome jsonb, p_now bigint', returns: 'boolean', declare: ['v_at bigint := (p_outcome ->> \'atMs\')::bigint'],
    body: `
    IF ${status} = 'done' THEN
      UPDATE ${work} SET "leaseUntilMs" = NULL, "worker" = NULL, "markedSinceMs" = NULL, "markedNotBeforeMs" = NULL, "markedPriority" = NULL,
        "attempts" = 0, "reason" = NULL, "settledRevision" = (p_claim ->> 'revision')::bigint,
        "priority" = coalesce("markedPriority", "priority"), "dirtySinceMs" = coalesce("markedSinceMs", "dirtySinceMs"),
        "notBeforeMs" = coalesce("markedNotBeforeMs", "notBeforeMs"), "dueAtMs" = coalesce("markedNotBeforeMs", "notBeforeMs"),
        "state" = CASE WHEN ${marked} THEN CASE WHEN "markedNotBeforeMs" <= p_now THEN 'due' ELSE 'waiting' END ELSE 'settled' END
      WHERE ${CLAIM};
    ELSIF ${status} = 'quarantine' THEN
      UPDATE ${work} SET "leaseUntilMs" = NULL, "worker" = NULL, "markedSinceMs" = NULL, "markedNotBeforeMs" = NULL, "markedPriority" = NULL, "reason" = p_outcome ->> 'reason',
        "notBeforeMs" = coalesce("markedNotBeforeMs", "notBeforeMs"), "dueAtMs" = coalesce("markedNotBeforeMs", "notBeforeMs"),
        "state" = CASE WHEN ${marked} THEN CASE WHEN "markedNotBeforeMs" <= p_now THEN 'due' ELSE 'waiting' END ELSE 'quarantined' END
      WHERE ${CLAIM};
    ELSE
      UPDATE ${work} SET "leaseUntilMs" = NULL, "worker" = NULL, "markedSinceMs" = NULL, "markedNotBeforeMs" = NULL, "markedPriority" = NULL, "reason" = p_outcome ->> 'reason',
        "attempts" = "attempts" + CASE WHEN ${status} = 'retry' THEN 1 ELSE 0 END,
        "notBeforeMs" = least(v_at, "markedNotBeforeMs"), "dueAtMs" = least(v_at, "markedNotBeforeMs"),
        "state" = CASE WHEN least(v_at, "markedNotBeforeMs") <= p_now THEN 'due' ELSE 'waiting' END
      WHERE ${CLAIM};
    END IF;${DONE}`,
  };
}

/** Leases due work. What somebody else is just claiming, marking or settling is skipped and not waited for. */
function claim(work: string): Routine {
  const due = (order: string): string => `SELECT found.* FROM unnest(p_kinds) AS k("kind") CROSS JOIN LATERAL (
      SELECT w.ctid AS "row", w."kind", w."key", w."priority", w."dirtySinceMs", w."leaseUntilMs" IS NOT NULL AS "takenOver" FROM ${work} AS w
      WHERE w."namespace" = p_namespace AND w."shard" = p_shard AND w."state" = 'due' AND w."kind" = k."kind" AND w."dueAtMs" <= v_now
      ORDER BY ${order}, w."key" LIMIT p_limit FOR UPDATE SKIP LOCKED) AS found ORDER BY ${order.replaceAll('w.', 'found.')}, found."kind", found."key" LIMIT p_limit`;
  const lease = (order: string): string => `WITH picked AS (${due(order)}),
      leased AS (UPDATE ${work} AS t SET "state" = 'waiting', "dueAtMs" = v_now + p_lease, "leaseUntilMs" = v_now + p_lease, "worker" = p_worker, "fence" = greatest(t."fence" + 1, v_now),
        "markedSinceMs" = NULL, "markedNotBeforeMs" = NULL, "markedPriority" = NULL
        FROM picked WHERE t.ctid = picked."row"
        RETURNING t.*, picked."takenOver")
    SELECT coalesce(json_agg(json_build_object(${shown('leased', [...SHOWN, 'leaseUntilMs'])}, 'takenOver', leased."takenOver") ORDER BY ${order.replaceAll('w.', 'leased.')}, leased."kind", leased."key"), '[]')::text INTO v_claims FROM leased`;
  return {
    name: 'claim', parameters: 'p_namespace text, p_shard text, p_kinds text[], p_limit bigint, p_lease bigint, p_worker text, p_by_age boolean, p_now bigint', returns: 'text', isEntry: true,
    declare: ['v_claims text', `v_now bigint := ${NOW}`],
    body: `
    UPDATE ${work} AS t SET "state" = 'due' FROM (SELECT w.ctid AS "row" FROM ${work} AS w WHERE w."namespace" = p_namespace AND w."shard" = p_shard AND w."state" = 'waiting' AND w."dueAtMs" <= v_now FOR UPDATE SKIP LOCKED) AS ripe
      WHERE t.ctid = ripe."row";
    IF p_by_age THEN ${lease('w."dirtySinceMs", w."priority"')}; ELSE ${lease('w."priority", w."dirtySinceMs"')}; END IF;
    RETURN v_claims;`,
  };
}
