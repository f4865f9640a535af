import { parseSku, type Observation } from '@stockwright/core';
import { createMemoryStore } from '@stockwright/store-memory';
import { afterEach, describe, expect, it } from 'vitest';
import { createRig, ERP, SHOP, W1, type Rig } from './rig.ts';

let rig: Rig | undefined;
afterEach(async () => {
  await rig?.stop();
  rig = undefined;
});

const SKUS = Array.from({ length: 1_000 }, (_value, index) => parseSku(`S${String(index)}`));

/**
 * An engine on a store that never leaves the process: by the clock of the host each of its changes takes so long, and what
 * waits for a timer of the host is served only when somebody lets it.
 */
async function beside(commitMs: number): Promise<{ readonly rig: Rig; readonly served: () => number; readonly changed: () => number }> {
  let [spentMs, served, changed] = [0, 0, 0];
  const one = await createRig({
    catalog: SKUS.map((sku) => ({ sku })),
    hostClock: (clock) => ({
      now: () => clock.now() + spentMs,
      sleep: (ms, signal) => (ms > 1 ? clock.sleep(ms, signal) : new Promise((resolve) => { setImmediate(resolve); })),
    }),
    store: (clock) => {
      const store = createMemoryStore({ clock });
      for (const name of ['commit', 'settle'] as const) {
        const change = store[name].bind(store) as (...given: readonly unknown[]) => Promise<never>;
        store[name] = (...given: readonly unknown[]) => {
          spentMs += commitMs;
          changed += 1;
          return change(...given);
        };
      }
      return store;
    },
  });
  const serve = (): void => {
    served += 1;
    ticking = setImmediate(serve);
  };
  let ticking = setImmediate(serve);
  rig = { ...one, stop: () => { clearImmediate(ticking); return one.stop(); } };
  await one.store.migrate();
  return { rig: one, served: () => served, changed: () => changed };
}

const counts = (): Observation[] => Array.from({ length: 20 }, (_value, index) => index).flatMap((round) => SKUS.map((sku): Observation =>
  ({ kind: 'stock', source: ERP, sku, location: W1, asOf: `2026-01-01T00:00:00.${String(round).padStart(3, '0')}Z` as never, measures: { onHand: String(round + 1) as never } })));

describe('a process that does much without leaving itself', () => {
  it('serves whatever else waits every few commits', async () => {
    const { rig: { engine }, served, changed } = await beside(30);
    const [before, done] = [served(), changed()];
    await engine.ingest(counts());
    expect(changed() - done).toBeGreaterThanOrEqual(20);
    expect(served() - before).toBeGreaterThanOrEqual(8);
    expect((await engine.compute({ channel: SHOP, sku: SKUS[7] as never })).immediate).toBe(20);
  });

  it('waits for nobody where a commit is quick', async () => {
    const { rig: { engine }, served } = await beside(0);
    const before = served();
    await engine.ingest(counts());
    expect(served()).toBe(before);
  });

  it('serves it while numbers are computed, too', async () => {
    const { rig: { engine, clock }, served } = await beside(60);
    await engine.ingest(counts().slice(0, SKUS.length));
    const before = served();
    let computed = 0;
    engine.events.on('targets-computed', ({ skus }) => { computed += skus.length; });
    await engine.start();
    await clock.runUntil(() => computed >= SKUS.length);
    expect(served() - before).toBeGreaterThanOrEqual(8);
  });
});
