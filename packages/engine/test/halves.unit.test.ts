import { parseSku, StockwrightError, type Instant, type QuantityText, type Sku, type StockObservation } from '@stockwright/core';
import type { ChangeSet, Store } from '@stockwright/engine/ports';
import { createMemoryStore } from '@stockwright/store-memory';
import { describe, expect, it } from 'vitest';
import { createRig, ERP, W1, type Rig } from './rig.ts';

const SKUS = Array.from({ length: 1_000 }, (_, index) => parseSku(`S${String(index)}`));

function count(sku: Sku, onHand: string, second: number): StockObservation {
  return { kind: 'stock', source: ERP, sku, location: W1, asOf: `2026-01-01T00:00:${String(second).padStart(2, '0')}.000Z` as Instant, measures: { onHand: onHand as QuantityText } };
}

/** A rig over a store of several processes, which says what was committed, and how much of it at once. */
async function watched(fails: (change: ChangeSet) => boolean = () => false): Promise<{ readonly rig: Rig; readonly commits: ChangeSet[]; readonly abreast: () => number }> {
  const commits: ChangeSet[] = [];
  let [open, most] = [0, 0];
  const rig = await createRig({
    catalog: SKUS.map((sku) => ({ sku })),
    store: (clock) => {
      const inner = createMemoryStore({ clock });
      const commit: Store['commit'] = async (change, options) => {
        commits.push(change);
        open += 1;
        most = Math.max(most, open);
        await new Promise(setImmediate);
        open -= 1;
        if (fails(change)) throw new StockwrightError('The store is away.', { code: 'STORE_UNAVAILABLE' });
        return inner.commit(change, options);
      };
      return new Proxy(inner, { get: (target, name: keyof Store) => {
        if (name === 'commit') return commit;
        if (name === 'capabilities') return { ...inner.capabilities, multiProcess: true };
        const value: unknown = target[name];
        return typeof value === 'function' ? value.bind(target) : value;
      } });
    },
  });
  await rig.store.migrate();
  return { rig, commits, abreast: () => most };
}

const skusOf = ({ expect: rows }: ChangeSet): number => rows.filter(({ table }) => table === 'item').length;
const kept = async ({ store }: Rig): Promise<number> => (await store.load([{ table: 'sourceBase', where: {} }]))[0]?.length ?? 0;

describe('many counts at once, where a store serves several processes', () => {
  it('go in two commits, of which the second is worked out while the first is written', async () => {
    const { rig, commits, abreast } = await watched();
    for (const second of [1, 2]) {
      await rig.engine.ingest(SKUS.map((sku, index) => count(sku, String(index), second)));
      expect(commits.splice(0).map(skusOf)).toEqual([400, 600]);
      expect(abreast()).toBe(2);
    }
    expect(await kept(rig)).toBe(1_000);
  });

  it('stay in one where both would be about one sku, or are few', async () => {
    const { rig, commits } = await watched();
    await rig.engine.ingest(Array.from({ length: 400 }, (_, index) => count(SKUS[index % 250] as Sku, String(index), Math.floor(index / 250))));
    await Promise.all(SKUS.slice(0, 150).map((sku) => rig.engine.ingest([count(sku, '1', 9)])));
    expect(commits.map(skusOf)).toEqual([250, 100, 50]);
  });

  it('are not tried where an earlier one of the same call is refused, and those of other calls are', async () => {
    const { rig, commits } = await watched();
    const [one, other] = await Promise.allSettled([
      rig.engine.ingest(SKUS.slice(0, 600).map((sku, index) => count(sku, index === 7 ? '0.5' : '1', 1))),
      rig.engine.ingest(SKUS.slice(600, 800).map((sku) => count(sku, '1', 1))),
    ]);
    expect([one?.status, other?.status]).toEqual(['rejected', 'fulfilled']);
    expect(commits.map(skusOf)).toEqual([200]);
    expect(await kept(rig)).toBe(200);
  });

  it('are all told again where one commit of theirs could not be made', async () => {
    let away = true;
    const { rig } = await watched((change) => away && change.expect.some(({ key }) => key['sku'] === 'S0'));
    const all = SKUS.map((sku) => count(sku, '1', 1));
    await expect(rig.engine.ingest(all)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    expect(await kept(rig)).toBe(600);
    away = false;
    await rig.engine.ingest(all);
    expect(await kept(rig)).toBe(1_000);
  });
});
