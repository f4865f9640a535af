import { describe, expect, it } from 'vitest';
import { factsOf } from '../api/suiteql.ts';
import { resolveSettings } from '../netsuite-settings.ts';
import { testSettings } from '../../test/fixtures.ts';
import { mapAcknowledgements } from './acknowledgements.ts';
import { parseSince, readMoment, stockAsOf, wallClock } from './moment.ts';
import { readQuantity } from './netsuite-quantity.ts';

const facts = factsOf('suiteql test');

describe('moments', () => {
  it('reads the offset of the session', () => {
    expect(readMoment('2026-11-23 02:00:00 -08:00', facts)).toEqual({ ms: Date.parse('2026-11-23T10:00:00Z'), offsetMinutes: -480, text: '2026-11-23 02:00:00 -08:00' });
    expect(readMoment('2026-11-23 15:30:00 +05:30', facts)).toMatchObject({ ms: Date.parse('2026-11-23T10:00:00Z'), offsetMinutes: 330 });
  });

  it.each(['23/11/2026', '2026-11-23 10:00:00', '2026-13-23 10:00:00 +00:00', ''])('refuses %j, which says no certain time', (text) => {
    expect(() => readMoment(text, facts)).toThrow(expect.objectContaining({ code: 'MALFORMED_RESPONSE' }));
    expect(() => parseSince(text)).toThrow(expect.objectContaining({ code: 'INVALID_INPUT' }));
  });

  it('vouches for the second before its own, and for less where saves take long', () => {
    const moment = readMoment('2026-11-23 10:00:00 +00:00', facts);

    expect(stockAsOf(moment, 0)).toBe('2026-11-23T09:59:59.000Z');
    expect(stockAsOf(moment, 4000)).toBe('2026-11-23T09:59:55.000Z');
  });

  it('writes the wall clock of a session', () => {
    expect(wallClock(Date.parse('2026-11-23T10:00:00Z'), -480)).toBe('2026-11-23 02:00:00');
  });
});

describe('quantities', () => {
  it.each([['10', 0, 10], ['-3', 0, -3], ['10.0', 0, 10], ['.5', 1, 5], ['-.25', 2, -25]])('reads %j with %d digits as %d steps', (text, scale, steps) => {
    expect(readQuantity(text, { column: 'onhand', scale, facts })).toBe(steps);
  });

  it.each([['1.5', 0], ['1E3', 0], ['ten', 0], ['0.125', 2]])('refuses %j with %d digits and names the column', (text, scale) => {
    expect(() => readQuantity(text, { column: 'onhand', scale, facts })).toThrow(
      expect.objectContaining({ code: 'MALFORMED_RESPONSE', message: expect.stringContaining('onhand') as unknown }),
    );
  });
});

describe('mapAcknowledgements', () => {
  const order = { reference: 'shop:1', modifiedat: '2026-11-23 10:00:00 +00:00' };
  const line = { ...order, orderid: '1001', line: '1', item: '7', sku: 'ITEM-A', quantity: '-3', fulfilled: '0', closed: 'F' };
  const nothing = { fulfilled: '0', cancelled: '0', returned: '0' };

  it('counts lines of one sku together and takes the sign away', () => {
    const settings = resolveSettings(testSettings());
    const lines = [line, { ...line, line: '2', quantity: '-2', fulfilled: '1' }];

    expect(mapAcknowledgements({ orders: [order], lines }, settings, facts).items).toEqual([
      {
        kind: 'acknowledgement', source: 'netsuite', channel: 'shop', orderId: '1', revision: '2026-11-23T10:00:00.000Z',
        contained: [{ sku: 'A', ...nothing, ordered: '5', fulfilled: '1' }],
      },
    ]);
  });

  it('makes one acknowledgement of two sales orders of one reference, as of the later change', () => {
    const settings = resolveSettings(testSettings());
    const second = { ...line, orderid: '1002', sku: 'ITEM-B', modifiedat: '2026-11-23 10:05:00 +00:00' };

    const [only, ...rest] = mapAcknowledgements({ orders: [order], lines: [line, second] }, settings, facts).items;

    expect(rest).toEqual([]);
    expect(only).toMatchObject({ revision: '2026-11-23T10:05:00.000Z', contained: [{ sku: 'A', ordered: '3' }, { sku: 'B', ordered: '3' }] });
  });

  it('acknowledges nothing of an order whose lines are gone', () => {
    const settings = resolveSettings(testSettings());

    expect(mapAcknowledgements({ orders: [order], lines: [] }, settings, facts).items).toMatchObject([{ orderId: '1', contained: [] }]);
  });

  it('takes what a closed line had open as cancelled', () => {
    const settings = resolveSettings(testSettings());
    const lines = [{ ...line, fulfilled: '1', closed: 'T' }];

    expect(mapAcknowledgements({ orders: [order], lines }, settings, facts).items[0]?.contained).toEqual([
      { sku: 'A', ordered: '3', fulfilled: '1', cancelled: '2', returned: '0' },
    ]);
  });

  it('prefers the account\'s own cumulative columns, line by line', () => {
    const settings = resolveSettings(testSettings({ lineColumns: { ordered: 'custcol_ordered', cancelled: 'custcol_cancelled', returned: 'custcol_returned' } }));
    const lines = [{ ...line, quantity: '-1', ordered: '3', cancelled: '2', returned: '1', fulfilled: '1', closed: 'T' }, { ...line, line: '2', sku: 'ITEM-B' }];

    expect(mapAcknowledgements({ orders: [order], lines }, settings, facts).items[0]?.contained).toEqual([
      { sku: 'A', ordered: '3', fulfilled: '1', cancelled: '2', returned: '1' },
      { sku: 'B', ...nothing, ordered: '3' },
    ]);
  });

  it('names unmapped items once and still acknowledges the order', () => {
    const settings = resolveSettings(testSettings());
    const unknown = { ...line, sku: 'ITEM-X' };

    const { items, unmapped } = mapAcknowledgements({ orders: [order], lines: [unknown, unknown, line] }, settings, facts);

    expect(unmapped).toEqual(['item:ITEM-X']);
    expect(items[0]?.contained).toHaveLength(1);
  });
});
