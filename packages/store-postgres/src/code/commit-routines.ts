import { LOST_RACE } from './row-routines.ts';
import { DONE, NOW, type Routine, type Scope } from './routine.ts';

/** For how long a commit is known by its id. A commit of unknown outcome is repeated within minutes. */
export const KEPT_MS = 7 * 24 * 60 * 60 * 1_000;

/**
 * A commit in one round trip. Everybody locks in the same order, so that nobody waits in a circle: rows with a version
 * that are there, work rows, then what is written, each by table and key.
 */
export function commitRoutines(scope: Scope): readonly Routine[] {
  return [...changeRoutines(scope), ...decisionRoutines(scope), settleRoutine(scope), tidyRoutine(scope)];
}

function changeRoutines({ table, routine }: Scope): readonly Routine[] {
  return [
    {
      name: 'commit', parameters: 'p_namespace text, p_commit_id text, p_change jsonb, p_now bigint', returns: 'text', isEntry: true,
      declare: ['v_done boolean', 'v_seen jsonb', 'v_found text', `v_now bigint := ${NOW}`],
      body: `
      IF p_change ? 'builtOn' AND EXISTS (SELECT FROM jsonb_array_elements_text(p_change -> 'builtOn') AS b("id")
        WHERE NOT EXISTS (SELECT FROM ${table('commitLog')} AS t WHERE t."namespace" = p_namespace AND t."commitId" = b."id" OFFSET 0)) THEN
        IF EXISTS (SELECT FROM ${table('commitLog')} WHERE "namespace" = p_namespace AND "commitId" = p_commit_id) THEN RETURN '{"status":"already"}'; END IF;
        RETURN '{"status":"forgotten"}';
      END IF;
      IF p_change ? 'timeline' THEN
        -- A standby has none of its own, and is refused by the first row that is locked or written.
        IF NOT pg_catalog.pg_is_in_recovery() AND left(pg_catalog.pg_walfile_name(pg_catalog.pg_current_wal_lsn()), 8) <> p_change ->> 'timeline' THEN
          IF EXISTS (SELECT FROM ${table('commitLog')} WHERE "namespace" = p_namespace AND "commitId" = p_commit_id) THEN RETURN '{"status":"already"}'; END IF;
          RETURN '{"status":"forgotten"}';
        END IF;
      END IF;
      v_seen := ${routine('check_rows')}(p_namespace, p_change -> 'locks', (p_change ->> 'kept')::bigint);
      IF v_seen IS NOT NULL THEN
        IF EXISTS (SELECT FROM ${table('commitLog')} WHERE "namespace" = p_namespace AND "commitId" = p_commit_id) THEN RETURN '{"status":"already"}'; END IF;
        RETURN (v_seen || '{"status":"conflict"}')::text;
      END IF;
      IF p_change ? 'absent' THEN
        v_found := ${routine('look')}(p_namespace, p_change -> 'absent', p_now);
        -- A look-up that finds nothing says [], and one that finds something begins with [[.
        IF strpos(v_found, ',[[') > 0 THEN
          IF EXISTS (SELECT FROM ${table('commitLog')} WHERE "namespace" = p_namespace AND "commitId" = p_commit_id) THEN RETURN '{"status":"already"}'; END IF;
          RETURN jsonb_build_object('status', 'present', 'found', v_found)::text;
        END IF;
      END IF;
      INSERT INTO ${table('commitLog')} ("namespace", "commitId", "atMs") VALUES (p_namespace, p_commit_id, v_now) ON CONFLICT DO NOTHING;
      IF NOT FOUND THEN RETURN '{"status":"already"}'; END IF;
      v_done := ${routine('apply')}(p_namespace, p_change, v_now);
      RETURN '{"status":"committed"}';`,
    },
    {
      // What somebody else's commit took away may be tried again without the host's transaction being lost.
      name: 'commit_inside', parameters: 'p_namespace text, p_commit_id text, p_change jsonb, p_now bigint', returns: 'text', isEntry: true,
      body: `RETURN ${routine('commit')}(p_namespace, p_commit_id, p_change, p_now);
      EXCEPTION WHEN SQLSTATE '${LOST_RACE}' THEN RETURN '{"status":"lost"}';`,
    },
    {
      name: 'apply', parameters: 'p_namespace text, p_change jsonb, p_now bigint', returns: 'boolean', declare: ['v_done boolean'],
      body: `
      IF p_change ? 'marks' THEN v_done := ${routine('mark')}(p_namespace, p_change -> 'marks', p_now); END IF;
      IF p_change ? 'inserts' THEN v_done := ${routine('insert_rows')}(p_namespace, p_change -> 'inserts'); END IF;
      IF p_change ? 'writes' THEN v_done := ${routine('write_rows')}(p_namespace, p_change -> 'writes'); END IF;
      IF p_change ? 'removes' THEN v_done := ${routine('remove_rows')}(p_namespace, p_change -> 'removes'); END IF;
      IF p_change ? 'tell' THEN v_done := ${routine('tell')}(p_namespace, p_change -> 'tell'); END IF;${DONE}`,
    },
  ];
}

