import { parseSku, type CatalogItemInput, type Instant, type Observation, type QuantityText, type Sku } from '@stockwright/core';
import { createEngine } from '@stockwright/engine';
import { afterEach, describe, expect, it } from 'vitest';
import { createRig, engineOptions, ERP, MUG, W1, type Rig } from './rig.ts';

const ALE = parseSku('ALE');
const POUND: CatalogItemInput = { sku: ALE, scale: 1 };

let rig: Rig | undefined;
let stop: (() => Promise<void>) | undefined;
afterEach(async () => {
  await rig?.driven(stop?.() ?? Promise.resolve());
  [rig, stop] = [undefined, undefined];
});

const count = (sku: Sku, onHand: string, minute: number): Observation =>
  ({ kind: 'stock', source: ERP, sku, location: W1, asOf: `2025-12-31T12:${String(minute)}:00.000Z` as Instant, measures: { onHand: onHand as QuantityText } });

describe('a sku that was kept with more digits than its catalogue now allows', () => {
  it('is left alone with the reason, and the numbers of others go on', async () => {
    rig = await createRig({ catalog: [{ sku: MUG }, POUND] });
    await rig.engine.ingest([count(MUG, '5', 10), count(ALE, '0.5', 10)]);
    const next = createEngine(engineOptions(rig, { catalog: [{ sku: MUG }, { sku: ALE }], seed: 'next' }));
    stop = () => next.stop();
    await rig.driven(next.start());
    await rig.pass(60_000);
    expect(rig.shop.shows(MUG)).toBe(5);
    expect((await next.status()).quarantined).toMatchObject([{ kind: 'project', key: ALE, reason: expect.stringContaining('"0.5" is not a whole number') as string }]);
  });

  it.each([['while it waits to be written', '1.5'], ['also where it need not be', undefined]])('keeps nothing else of its channel from being written and read back, %s', async (_when, raised) => {
    rig = await createRig({ catalog: [POUND, { sku: MUG }] });
    const { engine, shop, pass, driven } = rig;
    await engine.ingest([count(MUG, '5', 10), count(ALE, '0.5', 10)]);
    await driven(engine.start());
    await pass(10_000);
    const { publish } = shop;
    shop.publish = async ({ lines }) => lines.map(() => ({ status: 'notSent' as const, reason: 'not now' }));
    if (raised !== undefined) await engine.ingest([count(ALE, raised, 11)]);
    await pass(2_000);
    shop.publish = publish;
    await driven(engine.stop());
    const next = createEngine(engineOptions(rig, { catalog: [{ sku: ALE }, { sku: MUG }], seed: 'next', polls: { readBackMs: 30_000 } }));
    stop = () => next.stop();
    const failed: unknown[] = [];
    for (const name of ['shard-failed', 'read-failed'] as const) next.events.on(name, (event) => { failed.push(event); });
    await driven(next.start());
    shop.edit(MUG, 3);
    await pass(120_000);
    expect(shop.shows(MUG)).toBe(5);
    expect(failed).toEqual([]);
  });
});
