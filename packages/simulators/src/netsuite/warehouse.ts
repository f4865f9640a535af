import { DAY_MS, itemIdOf, tidy, type AccountDatabase, type Row } from './account-database.ts';
import type { NetSuiteSimulatorOptions, NetSuiteStock } from './options.ts';

const STOCK = `SELECT item, location, quantityonhand, quantityavailable, quantitycommitted, quantitybackordered
  FROM aggregateitemlocation WHERE item = ? AND location = ?`;
const NEW_STOCK = `INSERT INTO aggregateitemlocation (item, location, quantityonhand, quantityavailable, lastquantityavailablechange, lastmodifieddate)
  VALUES (?, ?, 0, 0, ?, ?) ON CONFLICT DO NOTHING`;
const UPDATE_STOCK = `UPDATE aggregateitemlocation SET quantityonhand = ?, quantityavailable = ?, quantitycommitted = ?,
  quantitybackordered = ?, lastmodifieddate = ?, lastquantityavailablechange = iif(?, ?, lastquantityavailablechange)
  WHERE item = ? AND location = ?`;
const OPEN_LINES = `SELECT uniquekey, quantitycommitted, quantitybackordered FROM transactionline
  WHERE item = ? AND location = ? AND (quantitycommitted > 0 OR quantitybackordered > 0) ORDER BY "transaction", id`;
const UPDATE_LINE = 'UPDATE transactionline SET quantitycommitted = ?, quantitybackordered = ? WHERE uniquekey = ?';
const SHOW_STOCK = `SELECT i.itemid, ail.location, ail.quantityonhand, ail.quantitycommitted, ail.quantitybackordered,
  ail.quantityavailable, ail.lastmodifieddate FROM aggregateitemlocation ail JOIN item i ON i.id = ail.item`;

/** What open order lines hold of one item at one location. */
interface Demand {
  readonly key: number;
  committed: number;
  backordered: number;
}

/** Stock per item and location, and who it is committed to. */
export interface Warehouse {
  /** Moves on hand by so much, which may be zero after order lines changed, and commits anew. */
  move(item: number, locationId: number, quantity: number): void;
  /** The location at which the account commits a new line. */
  chooseLocation(item: number, quantity: number): number;
  /** Throws a RangeError where the account has no such location. */
  assertLocation(locationId: number): void;
  stock(itemid: string, locationId: number): NetSuiteStock | undefined;
  allStock(): readonly NetSuiteStock[];
}

/** Keeps `aggregateitemlocation` in step with on hand and open order lines. */
export function createWarehouse(database: AccountDatabase, options: NetSuiteSimulatorOptions): Warehouse {
  const locations = new Map(options.locations.map(({ id, makeInventoryAvailable = true }) => [id, makeInventoryAvailable]));
  const isEveryChange = (options.availableChangeSignal ?? 'everyChange') === 'everyChange';

  function assertLocation(locationId: number): void {
    if (!locations.has(locationId)) throw new RangeError(`The account has no location ${locationId}.`);
  }

  function settleRow(row: Row, onHand: number): void {
    const [item, location] = [Number(row['item']), Number(row['location'])];
    const isOffered = locations.get(location) === true;
    const { committed, backordered } = commit(database, { item, location }, isOffered ? Math.max(0, onHand) : 0);
    const available = isOffered ? tidy(Math.max(0, onHand - committed)) : 0;
    const isSameAvailable = available === row['quantityavailable'];
    const isSame = isSameAvailable && onHand === row['quantityonhand'] && committed === row['quantitycommitted'] && backordered === row['quantitybackordered'];
    if (isSame) return;
    const now = options.clock.now() / DAY_MS;
    database.run(UPDATE_STOCK, onHand, available, committed, backordered, now, Number(isEveryChange || !isSameAvailable), now, item, location);
  }

  function move(item: number, locationId: number, quantity: number): void {
    assertLocation(locationId);
    const now = options.clock.now() / DAY_MS;
    database.run(NEW_STOCK, item, locationId, now, now);
    const row = database.get(STOCK, item, locationId);
    if (row !== undefined) settleRow(row, tidy(Number(row['quantityonhand']) + quantity));
  }

  function chooseLocation(item: number, quantity: number): number {
    let best: { readonly id: number; readonly available: number } | undefined;
    for (const [id, isOffered] of locations) {
      const row = isOffered ? database.get(STOCK, item, id) : undefined;
      if (row === undefined) continue;
      const available = Number(row['quantityavailable']);
      if (available >= quantity) return id;
      if (best === undefined || available > best.available) best = { id, available };
    }
    const first = [...locations].find(([, isOffered]) => isOffered) ?? [...locations][0];
    const chosen = best?.id ?? first?.[0];
    if (chosen === undefined) throw new RangeError('The account has no location at which it could commit.');
    return chosen;
  }

  return {
    move,
    chooseLocation,
    assertLocation,
    stock: (itemid, locationId) => {
      const row = database.get(`${SHOW_STOCK} WHERE ail.item = ? AND ail.location = ?`, itemIdOf(database, itemid), locationId);
      return row === undefined ? undefined : toStock(row);
    },
    allStock: () => database.all(`${SHOW_STOCK} ORDER BY ail.item, ail.location`).map(toStock),
  };
}

/** Shares out so much stock: what is committed stays, free stock goes to the oldest waiting line, a lack takes from the newest. */
function commit(database: AccountDatabase, at: { item: number; location: number }, capacity: number): { committed: number; backordered: number } {
  const lines = database.all(OPEN_LINES, at.item, at.location).map(toDemand);
  let free = tidy(capacity - lines.reduce((sum, line) => sum + line.committed, 0));
  for (const line of free > 0 ? lines : lines.toReversed()) {
    if (free === 0) break;
    const moved = free > 0 ? Math.min(free, line.backordered) : -Math.min(-free, line.committed);
    if (moved === 0) continue;
    line.committed = tidy(line.committed + moved);
    line.backordered = tidy(line.backordered - moved);
    free = tidy(free - moved);
    database.run(UPDATE_LINE, line.committed, line.backordered, line.key);
  }
  return {
    committed: tidy(lines.reduce((sum, line) => sum + line.committed, 0)),
    backordered: tidy(lines.reduce((sum, line) => sum + line.backordered, 0)),
  };
}

function toDemand(row: Row): Demand {
  return { key: Number(row['uniquekey']), committed: Number(row['quantitycommitted']), backordered: Number(row['quantitybackordered']) };
}

function toStock(row: Row): NetSuiteStock {
  return {
    itemid: String(row['itemid']),
    locationId: Number(row['location']),
    onHand: Number(row['quantityonhand']),
    committed: Number(row['quantitycommitted']),
    backordered: Number(row['quantitybackordered']),
    available: Number(row['quantityavailable']),
    lastModifiedMs: Math.round(Number(row['lastmodifieddate']) * DAY_MS),
  };
}
