import type { ChangeSet, ClaimRequest, Expectation, ForgetRequest, Mark, Query, RowKey, RowWrite, Settlement } from '@stockwright/engine/ports';
import fc from 'fast-check';

/** One call, or what happens between two. Few names, so that calls meet. */
export type StoreOperation =
  | { readonly does: 'commit'; readonly change: ChangeSet }
  | { readonly does: 'decide'; readonly commitId: string; readonly lock: readonly RowKey[]; readonly read: readonly Query[]; readonly change: Omit<ChangeSet, 'commitId'>; readonly throws: boolean }
  | { readonly does: 'claim'; readonly request: ClaimRequest }
  | { readonly does: 'renew'; readonly back: readonly number[]; readonly leaseMs: number }
  | { readonly does: 'settle'; readonly settlements: readonly (Omit<Settlement, 'claim'> & { readonly back: number })[] }
  | { readonly does: 'load'; readonly queries: readonly Query[] }
  | { readonly does: 'takeBudget'; readonly bucket: string; readonly cost: number; readonly capacity: number }
  | { readonly does: 'pauseBucket'; readonly bucket: string; readonly untilMs: number }
  | { readonly does: 'dirtyShards'; readonly limit: number }
  | { readonly does: 'dueWork'; readonly shard: string }
  | { readonly does: 'scanWork' }
  | { readonly does: 'forget'; readonly request: ForgetRequest }
  | { readonly does: 'advance'; readonly ms: number }
  | { readonly does: 'reopen' };

/** Where the histories begin; the clock of a fresh subject should stand near it. */
const START_MS = 1_000_000;

const sku = fc.constantFrom('A', 'B', 'ä', '\ufffd', '\u{1f9e6}');
const channel = fc.constantFrom('shop', 'market');
// Mostly the same work, so that marks meet claims.
const shard = fc.constantFrom('channel:shop', 'channel:shop', 'channel:shop', 'projector');
const kind = fc.constantFrom('push' as const, 'push' as const, 'push' as const, 'project' as const);
const small = fc.nat({ max: 3 });
const moment = fc.nat({ max: 4_000 }).map((ms) => START_MS + ms);
const quantity = fc.constantFrom('0', '1', '-2.5', '12345678901234567890', '\0\ud800');

const itemKey = fc.record({ sku });
const targetKey = fc.record({ channel, location: fc.constantFrom('', 'W1'), sku });
const ledgerKey = fc.record({ sku, itemVersion: fc.constantFrom(1, 2, 10), ordinal: small });
const inboxKey = fc.record({ origin: channel, messageId: fc.constantFrom('m1', 'm2') });

const holdKey = fc.record({ holdId: fc.constantFrom('h1', 'h2') });

const row = fc.oneof(
  fc.record({ table: fc.constant('item' as const), key: itemKey, set: fc.record({ version: small, counted: fc.option(small) }, { requiredKeys: [] }) }),
  fc.record({ table: fc.constant('target' as const), key: targetKey, set: fc.record({ version: small, want: fc.option(quantity), differs: fc.option(fc.constantFrom(0, 1)) }, { requiredKeys: [] }) }),
  fc.record({ table: fc.constant('ledger' as const), key: ledgerKey, set: fc.record({ quantity }) }),
  fc.record({ table: fc.constant('inbox' as const), key: inboxKey, set: fc.record({ receivedAtMs: moment }) }),
  fc.record({ table: fc.constant('hold' as const), key: holdKey, set: fc.record({ version: small, overSinceMs: fc.option(moment) }, { requiredKeys: [] }) }),
  fc.record({ table: fc.constant('holdLine' as const), key: fc.record({ sku, holdId: fc.constantFrom('h1', 'h2'), location: fc.constantFrom('', 'W1') }), set: fc.record({ quantity }) }),
);

const write: fc.Arbitrary<RowWrite> = fc.oneof(
  { weight: 6, arbitrary: row },
  { weight: 1, arbitrary: row.map(({ table, key }) => ({ table, key, remove: true as const })) },
  { weight: 1, arbitrary: sku.map((each) => ({ table: 'item' as const, key: { sku: each }, set: { nonsense: 1 } })) },
);

const expectation: fc.Arbitrary<Expectation> = fc.oneof(
  fc.record({ table: fc.constant('item' as const), key: itemKey, version: small }),
  fc.record({ table: fc.constant('target' as const), key: targetKey, version: small }),
  fc.record({ table: fc.constant('inbox' as const), key: inboxKey, version: fc.constantFrom(0, 0, 0, 1) }),
);

const mark: fc.Arbitrary<Mark> = fc.record({ kind, key: fc.constantFrom('x', 'x', 'y'), shard, priority: small, notBeforeMs: moment, cause: fc.constantFrom('sold', 'counted', '\ud800') });

const parts = {
  expect: fc.array(expectation, { maxLength: 1 }),
  write: fc.array(write, { maxLength: 3 }),
  marks: fc.array(mark, { maxLength: 3 }),
  tell: fc.array(fc.record({ kind: fc.constant('target'), sku, want: fc.option(quantity), atMs: moment }, { requiredKeys: ['kind'] }), { maxLength: 2 }),
};

