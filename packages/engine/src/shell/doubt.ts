import type { ChannelId, LocationId, Sku } from '@stockwright/core';
import type { TargetKey } from '../brain/project.ts';
import { integer, text, textOrNull } from '../brain/rows.ts';
import { projectMark, readOrdersMark } from '../brain/work.ts';
import { EPOCH_KEY, forgetCursors } from './pages.ts';
import { doubtTargets } from './targets.ts';
import { commitSafely, wakeFor, type ChannelSettings, type Runtime } from './runtime.ts';

/** How many numbers one commit doubts, or marks to be computed anew. */
const KEYS_PER_COMMIT = 200;

/**
 * Looks whether the store continues the history that it had. After a failover or a restored backup commits may be gone,
 * and with them what channels accepted: every number is then read or written anew, and once more when no request
 * from before can land any more. It is also computed anew: a projector that was under way may have looked at a position
 * that is gone, and written what followed from it into the history that is left.
 */
export async function doubtAfterEpoch(runtime: Runtime): Promise<void> {
  const { store, pulse, random } = runtime;
  const epoch = await store.epoch();
  pulse.history = epoch;
  if (pulse.epoch === epoch) return;
  const [rows = []] = await store.load([{ table: 'epoch', where: { ...EPOCH_KEY } }]);
  const [row] = rows;
  const seen = textOrNull(row, 'epoch');
  // Where the row itself is among what is gone, this process knows which history it was in.
  const before = seen ?? pulse.epoch;
  if (before !== undefined && before !== epoch) {
    runtime.logger.warn({ epoch, before }, 'the store continues another history; every number is doubted once');
    for (const channel of runtime.channels.values()) await doubtChannel(runtime, channel, { cause: ANOTHER_HISTORY });
    await computeAnew(runtime);
    runtime.emit('epoch-changed', { epoch, before, atMs: runtime.clock.now() });
  }
  if (seen !== epoch) {
    const version = integer(row, 'version');
    // Where another process was faster it has done the same.
    await commitSafely(runtime, {
      commitId: random.uuid(), expect: [{ table: 'epoch', key: EPOCH_KEY, version }], marks: [],
      write: [
        { table: 'epoch', key: EPOCH_KEY, set: { epoch, sinceMs: await store.now(), version: version + 1 } },
        // A read that began in the history that is gone may have said how far it came, and nobody knows which.
        ...(before === undefined ? [] : forgetCursors(runtime)),
      ],
    });
  }
  pulse.epoch = epoch;
}

const ANOTHER_HISTORY = 'the store continues another history';

async function computeAnew(runtime: Runtime): Promise<void> {
  const { random, settings, store } = runtime;
  const skus = [...settings.catalog.items.keys()];
  const nowMs = await store.now();
  for (let from = 0; from < skus.length; from += KEYS_PER_COMMIT) {
    const marks = skus.slice(from, from + KEYS_PER_COMMIT).map((sku) => projectMark(sku, nowMs, ANOTHER_HISTORY));
    await commitSafely(runtime, { commitId: random.uuid(), expect: [], write: [], marks });
    wakeFor(runtime, marks);
  }
}

/** Takes nothing for known of what a channel shows, of one sku or of all. @returns How many numbers are doubted. */
export async function doubtChannel(runtime: Runtime, { adapter }: ChannelSettings, { cause, sku: only }: { readonly cause: string; readonly sku?: Sku | undefined }): Promise<number> {
  const { store } = runtime;
  let doubted = 0;
  for await (const keys of targetsOf(runtime, adapter.id, only)) {
    await doubtTargets(runtime, adapter, { keys, cause });
    doubted += keys.length;
  }
  const orders = readOrdersMark(adapter.id, await store.now(), cause);
  await commitSafely(runtime, { commitId: runtime.random.uuid(), expect: [], write: [], marks: [orders] });
  wakeFor(runtime, [orders]);
  return doubted;
}

/** The targets of a channel, as many at a time as one commit doubts. */
async function* targetsOf({ store }: Runtime, channel: string, sku: Sku | undefined): AsyncIterable<readonly TargetKey[]> {
  let keys: TargetKey[] = [];
  for await (const row of store.scan({ table: 'target', where: sku === undefined ? { channel } : { sku } })) {
    if (text(row, 'channel') !== channel) continue;
    keys.push({ channel: channel as ChannelId, location: text(row, 'location') as LocationId | '', sku: text(row, 'sku') as Sku });
    if (keys.length < KEYS_PER_COMMIT) continue;
    yield keys;
    keys = [];
  }
  if (keys.length > 0) yield keys;
}
