import { describe, expect, it } from 'vitest';
import { openTestAccount, seededRandom, START_MS } from '../../test/netsuite-account.ts';
import type { NetSuiteSimulator } from './index.ts';

const figures = (account: NetSuiteSimulator, itemid: string, locationId: number): readonly (number | undefined)[] => {
  const row = account.stock(itemid, locationId);
  return [row?.onHand, row?.committed, row?.backordered, row?.available];
};

describe('sales orders', () => {
  it('commits at the first location that has enough, else at the one with most', async () => {
    const { account } = await openTestAccount();

    account.importSalesOrder({ externalId: 'a', lines: [{ itemid: 'MUG', quantity: 8 }] });
    account.importSalesOrder({ externalId: 'b', lines: [{ itemid: 'MUG', quantity: 3 }] });
    account.importSalesOrder({ externalId: 'c', lines: [{ itemid: 'MUG', quantity: 5 }] });

    expect(figures(account, 'MUG', 1)).toEqual([10, 10, 3, 0]);
    expect(figures(account, 'MUG', 2)).toEqual([4, 3, 0, 1]);
    expect(account.salesOrder('c')?.lines).toEqual([
      { itemid: 'MUG', locationId: 1, quantity: 5, shipped: 0, committed: 2, backordered: 3, ordered: 5, cancelled: 0, returned: 0 },
    ]);
  });

  it('commits where the order or the caller says', async () => {
    const { account } = await openTestAccount({ commit: (itemid) => (itemid === 'MUG' ? 2 : undefined) });

    account.importSalesOrder({ externalId: 'a', lines: [{ itemid: 'MUG', quantity: 1 }] });
    account.importSalesOrder({ externalId: 'b', locationId: 1, lines: [{ itemid: 'MUG', quantity: 1 }] });

    expect(figures(account, 'MUG', 1)).toEqual([10, 1, 0, 9]);
    expect(figures(account, 'MUG', 2)).toEqual([4, 1, 0, 3]);
  });

  it('commits nothing where a location makes no inventory available', async () => {
    const locations = [{ id: 1, name: 'Quarantine', makeInventoryAvailable: false }, { id: 2, name: 'Second' }];
    const { account } = await openTestAccount({ locations });

    account.importSalesOrder({ externalId: 'a', lines: [{ itemid: 'MUG', quantity: 3 }] });
    account.importSalesOrder({ externalId: 'b', locationId: 1, lines: [{ itemid: 'MUG', quantity: 3 }] });

    expect(figures(account, 'MUG', 1)).toEqual([10, 0, 3, 0]);
    expect(figures(account, 'MUG', 2)).toEqual([4, 3, 0, 1]);
  });

  it('gives -5 as on hand less committed less backordered for orders of 10 and 5 over 10', async () => {
    const { account } = await openTestAccount();

    for (const quantity of [10, 5]) account.importSalesOrder({ externalId: `order-${quantity}`, locationId: 1, lines: [{ itemid: 'MUG', quantity }] });

    const row = account.stock('MUG', 1);
    expect((row?.onHand ?? 0) - (row?.committed ?? 0) - (row?.backordered ?? 0)).toBe(-5);
  });

  it('commits released and arriving stock to the oldest waiting line', async () => {
    const { account } = await openTestAccount();
    for (const [externalId, quantity] of [['a', 10], ['b', 4], ['c', 4]] as const) {
      account.importSalesOrder({ externalId, locationId: 1, lines: [{ itemid: 'MUG', quantity }] });
    }
    const committed = (): readonly (number | undefined)[] => ['a', 'b', 'c'].map((id) => account.salesOrder(id)?.lines[0]?.committed);

    expect(committed()).toEqual([10, 0, 0]);
    account.updateSalesOrder('a', [{ itemid: 'MUG', quantity: 5 }]);
    expect(committed()).toEqual([5, 4, 1]);
    account.adjustInventory({ itemid: 'MUG', locationId: 1, quantity: 7, memo: 'delivery' });
    expect(committed()).toEqual([5, 4, 4]);
    expect(figures(account, 'MUG', 1)).toEqual([17, 13, 0, 4]);
  });

  it('takes commitments from the newest line when stock turns out to be missing', async () => {
    const { account } = await openTestAccount();
    account.importSalesOrder({ externalId: 'a', locationId: 1, lines: [{ itemid: 'MUG', quantity: 5 }] });
    account.importSalesOrder({ externalId: 'b', locationId: 1, lines: [{ itemid: 'MUG', quantity: 4 }] });

    account.adjustInventory({ itemid: 'MUG', locationId: 1, quantity: -12, memo: 'cycle count' });

    expect(figures(account, 'MUG', 1)).toEqual([-2, 0, 9, 0]);
    account.adjustInventory({ itemid: 'MUG', locationId: 1, quantity: 8 });
    expect(['a', 'b'].map((id) => account.salesOrder(id)?.lines[0]?.committed)).toEqual([5, 1]);
  });

  it('brings an imported order to the state given, however often', async () => {
    const { account, clock } = await openTestAccount();
    account.importSalesOrder({ externalId: 'a', lines: [{ itemid: 'MUG', quantity: 1 }, { itemid: 'MUG', quantity: 2 }, { itemid: 'CUP', quantity: 1 }] });
    clock.ms += 1000;

    const edited = account.importSalesOrder({ externalId: 'a', lines: [{ itemid: 'MUG', quantity: 5 }] });
    clock.ms += 1000;
    const again = account.importSalesOrder({ externalId: 'a', lines: [{ itemid: 'MUG', quantity: 5 }] });

    expect(edited.lines.map(({ itemid, quantity, ordered, cancelled }) => [itemid, quantity, ordered, cancelled])).toEqual([['MUG', 5, 5, 0], ['CUP', 0, 1, 1]]);
    expect(again).toEqual(edited);
    expect(again.lastModifiedMs).toBe(START_MS + 1000);
    expect(figures(account, 'MUG', 1)).toEqual([10, 5, 0, 5]);
    expect(figures(account, 'CUP', 1)).toEqual([0, 0, 0, 0]);
  });

  it('ships what is committed, or more when told so', async () => {
    const { account } = await openTestAccount();
    account.importSalesOrder({ externalId: 'a', locationId: 2, lines: [{ itemid: 'MUG', quantity: 6 }] });

    expect(account.fulfilSalesOrder('a').lines[0]).toMatchObject({ shipped: 4, committed: 0, backordered: 2 });
    expect(figures(account, 'MUG', 2)).toEqual([0, 0, 2, 0]);
    expect(account.fulfilSalesOrder('a', [{ itemid: 'MUG', quantity: 2 }])).toMatchObject({ status: 'F', lines: [{ shipped: 6, backordered: 0 }] });
    expect(figures(account, 'MUG', 2)).toEqual([-2, 0, 0, 0]);
  });

  it('does not lend what ships to somebody who waits', async () => {
    const { account } = await openTestAccount();
    account.importSalesOrder({ externalId: 'a', locationId: 2, lines: [{ itemid: 'MUG', quantity: 4 }] });
    account.importSalesOrder({ externalId: 'b', locationId: 2, lines: [{ itemid: 'MUG', quantity: 2 }] });

    account.fulfilSalesOrder('a');

    expect(account.salesOrder('b')?.lines[0]).toMatchObject({ committed: 0, backordered: 2 });
  });

  it('keeps what has shipped when less is wanted', async () => {
    const { account } = await openTestAccount();
    account.importSalesOrder({ externalId: 'a', lines: [{ itemid: 'MUG', quantity: 5 }] });
    account.fulfilSalesOrder('a', [{ itemid: 'MUG', quantity: 3 }]);

    const order = account.updateSalesOrder('a', [{ itemid: 'MUG', quantity: 1 }]);

    expect(order).toMatchObject({ status: 'F', lines: [{ quantity: 3, shipped: 3, ordered: 5, cancelled: 2, committed: 0 }] });
    expect(figures(account, 'MUG', 1)).toEqual([7, 0, 0, 7]);
  });

  it('puts returns back where they left', async () => {
    const { account } = await openTestAccount();
    account.importSalesOrder({ externalId: 'a', lines: [{ itemid: 'MUG', quantity: 5 }] });
    account.fulfilSalesOrder('a');

    const order = account.receiveReturn({ externalId: 'a', lines: [{ itemid: 'MUG', quantity: 2 }] });

    expect(order.lines[0]).toMatchObject({ shipped: 5, returned: 2 });
    expect(figures(account, 'MUG', 1)).toEqual([7, 0, 0, 7]);
  });

  it.each<[string, (account: NetSuiteSimulator) => unknown]>([
    ['an unknown item', (account) => account.importSalesOrder({ externalId: 'b', lines: [{ itemid: 'NONE', quantity: 1 }] })],
    ['an unknown location', (account) => account.importSalesOrder({ externalId: 'b', locationId: 9, lines: [{ itemid: 'MUG', quantity: 1 }] })],
    ['a negative quantity', (account) => account.importSalesOrder({ externalId: 'b', lines: [{ itemid: 'MUG', quantity: -1 }] })],
    ['an unknown order', (account) => account.fulfilSalesOrder('b')],
    ['an unknown line', (account) => account.updateSalesOrder('a', [{ itemid: 'CUP', quantity: 1 }])],
    ['shipping more than is open', (account) => account.fulfilSalesOrder('a', [{ itemid: 'MUG', quantity: 3 }])],
    ['taking back more than was shipped', (account) => account.receiveReturn({ externalId: 'a', lines: [{ itemid: 'MUG', quantity: 1 }] })],
    ['an adjustment of an item without stock', (account) => account.adjustInventory({ itemid: 'GIFT-WRAP', locationId: 1, quantity: 1 })],
  ])('refuses %s and changes nothing', async (_what, change) => {
    const { account } = await openTestAccount();
    account.importSalesOrder({ externalId: 'a', lines: [{ itemid: 'MUG', quantity: 2 }] });
    const before = [account.allStock(), account.salesOrders()];

    expect(() => change(account)).toThrow(RangeError);

    expect([account.allStock(), account.salesOrders()]).toEqual(before);
  });

  it('tells every change, or changes of available alone', async () => {
    const changedAt = 'SELECT TO_CHAR(lastquantityavailablechange, \'MI:SS\') AS available, TO_CHAR(lastmodifieddate, \'MI:SS\') AS any FROM aggregateitemlocation WHERE item = 20 AND location = 1';
    for (const [availableChangeSignal, expected] of [['everyChange', '02:00'], ['availableOnly', '01:00']] as const) {
      const { account, clock, query } = await openTestAccount({ availableChangeSignal });
      clock.ms = START_MS + 60_000;
      account.importSalesOrder({ externalId: 'a', lines: [{ itemid: 'MUG', quantity: 2 }] });
      clock.ms = START_MS + 120_000;
      account.fulfilSalesOrder('a');

      expect(await query(changedAt)).toEqual([{ available: expected, any: '02:00' }]);
    }
  });

  it('reads zero everywhere while told so, keeps what happens meanwhile, and tells all rows again afterwards', async () => {
    const { account, clock, query } = await openTestAccount();
    const read = (): Promise<Record<string, string>[]> => query('SELECT location, quantityonhand AS n FROM aggregateitemlocation WHERE item = 20 ORDER BY location');
    const changed = async (): Promise<number> => (await query(`SELECT item FROM aggregateitemlocation WHERE lastmodifieddate >= TO_TIMESTAMP('${new Date(clock.ms - 500).toISOString().slice(0, 19).replace('T', ' ')}', 'YYYY-MM-DD HH24:MI:SS')`)).length;
    const rows = account.allStock().length;
    clock.ms += 600_000;
    account.reportZeroStock(true);
    expect((await read()).map(({ n }) => n)).toEqual(['0', '0']);
    expect(await changed()).toBe(rows);
    account.adjustInventory({ itemid: 'MUG', locationId: 1, quantity: -4 });
    expect(account.stock('MUG', 1)?.onHand).toBe(6);
    expect((await read()).map(({ n }) => n)).toEqual(['0', '0']);
    clock.ms += 600_000;
    expect(await changed()).toBe(0);
    account.reportZeroStock(false);
    expect((await read()).map(({ n }) => n)).toEqual(['6', '4']);
    expect(await changed()).toBe(rows);
  });

  it('keeps the books through a random history', async () => {
    for (let seed = 1; seed <= 20; seed += 1) {
      const { account } = await openTestAccount();
      const random = seededRandom(seed);
      const pick = (count: number): number => Math.floor(random.next() * count);
      let adjusted = 0;
      for (let step = 0; step < 60; step += 1) {
        const [externalId, quantity] = [`order-${pick(8)}`, pick(6)];
        const line = account.salesOrder(externalId)?.lines[0];
        const [open, out] = [(line?.quantity ?? 0) - (line?.shipped ?? 0), (line?.shipped ?? 0) - (line?.returned ?? 0)];
        switch (pick(4)) {
          case 0: account.importSalesOrder({ externalId, lines: [{ itemid: 'MUG', quantity }] }); break;
          case 1: if (open > 0) account.fulfilSalesOrder(externalId, [{ itemid: 'MUG', quantity: pick(open + 1) }]); break;
          case 2: if (out > 0) account.receiveReturn({ externalId, lines: [{ itemid: 'MUG', quantity: pick(out + 1) }] }); break;
          default: account.adjustInventory({ itemid: 'MUG', locationId: 1 + pick(2), quantity: quantity - 3 }); adjusted += quantity - 3;
        }
      }

      const lines = account.salesOrders().flatMap((order) => order.lines);
      const sum = (count: (line: (typeof lines)[number]) => number): number => lines.reduce((total, line) => total + count(line), 0);
      const mugs = account.allStock().filter(({ itemid }) => itemid === 'MUG');
      expect(mugs.reduce((total, { onHand }) => total + onHand, 0)).toBe(14 + adjusted - sum(({ shipped }) => shipped) + sum(({ returned }) => returned));
      for (const { locationId, onHand, committed, backordered, available } of mugs) {
        const here = lines.filter((line) => line.locationId === locationId);
        expect(committed + backordered).toBe(here.reduce((total, line) => total + line.quantity - line.shipped, 0));
        expect(committed).toBe(Math.min(Math.max(0, onHand), committed + backordered));
        expect(available).toBe(Math.max(0, onHand - committed));
      }
    }
  });
});
