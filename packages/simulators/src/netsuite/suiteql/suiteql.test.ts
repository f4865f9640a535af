import { describe, expect, it } from 'vitest';
import { openTestAccount, START_MS } from '../../../test/netsuite-account.ts';

const QUERY = '/services/rest/query/v1/suiteql';
const FORMAT = 'YYYY-MM-DD HH24:MI:SS TZH:TZM';
const STOCK_PAGE = `
  SELECT ail.item AS item, i.itemid AS sku, i.itemtype AS itemtype, ail.location AS location,
         ail.quantityonhand AS onhand, ail.quantityavailable AS available, ail.quantitycommitted AS committed,
         ail.quantitybackordered AS backordered, ail.quantityonorder AS onorder, ail.quantityintransit AS intransit,
         TO_CHAR(ail.lastquantityavailablechange, '${FORMAT}') AS changedat
  FROM aggregateitemlocation ail JOIN item i ON i.id = ail.item
  WHERE i.isinactive = 'F' AND (ail.item > ? OR (ail.item = ? AND ail.location > ?))
  ORDER BY ail.item, ail.location`;
const STOCK_CHANGED = `
  SELECT i.itemid AS sku, ail.location AS location, ail.quantityonhand AS onhand
  FROM aggregateitemlocation ail JOIN item i ON i.id = ail.item
  WHERE i.isinactive = 'F' AND ail.lastquantityavailablechange >= TO_TIMESTAMP(?, 'YYYY-MM-DD HH24:MI:SS')
  ORDER BY ail.item, ail.location`;
const ORDER_LINES = `
  SELECT t.id AS id, t.otherrefnum AS reference, t.externalid AS externalid, t.status AS status,
         TO_CHAR(t.lastmodifieddate, '${FORMAT}') AS modified, tl.id AS line, tl.item AS item, i.itemid AS sku,
         tl.quantity AS quantity, NVL(tl.quantityshiprecv, 0) AS shipped, tl.location AS location, tl.isclosed AS isclosed,
         tl.custcol_ordered, tl.custcol_cancelled, tl.custcol_returned
  FROM transaction t JOIN transactionline tl ON tl.transaction = t.id JOIN item i ON i.id = tl.item
  WHERE t.type = 'SalesOrd' AND tl.mainline = 'F' AND t.lastmodifieddate >= TO_TIMESTAMP(?, 'YYYY-MM-DD HH24:MI:SS')
  ORDER BY t.id, tl.id`;

