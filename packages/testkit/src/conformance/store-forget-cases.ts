import { tableDefinition, TABLES, type ForgettableName, type RowWrite, type Store, type TableName } from '@stockwright/engine/ports';
import { same } from './conformance.ts';
import { brought, claimAll, commit, decide, done, mark, only, rejects, type StoreCase } from './store-subject.ts';

const OLD_MS = 10_000;
const EVER = 9_999;

function forget(store: Store, table: ForgettableName, { overForMs = OLD_MS, limit = EVER }: { readonly overForMs?: number; readonly limit?: number } = {}): Promise<number> {
  return store.forget({ table, overForMs, limit });
}

function message(messageId: string, receivedAtMs: number | null): RowWrite {
  return { table: 'inbox', key: { origin: 'shop', messageId }, set: { receivedAtMs } };
}

function hold(holdId: string, overSinceMs: number | null, version = 1): RowWrite {
  return { table: 'hold', key: { holdId }, set: { version, state: 'held', overSinceMs } };
}

function line(holdId: string, sku: string): RowWrite {
  return { table: 'holdLine', key: { sku, holdId, location: 'W1' }, set: { quantity: '1', state: 'held' } };
}

async function left(store: Store, table: 'inbox' | 'hold' | 'holdLine', column: string): Promise<readonly unknown[]> {
  return ((await store.load([{ table, where: {} }]))[0] ?? []).map((row) => row[column]);
}

/** A row of a table whose rows say since when they are over, with this word of its own in every text of its key. */
function agedRow(table: TableName, name: string, sinceMs: number | null): RowWrite {
  const { key, keyTypes = {}, over = '' } = tableDefinition(table);
  return { table, key: Object.fromEntries(key.map((column) => [column, keyTypes[column] === 'integer' ? 1 : name])), set: { [over]: sinceMs } };
}

