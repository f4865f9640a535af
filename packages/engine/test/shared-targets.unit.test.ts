import { parseSku, type Sku } from '@stockwright/core';
import { createEngine, type Engine } from '@stockwright/engine';
import type { Store } from '@stockwright/engine/ports';
import { createMemoryStore } from '@stockwright/store-memory';
import { createModelChannel, createModelSource, VirtualClock } from '@stockwright/testkit';
import { describe, expect, it } from 'vitest';
import { drivenBy, engineOptions, ERP, SHOP, W1 } from './rig.ts';

const [A, B, KIT] = [parseSku('A'), parseSku('B'), parseSku('KIT')];

/** A store whose answer to the next look at targets is two seconds under way, far below a lease. */
function slowNext(store: Store, clock: VirtualClock): { readonly store: Store; next(): void } {
  let isSlow = false;
  const look: Store['look'] = async (queries) => {
    const found = await store.look(queries);
    if (isSlow && queries.some(({ table }) => table === 'target')) {
      isSlow = false;
      await clock.sleep(2_000);
    }
    return found;
  };
  const slow = new Proxy(store, {
    get: (target, name) => {
      const own: unknown = name === 'look' ? look : Reflect.get(target, name, target);
      return typeof own === 'function' ? own.bind(target) : own;
    },
  });
  return { store: slow, next: () => { isSlow = true; } };
}

describe('a kit of two components that two workers look at', () => {
  it.each([
    ['still comes to what it was', 4],
    ['comes to less', 3],
    ['comes to more than it was, by both', 20],
  ])('shows what both come to where %s, whoever read first and wrote last', async (_what, ofB) => {
    const clock = new VirtualClock(Date.UTC(2026, 0, 1));
    const store = createMemoryStore({ clock });
    const [shop, erp] = [createModelChannel({ id: SHOP }), createModelSource({ id: ERP })];
    const catalog = [{ sku: 'A' }, { sku: 'B' }, { sku: 'KIT', components: [{ sku: 'A', quantityPer: '1' }, { sku: 'B', quantityPer: '1' }] }];
    const slow = slowNext(store, clock);
    const begin = (over: Store, seed: string): Engine => createEngine(engineOptions({ store: over, clock, shop, erp }, { seed, catalog, polls: { sourceMs: 3_600_000 } }));
    const [one, two] = [begin(slow.store, 'one'), begin(store, 'two')];
    const driven = drivenBy(clock);
    const told = (sku: Sku, onHand: number): Parameters<Engine['ingest']>[0] => [{ kind: 'stock', source: ERP, sku, location: W1, asOf: new Date(clock.now()).toISOString(), measures: { onHand: String(onHand) } }] as never;
    erp.count(A, W1, 4);
    erp.count(B, W1, 10);
    await driven(one.start());
    await driven(two.start());
    await driven(clock.sleep(20_000));
    expect(shop.shows(KIT)).toBe(4);

    slow.next();
    const first = one.ingest(told(A, 10));
    await driven(clock.sleep(500));
    await driven(two.ingest(told(B, ofB)));
    await driven(clock.sleep(60_000));
    await driven(first);

    expect(shop.shows(KIT)).toBe(Math.min(10, ofB));
    await driven(one.stop());
    await driven(two.stop());
  });
});
