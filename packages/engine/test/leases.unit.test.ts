import { createEngine } from '@stockwright/engine';
import type { Store } from '@stockwright/engine/ports';
import { createMemoryStore } from '@stockwright/store-memory';
import { createModelChannel, createModelSource, VirtualClock, type ModelChannel, type ModelSource } from '@stockwright/testkit';
import { describe, expect, it } from 'vitest';
import { engineOptions, ERP, MUG, SHOP, W1, type RigOptions } from './rig.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

interface Several {
  readonly clock: VirtualClock;
  readonly store: Store;
  readonly shop: ModelChannel;
  readonly erp: ModelSource;
  /** Composes an engine, perhaps with its own way to the store and to the source, and starts it. */
  begin(seed: string, own?: { readonly store?: Store; readonly erp?: ModelSource }): Promise<void>;
  pass(ms: number): Promise<void>;
}

/** Several engines on one store, one channel and one source. */
function several(options: RigOptions = {}): Several {
  const clock = new VirtualClock(Date.UTC(2026, 0, 1));
  const store = createMemoryStore({ clock });
  const shop = createModelChannel({ id: SHOP, ...options.channel });
  const erp = createModelSource({ id: ERP });
  erp.count(MUG, W1, 9);
  const driven = async (work: Promise<unknown>): Promise<void> => {
    let ended = false;
    const end = (): void => { ended = true; };
    work.then(end, end);
    await clock.runUntil(() => ended);
    await work;
  };
  return {
    clock, store, shop, erp, pass: (ms) => driven(clock.sleep(ms)),
    begin: (seed, own = {}) => driven(createEngine(engineOptions({ store, clock, shop, erp, ...own }, { ...options, seed })).start()),
  };
}

/** A read of so many pages, each of which takes ten seconds; says how many were begun and how many ran at once. */
function pagedRead(clock: VirtualClock, pages: number): { readonly read: (page: string | undefined) => Promise<{ items: never[]; unmapped: never[]; next?: string }>; begun: number; running: number; most: number } {
  const seen = {
    begun: 0, running: 0, most: 0,
    read: async (page: string | undefined) => {
      const count = Number(page ?? 0);
      if (count === 0) seen.begun += 1;
      seen.running += 1;
      seen.most = Math.max(seen.most, seen.running);
      await clock.sleep(10_000);
      seen.running -= 1;
      return { items: [] as never[], unmapped: [] as never[], ...(count + 1 < pages ? { next: String(count + 1) } : {}) };
    },
  };
  return seen;
}

/** A way to the store that stops answering. */
function severed(store: Store): { readonly store: Store; cut(): void; mend(): void } {
  let waiting: (() => void)[] | undefined;
  const held = new Proxy(store, {
    get: (target, name: keyof Store) => {
      const value: unknown = target[name];
      if (typeof value !== 'function') return value;
      return async (...given: unknown[]): Promise<unknown> => {
        if (waiting !== undefined) await new Promise<void>((resolve) => { waiting?.push(resolve); });
        return Reflect.apply(value, target, given) as unknown;
      };
    },
  });
  return {
    store: held,
    cut: () => { waiting = []; },
    mend: () => {
      const resume = waiting ?? [];
      waiting = undefined;
      for (const go of resume) go();
    },
  };
}

describe('reads that take longer than a lease', () => {
  it('reads a channel back once, however many engines there are', async () => {
    const { clock, shop, begin, pass } = several({ polls: { readBackMs: HOUR_MS } });
    const readBack = pagedRead(clock, 12);
    shop.readLevels = (keys, page) => (keys === 'all' ? readBack.read(page) : Promise.resolve({ items: [], unmapped: [] }));
    for (const seed of ['1', '2', '3']) await begin(seed);
    await pass(50 * MINUTE_MS);
    // The marks that the other engines made at their start while the first read was under way are one more.
    expect([readBack.begun, readBack.most]).toEqual([2, 1]);
  });

  it('reads a source once at a time', async () => {
    const { clock, erp, begin, pass } = several({ polls: { sourceMs: HOUR_MS } });
    const stock = pagedRead(clock, 12);
    erp.readStock = (_request, page) => stock.read(page);
    for (const seed of ['1', '2']) await begin(seed);
    await pass(50 * MINUTE_MS);
    expect([stock.begun, stock.most]).toEqual([2, 1]);
  });

  it('reads changed orders once at a time', async () => {
    const { clock, shop, begin, pass } = several({ channel: { capabilities: { readBack: false } }, polls: { ordersPollMs: HOUR_MS } });
    const orders = pagedRead(clock, 12);
    shop.readOrders = (_request, page) => orders.read(page);
    for (const seed of ['1', '2']) await begin(seed);
    await pass(20 * MINUTE_MS);
    expect([orders.begun, orders.most]).toEqual([2, 1]);
  });

  it('takes over from a process that died within a lease', async () => {
    const { clock, store, erp, begin, pass } = several();
    const { readStock } = erp;
    erp.readStock = () => new Promise(() => undefined);
    const way = severed(store);
    await begin('1', { store: way.store });
    await pass(2_000);
    way.cut();
    let readAtMs: number | undefined;
    erp.readStock = (...given) => {
      readAtMs ??= clock.now();
      return readStock(...given);
    };
    const startedAtMs = clock.now();
    await begin('2');
    await pass(15 * MINUTE_MS);
    expect((readAtMs ?? Number.POSITIVE_INFINITY) - startedAtMs).toBeLessThanOrEqual(MINUTE_MS + 1_000);
  });

  it('ends the read of a process that stood still and lost its lease, and keeps nothing of where it stood', async () => {
    const { clock, store, begin, pass } = several({ polls: { sourceMs: HOUR_MS } });
    const pages: string[] = [];
    const paged = (who: string): ModelSource => {
      const erp = createModelSource({ id: ERP });
      erp.readStock = async (_request, page) => {
        const count = Number(page ?? 0);
        pages.push(`${who} ${String(count)}`);
        await clock.sleep(10_000);
        return { items: [], unmapped: [], ...(count < 3 ? { next: String(count + 1) } : { resumeFrom: who }) };
      };
      return erp;
    };
    const way = severed(store);
    await begin('1', { store: way.store, erp: paged('first') });
    await pass(15_000);
    way.cut();
    await pass(MINUTE_MS);
    await begin('2', { erp: paged('second') });
    await pass(15_000);
    way.mend();
    await pass(5 * MINUTE_MS);
    expect(pages).toEqual(['first 0', 'first 1', 'second 0', 'second 1', 'second 2', 'second 3']);
    const [cursors = []] = await store.load([{ table: 'cursor', where: { origin: ERP, name: 'stock' } }]);
    expect(cursors[0]).toMatchObject({ value: 'second', failingSinceMs: null });
  });
});
