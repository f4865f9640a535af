import { textOrNull } from '../brain/rows.ts';
import type { RowWrite } from '../ports/index.ts';
import { commitSafely } from './runtime.ts';
import type { FullRuntime } from './compose.ts';

/**
 * Writes down which policy runs. The first activation of a version stays, and a policy that was changed under its version
 * takes its place: the table must not name a policy that nobody runs. What it was is kept in the audit.
 */
export async function recordPolicy(runtime: FullRuntime, nowMs: number): Promise<void> {
  const { store, random, policy, logger } = runtime;
  const key = { version: policy.version };
  const body = JSON.stringify(policy);
  const [rows = []] = await store.load([{ table: 'policy', where: key }]);
  const before = textOrNull(rows[0], 'body');
  if (before === body) return;
  const commitId = random.uuid();
  const write: RowWrite[] = [{ table: 'policy', key, set: { body, activatedAtMs: nowMs } }];
  if (before !== null) {
    logger.warn(key, 'the policy was changed under its version; give each policy a version of its own, so that a number can be explained later');
    write.push({ table: 'audit', key: { auditId: random.uuid() }, set: { atMs: nowMs, requestedBy: 'engine', action: 'policyChanged', subject: `policy ${policy.version}`, detail: before } });
  }
  // Where it is the first, a conflict says that another process has written it at the same time.
  await commitSafely(runtime, { commitId, expect: before === null ? [{ table: 'policy', key, version: 0 }] : [], marks: [], write });
}
