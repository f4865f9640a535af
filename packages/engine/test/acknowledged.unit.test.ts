import type { OrderAcknowledgement } from '@stockwright/core';
import { instantFromMs, parseSku } from '@stockwright/core';
import { afterEach, describe, expect, it } from 'vitest';
import { createRig, ERP, MUG, SHOP, W1, type Rig } from './rig.ts';

let rig: Rig | undefined;
afterEach(async () => {
  await rig?.stop();
  rig = undefined;
});

describe('an order that the owner of stock has acknowledged', () => {
  it('has the components of its kits read, wherever they lie', async () => {
    const [POT, SET] = [parseSku('POT'), parseSku('SET')];
    rig = await createRig({ catalog: [{ sku: MUG }, { sku: POT }, { sku: SET, components: [{ sku: MUG, quantityPer: '1' }, { sku: POT, quantityPer: '2' }] }] });
    const { erp, engine, clock, pass } = rig;
    erp.count(MUG, W1, 10);
    erp.count(POT, W1, 10);
    let acknowledged: readonly OrderAcknowledgement[] = [];
    const asked: string[] = [];
    const { readStock } = erp;
    erp.readAcknowledgements = async () => ({ items: acknowledged, unmapped: [], resumeFrom: instantFromMs(clock.now()) });
    erp.readStock = async (request, page, context) => {
      if (request.scope === 'skus') asked.push(...request.skus);
      return readStock(request, page, context);
    };
    Object.assign(erp, { capabilities: { ...erp.capabilities, changedRows: true, acknowledgements: true } });
    await engine.start();
    await pass(70_000);
    acknowledged = [{ kind: 'acknowledgement', source: ERP, channel: SHOP, orderId: 'o1', revision: instantFromMs(clock.now()), contained: [{ sku: SET, ordered: '1', fulfilled: '0', cancelled: '0', returned: '0' } as OrderAcknowledgement['contained'][number]] }];
    await pass(70_000);
    expect([...new Set(asked)].sort()).toEqual([MUG, POT]);
  });
});
