import { createMemoryStore } from '@stockwright/store-memory';
import type { Store } from '@stockwright/engine/ports';
import { describe, expect, it } from 'vitest';
import type { WatchedStore } from '../watched-store.ts';
import { checkOwed, glanceAt } from './at-rest.ts';
import { Violations } from './violations.ts';

/** A store in its second history, in which a number differs and nobody is going to push it. */
async function forgetful(epochSeen: string): Promise<readonly string[]> {
  const port: Store = createMemoryStore({ clock: { now: () => 1_000 } });
  await port.commit({
    commitId: 'forgotten', expect: [], marks: [],
    write: [
      { table: 'target', key: { channel: 'shop', location: '', sku: 'A' }, set: { version: 1, want: '2', believed: '3', differs: 1 } },
      { table: 'epoch', key: { name: 'engine' }, set: { version: 1, epoch: epochSeen, sinceMs: 0 } },
    ],
  });
  const violations = new Violations(() => 0);
  const world = { store: { port, epoch: 'history 2' } as WatchedStore, violations };
  await checkOwed(world, await glanceAt(world));
  return violations.list.map(({ message }) => message);
}

describe('a number that differs and that nobody is going to push', () => {
  it('is wrong', async () => {
    expect(await forgetful('history 2')).toEqual(['shop A differs, and nothing is going to push it']);
  });

  it('is about to be owed anew where the store lost its last commits and nobody has noticed', async () => {
    expect(await forgetful('history 1')).toEqual([]);
  });
});
