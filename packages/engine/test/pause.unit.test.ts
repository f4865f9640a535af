import { createEngine } from '@stockwright/engine';
import { parseSku } from '@stockwright/core';
import { describe, expect, it } from 'vitest';
import { createRig, engineOptions, MUG, W1, type Rig } from './rig.ts';

const CUP = parseSku('CUP');

/** A rig whose next write waits for its turn in the vendor's rate. */
async function waiting(): Promise<Rig> {
  const rig = await createRig({ channel: { capabilities: { publishRate: { capacity: 1, refillPerSecond: 0.1 } } }, catalog: [{ sku: 'MUG' }, { sku: 'CUP' }] });
  rig.erp.count(MUG, W1, 9);
  rig.erp.count(CUP, W1, 9);
  await rig.engine.start();
  for (let tries = 0; tries < 200 && rig.shop.calls.publish < 1; tries += 1) await rig.pass(100);
  await rig.pass(500);
  expect(rig.shop.calls.publish).toBe(1);
  return rig;
}

const PAUSE = { verb: 'pause', scope: 'channel:shop', reason: 'stop it' } as const;
const RESUME = { verb: 'resume', scope: 'channel:shop' } as const;
const ME = { requestedBy: 'me' };

describe('a pause of a channel', () => {
  it('holds from the moment that it is answered, also where a write has been claimed and waits for its turn', async () => {
    const rig = await waiting();
    await rig.driven(rig.engine.operate(PAUSE, ME));
    await rig.pass(60_000);
    expect(rig.shop.calls.publish).toBe(1);
    await rig.driven(rig.engine.operate(RESUME, ME));
    await rig.pass(30_000);
    expect([rig.shop.shows(MUG), rig.shop.shows(CUP)]).toEqual([9, 9]);
    await rig.stop();
  });

  it('holds for every process, also before they have looked for it', async () => {
    const rig = await waiting();
    // Another process on the same store, which works on nothing.
    const other = createEngine(engineOptions(rig, { catalog: [{ sku: 'MUG' }, { sku: 'CUP' }], seed: '2' }));
    await rig.driven(other.operate(PAUSE, ME));
    await rig.pass(60_000);
    expect(rig.shop.calls.publish).toBe(1);
    await rig.stop();
  });
});
