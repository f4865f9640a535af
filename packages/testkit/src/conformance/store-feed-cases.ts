import type { FeedEntry, PlacedEntry, Store } from '@stockwright/engine/ports';
import { same } from './conformance.ts';
import { brought, claimAll, commit, decide, done, item, mark, only, rejects, type StoreCase } from './store-subject.ts';

/** How often a feed is looked at until it shows what was told: whatever else the database does may hold it back. */
const LOOKS = 20_000;

function entry(sku: string, atMs = 0): FeedEntry {
  return { kind: 'target', sku, atMs };
}

export async function endOf(store: Store): Promise<string> {
  return (await store.feed(undefined, 1)).end;
}

/** Follows a feed from a place until it has shown so many entries; fails where one is missing for good. */
export async function follow(store: Store, from: string, { count, limit = 100 }: { readonly count: number; readonly limit?: number }): Promise<readonly PlacedEntry[]> {
  const seen: PlacedEntry[] = [];
  for (let looks = 0; seen.length < count; looks += 1) {
    if (looks === LOOKS) throw new Error(`the feed shows ${String(seen.length)} of ${String(count)} entries: ${skusOf(seen).join(' ')}`);
    const { entries, isGap } = await store.feed(seen.at(-1)?.place ?? from, limit);
    if (isGap || entries.length > limit) throw new Error(isGap ? 'the feed has a gap' : 'more entries than were asked for');
    seen.push(...entries);
  }
  return seen;
}

function skusOf(entries: readonly PlacedEntry[]): readonly (string | null)[] {
  return entries.map(({ entry: { sku } }) => sku);
}

