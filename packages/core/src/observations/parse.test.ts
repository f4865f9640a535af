import { describe, expect, it } from 'vitest';
import { parseObservation, parseSale } from './parse.ts';

const AT = '2026-11-23T11:00:00+01:00';
const UTC = '2026-11-23T10:00:00.000Z';
const place = { source: 'wms', sku: 'MUG', location: 'W1' };

describe('parseObservation', () => {
  it.each([
    [{ kind: 'stock', ...place, asOf: AT, measures: { onHand: 12, committed: '03.50' } }, { kind: 'stock', ...place, asOf: UTC, measures: { onHand: '12', committed: '3.5' } }],
    [{ kind: 'delta', ...place, id: '1', at: AT, measure: 'onHand', delta: '-2', reason: 'damage' }, { kind: 'delta', ...place, id: '1', at: UTC, measure: 'onHand', delta: '-2', reason: 'damage' }],
    [{ kind: 'count', ...place, at: AT, onHand: 0 }, { kind: 'count', ...place, at: UTC, onHand: '0' }],
    [{ kind: 'watermark', source: 'erp', channel: 'shop', revision: AT, through: AT }, { kind: 'watermark', source: 'erp', channel: 'shop', revision: UTC, through: UTC }],
  ])('reads %j', (input, expected) => {
    expect(parseObservation(input)).toEqual(expected);
  });

  it.each([
    [{ kind: 'guess' }, 'kind'], [{ kind: 'count', ...place, at: AT, onHand: '1e3' }, 'onHand'], [{ kind: 'count', ...place, at: 'noon', onHand: 1 }, 'at'],
    [{ kind: 'count', ...place, sku: '', at: AT, onHand: 1 }, 'sku'], [{ kind: 'receipt', ...place, id: '1', at: AT, quantity: 0 }, 'quantity'],
    [{ kind: 'stock', ...place, asOf: AT, measures: { atp: 1 } }, 'measures'], [{ kind: 'transfer', source: 'wms', id: '1', sku: 'MUG', from: 'W1', to: 'W1', at: AT, dispatched: 1, received: 0, lost: 0 }, 'to'],
    [{ kind: 'order', channel: 'shop', orderId: '#1', revision: AT, placedAt: AT, lines: [{ id: '1', sku: 'MUG', ordered: 1, fulfilled: -1, cancelled: 0, returned: 0 }] }, 'lines[0].fulfilled'],
  ])('refuses %j with the path', (input, path) => {
    expect(() => parseObservation(input, ['batch', 3])).toThrow(`batch[3].${path}`);
  });
});

it('reads a sale over the counter', () => {
  const sale = { kind: 'sale', channel: 'till', saleId: 's1', location: 'W1', soldAt: AT, lines: [{ id: '1', sku: 'MUG', sold: 2 }] };
  expect(parseSale(sale)).toEqual({ ...sale, soldAt: UTC, lines: [{ id: '1', sku: 'MUG', sold: '2' }] });
  expect(() => parseSale({ ...sale, lines: [{ id: '1', sku: 'MUG', sold: -2 }] })).toThrow('lines[0].sold');
});

it('refuses lines of one id, naming each after the first', () => {
  const counters = { ordered: 1, fulfilled: 0, cancelled: 0, returned: 0 };
  const order = (...ids: string[]): unknown => ({ kind: 'order', channel: 'shop', orderId: '#1', revision: AT, placedAt: AT, lines: ids.map((id, index) => ({ id, sku: index % 2 === 0 ? 'MUG' : 'CUP', ...counters })) });
  const sale = (...ids: string[]): unknown => ({ kind: 'sale', channel: 'till', saleId: 's1', location: 'W1', soldAt: AT, lines: ids.map((id) => ({ id, sku: 'MUG', sold: 1 })) });
  for (const read of [() => parseObservation(order('1', '2', '1', '1')), () => parseSale(sale('1', '2', '1', '1'))]) {
    expect(read).toThrow('lines[2].id: 1 is the id of an earlier line');
    expect(read).toThrow('lines[3].id');
    expect(read).not.toThrow('lines[0]');
  }
  expect(parseObservation(order('1', '2'))).toMatchObject({ lines: [{ id: '1' }, { id: '2' }] });
  expect(parseSale(sale('1', '2'))).toMatchObject({ lines: [{ id: '1' }, { id: '2' }] });
});

it('refuses a sale of which more came back than it sold', () => {
  const sale = (sold: number | string, returned: number | string): unknown => ({ kind: 'sale', channel: 'till', saleId: 's1', location: 'W1', soldAt: AT, lines: [{ id: '1', sku: 'MUG', sold, returned }] });
  expect(() => parseSale(sale(1, 5))).toThrow('lines[0].returned: 5 of 1 sold cannot have come back');
  expect(() => parseSale(sale('9', '10'))).toThrow('lines[0].returned');
  expect(() => parseSale(sale('many', 5))).toThrow('lines[0].sold');
  expect(parseSale(sale('1', '1.0'))).toMatchObject({ lines: [{ sold: '1', returned: '1' }] });
});
