import { StockwrightError } from '@stockwright/core';
import { pushMark, targetKeyText, type TargetKey, type TargetRows } from '../brain/project.ts';
import { suspicion } from '../brain/push.ts';
import { integer, textOrNull } from '../brain/rows.ts';
import type { Expectation, Mark, RowWrite } from '../ports/index.ts';
import { loadTargets } from './projector.ts';
import { commitSafely, wakeFor, type ChannelSettings, type Runtime } from './runtime.ts';

/** How often a row that another writer moved is read and written anew. */
export const RACES_MAX = 20;
/** What is known of a target that is not there. */
export const NO_TARGET: TargetRows = { target: undefined, sale: undefined };

type Adapter = ChannelSettings['adapter'];

/** Whether an accepted write undoes no sale: it compared, and it shows at once. One that shows later overwrites what was sold until then. */
export function excludesSales({ capabilities }: Adapter): boolean {
  return capabilities.compareAndSet !== 'none' && capabilities.effectiveWithinMs === 0;
}

/** Whether a write can be made to depend on what the channel shows; only then is it worth a read. */
export function compares({ capabilities }: Adapter): boolean {
  return capabilities.compareAndSet !== 'none';
}

/** Finds the rows of targets as they are now. */
export async function targetRows(runtime: Runtime, keys: readonly TargetKey[]): Promise<(key: TargetKey) => TargetRows> {
  const found = await loadTargets(runtime, [...new Set(keys.map(({ sku }) => sku))]);
  return (key) => found.get(targetKeyText(key)) ?? NO_TARGET;
}

/** Leaves a target as it is. */
export const NO_CHANGE = { expect: [], write: [], marks: [] } as const;

type Update = { readonly set: Readonly<Record<string, string | number | null>> } | { readonly expect: readonly Expectation[]; readonly write: readonly RowWrite[]; readonly marks: readonly Mark[] };

/** Changes targets under their versions; whoever moved one meanwhile makes it be read anew. */
export async function updateTargets(runtime: Runtime, keys: readonly TargetKey[], update: (key: TargetKey, rows: TargetRows, nowMs: number) => Update): Promise<void> {
  if (keys.length === 0) return;
  for (let tried = 0; tried < RACES_MAX; tried += 1) {
    const rows = await targetRows(runtime, keys);
    const nowMs = await runtime.store.now();
    const changes = keys.map((key) => {
      const own = rows(key);
      const change = update(key, own, nowMs);
      if ('write' in change) return change;
      const version = integer(own.target, 'version');
      const rowKey = { channel: key.channel, location: key.location, sku: key.sku };
      return { expect: [{ table: 'target' as const, key: rowKey, version }], write: [{ table: 'target' as const, key: rowKey, set: { version: version + 1, ...change.set } }], marks: [] };
    });
    const marks = changes.flatMap((change) => change.marks);
    const result = await commitSafely(runtime, {
      commitId: runtime.random.uuid(), expect: changes.flatMap(({ expect }) => expect), write: changes.flatMap(({ write }) => write), marks,
    });
    if (result.status === 'conflict') {
      if (keys.length === 1) continue;
      // Busy ones must not keep the others from being written.
      const half = Math.ceil(keys.length / 2);
      await updateTargets(runtime, keys.slice(0, half), update);
      await updateTargets(runtime, keys.slice(half), update);
      return;
    }
    wakeFor(runtime, marks);
    return;
  }
  throw new StockwrightError(`Targets lost ${String(RACES_MAX)} races in a row; something else writes them without end.`, { code: 'VERSION_CONFLICT' });
}

/** Takes nothing for known of what a channel shows of some targets: it is found out anew, and once more when no earlier request can land any more. */
export async function doubtTargets(runtime: Runtime, { capabilities }: ChannelSettings['adapter'], { keys, cause }: { readonly keys: readonly TargetKey[]; readonly cause: string }): Promise<void> {
  await updateTargets(runtime, keys, (key, { target }, nowMs) => {
    const version = integer(target, 'version');
    const rowKey = { channel: key.channel, location: key.location, sku: key.sku };
    const want = textOrNull(target, 'want');
    const set = {
      ...suspicion(target, nowMs + capabilities.lateRequestMsMax), acked: null, ackedSold: null, believed: null, version: version + 1,
      // Where nothing is wanted yet nothing is owed either.
      ...(want === null ? {} : { differs: 1, dirtySinceMs: integer(target, 'dirtySinceMs') || nowMs }),
    };
    return {
      expect: [{ table: 'target', key: rowKey, version }], write: [{ table: 'target', key: rowKey, set }],
      marks: want === null ? [] : [pushMark(key, { want, believed: null, nowMs, cause })],
    };
  });
}
