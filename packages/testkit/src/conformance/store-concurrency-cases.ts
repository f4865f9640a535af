import type { Store } from '@stockwright/engine/ports';
import { seededRandom } from '../time/seeded-random.ts';
import { same } from './conformance.ts';
import { brought, claimAll, commit, decide, done, item, keyOf, mark, queryOf, raise, raiseByVersion, read, type StoreCase, type StoreSubject } from './store-subject.ts';

const BUYERS = 16;

/** Many at once, over two connections where several processes may share the rows, and over one where they may not. */
export const CONCURRENCY_CASES: readonly StoreCase[] = [
  { key: 'last-unit-by-decision', title: 'sixteen buyers of the last unit, deciding inside the lock: one gets it', run: async (subject) => {
    const stores = await both(subject);
    await commit(subject.store, { write: [item('A', 1)] });
    const results = await Promise.all(Array.from({ length: BUYERS }, (_value, index) => decide(stores[index % 2] ?? subject.store, { lock: [keyOf('A')], read: [queryOf('A')], plan: ([rows = []]) => {
      const left = Number(rows[0]?.['version']);
      return left === 0 ? { answer: 'sold out' } : { write: [item('A', left - 1)], answer: 'bought' };
    } })));
    same(results.map((result) => (result.status === 'committed' ? result.answer : result.status)).sort(), ['bought', ...Array.from({ length: BUYERS - 1 }, () => 'sold out')], 'answers');
  } },
  { key: 'last-unit-by-version', title: 'sixteen buyers of the last unit, racing by version: one gets it', run: async (subject) => {
    const stores = await both(subject);
    await commit(subject.store, { write: [{ table: 'item', key: { sku: 'A' }, set: { version: 1, counted: 1 } }] });
    const buy = async (store: Store): Promise<string> => {
      for (;;) {
        const row = await read(store, 'A');
        if (row?.['counted'] === 0) return 'sold out';
        const version = Number(row?.['version']);
        const result = await commit(store, { expect: [{ ...keyOf('A'), version }], write: [{ table: 'item', key: { sku: 'A' }, set: { version: version + 1, counted: Number(row?.['counted']) - 1 } }] });
        if (result.status === 'committed') return 'bought';
      }
    };
    const results = await Promise.all(Array.from({ length: BUYERS }, (_value, index) => buy(stores[index % 2] ?? subject.store)));
    same(results.filter((result) => result === 'bought').length, 1, 'bought');
  } },
  { key: 'same-item-twice-in-one-change', title: 'one change that names a row twice judges it once and applies both writes in their order', run: async ({ store }) => {
    await commit(store, { write: [item('A', 1)] });
    const result = await commit(store, { expect: [{ ...keyOf('A'), version: 1 }, { ...keyOf('A'), version: 1 }], write: [item('A', 2), { table: 'item', key: { sku: 'A' }, set: { counted: 1 } }, item('A', 3)] });
    const row = await read(store, 'A');
    same([result.status, row?.['version'], row?.['counted']], ['committed', 3, 1], 'row');
  } },
  { key: 'two-committers-make-one-row', title: 'of commits that make the same row at once one wins, and the others hear of a conflict', run: async (subject) => {
    const stores = await both(subject);
    for (let round = 0; round < 5; round += 1) {
      const inbox = { table: 'inbox' as const, key: { origin: 'shop', messageId: `m${String(round)}` } };
      const results = await Promise.all(Array.from({ length: 8 }, (_value, index) => commit(stores[index % 2] ?? subject.store, { expect: [{ ...inbox, version: 0 }], write: [{ ...inbox, set: { receivedAtMs: index } }, item(`S${String(index)}`, round)], marks: [mark(`w${String(index)}`)] })));
      same(results.filter(({ status }) => status === 'committed').length, 1, 'winners');
      same(results.filter((result) => result.status === 'conflict' && result.failed.length === 1).length, 7, 'losers');
    }
  } },
  { key: 'absence-is-guarded', title: 'of two commits that each make what the other expects not to be there, not both win', run: async (subject) => {
    const stores = await both(subject);
    for (let round = 0; round < 8; round += 1) {
      const names = [`X${String(round)}`, `Y${String(round)}`] as const;
      const results = await Promise.all([0, 1].map((side) => commit(stores[side] ?? subject.store, { expect: [{ ...keyOf(names[side === 0 ? 0 : 1]), version: 0 }], write: [item(names[side === 0 ? 1 : 0], 1)] })));
      same(results.filter(({ status }) => status === 'committed').length, 1, 'winners');
    }
  } },
  { key: 'identical-commits-race', title: 'one commit that is sent eight times at once counts once, and all hear that it did', run: async (subject) => {
    const stores = await both(subject);
    const change = { commitId: 'racing', expect: [{ ...keyOf('A'), version: 0 }], write: [item('A', 1)], marks: [mark('x')] };
    const results = await Promise.all(Array.from({ length: 8 }, (_value, index) => (stores[index % 2] ?? subject.store).commit(change)));
    same(results.map(({ status }) => status).sort(), [...Array.from({ length: 7 }, () => 'already'), 'committed'], 'results');
  } },
  { key: 'two-claimers-share-nothing', title: 'claimers on two connections get each work row once', run: async (subject) => {
    const stores = await both(subject);
    await commit(subject.store, { marks: Array.from({ length: 60 }, (_value, index) => mark(`k${String(index)}`)) });
    const keys: string[] = [];
    await Promise.all(Array.from({ length: 6 }, async (_value, index) => {
      for (;;) {
        const claims = await claimAll(stores[index % 2] ?? subject.store, { limit: 7, worker: `w${String(index)}` });
        if (claims.length === 0) return;
        keys.push(...claims.map(({ key }) => key));
      }
    }));
    same([keys.length, new Set(keys).size], [60, 60], 'claims');
  } },
  { key: 'overlapping-changes-all-end', title: 'commits, decisions and settlements on overlapping rows, named in any order, all end and all count', run: async (subject) => {
    const stores = await both(subject);
    const { next: random } = seededRandom('overlapping changes');
    const pick = (count: number): number => Math.floor(random() * count);
    const skus = ['A', 'B', 'C', 'D', 'E'];
    const raised = new Map(skus.map((sku) => [sku, 0]));
    await commit(subject.store, { write: skus.map((sku) => item(sku, 0)), marks: skus.map((sku) => mark(sku)) });
    const overlap = async (store: Store): Promise<void> => {
      const chosen = Array.from({ length: 3 }, () => skus[pick(skus.length)] ?? 'A');
      const write = (rows: readonly (readonly { readonly [column: string]: unknown }[])[]): Parameters<typeof commit>[1] => ({
        write: [...new Set(chosen)].flatMap((sku) => [
          { table: 'target' as const, key: { channel: 'shop', location: '', sku }, set: { version: pick(9) } },
          item(sku, Number(rows.flat().find((row) => row['sku'] === sku)?.['version']) + 1),
          { table: 'position' as const, key: { sku, account: 'onHand', location: 'W1', channel: '' }, set: { quantity: '1' } },
        ]),
        marks: chosen.map((sku) => mark(sku)),
      });
      const count = (): void => { for (const sku of new Set(chosen)) raised.set(sku, (raised.get(sku) ?? 0) + 1); };
      if (pick(2) === 0) {
        await decide(store, { lock: chosen.map(keyOf), read: chosen.map(queryOf), plan: (rows) => ({ ...write(rows), answer: null }) });
        count();
        return;
      }
      const rows = await store.load(chosen.map(queryOf));
      const expect = rows.flat().map(({ sku, version }) => ({ ...keyOf(String(sku)), version: Number(version) }));
      if ((await commit(store, { ...write(rows), expect })).status === 'committed') count();
    };
    const work = async (store: Store): Promise<void> => {
      const claims = await claimAll(store, { limit: 3 });
      await store.settle([...claims].reverse().map((claim) => done(claim, { write: [{ table: 'target', key: { channel: 'shop', location: '', sku: claim.key }, set: { want: '1' } }], marks: [mark(skus[pick(skus.length)] ?? 'A')] })));
    };
    await Promise.all(Array.from({ length: 8 }, async (_value, index) => {
      const store = stores[index % 2] ?? subject.store;
      for (let round = 0; round < 12; round += 1) await (index % 4 === 3 ? work(store) : overlap(store));
    }));
    const [rows = []] = await subject.store.load([{ table: 'item', where: {} }]);
    same(rows.map(({ sku, version }) => [sku, version]), [...raised], 'versions');
  } },
  { key: 'second-store-sees-the-first', title: 'what one store commits the other reads, and both count on each other', requires: ['multiProcess'], run: async ({ store, second }) => {
    const other = await brought(second, 'second')();
    await commit(store, { write: [item('A', 1)] });
    same((await read(other, 'A'))?.['version'], 1, 'seen');
    await Promise.all(Array.from({ length: 10 }, (_value, index) => raise(index % 2 === 0 ? store : other, 'A')));
    await Promise.all([raiseByVersion(store, 'A'), raiseByVersion(other, 'A')]);
    same([(await read(store, 'A'))?.['version'], await store.epoch() === await other.epoch()], [13, true], 'version');
    await other.close();
  } },
  { key: 'second-store-is-refused', title: 'a store for one process alone refuses a second', lacks: 'multiProcess', run: async ({ second }) => {
    if (second === undefined) return;
    let refused = false;
    try {
      await (await second()).close();
    } catch (error) {
      refused = (error as { readonly code?: unknown }).code === 'STORE_UNAVAILABLE';
    }
    same(refused, true, 'refused');
  } },
];

/** Two ways to the same rows; the same way twice where there is only one. */
async function both({ store, second }: StoreSubject): Promise<readonly [Store, Store]> {
  return store.capabilities.multiProcess ? [store, await brought(second, 'second')()] : [store, store];
}
