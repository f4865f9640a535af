import { parseSku } from '@stockwright/core';
import { describe, expect, it } from 'vitest';
import { scripted, stockRow, testContext, testSettings } from '../test/fixtures.ts';

describe('reading stock', () => {
  it('translates a row: sold is committed and backordered together', async () => {
    const { source } = scripted([[stockRow({ committed: '10', backordered: '5', onorder: '20', intransit: '2' })]]);

    expect(await source.readStock({ scope: 'all' }, undefined, testContext())).toEqual({
      items: [
        {
          kind: 'stock', source: 'netsuite', sku: 'A', location: 'W1', asOf: '2026-11-23T09:59:59.000Z',
          measures: { onHand: '10', committed: '15', incoming: '20', inTransit: '2' },
        },
      ],
      unmapped: [],
      resumeFrom: '2026-11-23 10:00:00 +00:00',
    });
  });

  it('asks for as much as a page holds, transiently, and leaves values out of the statement', async () => {
    const { account, source } = scripted([[stockRow()]], { pageSize: 50, endpoint: 'https://netsuite.test/' });

    await source.readStock({ scope: 'skus', skus: [parseSku('A')] }, undefined, testContext());

    const [statement] = account.statements;
    expect(statement?.url.href).toBe('https://netsuite.test/services/rest/query/v1/suiteql?limit=50');
    expect(statement?.headers.get('prefer')).toBe('transient');
    expect(statement?.params).toEqual(['ITEM-A']);
    expect(statement?.sql).not.toContain('ITEM-A');
  });

  it('continues after the last row and resumes from the first page\'s moment', async () => {
    const rows = [stockRow(), stockRow({ location: '2' })];
    const { account, source } = scripted([{ json: { items: rows, hasMore: true } }, [stockRow({ item: '8', sku: 'ITEM-B', moment: '2026-11-23 10:00:05 +00:00' })]]);
    const context = testContext();

    const first = await source.readStock({ scope: 'all' }, undefined, context);
    const second = await source.readStock({ scope: 'all' }, first.next, context);

    expect(first.resumeFrom).toBeUndefined();
    expect(account.statements[1]?.params).toEqual(['7', '7', '2']);
    expect(second).toMatchObject({ items: [{ sku: 'B', asOf: '2026-11-23T10:00:04.000Z' }], resumeFrom: '2026-11-23 10:00:00 +00:00' });
    expect(second.next).toBeUndefined();
  });

  it('takes columns in any case and numbers as well as texts', async () => {
    const loud = Object.fromEntries(Object.entries(stockRow({ onhand: 4 })).map(([name, value]) => [name.toUpperCase(), value]));
    const { source } = scripted([[loud]]);

    const { items } = await source.readStock({ scope: 'all' }, undefined, testContext());

    expect(items[0]?.measures.onHand).toBe('4');
  });

  it('names what no mapping knows, and what stands on several items, once each', async () => {
    const rows = [stockRow({ sku: 'ITEM-X' }), stockRow({ sku: 'ITEM-X', location: '9' }), stockRow({ sku: null }), stockRow({ namesakes: '2' }), stockRow()];
    const { source } = scripted([rows]);

    const { items, unmapped } = await source.readStock({ scope: 'all' }, undefined, testContext());

    expect(items).toHaveLength(1);
    expect(unmapped).toEqual(['item:ITEM-X', 'location:9', 'item:#7', 'item:ITEM-A']);
  });

  it('asks how many items show a UPC code, which nothing keeps unique', async () => {
    const { account, source } = scripted([[]], { skuColumn: 'upccode' });

    await source.readStock({ scope: 'all' }, undefined, testContext());

    expect(account.statements[0]?.sql).toContain('i.upccode AS sku, (SELECT COUNT(*) FROM item n');
  });

  it('cuts many skus into lists, says which of them have no item, and names no place to resume from', async () => {
    const skus = Array.from({ length: 501 }, (_, index) => parseSku(`S${String(index)}`));
    const mappings = { ...testSettings().mappings, skus: { toInternal: parseSku, toExternal: (sku: string) => sku } };
    const { account, source } = scripted([[stockRow()], []], { mappings });
    const context = testContext();

    const first = await source.readStock({ scope: 'skus', skus }, undefined, context);
    const second = await source.readStock({ scope: 'skus', skus }, first.next, context);

    expect(account.statements.map(({ params }) => params.length)).toEqual([500, 1]);
    expect(second).toEqual({ items: [], unmapped: [] });
    expect(await scripted([]).source.readStock({ scope: 'skus', skus: [parseSku('Z')] }, undefined, context)).toEqual({ items: [], unmapped: ['sku:Z'] });
  });

  it('names no place to resume from where an account without rows told no time', async () => {
    const { source } = scripted([[]]);

    expect(await source.readStock({ scope: 'all' }, undefined, testContext())).toEqual({ items: [], unmapped: [] });
  });
});

