import { stockItemIdOf, openAccountDatabase } from './account-database.ts';
import { toPublicKey } from './assertion.ts';
import { createInventoryAdjustments } from './inventory-adjustments.ts';
import type { NetSuiteSimulator, NetSuiteSimulatorOptions, NetSuiteStock, StockAdjustment } from './options.ts';
import { createMisreport } from './misreport.ts';
import { createRestSurface } from './rest-surface.ts';
import { createSalesOrders } from './sales-orders.ts';
import { createSuiteQlEngine } from './suiteql/engine.ts';
import { createTokenDesk } from './token-desk.ts';
import { createWarehouse } from './warehouse.ts';

/**
 * A NetSuite account in memory: SuiteQL statements really run, stock is committed and backordered as orders come and
 * go, and the REST surface refuses what the vendor refuses.
 *
 * @remarks
 * The account follows the injected clock and randomness only, so a seed repeats a run. What people and jobs inside the
 * ERP do are plain methods; what an integration does goes through `fetch`. Where the vendor's behaviour is not
 * documented, the simulator takes the harder variant: rows without ORDER BY are shuffled, ties of an ORDER BY too, and
 * a repeated PUT appends its lines.
 *
 * @returns An account with the items, locations and stock given, and no transactions.
 * @throws RangeError where stock or a kit names an item or location that was not given.
 * @example
 * ```ts
 * const account = createNetSuiteSimulator({ clock, random, account: 'TSTDRV123', clientId, certificateId, publicKey,
 *   locations: [{ id: 1, name: 'Main' }], items: [{ itemid: 'MUG' }], stock: [{ itemid: 'MUG', locationId: 1, onHand: 10 }] });
 * account.importSalesOrder({ externalId: 'shopify:5001', lines: [{ itemid: 'MUG', quantity: 3 }] });
 * account.stock('MUG', 1)?.available // => 7
 * ```
 * @public
 */
export function createNetSuiteSimulator(options: NetSuiteSimulatorOptions): NetSuiteSimulator {
  const publicKey = toPublicKey(options.publicKey);
  const database = openAccountDatabase(options);
  const warehouse = createWarehouse(database, options);
  const orders = createSalesOrders({ database, warehouse, options });
  const adjustments = createInventoryAdjustments(database, warehouse, options.clock);
  const { clock, random, timeZone: zoneMinutes = 0 } = options;
  const engine = createSuiteQlEngine(database, { clock, random, zoneMinutes });
  const misreport = createMisreport(database, clock);
  const rest = createRestSurface({ database, adjustments, engine: { run: (query) => misreport.during(() => engine.run(query)) }, tokens: createTokenDesk(options, publicKey), options });

  function adjustInventory({ itemid, locationId, quantity, memo }: StockAdjustment): NetSuiteStock {
    if (!Number.isFinite(quantity)) throw new RangeError(`The quantity of "${itemid}" is ${quantity}; it must be a number.`);
    adjustments.create({ memo, fields: memo === undefined ? {} : { memo }, lines: [{ item: stockItemIdOf(database, itemid), locationId, quantity }] });
    const stock = warehouse.stock(itemid, locationId);
    if (stock === undefined) throw new RangeError(`"${itemid}" has no stock at location ${locationId}.`);
    return stock;
  }

  return {
    fetch: rest.fetch,
    importSalesOrder: orders.importOrder,
    updateSalesOrder: orders.update,
    fulfilSalesOrder: orders.fulfil,
    receiveReturn: orders.receiveReturn,
    adjustInventory,
    reportZeroStock: misreport.set,
    stock: warehouse.stock,
    allStock: warehouse.allStock,
    salesOrder: orders.find,
    salesOrders: orders.all,
    calls: rest.calls,
    close: () => database.sqlite.close(),
  };
}
