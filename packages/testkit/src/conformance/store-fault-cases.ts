import type { Settlement, SettleResult, Store } from '@stockwright/engine/ports';
import { seededRandom } from '../time/seeded-random.ts';
import { same } from './conformance.ts';
import { brought, claimAll, commit, done, item, keyOf, mark, only, queryOf, read, type StoreCase } from './store-subject.ts';
import { createUnsureStore, type CallFate } from './unsure-store.ts';

/** What survives a bad line, a cut connection, another installation beside, and a lot at once. */
export const FAULT_CASES: readonly StoreCase[] = [
  { key: 'unsure-commits-count-once', title: 'commits and decisions that are repeated until they are answered count once each', run: async ({ store }) => {
    const unsure = createUnsureStore(store, fates('commits'));
    for (let version = 1; version <= 30; version += 1) {
      const commitId = `unsure-${String(version)}`;
      const expect = [{ ...keyOf('A'), version: version - 1 }];
      const write = [item('A', version), { table: 'ledger' as const, key: { sku: 'A', itemVersion: version, ordinal: 0 }, set: { quantity: '1' } }];
      const result = await untilAnswered(() => (version % 2 === 0 ? unsure.commit({ commitId, expect, write, marks: [mark('x')] }) : unsure.decide({ commitId, lock: [keyOf('A')], read: [queryOf('A')], plan: () => ({ expect, write, marks: [mark('x')], answer: null }) })));
      same(result.status === 'conflict', false, commitId);
    }
    const [rows = []] = await store.load([{ table: 'ledger', where: { sku: 'A' } }]);
    same([rows.length, (await read(store, 'A'))?.['version'], only(await claimAll(store)).revision], [30, 30, 30], 'counted');
  } },
  { key: 'unsure-settlements-count-once', title: 'a settlement that is repeated until it is answered applies once, and who asks again lost the lease', run: async ({ store }) => {
    const unsure = createUnsureStore(store, fates('settlements'));
    for (let round = 1; round <= 20; round += 1) {
      await commit(store, { marks: [mark('x')] });
      const settlements: readonly Settlement[] = [done(only(await claimAll(store)), { expect: [{ ...keyOf('A'), version: round - 1 }], write: [item('A', round)], marks: [mark('y', { shard: 'beside' })] })];
      const [result]: readonly SettleResult[] = await untilAnswered(() => unsure.settle(settlements));
      same(result === 'conflict', false, `round ${String(round)}`);
    }
    same([(await read(store, 'A'))?.['version'], only(await claimAll(store, { shard: 'beside' })).revision], [20, 20], 'applied');
  } },
  { key: 'cut-between-statements', title: 'a connection that is cut before any statement of a call leaves all of it or nothing, and the call may be repeated', requires: ['multiProcess'], run: async ({ store, cut }) => {
    const cutting = brought(cut, 'cut');
    for (let statement = 0; statement < 6; statement += 1) {
      const name = String(statement);
      const change = { commitId: `commit-${name}`, expect: [{ ...keyOf(`C${name}`), version: 0 }], write: [item(`C${name}`, 1)], marks: [mark(name)] };
      const decision = { commitId: `decide-${name}`, lock: [keyOf(`D${name}`), keyOf(`E${name}`)], read: [queryOf(`D${name}`)], plan: () => ({ write: [item(`D${name}`, 1)], marks: [mark(name)], answer: null }) };
      for (const call of [(each: Store) => each.commit(change), (each: Store) => each.decide(decision)]) {
        const dying = await cutting(statement);
        try {
          await call(dying);
        } catch (error) {
          same((error as { readonly code?: unknown }).code, 'STORE_UNAVAILABLE', 'the cut');
        }
        await dying.close();
        same((await call(store)).status === 'conflict', false, `repeated ${name}`);
      }
    }
    const [rows = []] = await store.load([{ table: 'item', where: {} }]);
    same([rows.length, rows.every(({ version }) => version === 1), (await claimAll(store)).map(({ revision }) => revision)], [12, true, [2, 2, 2, 2, 2, 2]], 'counted');
  } },
  { key: 'namespaces-share-nothing', title: 'two installations in one place see nothing of each other but the buckets of vendors', requires: ['durable'], run: async ({ store, reopen }) => {
    const again = brought(reopen, 'reopen');
    const change = { commitId: 'one', expect: [], write: [item('A', 1)], marks: [mark('x')] };
    await store.commit(change);
    await store.takeBudget('vendor', 1, { capacity: 1, refillPerSecond: 0.001 });
    const other = await again('beside');
    await other.migrate();
    same([await other.load([{ table: 'item', where: {} }]), await claimAll(other), await other.dirtyShards(9)], [[[]], [], []], 'beside');
    same((await other.takeBudget('vendor', 1, { capacity: 1, refillPerSecond: 0.001 })).ok, false, 'bucket');
    same((await other.commit({ ...change, write: [item('A', 7)] })).status, 'committed', 'the same id');
    await other.close();
    const back = await again();
    await back.migrate();
    same([(await read(back, 'A'))?.['version'], only(await claimAll(back)).revision], [1, 1], 'back');
  } },
  { key: 'large-batches', title: 'takes thousands of rows, expectations, marks, claims and settlements in one call, and none where one of them is wrong', run: async ({ store }) => {
    const skus = Array.from({ length: 2_000 }, (_value, index) => `S${String(index).padStart(5, '0')}`);
    const change = {
      expect: skus.map((sku) => ({ ...keyOf(sku), version: 0 })),
      write: skus.flatMap((sku) => [item(sku, 1), { table: 'ledger' as const, key: { sku, itemVersion: 1, ordinal: 0 }, set: { quantity: '1' } }]),
      marks: skus.map((sku) => mark(sku)),
    };
    same((await commit(store, { ...change, expect: [...change.expect, { ...keyOf('S'), version: 3 }] })).status, 'conflict', 'one wrong');
    same((await store.load([{ table: 'item', where: {} }]))[0]?.length, 0, 'nothing');
    same((await commit(store, change)).status, 'committed', 'all right');
    const rows = await store.load(skus.slice(0, 1_000).flatMap((sku) => [queryOf(sku), { table: 'ledger', where: { sku } }]));
    same(rows.every((found, index) => found.length === 1 && found[0]?.['sku'] === skus[index >> 1]), true, 'loaded');
    const claims = await claimAll(store, { limit: 700 });
    const results = await store.settle(claims.map((claim) => done(claim, { expect: [{ ...keyOf(claim.key), version: 1 }], write: [item(claim.key, 2)] })));
    same([claims.length, results.every((result) => result === 'settled'), (await claimAll(store, { limit: 5_000 })).length], [700, true, 1_300], 'worked off');
  } },
];

function fates(seed: string): () => CallFate {
  const { next: random } = seededRandom(seed);
  return () => {
    const drawn = random();
    return drawn < 0.3 ? 'lost' : drawn < 0.6 ? 'doneUnheard' : 'answered';
  };
}

/** As an engine does: the same again, under the same id, until there is an answer. */
async function untilAnswered<Answer>(call: () => Promise<Answer>): Promise<Answer> {
  for (;;) {
    try {
      return await call();
    } catch (error) {
      same((error as { readonly code?: unknown }).code, 'STORE_UNAVAILABLE', 'the line');
    }
  }
}
