import { parseSku } from '@stockwright/core';
import { afterEach, describe, expect, it } from 'vitest';
import { createRig, MUG, SHOP, W1, type Rig } from './rig.ts';

let rig: Rig | undefined;
afterEach(async () => {
  await rig?.stop();
  rig = undefined;
});

/** A shop that shows four of plenty, and whose number was edited to what is wanted while a write was on its way. */
async function conflict(): Promise<Rig> {
  rig = await createRig({ policy: { rules: [{ id: 'few', kind: 'cap', owner: 'sales', reason: 'never show more', scope: { channel: SHOP }, most: 4 }] } });
  rig.erp.count(MUG, W1, 10);
  await rig.engine.start();
  await rig.pass(10_000);
  rig.shop.buy({ orderId: 'first', sku: MUG, quantity: 1, atMs: rig.clock.now() });
  rig.shop.edit(MUG, 4);
  return rig;
}

describe('the ground of a write that compares', () => {
  it.each([
    ['after it was read', (sell: () => void, read: () => Promise<unknown>) => read().finally(sell), '4'],
    ['just before it was read', (sell: () => void, read: () => Promise<unknown>) => { sell(); return read(); }, '3'],
  ] as const)('is not taken for what is wanted where a unit was sold %s', async (_when, around, ground) => {
    const one = await conflict();
    const { shop, clock } = one;
    const { readLevels } = shop;
    let sold = false;
    const sell = (): void => {
      if (!sold) shop.buy({ orderId: 'second', sku: parseSku('MUG'), quantity: 1, atMs: clock.now() });
      sold = true;
    };
    const grounds: (string | undefined)[] = [];
    shop.readLevels = async (keys, page, context) => {
      let answer: Awaited<ReturnType<typeof readLevels>> = { items: [], unmapped: [] };
      await around(sell, async () => { answer = await readLevels(keys, page, context); });
      grounds.push(answer.items[0]?.quantity);
      return answer;
    };
    await one.pass(120_000);
    expect([sold, grounds[0], shop.shows(MUG)]).toEqual([true, ground, 4]);
  });
});
