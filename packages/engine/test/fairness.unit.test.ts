import { parseCatalog, parseChannelId, parseInstant, parsePolicy, type QuantityText } from '@stockwright/core';
import { createEngine } from '@stockwright/engine';
import type { Dispatcher, Drain } from '@stockwright/engine/ports';
import { createMemoryStore } from '@stockwright/store-memory';
import { createModelChannel, createModelSource, seededRandom, VirtualClock } from '@stockwright/testkit';
import { expect, it } from 'vitest';
import { ERP, MUG, SHOP, W1 } from './rig.ts';

/** Works on one shard at a time, in the order of the wakes, as a process with one hand does. */
function oneHanded(): Dispatcher {
  const waiting = new Set<string>();
  let work: Drain | undefined;
  let running: Promise<void> | undefined;
  let stopped = false;
  const run = async (drain: Drain): Promise<void> => {
    for (const shard of waiting) {
      waiting.delete(shard);
      const { againAtMs } = await drain(shard, new AbortController().signal);
      if (againAtMs === 0 && !stopped) waiting.add(shard);
      if (stopped) break;
    }
    running = undefined;
  };
  return {
    wake: (shard) => {
      if (stopped) return;
      waiting.add(shard);
      if (work !== undefined) running ??= run(work);
    },
    start: async (drain) => { work = drain; },
    stop: async () => {
      stopped = true;
      await running;
    },
  };
}

it('lets other channels go on, however much one has to do', async () => {
  const clock = new VirtualClock(Date.UTC(2026, 0, 1));
  const store = createMemoryStore({ clock });
  const [erp, busy, quiet] = [createModelSource({ id: ERP }), createModelChannel({ id: SHOP }), createModelChannel({ id: parseChannelId('quiet') })];
  const engine = createEngine({
    store, clock, random: seededRandom('1'), dispatcher: oneHanded(), catalog: parseCatalog([{ sku: 'MUG' }]),
    policy: parsePolicy({ version: '1', channels: [{ id: SHOP, locations: [W1] }, { id: 'quiet', locations: [W1] }] }),
    sources: [{ adapter: erp }], channels: [{ adapter: busy }, { adapter: quiet }], owners: [{ source: ERP, measures: ['onHand', 'committed'] }],
  });
  erp.count(MUG, W1, 10);
  const { publish } = busy;
  let writes = 0;
  busy.publish = async (request, context) => {
    writes += 1;
    const outcomes = await publish(request, context);
    // Whatever it writes, there is something new by then.
    if (writes < 200) await engine.ingest([{ kind: 'delta', source: ERP, id: String(writes), sku: MUG, location: W1, at: parseInstant('2026-01-01T00:30:00Z'), measure: 'onHand', delta: '1' as QuantityText }]);
    return outcomes;
  };
  let writesBefore: number | undefined;
  const { publish: publishQuiet } = quiet;
  quiet.publish = (request, context) => {
    writesBefore ??= writes;
    return publishQuiet(request, context);
  };
  await engine.start();
  await clock.runUntil(() => writes >= 200);
  expect(writesBefore).toBeLessThan(60);
  let over = false;
  void engine.stop().then(() => { over = true; });
  await clock.runUntil(() => over);
});