const lock: fc.Arbitrary<RowKey> = fc.oneof(
  fc.record({ table: fc.constant('item' as const), key: itemKey }),
  fc.record({ table: fc.constant('target' as const), key: targetKey }),
  fc.record({ table: fc.constant('ledger' as const), key: ledgerKey }),
  fc.record({ table: fc.constant('inbox' as const), key: inboxKey }),
);

const outcome: fc.Arbitrary<Settlement['outcome']> = fc.oneof(
  fc.constant({ status: 'done' as const }),
  fc.record({ status: fc.constantFrom('retry' as const, 'release' as const), atMs: moment, reason: fc.constantFrom('busy', 'late') }),
  fc.record({ status: fc.constant('quarantine' as const), reason: fc.constant('refused') }),
);

const query: fc.Arbitrary<Query> = fc.oneof(
  fc.record({ table: fc.constant('target' as const), where: fc.oneof(fc.record({ channel }), fc.record({ sku }), targetKey, fc.record({ channel, differs: fc.constantFrom(0, 1, null) })) }),
  fc.record({ table: fc.constant('ledger' as const), where: fc.oneof(fc.record({ sku }), fc.record({ sku, itemVersion: fc.constantFrom(2, 10) }), fc.constant({ quantity: '1' })) }),
  fc.record({ table: fc.constant('item' as const), where: fc.oneof(itemKey, fc.constant({})) }),
);

const commitIds = fc.nat({ max: 60 }).map((id) => `commit-${String(id)}`);
const builtOn = fc.oneof({ weight: 5, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: fc.array(commitIds, { minLength: 1, maxLength: 2 }) });

const absent = fc.oneof({ weight: 5, arbitrary: fc.constant([]) }, { weight: 2, arbitrary: fc.array(fc.oneof(
  fc.record({ table: fc.constant('target' as const), where: fc.oneof(fc.record({ channel }), fc.record({ sku }), targetKey) }),
  fc.record({ table: fc.constant('ledger' as const), where: fc.record({ sku }) }),
  fc.record({ table: fc.constant('inbox' as const), where: inboxKey }),
), { minLength: 1, maxLength: 2 }) });

/** Histories of calls with the pauses between them, restarts included. */
export const storeHistories: fc.Arbitrary<readonly StoreOperation[]> = fc.array(
  fc.oneof(
    { weight: 8, arbitrary: fc.record({ does: fc.constant('commit' as const), change: fc.record({ commitId: commitIds, builtOn, absent, ...parts }) }) },
    { weight: 5, arbitrary: fc.record({
      does: fc.constant('decide' as const), commitId: commitIds, lock: fc.array(lock, { maxLength: 3 }),
      read: fc.array(query, { maxLength: 2 }), change: fc.record(parts), throws: fc.nat({ max: 7 }).map((drawn) => drawn === 0),
    }) },
    { weight: 6, arbitrary: fc.record({ does: fc.constant('claim' as const), request: fc.record({ shard, kinds: fc.constantFrom(['push' as const], ['push' as const, 'project' as const], ['project' as const]), limit: fc.constantFrom(1, 2, 10), leaseMs: fc.constantFrom(100, 1_000), worker: fc.constantFrom('w1', 'w2'), order: fc.constantFrom('urgency' as const, 'age' as const) }) }) },
    { weight: 6, arbitrary: fc.record({ does: fc.constant('settle' as const), settlements: fc.array(fc.record({ back: fc.constantFrom(0, 0, 0, 1, 2, 4), outcome, ...parts }), { minLength: 1, maxLength: 3 }) }) },
    { weight: 2, arbitrary: fc.record({ does: fc.constant('renew' as const), back: fc.uniqueArray(fc.constantFrom(0, 1, 2, 4), { minLength: 1, maxLength: 3 }), leaseMs: fc.constantFrom(100, 1_000) }) },
    { weight: 2, arbitrary: fc.record({ does: fc.constant('load' as const), queries: fc.array(query, { minLength: 1, maxLength: 3 }) }) },
    { weight: 3, arbitrary: fc.record({ does: fc.constant('takeBudget' as const), bucket: channel, cost: fc.constantFrom(0, 1, 2.5, 7), capacity: fc.constantFrom(5, 5, 5, 2) }) },
    { weight: 1, arbitrary: fc.record({ does: fc.constant('pauseBucket' as const), bucket: channel, untilMs: moment }) },
    { weight: 1, arbitrary: fc.record({ does: fc.constant('dirtyShards' as const), limit: fc.constantFrom(1, 5) }) },
    { weight: 1, arbitrary: fc.record({ does: fc.constant('dueWork' as const), shard }) },
    { weight: 1, arbitrary: fc.constant({ does: 'scanWork' as const }) },
    { weight: 3, arbitrary: fc.record({ does: fc.constant('forget' as const), request: fc.record({ table: fc.constantFrom('inbox' as const, 'hold' as const, 'work' as const), overForMs: fc.constantFrom(0, 100, 2_000), limit: fc.constantFrom(1, 2, 10) }) }) },
    { weight: 5, arbitrary: fc.record({ does: fc.constant('advance' as const), ms: fc.constantFrom(0, 1, 50, 100, 999, 1_000, 2_500, 20_000) }) },
    { weight: 1, arbitrary: fc.constant({ does: 'reopen' as const }) },
  ),
  { minLength: 1, maxLength: 60, size: 'max' },
);
