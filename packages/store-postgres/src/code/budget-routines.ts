import { NOW, type Routine, type Scope } from './routine.ts';

/** Less than a unit that arithmetic with fractions may lose. */
const ROUNDING = '1e-9';

/** Token buckets, which are outside namespaces. A bucket's row is its lock. */
export function budgetRoutines({ table }: Scope): readonly Routine[] {
  const bucket = table('bucket');
  return [
    {
      // A cost above the capacity waits for a full bucket and leaves a debt, so that it is late and not stuck.
      name: 'take_budget', parameters: 'p_name text, p_cost double precision, p_capacity double precision, p_refill double precision, p_now bigint', returns: 'text', isEntry: true,
      declare: [`v_bucket ${bucket}%ROWTYPE`, 'v_now bigint', 'v_tokens double precision', 'v_missing double precision'],
      body: `
      LOOP
        SELECT * INTO v_bucket FROM ${bucket} WHERE "name" = p_name FOR UPDATE;
        EXIT WHEN FOUND OR p_cost = 0;
        INSERT INTO ${bucket} ("name", "tokens", "takenAtMs", "pausedUntilMs", "reason") VALUES (p_name, NULL, 0, 0, '') ON CONFLICT DO NOTHING;
      END LOOP;
      -- Looked at once the bucket is ours, so that who waited for it does not count what was refilled meanwhile as yet to come.
      v_now := ${NOW};
      IF v_bucket."pausedUntilMs" > v_now THEN
        RETURN json_build_object('ok', false, 'waitMs', v_bucket."pausedUntilMs" - v_now, 'reason', v_bucket."reason")::text;
      END IF;
      -- Taken in what is the future by now: it refills from this moment on, not from that one.
      IF v_bucket."takenAtMs" > v_now THEN UPDATE ${bucket} SET "takenAtMs" = v_now WHERE "name" = p_name; END IF;
      v_tokens := CASE WHEN v_bucket."tokens" IS NULL THEN p_capacity
        ELSE least(p_capacity, v_bucket."tokens" + (greatest(0, v_now - v_bucket."takenAtMs")::double precision * p_refill) / 1000) END;
      v_missing := least(p_cost, p_capacity) - v_tokens;
      IF v_missing > ${ROUNDING} THEN
        RETURN json_build_object('ok', false, 'waitMs', ceil((v_missing * 1000) / p_refill)::bigint, 'reason', 'the budget is used up')::text;
      END IF;
      IF p_cost > 0 THEN UPDATE ${bucket} SET "tokens" = v_tokens - p_cost, "takenAtMs" = v_now WHERE "name" = p_name; END IF;
      RETURN '{"ok":true}';`,
    },
    {
      name: 'pause_bucket', parameters: 'p_name text, p_until bigint, p_reason text', returns: 'void', isEntry: true,
      body: `INSERT INTO ${bucket} AS b ("name", "tokens", "takenAtMs", "pausedUntilMs", "reason") VALUES (p_name, NULL, 0, p_until, p_reason)
        ON CONFLICT ("name") DO UPDATE SET "pausedUntilMs" = excluded."pausedUntilMs", "reason" = excluded."reason" WHERE excluded."pausedUntilMs" > b."pausedUntilMs";`,
    },
  ];
}