describe('SuiteQL', () => {
  it('reads stock by keyset, every value a text and absent values left out', async () => {
    const { query } = await openTestAccount();

    const rows = await query(STOCK_PAGE, ['20', '20', '1']);

    expect(rows).toEqual([
      { item: '20', sku: 'MUG', itemtype: 'InvtPart', location: '2', onhand: '4', available: '4', committed: '0', backordered: '0', onorder: '0', intransit: '0', changedat: '2026-09-30 10:00:00 +00:00' },
      { item: '21', sku: 'CUP', itemtype: 'InvtPart', location: '1', onhand: '0', available: '0', committed: '0', backordered: '0', onorder: '0', intransit: '0', changedat: '2026-09-30 10:00:00 +00:00' },
    ]);
    expect(await query('SELECT i.id, i.UPCCODE, i.ITEMID FROM item i WHERE i.id = ?', [20])).toEqual([{ id: '20', itemid: 'MUG' }]);
  });

  it('reads the rows changed since a second, by the truth of the millisecond', async () => {
    const { account, clock, query } = await openTestAccount();
    clock.ms = START_MS + 60_500;
    account.adjustInventory({ itemid: 'CUP', locationId: 1, quantity: 7 });

    expect(await query(STOCK_CHANGED, ['2026-09-30 10:01:00'])).toEqual([{ sku: 'CUP', location: '1', onhand: '7' }]);
    expect(await query(STOCK_CHANGED, ['2026-09-30 10:01:01'])).toEqual([]);
    expect(await query(STOCK_CHANGED, ['2026-09-30 10:00:00'])).toHaveLength(3);
  });

  it('reads which orders the figures contain', async () => {
    const { account, clock, query } = await openTestAccount();
    account.importSalesOrder({ externalId: 'shopify:5000', lines: [{ itemid: 'CUP', quantity: 1 }] });
    clock.ms = START_MS + 60_000;
    account.importSalesOrder({ externalId: 'shopify:5001', lines: [{ itemid: 'MUG', quantity: 3 }, { itemid: 'GIFT-WRAP', quantity: 1 }] });
    account.updateSalesOrder('shopify:5001', [{ itemid: 'MUG', quantity: 2 }]);
    account.fulfilSalesOrder('shopify:5001', [{ itemid: 'MUG', quantity: 1 }]);

    expect(await query(ORDER_LINES, ['2026-09-30 10:01:00'])).toEqual([
      {
        id: '1002', reference: 'shopify:5001', externalid: 'shopify:5001', status: 'D', modified: '2026-09-30 10:01:00 +00:00', line: '1', item: '20', sku: 'MUG',
        quantity: '-2', shipped: '1', location: '1', isclosed: 'F', custcol_ordered: '3', custcol_cancelled: '1', custcol_returned: '0',
      },
      {
        id: '1002', reference: 'shopify:5001', externalid: 'shopify:5001', status: 'D', modified: '2026-09-30 10:01:00 +00:00', line: '2', item: '22', sku: 'GIFT-WRAP',
        quantity: '-1', shipped: '0', isclosed: 'F', custcol_ordered: '1', custcol_cancelled: '0', custcol_returned: '0',
      },
    ]);
  });

  it('tells which items moved, from the lines that affect inventory', async () => {
    const { account, query } = await openTestAccount();
    account.importSalesOrder({ externalId: 'shopify:1', lines: [{ itemid: 'MUG', quantity: 3 }] });
    account.adjustInventory({ itemid: 'CUP', locationId: 1, quantity: 2 });
    account.fulfilSalesOrder('shopify:1');

    const moved = await query(`SELECT DISTINCT tl.item, tl.location, t.type FROM transaction t JOIN transactionline tl ON tl.transaction = t.id
      WHERE tl.isinventoryaffecting = 'T' AND t.lastmodifieddate >= TO_TIMESTAMP('2026-09-30 10:00:00', 'YYYY-MM-DD HH24:MI:SS') ORDER BY tl.item`);

    expect(moved).toEqual([{ item: '20', location: '1', type: 'ItemShip' }, { item: '21', location: '1', type: 'InvAdjst' }]);
  });

  it('reads kits with their members', async () => {
    const { query } = await openTestAccount({
      items: [{ id: 20, itemid: 'MUG' }, { id: 21, itemid: 'CUP' }, { itemid: 'SET', itemtype: 'Kit' }],
      kits: [{ itemid: 'SET', members: [{ itemid: 'MUG', quantity: 1 }, { itemid: 'CUP', quantity: 2 }] }],
    });

    expect(await query('SELECT k.parentitem AS kit, i.itemid AS member, k.quantity FROM KitItemMember k JOIN item i ON i.id = k.item ORDER BY k.parentitem, k.linenumber')).toEqual([
      { kit: '22', member: 'MUG', quantity: '1' },
      { kit: '22', member: 'CUP', quantity: '2' },
    ]);
  });

  it('renders and reads dates in the session time zone', async () => {
    const { query } = await openTestAccount({ timeZone: -330 });

    const [row] = await query(`SELECT TO_CHAR(SYSDATE, '${FORMAT}') AS now, TO_CHAR(CURRENT_TIMESTAMP - 1, 'DD.MM.YYYY') AS yesterday, i.createddate,
      TO_CHAR(TO_TIMESTAMP('2026-09-30 10:00:00', 'YYYY-MM-DD HH24:MI:SS'), '${FORMAT}') AS same FROM item i WHERE i.id = 20`);

    expect(row).toEqual({ now: '2026-09-30 04:30:00 -05:30', yesterday: '29.09.2026', createddate: '9/30/2026', same: '2026-09-30 10:00:00 -05:30' });
  });

  it('shuffles rows without ORDER BY, and rows that ORDER BY leaves equal', async () => {
    const items = Array.from({ length: 30 }, (_, index) => ({ itemid: `SKU-${index}` }));
    const { query } = await openTestAccount({ items, stock: [] });
    const ids = async (statement: string): Promise<string[]> => (await query(statement)).map((row) => row['id'] ?? '');
    const byId = items.map((_, index) => String(index + 1));

    for (const statement of ['SELECT id FROM item', "SELECT id FROM item ORDER BY itemtype"]) {
      const [first, second] = [await ids(statement), await ids(statement)];
      expect(first).not.toEqual(second);
      expect(first.toSorted((a, b) => Number(a) - Number(b))).toEqual(byId);
    }
    expect(await ids('SELECT id FROM item ORDER BY id')).toEqual(byId);
  });

  it('pages with an envelope', async () => {
    const { send } = await openTestAccount();

    const response = await send('POST', `${QUERY}?limit=1&offset=1`, { q: 'SELECT itemid FROM item ORDER BY id' });

    const at = (offset: number): string => `https://tstdrv123.suitetalk.api.netsuite.com${QUERY}?limit=1&offset=${offset}`;
    expect(await response.json()).toEqual({
      links: [
        { rel: 'previous', href: at(0) }, { rel: 'first', href: at(0) }, { rel: 'next', href: at(2) }, { rel: 'last', href: at(2) }, { rel: 'self', href: at(1) },
      ],
      count: 1, hasMore: true, offset: 1, totalResults: 3, items: [{ links: [], itemid: 'CUP' }],
    });
  });

  it.each([
    ['?limit=1001', 'limit'], ['?limit=0', 'limit'], ['?limit=10&offset=5', 'offset'], ['?offset=100000', 'offset'], ['?limit=1&offset=1000', 'offset'], ['?limit=x', 'limit'],
  ])('refuses the window %s', async (window, parameter) => {
    const { send } = await openTestAccount();

    const response = await send('POST', QUERY + window, { q: 'SELECT id FROM item' });

    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ 'o:errorDetails': [{ 'o:errorCode': 'INVALID_PARAMETER', 'o:errorQueryParam': parameter }] });
  });

  it('requires the transient preference', async () => {
    const { send } = await openTestAccount();

    const response = await send('POST', QUERY, { q: 'SELECT id FROM item' }, { prefer: 'respond-sync' });

    expect(response.status).toBe(400);
  });

  it.each([
    ['a common table expression', 'WITH x AS (SELECT id FROM item) SELECT id FROM x'],
    ['brackets', 'SELECT [id] FROM item'],
    ['an unknown table', 'SELECT id FROM inventorybalances'],
    ['an unknown second table', 'SELECT i.id FROM item i, customer c'],
    ['the engine\'s own tables', 'SELECT name FROM sqlite_master'],
    ['the engine\'s own tables, quoted', 'SELECT name FROM "sqlite_master"'],
    ['the engine\'s own functions', "SELECT strftime('%s', 'now') FROM item"],
    ['an unknown column', 'SELECT nothing FROM item'],
    ['LIMIT', 'SELECT id FROM item LIMIT 5'],
    ['a second statement', 'SELECT id FROM item; DELETE FROM item'],
    ['anything but SELECT', 'DELETE FROM item'],
    ['an open parenthesis', 'SELECT (id FROM item'],
    ['an unknown date format', "SELECT TO_CHAR(createddate, 'HH12') FROM item"],
    ['a date in another format', "SELECT id FROM item WHERE createddate > TO_DATE('30/09/2026', 'YYYY-MM-DD')"],
    ['a missing parameter', 'SELECT id FROM item WHERE id = ?'],
    ['a list of more than 1000 values', `SELECT id FROM item WHERE id IN (${Array.from({ length: 1001 }, (_, index) => index).join(', ')})`],
  ])('refuses %s', async (_what, q) => {
    const { send } = await openTestAccount();

    const response = await send('POST', QUERY, { q });

    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ status: 400, 'o:errorDetails': [{ 'o:errorCode': 'INVALID_PARAMETER', 'o:errorQueryParam': 'q' }] });
  });

  it('follows Oracle where the engine underneath would not', async () => {
    const { query } = await openTestAccount();

    expect(await query("SELECT 5 / 2 AS half, NVL(NULL, 'x') AS nvl, GREATEST(2, 7) AS most, 'a' || 'b' AS joined, COUNT(*) FROM dual")).toEqual([
      { half: '2.5', nvl: 'x', most: '7', joined: 'ab', expr5: '1' },
    ]);
    expect(await query("SELECT id FROM item WHERE itemid LIKE 'mug'")).toEqual([]);
    expect(await query('SELECT id FROM item MINUS SELECT item FROM aggregateitemlocation ORDER BY 1')).toEqual([{ id: '22' }]);
  });

  it('gives at most 100,000 rows', async () => {
    const items = Array.from({ length: 400 }, (_, index) => ({ itemid: `SKU-${index}` }));
    const { send } = await openTestAccount({ items, stock: [] });

    const response = await send('POST', `${QUERY}?offset=99000`, { q: 'SELECT a.id FROM item a, item b ORDER BY a.id, b.id' });

    expect(await response.json()).toMatchObject({ totalResults: 100_000, count: 1000, hasMore: false });
  });

  it('reads each of 3,600 rows once by keyset', async () => {
    const items = Array.from({ length: 1800 }, (_, index) => ({ itemid: `SKU-${index}` }));
    const stock = items.flatMap(({ itemid }, index) => [1, 2].map((locationId) => ({ itemid, locationId, onHand: index })));
    const { query } = await openTestAccount({ items, stock });
    const seen = new Set<string>();
    let after = ['0', '0', '0'];

    for (;;) {
      const rows = await query(STOCK_PAGE, after);
      for (const row of rows) seen.add(`${row['sku']}@${row['location']}`);
      const last = rows.at(-1);
      if (last === undefined) break;
      after = [last['item'] ?? '', last['item'] ?? '', last['location'] ?? ''];
    }

    expect(seen.size).toBe(3600);
  });
});
