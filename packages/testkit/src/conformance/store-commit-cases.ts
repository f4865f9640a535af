import type { Query, Row } from '@stockwright/engine/ports';
import { same } from './conformance.ts';
import { claimAll, commit, item, mark, only, read, rejects, type StoreCase } from './store-subject.ts';

/** Rows, versions and reads. */
export const COMMIT_CASES: readonly StoreCase[] = [
  { key: 'commit-is-all-or-nothing', title: 'writes nothing where one expectation fails', run: async ({ store }) => {
    await commit(store, { write: [item('A', 1)] });
    const result = await commit(store, { expect: [{ table: 'item', key: { sku: 'A' }, version: 1 }, { table: 'item', key: { sku: 'B' }, version: 7 }], write: [item('A', 2), item('B', 8)], marks: [mark('x')] });
    same(result, { status: 'conflict', failed: [{ table: 'item', key: { sku: 'B' }, version: 7 }] }, 'result');
    same((await read(store, 'A'))?.['version'], 1, 'A');
    same(await claimAll(store), [], 'claims');
  } },
  { key: 'commit-refused-write-leaves-nothing', title: 'writes nothing where one write is not of the layout', run: async ({ store }) => {
    await rejects(() => commit(store, { write: [item('A', 1), { table: 'item', key: { sku: 'B' }, set: { nonsense: 1 } }] }), 'an unknown column');
    same(await read(store, 'A'), undefined, 'A');
  } },
  { key: 'commit-id-counts-once', title: 'answers already to the same commit and changes nothing', run: async ({ store }) => {
    const change = { commitId: 'once', expect: [], write: [item('A', 1)], marks: [mark('x')] };
    same(await store.commit(change), { status: 'committed' }, 'first');
    same(await store.commit({ ...change, write: [item('A', 9)] }), { status: 'already' }, 'second');
    same((await read(store, 'A'))?.['version'], 1, 'A');
    same(only(await claimAll(store)).revision, 1, 'revision');
  } },
  { key: 'conflicted-commit-may-come-again', title: 'a commit that lost is not remembered', run: async ({ store }) => {
    const change = { commitId: 'again', expect: [{ table: 'item' as const, key: { sku: 'A' }, version: 1 }], write: [item('A', 2)], marks: [] };
    same((await store.commit(change)).status, 'conflict', 'first');
    await commit(store, { write: [item('A', 1)] });
    same((await store.commit(change)).status, 'committed', 'second');
  } },
  { key: 'builds-on-known-commits', title: 'a commit that builds on one which the store does not know is a conflict, and one that was made is known by its id first', run: async ({ store }) => {
    const of = (commitId: string, version: number, builtOn: readonly string[]): ReturnType<typeof store.commit> =>
      store.commit({ commitId, builtOn, expect: [{ table: 'item', key: { sku: 'A' }, version }], write: [item('A', version + 1)], marks: [mark('x')] });
    same(await of('first', 0, []), { status: 'committed' }, 'first');
    same(await of('second', 1, ['first', 'of another history']), { status: 'conflict', failed: [] }, 'unknown');
    same([(await read(store, 'A'))?.['version'], only(await claimAll(store)).revision], [1, 1], 'unchanged');
    same(await of('second', 1, ['first']), { status: 'committed' }, 'known');
    same(await of('second', 1, ['of another history']), { status: 'already' }, 'made');
    same((await of('third', 1, ['first', 'second'])).status, 'conflict', 'version');
    await rejects(() => of('fourth', 2, ['\ud800']), 'an id that no database holds', 'INVARIANT_VIOLATED');
  } },
  { key: 'planned-in-one-history', title: 'a commit that was planned in another history is a conflict whatever the versions, and one that was made is known by its id first', run: async ({ store, reopen }) => {
    const of = (commitId: string, version: number, epoch: string): ReturnType<typeof store.commit> =>
      store.commit({ commitId, epoch, expect: [{ table: 'item', key: { sku: 'A' }, version }], write: [item('A', version + 1)], marks: [mark('x')] });
    const epoch = await store.epoch();
    same(await of('first', 0, epoch), { status: 'committed' }, 'its own');
    same(await of('second', 1, 'another'), { status: 'conflict', failed: [] }, 'another');
    same([(await read(store, 'A'))?.['version'], only(await claimAll(store)).revision], [1, 1], 'unchanged');
    same(await of('first', 0, 'another'), { status: 'already' }, 'made');
    same((await of('second', 7, epoch)).status, 'conflict', 'versions count as well');
    await rejects(() => of('second', 1, '\ud800'), 'a name that no database holds', 'INVARIANT_VIOLATED');
    const again = store.capabilities.durable && reopen !== undefined ? await reopen() : store;
    await again.migrate();
    same(await again.commit({ commitId: 'third', epoch, expect: [{ table: 'item', key: { sku: 'A' }, version: 1 }], write: [item('A', 2)], marks: [] }), { status: 'committed' }, 'as long as nothing is lost');
  } },
  { key: 'absent-means-nothing-found', title: 'a commit that supposes queries to find nothing is a conflict where one finds something, by a beginning of the key and by an index', run: async ({ store }) => {
    const held = { table: 'hold' as const, key: { holdId: 'h' }, set: { channel: 'shop', orderId: 'o', state: 'converted' } };
    const [byKey, byIndex] = [{ table: 'claim' as const, where: { channel: 'shop', orderId: 'o' } }, { table: 'hold' as const, where: { channel: 'shop', orderId: 'o' } }];
    const of = (commitId: string, version: number, absent: readonly Query[] = [byKey, byIndex]): ReturnType<typeof store.commit> =>
      store.commit({ commitId, absent, expect: [{ table: 'item', key: { sku: 'A' }, version }], write: [item('A', version + 1), held], marks: [mark('x')] });
    same(await of('first', 0), { status: 'committed' }, 'nothing there');
    same(await of('first', 0), { status: 'already' }, 'made');
    same(await of('second', 1), { status: 'conflict', failed: [], found: [byIndex] }, 'one found');
    same([(await read(store, 'A'))?.['version'], only(await claimAll(store)).revision], [1, 1], 'unchanged');
    await commit(store, { write: [{ table: 'claim', key: { channel: 'shop', orderId: 'o', sku: 'B' }, set: { state: ',[[' } }] });
    same(await of('second', 1), { status: 'conflict', failed: [], found: [byKey, byIndex] }, 'both found');
    same((await of('second', 7)), { status: 'conflict', failed: [{ table: 'item', key: { sku: 'A' }, version: 7 }] }, 'versions come first');
    same(await of('second', 1, [{ table: 'claim', where: { channel: 'shop', orderId: 'of another' } }, { table: 'claim', where: { channel: 'shop', orderId: 'o', sku: 'C' } }]), { status: 'committed' }, 'others');
    await rejects(() => of('third', 2, [{ table: 'claim', where: {} }]), 'a whole table', 'INVARIANT_VIOLATED');
    await rejects(() => of('third', 2, [{ table: 'hold', where: { channel: 'shop', orderId: null } }]), 'an empty column', 'INVARIANT_VIOLATED');
  } },
  { key: 'version-zero-means-absent', title: 'expects a row not to be there with version 0', run: async ({ store }) => {
    const inbox = { table: 'inbox' as const, key: { origin: 'shop', messageId: 'm' } };
    const change = { expect: [{ ...inbox, version: 0 }], write: [{ ...inbox, set: { receivedAtMs: 1 } }] };
    same((await commit(store, change)).status, 'committed', 'first');
    same((await commit(store, change)).status, 'conflict', 'second');
  } },
  { key: 'write-patches-columns', title: 'a write keeps the columns that it does not name', run: async ({ store }) => {
    await commit(store, { write: [{ table: 'item', key: { sku: 'A' }, set: { version: 1, changedAtMs: 5 } }] });
    await commit(store, { write: [item('A', 2)] });
    same(await read(store, 'A'), { sku: 'A', version: 2, counted: null, changedAtMs: 5 }, 'row');
  } },
  { key: 'write-removes', title: 'a row can be removed', run: async ({ store }) => {
    await commit(store, { write: [item('A', 1)] });
    await commit(store, { write: [{ table: 'item', key: { sku: 'A' }, remove: true }] });
    same(await read(store, 'A'), undefined, 'row');
  } },
  { key: 'load-by-key-prefix-and-index', title: 'finds rows by a prefix of the key and by an index, in the order of their keys', run: async ({ store }) => {
    const rows = [['B', 'W1'], ['A', 'W2'], ['A', 'W1']] as const;
    await commit(store, { write: rows.map(([sku, location]) => ({ table: 'target' as const, key: { channel: 'shop', location, sku }, set: { differs: sku === 'A' ? 1 : 0 } })) });
    const [byChannel = [], bySku = [], byDiffers = []] = await store.load([{ table: 'target', where: { channel: 'shop' } }, { table: 'target', where: { sku: 'A' } }, { table: 'target', where: { channel: 'shop', differs: 1 } }]);
    const names = (found: readonly Row[]): string => found.map((row) => `${String(row['location'])}/${String(row['sku'])}`).join(' ');
    same([names(byChannel), names(bySku), names(byDiffers)], ['W1/A W1/B W2/A', 'W1/A W2/A', 'W1/A W2/A'], 'rows');
    await rejects(() => store.load([{ table: 'target', where: { want: '1' } }]), 'a query without an index');
  } },
  { key: 'order-of-integer-keys', title: 'keys that are numbers sort as numbers', run: async ({ store }) => {
    await commit(store, { write: [10, 9, 2].map((itemVersion) => ({ table: 'ledger' as const, key: { sku: 'A', itemVersion, ordinal: 0 }, set: { quantity: '1' } })) });
    const [rows = []] = await store.load([{ table: 'ledger', where: { sku: 'A' } }]);
    same(rows.map((row) => row['itemVersion']), [2, 9, 10], 'order');
  } },
  { key: 'loaded-rows-are-copies', title: 'what a caller does to a row stays with the caller', run: async ({ store }) => {
    await commit(store, { write: [item('A', 1)] });
    const row = await read(store, 'A');
    try {
      Object.assign(row ?? {}, { version: 99 });
    } catch {
      // A row that cannot be changed is as good as a copy.
    }
    same((await read(store, 'A'))?.['version'], 1, 'version');
  } },
  { key: 'one-of-many-writers-wins', title: 'of concurrent commits on one version exactly one wins', run: async ({ store }) => {
    await commit(store, { write: [item('A', 1)] });
    const results = await Promise.all(Array.from({ length: 16 }, () => commit(store, { expect: [{ table: 'item', key: { sku: 'A' }, version: 1 }], write: [item('A', 2)] })));
    same(results.filter(({ status }) => status === 'committed').length, 1, 'winners');
  } },
  { key: 'forty-increments-count-forty', title: 'forty concurrent read, add one, write apply forty times', run: async ({ store }) => {
    await commit(store, { write: [item('A', 1)] });
    await Promise.all(Array.from({ length: 40 }, async () => {
      for (;;) {
        const version = Number((await read(store, 'A'))?.['version']);
        const result = await commit(store, { expect: [{ table: 'item', key: { sku: 'A' }, version }], write: [item('A', version + 1)] });
        if (result.status === 'committed') return;
      }
    }));
    same((await read(store, 'A'))?.['version'], 41, 'version');
  } },
  { key: 'lost-answer-may-be-asked-again', title: 'a commit whose answer was lost and that is repeated applies once, also when the row moved on', run: async ({ store }) => {
    const change = { commitId: 'lost', expect: [{ table: 'item' as const, key: { sku: 'A' }, version: 0 }], write: [item('A', 1)], marks: [mark('x')] };
    await store.commit(change);
    await commit(store, { write: [item('A', 2)] });
    same(await store.commit(change), { status: 'already' }, 'again');
    same([(await read(store, 'A'))?.['version'], only(await claimAll(store)).revision], [2, 1], 'state');
  } },
  { key: 'conflicts-name-each-failure', title: 'names every expectation that failed, in the order given, and no other', run: async ({ store }) => {
    await commit(store, { write: [item('A', 1), item('B', 2)] });
    const expect = [['C', 1], ['B', 2], ['A', 0], ['D', 0]].map(([sku, version]) => ({ table: 'item' as const, key: { sku: String(sku) }, version: Number(version) }));
    const result = await commit(store, { expect, write: [item('D', 1)] });
    same(result.status === 'conflict' && result.failed.map(({ key }) => key['sku']), ['C', 'A'], 'failed');
  } },
  { key: 'zero-is-not-a-version', title: 'a row without a version is there, and version 0 says that it is not', run: async ({ store }) => {
    await commit(store, { write: [{ table: 'item', key: { sku: 'A' }, set: { counted: 1 } }] });
    const result = await commit(store, { expect: [{ table: 'item', key: { sku: 'A' }, version: 0 }], write: [item('A', 1)] });
    same(result.status, 'conflict', 'result');
  } },
  { key: 'expects-presence-only-by-version', title: 'refuses a version of a table that keeps none', run: async ({ store }) => {
    await rejects(() => commit(store, { expect: [{ table: 'inbox', key: { origin: 'shop', messageId: 'm' }, version: 1 }] }), 'a version of inbox', 'INVARIANT_VIOLATED');
  } },
  { key: 'refuses-what-is-not-of-the-layout', title: 'refuses tables, columns, keys and values that the layout does not have, before anything is written', run: async ({ store }) => {
    const refused: readonly (readonly [string, unknown])[] = [
      ['an unknown table', { table: 'toString', key: {}, set: {} }],
      ['an unknown column', { table: 'item', key: { sku: 'B' }, set: { constructor: 1 } }],
      ['a key column as a column', { table: 'item', key: { sku: 'B' }, set: { sku: 'C' } }],
      ['half a key', { table: 'claim', key: { channel: 'shop', orderId: '1' }, set: { state: 'x' } }],
      ['more than a key', { table: 'item', key: { sku: 'B', version: 1 }, set: {} }],
      ['an empty key', { table: 'item', key: { sku: null }, set: {} }],
      ['a text for a number', { table: 'item', key: { sku: 'B' }, set: { version: '1' } }],
      ['a number for a text', { table: 'position', key: { sku: 'B', account: 'onHand', location: 'W1', channel: '' }, set: { quantity: 1 } }],
      ['half an integer', { table: 'item', key: { sku: 'B' }, set: { version: 1.5 } }],
      ['an integer that is not safe', { table: 'item', key: { sku: 'B' }, set: { version: 2 ** 53 } }],
      ['a key that UTF-8 cannot write', { table: 'item', key: { sku: '\ud800' }, set: {} }],
    ];
    for (const [what, write] of refused) {
      await rejects(() => commit(store, { write: [item('A', 1), write as never] }), what, 'INVARIANT_VIOLATED');
    }
    await rejects(() => commit(store, { write: [item('A', 1)], marks: [mark('x', { notBeforeMs: 0.5 })] }), 'half a millisecond', 'INVARIANT_VIOLATED');
    await rejects(() => store.load([{ table: 'nowhere' as never, where: {} }]), 'a read of an unknown table', 'INVARIANT_VIOLATED');
    same([await read(store, 'A'), await claimAll(store)], [undefined, []], 'left');
  } },
  { key: 'keeps-text-exactly', title: 'keeps quantities of any length and text of any script; what no database holds is replaced and stops nothing', run: async ({ store }) => {
    const texts = ['0', '-12345678901234567890.123456', '1e3', ' 1 ', '', 'Größe 42 \u{1f9e6} \u202e', "'; DROP TABLE item; --", 'line\nbreak\ttab'];
    const key = (index: number): { sku: string; account: string; location: string; channel: string } => ({ sku: 'A', account: 'onHand', location: `W${String(index)}`, channel: '' });
    await commit(store, { write: [...texts, 'a\0b\ud800c'].map((quantity, index) => ({ table: 'position' as const, key: key(index), set: { quantity } })) });
    const [rows = []] = await store.load([{ table: 'position', where: { sku: 'A' } }]);
    same(rows.map((row) => row['quantity']), [...texts, 'a\ufffdb\ufffdc'], 'texts');
  } },
  { key: 'order-of-text-keys', title: 'keys that are texts sort by code point, with case and without a locale', run: async ({ store }) => {
    const sorted = ['', '10', '9', 'A', 'B', 'a', 'aa', 'ä', '\ufffd', '\u{1f9e6}'];
    await commit(store, { write: [...sorted].reverse().map((sku) => item(sku, 1)) });
    const [rows = []] = await store.load([{ table: 'item', where: {} }]);
    same(rows.map((row) => row['sku']), sorted, 'load');
    const scanned: unknown[] = [];
    for await (const row of store.scan({ table: 'item', where: {} })) scanned.push(row['sku']);
    same(scanned, sorted, 'scan');
  } },
  { key: 'last-write-of-a-commit-wins', title: 'writes of one commit on one row apply in their order', run: async ({ store }) => {
    const remove = { table: 'item', key: { sku: 'A' }, remove: true } as const;
    await commit(store, { write: [{ table: 'item', key: { sku: 'A' }, set: { version: 1, changedAtMs: 7 } }, remove, item('A', 2)] });
    same(await read(store, 'A'), { sku: 'A', version: 2, counted: null, changedAtMs: null }, 'row');
    await commit(store, { write: [item('A', 3), remove, { ...remove, key: { sku: 'nothing' } }] });
    same(await read(store, 'A'), undefined, 'removed');
  } },
  { key: 'index-follows-writes', title: 'finds a row where its columns are now, and no longer where they were', run: async ({ store }) => {
    const key = { channel: 'shop', location: '', sku: 'A' };
    const differing = async (differs: number | null): Promise<number> => (await store.load([{ table: 'target', where: { channel: 'shop', differs } }]))[0]?.length ?? 0;
    await commit(store, { write: [{ table: 'target', key, set: { differs: 1 } }] });
    await commit(store, { write: [{ table: 'target', key, set: { differs: 0 } }] });
    same([await differing(1), await differing(0), await differing(null)], [0, 1, 0], 'set');
    await commit(store, { write: [{ table: 'target', key, set: { differs: null } }] });
    same([await differing(1), await differing(0), await differing(null)], [0, 0, 1], 'unset');
  } },
  { key: 'load-sees-one-moment', title: 'all queries of one load see the same moment', run: async ({ store }) => {
    await commit(store, { write: [item('A', 0), item('B', 0)] });
    const writing = (async () => {
      for (let version = 1; version <= 50; version += 1) await commit(store, { write: [item('A', version), item('B', version)] });
    })();
    for (let tries = 0; tries < 50; tries += 1) {
      const [[a] = [], [b] = []] = await store.load([{ table: 'item', where: { sku: 'A' } }, { table: 'item', where: { sku: 'B' } }]);
      same(a?.['version'], b?.['version'], 'versions');
    }
    await writing;
  } },
];
