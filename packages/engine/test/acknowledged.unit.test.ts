import { instantFromMs, parseLocationId, parseObservation, parseSku, type Observation, type OrderAcknowledgement } from '@stockwright/core';
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

  it('is no longer claimed and yet not given back, where it is told again once a place is known whose figure is older', async () => {
    const W2 = parseLocationId('W2');
    rig = await createRig({ policy: { channels: [{ id: SHOP, locations: [W1, W2] }] } });
    const { engine } = rig;
    const at = (minute: number): string => `2025-12-31T12:${String(minute)}:00Z`;
    const shipped = { sku: MUG, ordered: 2, fulfilled: 2, cancelled: 0, returned: 0 };
    const order = (minute: number): Observation => parseObservation({ kind: 'order', channel: SHOP, orderId: 'o1', revision: at(minute), placedAt: at(10), lines: [{ id: '1', ...shipped }] }) as Observation;
    const count = (location: string, minute: number, onHand: number): Observation => parseObservation({ kind: 'stock', source: ERP, sku: MUG, location, asOf: at(minute), measures: { onHand } }) as Observation;
    await engine.ingest([order(10), parseObservation({ kind: 'acknowledgement', source: ERP, channel: SHOP, orderId: 'o1', revision: at(20), contained: [shipped] }) as Observation, count(W1, 30, 10)]);
    for (const said of [count(W2, 15, 10), order(40), count(W2, 50, 8)]) await engine.ingest([said]);
    expect((await engine.compute({ channel: SHOP, sku: MUG })).immediate).toBe(18);
  });
});
