import { expect, it } from 'vitest';
import { parseCatalog, parseObservation, type OrderObservation } from '@stockwright/core';
import { explodeOrder, salesOf } from './observe.ts';

const catalog = parseCatalog([{ sku: 'BAG' }, { sku: 'CUP', components: [{ sku: 'BAG', quantityPer: '1/3' }] }]);
const ofCups = (ordered: number, { fulfilled = 0, cancelled = 0, returned = 0 }: { readonly fulfilled?: number; readonly cancelled?: number; readonly returned?: number } = {}): unknown => {
  const order = parseObservation({ kind: 'order', channel: 'shop', orderId: '#1', revision: '2026-11-23T10:00:00Z', placedAt: '2026-11-23T10:00:00Z', lines: [{ id: '1', sku: 'CUP', ordered, fulfilled, cancelled, returned }] }) as OrderObservation;
  const [line] = explodeOrder(order, { catalog } as Parameters<typeof explodeOrder>[1]).order.lines;
  return [line?.sku, ...[line?.ordered, line?.fulfilled, line?.cancelled, line?.returned].map(Number)];
};

it('claims whole units of what a kit takes a fraction of, and none once the kits are gone', () => {
  expect(ofCups(1)).toEqual(['BAG', 1, 0, 0, 0]);
  expect(ofCups(4)).toEqual(['BAG', 2, 0, 0, 0]);
  expect(ofCups(4, { cancelled: 1 })).toEqual(['BAG', 2, 0, 1, 0]);
  expect(ofCups(4, { cancelled: 4 })).toEqual(['BAG', 2, 0, 2, 0]);
  expect(ofCups(4, { fulfilled: 1, cancelled: 3 })).toEqual(['BAG', 2, 1, 1, 0]);
  expect(ofCups(4, { fulfilled: 4, returned: 2 })).toEqual(['BAG', 2, 2, 0, 1]);
});

it('takes no more back from customers than can have come back', () => {
  const order = (counters: object): OrderObservation => parseObservation({
    kind: 'order', channel: 'shop', orderId: '#1', revision: '2026-11-23T10:00:00Z', placedAt: '2026-11-23T10:00:00Z', lines: [{ id: '1', sku: 'BAG', ordered: 5, fulfilled: 2, cancelled: 0, returned: 0, ...counters }],
  }) as OrderObservation;
  const backOf = (before: object, after: object): readonly number[] => salesOf(order(before), order(after), () => 0).map(({ givenBack }) => Number(givenBack));
  expect(backOf({}, { cancelled: 2, returned: 1 })).toEqual([3]);
  expect(backOf({}, { cancelled: 4, returned: 3 })).toEqual([5]);
  expect(backOf({ cancelled: 3 }, { cancelled: 4 })).toEqual([]);
});