/** What has been over for long goes, in small pieces, and nothing else does. */
export const FORGET_CASES: readonly StoreCase[] = [
  { key: 'forgets-what-is-over', title: 'forgets rows that have been over for as long as was asked, to the millisecond, and not those that never say so', run: async ({ store, clock }) => {
    const nowMs = clock.now();
    await commit(store, { write: [message('long', nowMs - OLD_MS - 1), message('just', nowMs - OLD_MS), message('young', nowMs - OLD_MS + 1), message('ahead', nowMs + OLD_MS), message('needed', null)] });
    same([await forget(store, 'inbox'), await left(store, 'inbox', 'messageId')], [2, ['ahead', 'needed', 'young']], 'now');
    clock.set(nowMs + 2 * OLD_MS);
    same([await forget(store, 'inbox'), await left(store, 'inbox', 'messageId')], [2, ['needed']], 'later');
    same(await forget(store, 'inbox'), 0, 'again');
  } },
  { key: 'forgets-the-oldest-first', title: 'forgets no more rows than it was asked to, the oldest first and of one moment by their keys, until none is left', run: async ({ store }) => {
    await commit(store, { write: [message('d', 7), message('b', 5), message('a', 9), message('c', 7), message('e', 1)] });
    same([await forget(store, 'inbox', { limit: 3 }), await left(store, 'inbox', 'messageId')], [3, ['a', 'd']], 'first');
    same([await forget(store, 'inbox', { limit: 3 }), await left(store, 'inbox', 'messageId')], [2, []], 'rest');
  } },
  { key: 'forgets-by-what-a-row-says-now', title: 'a row that says something else of itself is judged by that', run: async ({ store, clock }) => {
    await commit(store, { write: [message('a', 1), message('b', null), message('c', 1)] });
    await commit(store, { write: [message('a', clock.now()), message('b', 2), message('c', null)] });
    same([await forget(store, 'inbox'), await left(store, 'inbox', 'messageId')], [1, ['a', 'c']], 'left');
    await commit(store, { write: [{ table: 'inbox', key: { origin: 'shop', messageId: 'c' }, remove: true }, message('d', 1)] });
    same([await forget(store, 'inbox'), await left(store, 'inbox', 'messageId')], [1, ['a']], 'removed meanwhile');
  } },
  { key: 'forgets-in-every-table-that-says-so', title: 'forgets in each table whose rows say since when they are over, and leaves the others alone meanwhile', run: async ({ store, clock }) => {
    const tables = (Object.keys(TABLES) as TableName[]).filter((table) => tableDefinition(table).over !== undefined);
    same(tables.includes('variance') && tables.includes('operatorCommand'), true, 'among them');
    const nowMs = clock.now();
    await commit(store, { write: tables.flatMap((table) => [agedRow(table, 'old', nowMs - OLD_MS), agedRow(table, 'young', nowMs), agedRow(table, 'needed', null)]) });
    const names = async (table: TableName): Promise<unknown> => ((await store.load([{ table, where: {} }]))[0] ?? []).map((row) => row[tableDefinition(table).key[0] ?? '']);
    for (const [index, table] of tables.entries()) {
      same([await forget(store, table as ForgettableName), await names(table)], [1, ['needed', 'young']], table);
      for (const later of tables.slice(index + 1)) same(await names(later), ['needed', 'old', 'young'], `${later} beside ${table}`);
    }
  } },
  { key: 'parts-go-with-their-row', title: 'the lines of a hold go with it and are not counted; those of others stay', run: async ({ store }) => {
    await commit(store, { write: [hold('over', 1), hold('live', null), line('over', 'A'), line('over', 'B'), line('live', 'A')] });
    same([await forget(store, 'hold', { limit: 1 }), await left(store, 'hold', 'holdId'), await left(store, 'holdLine', 'holdId')], [1, ['live'], ['live']], 'left');
  } },
  { key: 'only-settled-work-is-forgotten', title: 'forgets work that is settled and that nobody has claimed for long; not what is dirty, leased or quarantined', run: async ({ store, clock }) => {
    await commit(store, { marks: ['dirty', 'leased', 'quarantined', 'settled'].map((key, priority) => mark(key, { priority: 9 - priority })) });
    const [settled, quarantined] = await claimAll(store, { limit: 3, leaseMs: 3 * OLD_MS });
    if (settled === undefined || quarantined === undefined) throw new Error('three claims expected');
    await store.settle([done(settled), { claim: quarantined, outcome: { status: 'quarantine', reason: 'refused' } }]);
    clock.set(clock.now() + OLD_MS - 1);
    same(await forget(store, 'work'), 0, 'young');
    clock.set(clock.now() + 1);
    same([await forget(store, 'work'), await forget(store, 'work')], [1, 0], 'old');
    const rows = [];
    for await (const { key } of store.scanWork()) rows.push(key);
    same(rows, ['dirty', 'leased', 'quarantined'], 'left');
  } },
  { key: 'forgotten-work-begins-anew', title: 'a mark on forgotten work makes it anew, and who held it before settles nothing of it', run: async ({ store, clock }) => {
    await commit(store, { marks: [mark('x')] });
    const before = only(await claimAll(store));
    await store.settle([done(before)]);
    clock.set(clock.now() + OLD_MS);
    same(await forget(store, 'work'), 1, 'forgotten');
    same(await store.settle([done(before)]), ['leaseLost'], 'gone');
    await commit(store, { marks: [mark('x', { priority: 3, notBeforeMs: clock.now() })] });
    const after = only(await claimAll(store));
    same([after.revision, after.fence > before.fence, after.priority, after.attempts, after.dirtySinceMs], [1, true, 3, 0, clock.now()], 'anew');
    same(await store.settle([done(before), done(after)]), ['leaseLost', 'settled'], 'who holds it now');
  } },
  { key: 'what-is-needed-again-stays', title: 'of a hold that is kept longer while it is forgotten, either all goes or all stays', run: async (subject) => {
    const { store, clock } = subject;
    const other = store.capabilities.multiProcess ? await brought(subject.second, 'second')() : store;
    const ids = Array.from({ length: 24 }, (_value, index) => `h${String(index)}`);
    await commit(store, { write: ids.flatMap((holdId) => [hold(holdId, 1), line(holdId, 'A'), line(holdId, 'B')]) });
    const keep = async (holdId: string): Promise<string | undefined> => {
      const key = { holdId };
      const { status } = await decide(other, { lock: [{ table: 'hold', key }], read: [{ table: 'hold', where: key }], plan: ([rows = []]) => (
        rows.length === 0 ? { answer: 'gone' } : { expect: [{ table: 'hold', key, version: 1 }], write: [hold(holdId, clock.now(), 2), line(holdId, 'C')], answer: 'kept' }
      ) });
      return status === 'committed' ? holdId : undefined;
    };
    await Promise.all([...ids.filter((_id, index) => index % 2 === 0).map(keep), ...[0, 1, 2].flatMap(() => [forget(store, 'hold', { limit: 7 }), forget(other, 'hold', { limit: 7 })])]);
    await forget(store, 'hold');
    const holds = await left(store, 'hold', 'holdId');
    const lines = await left(store, 'holdLine', 'holdId');
    same(lines.filter((holdId) => !holds.includes(holdId)), [], 'lines without a hold');
    same(lines.length, 3 * holds.length, 'lines');
  } },
  { key: 'forgetting-waits-for-nobody', title: 'a row that somebody else has locked is passed over and goes the next time', requires: ['joinsHostTransaction', 'multiProcess'], run: async ({ store, host }) => {
    await commit(store, { write: [hold('busy', 1), hold('idle', 1), line('busy', 'A'), line('idle', 'A')] });
    await brought(host, 'host')(async (tx) => {
      await decide(store, { lock: [{ table: 'hold', key: { holdId: 'busy' } }], plan: () => ({ answer: null }) }, tx);
      same([await forget(store, 'hold'), await left(store, 'hold', 'holdId'), await left(store, 'holdLine', 'holdId')], [1, ['busy'], ['busy']], 'meanwhile');
    });
    same([await forget(store, 'hold'), await left(store, 'holdLine', 'holdId')], [1, []], 'afterwards');
  } },
  { key: 'never-forgets-books', title: 'refuses to forget the ledger, the audit and every table whose rows never say that they are over, and nonsense', run: async ({ store }) => {
    for (const table of ['ledger', 'audit', 'item', 'position', 'channelOrder', 'claim', 'target', 'nowhere']) await rejects(() => forget(store, table as 'inbox'), table, 'INVARIANT_VIOLATED');
    for (const odd of [{ overForMs: -1 }, { overForMs: 0.5 }, { overForMs: Number.POSITIVE_INFINITY }, { limit: 0 }, { limit: Number.NaN }]) await rejects(() => forget(store, 'inbox', odd), JSON.stringify(odd), 'INVARIANT_VIOLATED');
  } },
];
