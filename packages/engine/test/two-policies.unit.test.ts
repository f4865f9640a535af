import { instantFromMs, parseLocationId, type Observation } from '@stockwright/core';
import { createEngine } from '@stockwright/engine';
import { afterEach, describe, expect, it } from 'vitest';
import { createRig, engineOptions, ERP, MUG, SHOP, W1, type Rig, type RigOptions } from './rig.ts';

const HOUR_MS = 3_600_000;
const NEWER: RigOptions = { policy: { version: '2', rules: [{ kind: 'buffer', id: 'spare', owner: 'ops', reason: 'spare', withhold: { fixed: 3 } }] }, seed: 'newer' };

let rig: Rig | undefined;
afterEach(async () => {
  await rig?.stop();
  rig = undefined;
});
const counted = ({ clock }: Rig, onHand: number): Observation => ({ kind: 'stock', source: ERP, sku: MUG, location: W1, asOf: instantFromMs(clock.now()), measures: { onHand: String(onHand) as never } });

describe('an engine of an earlier policy that runs beside one of a later', () => {
  it.each([
    ['goes with the last deployment', 120_000, HOUR_MS / 4],
    ['stays for hours', 5 * HOUR_MS, HOUR_MS * 3 / 2],
  ])('leaves no number behind that it computed: one that %s', async (_how, besideMs, laterMs) => {
    const one = await createRig();
    rig = one;
    one.erp.count(MUG, W1, 10);
    await one.engine.start();
    await one.pass(10_000);
    const newer = createEngine(engineOptions(one, NEWER));
    await one.driven(newer.start());
    await one.pass(besideMs);
    one.erp.count(MUG, W1, 12);
    await one.engine.ingest([counted(one, 12)]);
    await one.pass(5_000);
    expect(one.shop.shows(MUG)).toBe(12);
    await one.driven(one.engine.stop());
    await one.pass(laterMs);
    expect(one.shop.shows(MUG)).toBe(9);
    await one.driven(newer.stop());
  });

  it('makes no numbers go back and forth without end', async () => {
    const one = await createRig();
    rig = one;
    one.erp.count(MUG, W1, 10);
    await one.engine.start();
    const newer = createEngine(engineOptions(one, NEWER));
    await one.driven(newer.start());
    await one.pass(10_000);
    const { publish } = one.shop.calls;
    await one.pass(6 * HOUR_MS);
    expect(one.shop.calls.publish - publish).toBeLessThan(20);
    await one.driven(newer.stop());
  });

  it.each<[string, 'W1' | 'W2', RigOptions]>([
    ['at a place that it does not sell from any more', 'W2', { policy: { channels: [{ id: SHOP, locations: [W1], publish: 'perLocation' }] } }],
    ['of what nothing limits any more', 'W1', { catalog: [{ sku: 'MUG', tracked: false }] }],
  ])('leaves numbers alone that the later policy has none for: %s', async (_what, place, later) => {
    const perLocation: RigOptions = { policy: { channels: [{ id: SHOP, locations: [W1, 'W2'], publish: 'perLocation' }] }, channel: { capabilities: { locations: true } } };
    const one = await createRig(perLocation);
    rig = one;
    const at = parseLocationId(place);
    one.erp.count(MUG, at, 10);
    await one.engine.start();
    await one.pass(10_000);
    await one.driven(one.engine.stop());
    const warned: unknown[] = [];
    const newer = createEngine(engineOptions(one, { ...later, policy: { ...perLocation.policy, ...later.policy, version: '2' }, seed: 'newer', logger: (...said) => { warned.push(said); } }));
    await one.driven(newer.start());
    await one.pass(2 * HOUR_MS);
    expect(one.shop.shows(MUG, at)).toBe(10);
    // Nothing is computed anew for it; that it is still on offer is said at each look.
    expect(warned.length).toBeGreaterThan(1);
    for (const said of warned) expect(JSON.stringify(said)).toMatch(/"numbers":1,"first":\{"channel":"shop","location":"W.","sku":"MUG"\}.*none in place of/);
    await one.driven(newer.stop());
  });
});
