import { same } from './conformance.ts';
import { brought, claimAll, commit, decide, item, keyOf, mark, queryOf, raise, read, rejects, type StoreCase } from './store-subject.ts';

/** Commits and decisions inside a transaction of the host's own. */
export const TRANSACTION_CASES: readonly StoreCase[] = [
  { key: 'host-transaction-joins', title: 'what happens inside the host\'s transaction counts when it commits', requires: ['joinsHostTransaction'], run: async ({ store, host }) => {
    await brought(host, 'host')(async (tx) => {
      same(await store.commit({ commitId: 'inside', expect: [{ ...keyOf('A'), version: 0 }], write: [item('A', 1)], marks: [mark('x')] }, { tx }), { status: 'committed' }, 'commit');
      same(await raise(store, 'A', tx), { status: 'committed', answer: 2 }, 'a decision sees it');
      same([(await store.load([queryOf('A')], { tx }))[0]?.[0]?.['version'], (await store.look([queryOf('A')], { tx })).rows[0]?.[0]?.['version']], [2, 2], 'reads see it');
      same(await store.commit({ commitId: 'inside', expect: [], write: [item('A', 9)], marks: [] }, { tx }), { status: 'already' }, 'again');
    });
    same([(await read(store, 'A'))?.['version'], (await claimAll(store)).length], [2, 1], 'after');
  } },
  { key: 'host-transaction-rolls-back', title: 'what happens inside the host\'s transaction is gone with it, ids included', requires: ['joinsHostTransaction'], run: async ({ store, host }) => {
    const change = { commitId: 'inside', expect: [], write: [item('A', 1)], marks: [mark('x')] };
    await rejects(() => brought(host, 'host')(async (tx) => {
      await store.commit(change, { tx });
      await raise(store, 'B', tx);
      throw new Error('the host thought better of it');
    }), 'the host');
    same([await store.load([{ table: 'item', where: {} }]), await claimAll(store)], [[[]], []], 'left');
    same((await store.commit(change)).status, 'committed', 'again');
  } },
  { key: 'host-transaction-outlives-conflicts', title: 'a conflict, a plan that throws and a refusal leave the host\'s transaction and nothing of themselves', requires: ['joinsHostTransaction'], run: async ({ store, host }) => {
    await commit(store, { write: [item('A', 1)] });
    await brought(host, 'host')(async (tx) => {
      same((await store.commit({ commitId: 'c1', expect: [{ ...keyOf('A'), version: 7 }], write: [item('B', 1)], marks: [mark('x')] }, { tx })).status, 'conflict', 'commit');
      const lock = [keyOf('A'), keyOf('B'), keyOf('C')];
      same((await decide(store, { lock, plan: () => ({ expect: [{ ...keyOf('A'), version: 7 }], write: [item('B', 1)], answer: null }) }, tx)).status, 'conflict', 'decision');
      await rejects(() => decide(store, { lock, plan: () => { throw new Error('no'); } }, tx), 'a plan that throws');
      await rejects(() => decide(store, { lock, plan: () => ({ write: [{ table: 'item', key: { sku: 'B' }, set: { nonsense: 1 } }], answer: null }) }, tx), 'a refused plan', 'INVARIANT_VIOLATED');
      same((await decide(store, { lock, read: [{ table: 'item', where: {} }], plan: ([rows = []]) => ({ write: [item('C', 1)], answer: rows.length }) }, tx)), { status: 'committed', answer: 1 }, 'goes on');
    });
    const [rows = []] = await store.load([{ table: 'item', where: {} }]);
    same(rows.map(({ sku }) => sku), ['A', 'C'], 'rows');
  } },
  { key: 'host-transaction-must-be-one', title: 'what is no transaction is refused', requires: ['joinsHostTransaction'], run: async ({ store }) => {
    for (const tx of ['BEGIN', {}, null]) await rejects(() => store.commit({ commitId: 'c', expect: [], write: [], marks: [] }, { tx }), JSON.stringify(tx), 'INVARIANT_VIOLATED');
  } },
  { key: 'host-transaction-is-refused', title: 'a store that cannot join a transaction says so and writes nothing', lacks: 'joinsHostTransaction', run: async ({ store }) => {
    await rejects(() => store.commit({ commitId: 'c', expect: [], write: [item('A', 1)], marks: [] }, { tx: {} }), 'commit', 'INVARIANT_VIOLATED');
    await rejects(() => decide(store, { lock: [keyOf('A')], read: [queryOf('A')], plan: () => ({ write: [item('A', 1)], answer: null }) }, {}), 'decide', 'INVARIANT_VIOLATED');
    for (const reads of [() => store.load([queryOf('A')], { tx: {} }), () => store.look([queryOf('A')], { tx: {} })]) await rejects(reads, 'a read', 'INVARIANT_VIOLATED');
    same(await read(store, 'A'), undefined, 'row');
  } },
];
