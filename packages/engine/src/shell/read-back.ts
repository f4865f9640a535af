import type { ObservedLevel } from '@stockwright/adapter';
import { ownMoves, targetKeyText, type OwnMoves, type TargetKey, type TargetRows } from '../brain/project.ts';
import { settleRead } from '../brain/push.ts';
import { judgeLevel, levelKey, type Drift } from '../brain/reconcile.ts';
import { readLevelsMark } from '../brain/work.ts';
import type { Claim } from '../ports/index.ts';
import { failReads, readChangedOrders } from './order-reader.ts';
import { Lease } from './lease.ts';
import { cursorWrite, eachPage } from './pages.ts';
import { loadTargets } from './projector.ts';
import { compares, NO_CHANGE, updateTargets } from './targets.ts';
import { called, commitSafely, messageOf, wakeFor, type ChannelSettings, type Runtime } from './runtime.ts';

/**
 * Reads every number of a channel back and compares it with what we believe it shows. What a write, a sale or a
 * suspicion under way could explain is left to the next time; the rest is put right.
 */
export async function readBack(runtime: Runtime, { adapter, readBackMs }: ChannelSettings, claim: Claim): Promise<void> {
  try {
    if (adapter.capabilities.readBack) {
      await compareAll(runtime, adapter, new Lease(runtime, [claim]));
      const write = [cursorWrite(adapter.id, 'levels', { value: null, lastSuccessMs: await runtime.store.now() })];
      await commitSafely(runtime, { commitId: runtime.random.uuid(), expect: [], write, marks: [] });
    }
    const next = readLevelsMark(adapter.id, (await runtime.store.now()) + readBackMs, 'read-back');
    await runtime.store.settle([{ claim, outcome: { status: 'done' }, marks: [next] }]);
    wakeFor(runtime, [next]);
  } catch (error) {
    await failReads(runtime, { origin: adapter.id, what: 'readLevels', claims: [claim], error });
  }
}

async function compareAll(runtime: Runtime, adapter: ChannelSettings['adapter'], lease: Lease): Promise<void> {
  const readAtMs = await runtime.store.now();
  const known = runtime.settings.catalog.items;
  const before = new Map<string, OwnMoves>();
  for (const [key, { sale }] of await loadTargets(runtime, [...known.keys()])) before.set(key, ownMoves(sale));
  const levels: ObservedLevel[] = [];
  await eachPage(runtime, { origin: adapter.id, lease, take: async (items: readonly ObservedLevel[]) => { levels.push(...items.filter(({ sku }) => known.has(sku))); } }, (page) =>
    called(runtime, adapter, { writes: false, call: (context) => adapter.readLevels('all', page, context) }));
  await readChangedOrders(runtime, adapter, lease);
  const rows = await loadTargets(runtime, [...new Set(levels.map(({ sku }) => sku))]);
  for (const level of levels) {
    const key = levelKey(adapter.id, level);
    const keyText = targetKeyText(key);
    const scale = known.get(level.sku)?.scale ?? 0;
    const movesBefore = before.get(keyText) ?? ownMoves(undefined);
    const judge = (own: TargetRows): Drift => judgeLevel(level, own, { readAtMs, movesBefore, effectiveWithinMs: adapter.capabilities.effectiveWithinMs, scale });
    try {
      if (judge(rows.get(keyText) ?? { target: undefined, sale: undefined }).kind !== 'unexplained') continue;
    } catch (error) {
      // The projector leaves its sku alone, with the reason; the levels after it are compared all the same.
      runtime.logger.error({ ...key, error: messageOf(error) }, 'a level could not be compared');
      continue;
    }
    await lease.keep();
    let drift: Drift = { kind: 'none' };
    await updateTargets(runtime, [key], (_key, own, nowMs) => {
      // Another worker may have written or sold since: then nothing is judged, and the next read-back does.
      drift = judge(own);
      if (drift.kind !== 'unexplained') return NO_CHANGE;
      return settleRead(key, own, { observed: level.quantity, observedAt: level.observedAt, readAtMs, movesBefore, scale, compares: compares(adapter), nowMs });
    });
    tellDrift(runtime, key, drift);
  }
}

function tellDrift(runtime: Runtime, key: TargetKey, drift: Drift): void {
  if (drift.kind === 'unexplained') runtime.emit('drift-found', { ...key, believed: drift.believed, observed: drift.observed, atMs: runtime.clock.now() });
}
