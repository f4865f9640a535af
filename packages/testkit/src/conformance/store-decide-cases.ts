import { same } from './conformance.ts';
import { claimAll, collect, commit, decide, item, keyOf, mark, only, queryOf, raise, raiseByVersion, read, rejects, type StoreCase } from './store-subject.ts';

const HOLD = { table: 'hold', key: { holdId: 'h' } } as const;

/** Commits that are worked out inside the store's lock. */
export const DECIDE_CASES: readonly StoreCase[] = [
  { key: 'decide-reads-writes-and-answers', title: 'gives the plan the rows of each query, writes what it says, and hands on its answer', run: async ({ store, clock }) => {
    await commit(store, { write: [item('B', 2), item('A', 1)] });
    clock.set(2_000_000);
    const result = await decide(store, { lock: [keyOf('B'), keyOf('A')], read: [{ table: 'item', where: {} }, queryOf('B'), queryOf('C')], plan: ([all = [], b = [], c = []], nowMs) => ({
      expect: [{ ...keyOf('A'), version: 1 }, { ...keyOf('C'), version: 0 }], write: [item('C', 7)], marks: [mark('x')], answer: [all.map(({ sku }) => sku), b[0]?.['version'], c.length, nowMs],
    }) });
    same(result, { status: 'committed', answer: [['A', 'B'], 2, 0, 2_000_000] }, 'result');
    same([(await read(store, 'C'))?.['version'], only(await claimAll(store)).key], [7, 'x'], 'written');
  } },
  { key: 'decide-id-counts-once', title: 'answers already to an id that was committed before, by a decision or a commit, and asks no plan', run: async ({ store }) => {
    let plans = 0;
    const request = { commitId: 'once', lock: [keyOf('A')], read: [], plan: () => {
      plans += 1;
      return { write: [item('A', plans)], answer: 'done' };
    } };
    same(await store.decide(request), { status: 'committed', answer: 'done' }, 'first');
    same(await store.decide(request), { status: 'already' }, 'second');
    same(await store.commit({ commitId: 'once', expect: [], write: [item('A', 9)], marks: [] }), { status: 'already' }, 'commit');
    await store.commit({ commitId: 'before', expect: [], write: [], marks: [] });
    same(await store.decide({ ...request, commitId: 'before' }), { status: 'already' }, 'after a commit');
    same([plans, (await read(store, 'A'))?.['version']], [1, 1], 'plans');
  } },
  { key: 'decide-throw-leaves-nothing', title: 'what a plan throws reaches the caller, nothing is written, and the id may come again', run: async ({ store }) => {
    const request = { commitId: 'thrown', lock: [keyOf('A'), HOLD], read: [] };
    const reason = new Error('sold out');
    let caught: unknown;
    try {
      await store.decide({ ...request, plan: () => { throw reason; } });
    } catch (error) {
      caught = error;
    }
    same([caught === reason, await store.load([queryOf('A'), { table: 'hold', where: {} }])], [true, [[], []]], 'left');
    same((await store.decide({ ...request, plan: () => ({ write: [item('A', 1)], answer: null }) })).status, 'committed', 'again');
  } },
  { key: 'decide-refused-plan-leaves-nothing', title: 'a plan that is not of the layout is refused, and so are locks and reads that are not', run: async ({ store }) => {
    await rejects(() => decide(store, { lock: [keyOf('A')], plan: () => ({ write: [item('A', 1), { table: 'item', key: { sku: 'B' }, set: { nonsense: 1 } }], answer: null }) }), 'an unknown column', 'INVARIANT_VIOLATED');
    await rejects(() => decide(store, { lock: [{ table: 'item', key: {} }], plan: () => ({ answer: null }) }), 'half a key', 'INVARIANT_VIOLATED');
    await rejects(() => decide(store, { read: [{ table: 'item', where: { changedAtMs: 1 } }], plan: () => ({ answer: null }) }), 'a read without an index', 'INVARIANT_VIOLATED');
    same(await store.load([{ table: 'item', where: {} }]), [[]], 'left');
  } },
  { key: 'decide-conflict-leaves-nothing', title: 'an expectation that is not kept is a conflict that names it, in the order given, and may come again', run: async ({ store }) => {
    await commit(store, { write: [item('B', 2)] });
    const expect = [{ ...keyOf('A'), version: 3 }, { ...keyOf('B'), version: 2 }, { ...keyOf('B'), version: 0 }, { ...keyOf('A'), version: 0 }];
    const request = { commitId: 'conflict', lock: [keyOf('A')], read: [] };
    const result = await store.decide({ ...request, plan: () => ({ expect, write: [item('A', 4)], marks: [mark('x')], answer: null }) });
    same(result, { status: 'conflict', failed: [expect[0], expect[2]] }, 'result');
    same([await read(store, 'A'), await claimAll(store)], [undefined, []], 'left');
    same((await store.decide({ ...request, plan: () => ({ expect: expect.slice(3), write: [item('A', 4)], answer: null }) })).status, 'committed', 'again');
  } },
  { key: 'decide-absent-rows-stay-absent', title: 'a row that was locked before it was there is seen by nobody, unless the plan makes it', run: async ({ store }) => {
    const result = await decide(store, { lock: [HOLD, keyOf('A'), keyOf('B')], read: [{ table: 'hold', where: {} }, { table: 'item', where: {} }], plan: (rows) => ({ write: [{ table: 'item', key: { sku: 'B' }, set: { changedAtMs: 5 } }], answer: rows.map(({ length }) => length) }) });
    same(result, { status: 'committed', answer: [0, 0] }, 'result');
    same(await store.load([{ table: 'hold', where: {} }, { table: 'item', where: {} }]), [[], [{ sku: 'B', version: null, counted: null, changedAtMs: 5 }]], 'rows');
  } },
  { key: 'decide-removes', title: 'removes rows, locked or not, there or not', run: async ({ store }) => {
    await commit(store, { write: [item('A', 1), item('B', 1)] });
    const remove = (sku: string) => ({ table: 'item', key: { sku }, remove: true }) as const;
    await decide(store, { lock: [keyOf('A'), keyOf('C')], plan: () => ({ write: ['A', 'B', 'C', 'D'].map(remove), answer: null }) });
    same(await collect(store.scan({ table: 'item', where: {} })), [], 'rows');
  } },
  { key: 'decide-counts-each', title: 'forty decisions at once on one row are forty, each on top of the one before, none in vain', run: async ({ store }) => {
    const results = await Promise.all(Array.from({ length: 40 }, () => raise(store, 'A')));
    const answers = results.map((result) => (result.status === 'committed' ? result.answer : 0)).sort((a, b) => a - b);
    same(answers, Array.from({ length: 40 }, (_value, index) => index + 1), 'answers');
  } },
  { key: 'decide-locks-what-is-not-there', title: 'of many decisions that make a row where there is none, one makes it and the others see it', run: async ({ store }) => {
    const results = await Promise.all(Array.from({ length: 12 }, (_value, index) => decide(store, { lock: [HOLD], read: [{ table: 'hold', where: HOLD.key }], plan: ([rows = []]) => (
      rows.length > 0 ? { answer: 'seen' } : { write: [{ ...HOLD, set: { asked: `by ${String(index)}` } }], answer: 'made' }
    ) })));
    same(results.filter((result) => result.status === 'committed' && result.answer === 'made').length, 1, 'made');
    same(results.filter((result) => result.status === 'committed' && result.answer === 'seen').length, 11, 'seen');
  } },
  { key: 'decide-never-waits-in-a-circle', title: 'decisions whose locks are named in opposite orders, and twice, all end', run: async ({ store }) => {
    await commit(store, { write: [item('A', 0), item('B', 0)] });
    const locks = [[keyOf('A'), keyOf('B'), HOLD, keyOf('A')], [HOLD, keyOf('B'), keyOf('A')], [keyOf('C'), keyOf('B'), keyOf('D')], [keyOf('D'), keyOf('A'), keyOf('C')]];
    const results = await Promise.all(Array.from({ length: 24 }, (_value, index) => decide(store, { lock: locks[index % locks.length] ?? [], read: [queryOf('A')], plan: () => ({ answer: index }) })));
    same(results.every(({ status }) => status === 'committed'), true, 'all');
  } },
  { key: 'decide-and-commit-exclude-each-other', title: 'decisions and versioned commits on one row count each of them', run: async ({ store }) => {
    await Promise.all(Array.from({ length: 12 }, (_value, index) => (index % 2 === 0 ? raise(store, 'A') : raiseByVersion(store, 'A'))));
    same((await read(store, 'A'))?.['version'], 12, 'version');
  } },
];
