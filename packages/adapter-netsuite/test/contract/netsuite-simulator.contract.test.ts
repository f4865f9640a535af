import type { OrderAcknowledgement, StockObservation } from '@stockwright/core';
import { parseSku } from '@stockwright/core';
import type { InventorySource, Page } from '@stockwright/adapter';
import { createNetSuiteSimulator, type NetSuiteFault, type NetSuiteSimulator, type NetSuiteSimulatorOptions } from '@stockwright/simulators/netsuite';
import { describe, expect, it } from 'vitest';
import { createNetSuite } from '../../src/create-netsuite.ts';
import type { NetSuiteSettings } from '../../src/netsuite-settings.ts';
import { EC, RSA, testContext, testSettings, type TestContext } from '../fixtures.ts';

const MINUTE_MS = 60_000;

interface World {
  readonly account: NetSuiteSimulator;
  readonly source: InventorySource;
  readonly context: TestContext;
  /** What goes wrong with the next statements. */
  readonly faults: NetSuiteFault[];
}

function world(settings: Partial<NetSuiteSettings> = {}, options: Partial<NetSuiteSimulatorOptions> = {}): World {
  const context = testContext();
  const faults: NetSuiteFault[] = [];
  let seed = 0;
  const account = createNetSuiteSimulator({
    clock: context.clock,
    random: { next: () => (seed = (seed + 0.618034) % 1) },
    account: 'TSTDRV123_SB1',
    clientId: 'client',
    certificateId: 'certificate',
    publicKey: EC.publicKey,
    locations: [{ id: 1, name: 'Main' }, { id: 2, name: 'North' }, { id: 10, name: 'Not ours' }],
    items: [{ itemid: 'ITEM-A' }, { itemid: 'ITEM-B' }, { itemid: 'ITEM-C' }],
    stock: [{ itemid: 'ITEM-A', locationId: 1, onHand: 10 }],
    // The vendor's own behaviour: the column tells changes of available alone.
    availableChangeSignal: 'availableOnly',
    requestFaults: (operation) => (operation === 'suiteql' ? faults.shift() : undefined),
    ...options,
  });
  const fetch: typeof globalThis.fetch = (input, init) => account.fetch(new Request(input, init));
  return { account, source: createNetSuite(testSettings({ fetch, ...settings })), context, faults };
}

async function readAll<Item>(readPage: (page: string | undefined) => Promise<Page<Item>>): Promise<Required<Omit<Page<Item>, 'next'>> & { pages: number }> {
  const [items, unmapped] = [[] as Item[], new Set<string>()];
  let next: string | undefined;
  let pages = 0;
  for (;;) {
    const page = await readPage(next);
    pages += 1;
    items.push(...page.items);
    for (const name of page.unmapped) unmapped.add(name);
    next = page.next;
    if (next === undefined) return { items, unmapped: [...unmapped], resumeFrom: page.resumeFrom ?? '', pages };
  }
}

const readStock = ({ source, context }: World) => readAll((page) => source.readStock({ scope: 'all' }, page, context));
const readChanges = ({ source, context }: World, since: string) => readAll((page) => source.readStock({ scope: 'changed', since }, page, context));
const readOrders = ({ source, context }: World, since?: string) => readAll((page) => source.readAcknowledgements(since, page, context));

/** Rows as `A@W1 10/3`: on hand and committed. */
function show(items: readonly StockObservation[]): readonly string[] {
  return items.map(({ sku, location, measures }) => `${sku}@${location} ${String(measures.onHand)}/${String(measures.committed)}`);
}