describe('reading changes', () => {
  const since = '2026-11-23 02:00:00 -08:00';

  it('compares with the wall clock of the session, less the overlap', async () => {
    const moment = '2026-11-23 02:10:00 -08:00';
    const { account, source } = scripted([[stockRow({ moment })]]);

    const page = await source.readStock({ scope: 'changed', since }, undefined, testContext());

    expect(account.statements).toHaveLength(1);
    expect(account.statements[0]?.params).toEqual(['2026-11-23 01:55:00', '2026-11-23 01:55:00']);
    expect(page).toMatchObject({ items: [{ asOf: '2026-11-23T10:09:59.000Z' }], resumeFrom: moment });
  });

  it('keeps its cursor where nothing changed', async () => {
    const { source } = scripted([[], [{ moment: '2026-11-23 02:10:00 -08:00' }]]);

    expect(await source.readStock({ scope: 'changed', since }, undefined, testContext())).toEqual({ items: [], unmapped: [], resumeFrom: since });
  });

  it('reads once more from the lower reading after the clock went back in autumn', async () => {
    const summer = '2026-11-01 01:50:00 -07:00';
    const moment = '2026-11-01 01:12:00 -08:00';
    const { account, source } = scripted([[], [{ moment }], [stockRow({ moment })]]);

    const page = await source.readStock({ scope: 'changed', since: summer }, undefined, testContext());

    expect(account.statements.map(({ params }) => params[0])).toEqual(['2026-11-01 01:45:00', undefined, '2026-11-01 00:45:00']);
    expect(page).toMatchObject({ items: [{ asOf: '2026-11-01T09:11:59.000Z' }], resumeFrom: moment });
  });

  it('keeps the same bound on every page', async () => {
    const rows = [stockRow({ moment: since })];
    const { account, source } = scripted([{ json: { items: rows, hasMore: true } }, []]);
    const context = testContext();

    const { next } = await source.readStock({ scope: 'changed', since }, undefined, context);
    const last = await source.readStock({ scope: 'changed', since }, next, context);

    expect(account.statements[1]?.params).toEqual(['2026-11-23 01:55:00', '2026-11-23 01:55:00', '7', '7', '1']);
    expect(last).toEqual({ items: [], unmapped: [], resumeFrom: since });
  });

  it('refuses cursors and pages that it did not give', async () => {
    const { source } = scripted([]);
    const refused = expect.objectContaining({ code: 'INVALID_INPUT' }) as unknown;

    await expect(source.readStock({ scope: 'changed', since: 'yesterday' }, undefined, testContext())).rejects.toEqual(refused);
    await expect(source.readStock({ scope: 'all' }, '{"after":["1; DROP","2"]}', testContext())).rejects.toEqual(refused);
    await expect(source.readAcknowledgements(undefined, 'page 2', testContext())).rejects.toEqual(refused);
  });
});

describe('reading acknowledgements', () => {
  const order = { id: '1001', reference: 'shop:1', modifiedat: '2026-11-23 10:00:00 +00:00', moment: '2026-11-23 10:01:00 +00:00' };
  const line = { ...order, orderid: '1001', line: '1', item: '7', sku: 'ITEM-A', quantity: '-3', fulfilled: '0', closed: 'F' };

  it('reads orders first and then all their lines, however many answers those take', async () => {
    const orders = { json: { items: [order], hasMore: true } };
    const { account, source } = scripted([orders, { json: { items: [line], hasMore: true } }, [{ ...line, line: '2' }]]);

    const page = await source.readAcknowledgements(undefined, undefined, testContext());

    expect(page.items).toMatchObject([{ orderId: '1', revision: '2026-11-23T10:00:00.000Z', contained: [{ sku: 'A', ordered: '6' }] }]);
    expect(account.statements.map(({ params }) => params)).toEqual([[], ['shop:1'], ['shop:1', '1001', '1001', '1']]);
    expect(page.next).toBe('{"resume":"2026-11-23 10:01:00 +00:00","after":"1001"}');
  });

  it('passes over orders that are of no channel, without reading their lines', async () => {
    const { account, source } = scripted([[{ ...order, reference: 'PO 77' }]]);

    expect(await source.readAcknowledgements(undefined, undefined, testContext())).toEqual({ items: [], unmapped: [], resumeFrom: order.moment });
    expect(account.statements).toHaveLength(1);
  });

  it('stops where NetSuite repeats the same lines', async () => {
    const again = { json: { items: [line], hasMore: true } };
    const { source } = scripted([[order], again, again]);

    await expect(source.readAcknowledgements(undefined, undefined, testContext())).rejects.toMatchObject({ code: 'MALFORMED_RESPONSE' });
  });
});