/** What was told is read in an order in which nothing comes before what was read. */
export const FEED_CASES: readonly StoreCase[] = [
  { key: 'feed-shows-what-is-told', title: 'shows what was told after a place, whole, in its order and in pages, and from its end nothing', run: async ({ store }) => {
    const start = await endOf(store);
    const full = { kind: 'target', channel: 'shop', location: 'W1', sku: 'A', revision: 3, previous: null, want: '12345678901234567890.5', cause: 'a\0b', policyVersion: '1', atMs: 7 };
    await commit(store, { tell: [full, entry('B')] });
    await commit(store, { tell: [entry('C')] });
    const seen = await follow(store, start, { count: 3, limit: 2 });
    same(seen[0]?.entry, { ...full, cause: 'a\ufffdb' }, 'entry');
    same(seen[1]?.entry, { kind: 'target', channel: null, location: null, sku: 'B', revision: null, previous: null, want: null, cause: null, policyVersion: null, atMs: 0 }, 'what was not said');
    same([skusOf(seen), skusOf(await follow(store, seen[0]?.place ?? '', { count: 2 }))], [['A', 'B', 'C'], ['B', 'C']], 'order');
    const last = await store.feed(seen[2]?.place ?? '', 9);
    same([last.entries, last.isGap], [[], false], 'at the last');
    same((await store.feed(await endOf(store), 9)).entries, [], 'at the end');
  } },
  { key: 'feed-tells-what-counts', title: 'tells what commits, decisions and settlements tell, once each, and nothing of those that did not count', run: async ({ store }) => {
    const start = await endOf(store);
    const once = { commitId: 'feed once', expect: [], write: [item('A', 1)], marks: [mark('x')], tell: [entry('commit')] };
    await store.commit(once);
    await store.commit(once);
    await commit(store, { expect: [{ table: 'item', key: { sku: 'A' }, version: 9 }], tell: [entry('conflict')] });
    await rejects(() => commit(store, { tell: [{ nonsense: 1 } as never] }), 'an unknown column', 'INVARIANT_VIOLATED');
    await rejects(() => decide(store, { plan: () => { throw new Error('no'); } }), 'a plan that throws');
    await decide(store, { plan: () => ({ tell: [entry('decision')], answer: null }) });
    const claim = only(await claimAll(store));
    same(await store.settle([done(claim, { tell: [entry('settlement')] }), done(claim, { tell: [entry('too late')] })]), ['settled', 'leaseLost'], 'settled');
    await commit(store, { tell: [entry('last')] });
    same(skusOf(await follow(store, start, { count: 4 })), ['commit', 'decision', 'settlement', 'last'], 'told');
  } },
  { key: 'feed-says-what-is-gone', title: 'says of a place whose followers were forgotten that there is a gap, and of the place of the last that went that there is none', run: async ({ store, clock }) => {
    const start = await endOf(store);
    const old = clock.now();
    await commit(store, { tell: [entry('A', old), entry('B', old)] });
    await commit(store, { tell: [entry('C', old + 500), entry('D', old)] });
    const seen = await follow(store, start, { count: 4 });
    clock.set(old + 1_000);
    same(await store.forget({ table: 'change', overForMs: 1_000, limit: 1 }), 1, 'one');
    same(await store.forget({ table: 'change', overForMs: 1_000, limit: 9 }), 1, 'up to what is younger');
    for (const place of [start, seen[0]?.place ?? '']) {
      const { entries, isGap, end } = await store.feed(place, 9);
      same([entries, isGap], [[], true], 'gap');
      same((await store.feed(end, 9)).isGap, false, 'goes on at the end');
    }
    same(skusOf(await follow(store, seen[1]?.place ?? '', { count: 2 })), ['C', 'D'], 'after the last that went');
    clock.set(old + 1_500);
    same(await store.forget({ table: 'change', overForMs: 1_000, limit: 9 }), 2, 'the rest');
    same((await store.feed(seen[3]?.place ?? '', 9)).isGap, false, 'all read');
    await commit(store, { tell: [entry('E')] });
    same(skusOf(await follow(store, seen[3]?.place ?? '', { count: 1 })), ['E'], 'goes on');
  } },
  { key: 'feed-knows-its-places', title: 'a place that is none of this feed is a gap', run: async ({ store }) => {
    await commit(store, { tell: [entry('A')] });
    for (const place of ['', 'nonsense', '-1', '1e3', '999999999999999', '999999999999999.0']) same((await store.feed(place, 9)).isGap, true, place);
    await rejects(() => store.feed(undefined, 0), 'no entries', 'INVARIANT_VIOLATED');
  } },
  { key: 'feed-survives-reopening', title: 'a place holds over a restart, also where all that was told has been forgotten, and other installations tell nothing', requires: ['durable'], run: async ({ store, clock, reopen }) => {
    const start = await endOf(store);
    await commit(store, { tell: [entry('A', clock.now())] });
    const [first] = await follow(store, start, { count: 1 });
    same(await store.forget({ table: 'change', overForMs: 0, limit: 9 }), 1, 'forgotten');
    const beside = await brought(reopen, 'reopen')('beside');
    await beside.migrate();
    await commit(beside, { tell: [entry('X')] });
    await beside.close();
    const again = await brought(reopen, 'reopen')();
    await again.migrate();
    await commit(again, { tell: [entry('B')] });
    same([(await again.feed(start, 9)).isGap, skusOf(await follow(again, first?.place ?? '', { count: 1 }))], [true, ['B']], 'after');
  } },
  { key: 'feed-waits-for-the-earlier', title: 'what was told by a transaction that ends late is not passed over by what was told after it and ended before', requires: ['joinsHostTransaction', 'multiProcess'], run: async ({ store, host }) => {
    const start = await endOf(store);
    await brought(host, 'host')(async (tx) => {
      await store.commit({ commitId: 'feed late', expect: [], write: [], marks: [], tell: [entry('early, ended late')] }, { tx });
      await commit(store, { tell: [entry('late, ended early')] });
      same((await store.feed(start, 9)).entries, [], 'meanwhile');
    });
    same(skusOf(await follow(store, start, { count: 2 })), ['early, ended late', 'late, ended early'], 'afterwards');
  } },
  { key: 'feed-loses-nothing-of-many', title: 'who follows while many tell sees each entry once, and what one of them told in its order', run: async (subject) => {
    const { store } = subject;
    const other = store.capabilities.multiProcess ? await brought(subject.second, 'second')() : store;
    const start = await endOf(store);
    const [writers, rounds] = [8, 12];
    const writing = Array.from({ length: writers }, async (_value, writer) => {
      const own = writer % 2 === 0 ? store : other;
      for (let round = 0; round < rounds; round += 1) {
        const tell = [entry(`${String(writer)} ${String(round)}`, writer * 100 + round)];
        if (round % 3 === 0) await decide(own, { lock: [{ table: 'item', key: { sku: 'A' } }], plan: () => ({ tell, answer: null }) });
        else await commit(own, { write: [item(`S${String(writer)}`, round)], tell });
      }
    });
    const following = follow(other, start, { count: writers * rounds, limit: 7 });
    await Promise.all(writing);
    const seen = (await following).map(({ entry: { atMs } }) => Number(atMs));
    same([...seen].sort((a, b) => a - b), Array.from({ length: writers }, (_value, writer) => Array.from({ length: rounds }, (_round, round) => writer * 100 + round)).flat(), 'entries');
    for (let writer = 0; writer < writers; writer += 1) {
      const own = seen.filter((atMs) => Math.floor(atMs / 100) === writer);
      same(own, [...own].sort((a, b) => a - b), `order of ${String(writer)}`);
    }
  } },
];