describe('stock', () => {
  it('reads everything once over several pages, in order of internal ids', async () => {
    const stock = ['A', 'B', 'C'].flatMap((code, index) => [1, 2].map((locationId) => ({ itemid: `ITEM-${code}`, locationId, onHand: 10 * index + locationId })));
    const there = world({ pageSize: 2 }, { stock });

    const { items, pages, resumeFrom } = await readStock(there);

    expect(show(items)).toEqual(['A@W1 1/0', 'A@W2 2/0', 'B@W1 11/0', 'B@W2 12/0', 'C@W1 21/0', 'C@W2 22/0']);
    expect(pages).toBe(3);
    expect(resumeFrom).toBe('2026-11-23 10:00:00 +00:00');
    expect(there.account.calls()).toMatchObject({ token: 1, suiteql: 3 });
  });

  it('reads named skus at all locations', async () => {
    const stock = [1, 2].flatMap((locationId) => ['A', 'B'].map((code) => ({ itemid: `ITEM-${code}`, locationId, onHand: 5 })));
    const { source, context } = world({ pageSize: 1 }, { stock });

    const { items, pages } = await readAll((page) => source.readStock({ scope: 'skus', skus: [parseSku('B')] }, page, context));

    expect(show(items)).toEqual(['B@W1 5/0', 'B@W2 5/0']);
    expect(pages).toBe(2);
  });

  it('counts what is backordered as committed: on hand 10, orders of 10 and 5 leave -5', async () => {
    const there = world();
    there.account.importSalesOrder({ externalId: 'shop:1', lines: [{ itemid: 'ITEM-A', quantity: 10 }] });
    there.account.importSalesOrder({ externalId: 'shop:2', lines: [{ itemid: 'ITEM-A', quantity: 5 }] });

    expect(show((await readStock(there)).items)).toEqual(['A@W1 10/15']);
  });

  it('leaves inactive items out and names what is not mapped', async () => {
    const items = [{ itemid: 'ITEM-A' }, { itemid: 'ITEM-B', isinactive: true }, { itemid: 'STRANGER' }];
    const stock = [['ITEM-A', 1], ['ITEM-A', 10], ['ITEM-B', 1], ['STRANGER', 1]].map(([itemid, locationId]) => ({ itemid: String(itemid), locationId: Number(locationId), onHand: 3 }));
    const page = await readStock(world({}, { items, stock }));

    expect(show(page.items)).toEqual(['A@W1 3/0']);
    expect(page.unmapped).toEqual(['location:10', 'item:STRANGER']);
  });

  it('knows items by UPC code and reports those without one', async () => {
    const { items, unmapped } = await readStock(world({ skuColumn: 'upccode' }));

    expect(items).toEqual([]);
    expect(unmapped).toEqual([expect.stringMatching(/^item:#\d+$/)]);
  });
});

describe('changes of stock', () => {
  const stock = ['A', 'B', 'C'].map((code) => ({ itemid: `ITEM-${code}`, locationId: 1, onHand: 5 }));
  /** The opening stock is older than the overlap: it is 10:10. */
  const later = (settings: Partial<NetSuiteSettings> = {}, options: Partial<NetSuiteSimulatorOptions> = {}): World => {
    const there = world(settings, { stock, ...options });
    there.context.advance(10 * MINUTE_MS);
    return there;
  };

  it('reads what was adjusted since, and only that', async () => {
    const there = later();
    const { resumeFrom } = await readStock(there);
    there.context.advance(10 * MINUTE_MS);
    there.account.adjustInventory({ itemid: 'ITEM-B', locationId: 1, quantity: -2 });

    const changes = await readChanges(there, resumeFrom);

    expect(show(changes.items)).toEqual(['B@W1 3/0']);
    expect(changes.resumeFrom).toBe('2026-11-23 10:20:00 +00:00');
  });

  it('reads a change again while it lies within the overlap, and then no more', async () => {
    const there = later();
    there.account.adjustInventory({ itemid: 'ITEM-B', locationId: 1, quantity: -2 });
    const { resumeFrom } = await readStock(there);
    const again = await readChanges(there, resumeFrom);
    there.context.advance(10 * MINUTE_MS);
    const once = await readChanges(there, again.resumeFrom);
    const none = await readChanges(there, once.resumeFrom);

    expect([again, once, none].map(({ items }) => show(items))).toEqual([['B@W1 3/0'], ['B@W1 3/0'], []]);
    expect(none.resumeFrom).toBe(once.resumeFrom);
  });

  it('sees a shipment and an order beyond the stock, which leave available as it was', async () => {
    const there = later();
    there.account.importSalesOrder({ externalId: 'shop:1', lines: [{ itemid: 'ITEM-A', quantity: 2 }, { itemid: 'ITEM-B', quantity: 5 }] });
    there.context.advance(10 * MINUTE_MS);
    const { resumeFrom } = await readStock(there);
    there.context.advance(10 * MINUTE_MS);
    there.account.fulfilSalesOrder('shop:1', [{ itemid: 'ITEM-A', quantity: 2 }]);
    there.account.importSalesOrder({ externalId: 'shop:2', lines: [{ itemid: 'ITEM-B', quantity: 4 }] });

    expect(show((await readChanges(there, resumeFrom)).items)).toEqual(['A@W1 3/0', 'B@W1 5/9']);
  });

  it('reads changes page by page, each row once', async () => {
    const there = later({ pageSize: 1 });
    const { resumeFrom } = await readStock(there);
    there.context.advance(10 * MINUTE_MS);
    for (const itemid of ['ITEM-C', 'ITEM-A']) there.account.adjustInventory({ itemid, locationId: 1, quantity: 1 });

    const { items, pages } = await readChanges(there, resumeFrom);

    expect(show(items)).toEqual(['A@W1 6/0', 'C@W1 6/0']);
    expect(pages).toBe(2);
  });

  it('works in any time zone of the session', async () => {
    const there = later({}, { timeZone: -480 });
    const { items, resumeFrom } = await readStock(there);
    there.context.advance(10 * MINUTE_MS);
    there.account.adjustInventory({ itemid: 'ITEM-C', locationId: 1, quantity: 1 });

    expect(items[0]?.asOf).toBe('2026-11-23T10:09:59.000Z');
    expect(resumeFrom).toBe('2026-11-23 02:10:00 -08:00');
    expect(show((await readChanges(there, resumeFrom)).items)).toEqual(['C@W1 6/0']);
  });
});

describe('acknowledgements', () => {
  /** The engine's rule: a base contains an order from the acknowledgement's revision on. */
  const contains = (base: StockObservation | undefined, order: OrderAcknowledgement | undefined): boolean =>
    base !== undefined && order !== undefined && order.revision <= base.asOf;

  it('says from which moment stock contains an order: 10:00 does not, 10:02 does', async () => {
    const there = world();
    const [early] = (await readStock(there)).items;
    there.context.advance(MINUTE_MS);
    there.account.importSalesOrder({ externalId: 'shop:1', lines: [{ itemid: 'ITEM-A', quantity: 3 }] });
    there.context.advance(MINUTE_MS);

    const [order] = (await readOrders(there)).items;
    const [late] = (await readStock(there)).items;

    expect(order).toMatchObject({
      channel: 'shop', orderId: '1', revision: '2026-11-23T10:01:00.000Z',
      contained: [{ sku: 'A', ordered: '3', fulfilled: '0', cancelled: '0', returned: '0' }],
    });
    expect(early?.measures).toMatchObject({ onHand: '10', committed: '0' });
    expect(contains(early, order)).toBe(false);
    expect(late?.measures).toMatchObject({ onHand: '10', committed: '3' });
    expect(contains(late, order)).toBe(true);
  });

  it('never takes an order as contained that came later in the same second', async () => {
    const there = world();
    there.context.advance(300);
    const [base] = (await readStock(there)).items;
    there.context.advance(400);
    there.account.importSalesOrder({ externalId: 'shop:1', lines: [{ itemid: 'ITEM-A', quantity: 3 }] });

    const [order] = (await readOrders(there)).items;

    expect(order?.revision).toBe('2026-11-23T10:00:00.000Z');
    expect(contains(base, order)).toBe(false);
  });

  it('follows shipment, and edits with NetSuite\'s own columns: the quantity as it is now', async () => {
    const there = world();
    there.account.importSalesOrder({ externalId: 'shop:1', lines: [{ itemid: 'ITEM-A', quantity: 5 }] });
    const { resumeFrom } = await readOrders(there);
    there.context.advance(10 * MINUTE_MS);
    there.account.fulfilSalesOrder('shop:1', [{ itemid: 'ITEM-A', quantity: 1 }]);
    there.account.updateSalesOrder('shop:1', [{ itemid: 'ITEM-A', quantity: 3 }]);

    expect((await readOrders(there, resumeFrom)).items).toMatchObject([
      { revision: '2026-11-23T10:10:00.000Z', contained: [{ ordered: '3', fulfilled: '1', cancelled: '0', returned: '0' }] },
    ]);
  });

  it('reads cumulative counters from the account\'s own columns', async () => {
    const there = world({ lineColumns: { ordered: 'custcol_ordered', cancelled: 'custcol_cancelled', returned: 'custcol_returned' } });
    there.account.importSalesOrder({ externalId: 'shop:1', lines: [{ itemid: 'ITEM-A', quantity: 5 }] });
    there.account.fulfilSalesOrder('shop:1', [{ itemid: 'ITEM-A', quantity: 3 }]);
    there.account.receiveReturn({ externalId: 'shop:1', lines: [{ itemid: 'ITEM-A', quantity: 1 }] });
    there.account.updateSalesOrder('shop:1', [{ itemid: 'ITEM-A', quantity: 3 }]);

    expect((await readOrders(there)).items[0]?.contained).toEqual([{ sku: 'A', ordered: '5', fulfilled: '3', cancelled: '2', returned: '1' }]);
  });

  it('never splits an order, however small the pages are', async () => {
    const there = world({ pageSize: 2 }, { stock: ['A', 'B', 'C'].map((code) => ({ itemid: `ITEM-${code}`, locationId: 1, onHand: 99 })) });
    const lines = ['A', 'B', 'C'].map((code) => ({ itemid: `ITEM-${code}`, quantity: 1 }));
    for (const number of [1, 2, 3, 4, 5]) there.account.importSalesOrder({ externalId: `shop:${number}`, lines });
    there.account.importSalesOrder({ externalId: 'telephone 7', lines });

    const { items, pages } = await readOrders(there);

    expect(items.map(({ orderId, contained }) => `${orderId}: ${contained.map(({ sku }) => sku).join('')}`)).toEqual(['1: ABC', '2: ABC', '3: ABC', '4: ABC', '5: ABC']);
    expect(pages).toBe(3);
  });

  it('reads references from the external id as well', async () => {
    const there = world({ orderReference: { ...testSettings().orderReference, column: 'externalid' } });
    there.account.importSalesOrder({ externalId: 'shop:9', lines: [{ itemid: 'ITEM-A', quantity: 1 }] });

    expect((await readOrders(there)).items).toMatchObject([{ orderId: '9' }]);
  });
});

describe('trouble', () => {
  it('gets a new token where the old one was taken back, and where it ended', async () => {
    const there = world();
    there.faults.push({ kind: 'status', status: 401 });
    await readStock(there);
    expect(there.account.calls()).toMatchObject({ token: 2, suiteql: 2 });

    there.context.advance(61 * MINUTE_MS);
    await readStock(there);
    expect(there.account.calls()).toMatchObject({ token: 3, suiteql: 3 });
  });

  it('signs in with an RSA certificate', async () => {
    const auth = { kind: 'oauth2', clientId: 'client', certificateId: 'certificate', privateKeyPem: RSA.pem, algorithm: 'PS256' } as const;

    expect((await readStock(world({ auth }, { publicKey: RSA.publicKey }))).items).toHaveLength(1);
  });

  it('says that the certificate is not accepted', async () => {
    await expect(readStock(world({}, { certificateId: 'another' }))).rejects.toMatchObject({ code: 'UNAUTHENTICATED', details: { operation: 'oauth2 token' } });
  });

  it('says when too many requests run', async () => {
    const there = world();
    there.faults.push({ kind: 'status', status: 429 });

    await expect(readStock(there)).rejects.toMatchObject({ code: 'RATE_LIMITED', details: { retry: 'after', retryAfterMs: 3000 } });
    expect(there.context.reports).toHaveLength(1);
    expect((await readStock(there)).items).toHaveLength(1);
  });

  it('reads again after a lost answer and a failing server', async () => {
    const there = world();
    there.faults.push({ kind: 'timeoutAfterApply' }, { kind: 'status', status: 503 });

    expect((await readStock(there)).items).toHaveLength(1);
    expect(there.account.calls().suiteql).toBe(3);
  });

  it('says that a column of the lines does not exist', async () => {
    const there = world({ lineColumns: { ordered: 'custcol_nowhere' } });
    there.account.importSalesOrder({ externalId: 'shop:1', lines: [{ itemid: 'ITEM-A', quantity: 1 }] });

    await expect(readOrders(there)).rejects.toMatchObject({ code: 'REJECTED', details: { operation: 'suiteql order lines' } });
  });
});