function decisionRoutines({ table, routine }: Scope): readonly Routine[] {
  return [
    {
      name: 'begin_decision', parameters: 'p_namespace text, p_commit_id text, p_locks jsonb, p_now bigint', returns: 'text', isEntry: true,
      declare: ['v_placed bigint[]'],
      body: `
      IF EXISTS (SELECT FROM ${table('commitLog')} WHERE "namespace" = p_namespace AND "commitId" = p_commit_id) THEN RETURN '{"already":true}'; END IF;
      v_placed := ${routine('place_rows')}(p_namespace, p_locks);
      IF EXISTS (SELECT FROM ${table('commitLog')} WHERE "namespace" = p_namespace AND "commitId" = p_commit_id) THEN
        RETURN jsonb_build_object('already', true, 'placed', v_placed)::text;
      END IF;
      RETURN jsonb_build_object('placed', v_placed, 'nowMs', ${NOW})::text;`,
    },
    {
      // For empty rows that a decision put down and that are not to stay.
      name: 'remove', parameters: 'p_namespace text, p_parts jsonb', returns: 'void', isEntry: true,
      body: `PERFORM ${routine('remove_rows')}(p_namespace, p_parts);`,
    },
  ];
}

function settleRoutine({ routine }: Scope): Routine {
  return {
    name: 'settle', parameters: 'p_namespace text, p_locks jsonb, p_works jsonb, p_settlements jsonb, p_now bigint', returns: 'text', isEntry: true,
    declare: ['v_done boolean', 'v_each jsonb', 'v_seen jsonb', 'v_results jsonb := \'[]\'', `v_now bigint := ${NOW}`],
    body: `
    PERFORM ${routine('check_rows')}(p_namespace, p_locks, 0);
    v_done := ${routine('lock_work')}(p_namespace, p_works);
    FOR v_each IN SELECT value FROM jsonb_array_elements(p_settlements) LOOP
      IF NOT ${routine('is_held')}(p_namespace, v_each -> 'claim') THEN v_results := v_results || '["leaseLost"]'; CONTINUE; END IF;
      IF v_each ? 'locks' THEN
        v_seen := ${routine('check_rows')}(p_namespace, v_each -> 'locks', (v_each ->> 'kept')::bigint);
        IF v_seen IS NOT NULL THEN v_results := v_results || '["conflict"]'; CONTINUE; END IF;
      END IF;
      v_done := ${routine('end_claim')}(p_namespace, v_each -> 'claim', v_each -> 'outcome', v_now);
      v_done := ${routine('apply')}(p_namespace, v_each, v_now);
      v_results := v_results || '["settled"]';
    END LOOP;
    RETURN v_results::text;`,
  };
}

function tidyRoutine({ table }: Scope): Routine {
  return {
    name: 'tidy', parameters: 'p_namespace text, p_now bigint', returns: 'void',
    body: `DELETE FROM ${table('commitLog')} WHERE "atMs" < ${NOW} - ${String(KEPT_MS)} AND "namespace" = p_namespace;`,
  };
}
