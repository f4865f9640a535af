import { DAY_MS, itemIdOf, tidy, type AccountDatabase, type Row } from './account-database.ts';
import type { ItemQuantity, NetSuiteSalesOrder, NetSuiteSalesOrderLine, NetSuiteSimulatorOptions, SalesOrderImport } from './options.ts';
import { insertMovement, insertTransaction } from './transactions.ts';
import type { Warehouse } from './warehouse.ts';

const ORDER_LINES = `SELECT t.id AS orderid, t.externalid, t.status, t.lastmodifieddate, tl.uniquekey, tl.item, i.itemid, tl.location,
    -tl.quantity AS wanted, tl.quantityshiprecv, tl.quantitycommitted, tl.quantitybackordered, tl.custcol_ordered, tl.custcol_returned
  FROM "transaction" t LEFT JOIN transactionline tl ON tl."transaction" = t.id AND tl.mainline = 'F' LEFT JOIN item i ON i.id = tl.item
  WHERE t.type = 'SalesOrd'`;
const NEW_LINE = `INSERT INTO transactionline ("transaction", id, linesequencenumber, mainline, item, itemtype, location, quantity,
    quantityshiprecv, quantitycommitted, quantitybackordered, custcol_ordered, custcol_cancelled, custcol_returned, linelastmodifieddate)
  SELECT ?1, n, n, 'F', ?2, (SELECT itemtype FROM item WHERE id = ?2), ?3, 0, 0, 0, 0, 0, 0, 0, ?4
  FROM (SELECT max(id) + 1 AS n FROM transactionline WHERE "transaction" = ?1)`;
const UPDATE_LINE = `UPDATE transactionline SET quantity = -?, quantityshiprecv = ?, quantitycommitted = ?, quantitybackordered = ?,
  custcol_ordered = ?, custcol_cancelled = ?, custcol_returned = ?, isclosed = ?, linelastmodifieddate = ? WHERE uniquekey = ?`;

/** One line while it is worked on. Quantities are positive. */
interface Line {
  readonly key: number;
  readonly item: number;
  readonly itemid: string;
  /** Null where the item keeps no stock. */
  readonly locationId: number | null;
  readonly wanted: number;
  readonly shipped: number;
  readonly committed: number;
  readonly backordered: number;
  readonly ordered: number;
  readonly returned: number;
}

interface Order {
  readonly id: number;
  readonly externalId: string;
  readonly lines: readonly Line[];
}

/** Sales orders as people and jobs work on them. */
export interface SalesOrders {
  importOrder(order: SalesOrderImport): NetSuiteSalesOrder;
  update(externalId: string, lines: readonly ItemQuantity[]): NetSuiteSalesOrder;
  fulfil(externalId: string, lines?: readonly ItemQuantity[]): NetSuiteSalesOrder;
  receiveReturn(goods: { readonly externalId: string; readonly lines: readonly ItemQuantity[] }): NetSuiteSalesOrder;
  find(externalId: string): NetSuiteSalesOrder | undefined;
  all(): readonly NetSuiteSalesOrder[];
}

/** What every function here works with. */
interface Desk {
  readonly database: AccountDatabase;
  readonly warehouse: Warehouse;
  readonly options: NetSuiteSimulatorOptions;
}

/** Keeps sales orders and tells the warehouse what they hold. */
export function createSalesOrders(desk: Desk): SalesOrders {
  const { database } = desk;
  const changed = (externalId: string, change: () => void): NetSuiteSalesOrder => database.atomically(() => {
    change();
    return show(database, externalId);
  });
  return {
    importOrder: (order) => changed(order.externalId, () => bringTo(desk, order)),
    update: (externalId, lines) => changed(externalId, () => {
      const wanted = accumulate(lines);
      const order = requireOrder(database, externalId);
      for (const itemid of wanted.keys()) requireLine(order, itemid);
      setQuantities(desk, order.id, wanted);
    }),
    fulfil: (externalId, lines) => changed(externalId, () => {
      const order = requireOrder(database, externalId);
      ship(desk, order, lines === undefined ? everythingCommitted(order) : accumulate(lines));
    }),
    receiveReturn: ({ externalId, lines }) => changed(externalId, () => {
      takeBack(desk, requireOrder(database, externalId), accumulate(lines));
    }),
    find: (externalId) => (findOrder(database, externalId) === undefined ? undefined : show(database, externalId)),
    all: () => toSalesOrders(database.all(`${ORDER_LINES} ORDER BY t.id, tl.id`)),
  };
}

function bringTo(desk: Desk, { externalId, lines, locationId }: SalesOrderImport): void {
  const wanted = accumulate(lines);
  const nowMs = desk.options.clock.now();
  const order = findOrder(desk.database, externalId) ?? {
    id: insertTransaction(desk.database, { type: 'SalesOrd', externalId, otherReference: externalId, status: 'B', nowMs }),
    externalId,
    lines: [],
  };
  const known = new Set(order.lines.map(({ itemid }) => itemid));
  for (const [itemid, quantity] of wanted) if (!known.has(itemid)) addLine(desk, order.id, { itemid, quantity, locationId });
  for (const itemid of known) if (!wanted.has(itemid)) wanted.set(itemid, 0);
  setQuantities(desk, order.id, wanted);
}

function addLine(desk: Desk, orderId: number, line: ItemQuantity & { readonly locationId: number | undefined }): void {
  const { database, warehouse, options } = desk;
  const { itemid, quantity, locationId } = line;
  const item = itemIdOf(database, itemid);
  const { itemtype } = database.get('SELECT itemtype FROM item WHERE id = ?', item) ?? {};
  if (itemtype === 'Kit') throw new RangeError(`"${itemid}" is a kit and keeps no stock: import its members.`);
  const location = itemtype === 'NonInvtPart'
    ? null
    : (locationId ?? options.commit?.(itemid, quantity) ?? warehouse.chooseLocation(item, quantity));
  if (location !== null) warehouse.assertLocation(location);
  database.run(NEW_LINE, orderId, item, location, options.clock.now() / DAY_MS);
}

function setQuantities(desk: Desk, orderId: number, wanted: ReadonlyMap<string, number>): void {
  let isChanged = false;
  for (const line of readLines(desk.database, orderId)) {
    const next = withWanted(line, wanted.get(line.itemid) ?? line.wanted);
    if (next.wanted === line.wanted) continue;
    save(desk, next, 0);
    isChanged = true;
  }
  if (isChanged) touch(desk, orderId);
}

function ship(desk: Desk, order: Order, shipments: ReadonlyMap<string, number>): void {
  const nowMs = desk.options.clock.now();
  const moves = movesOf(order, shipments, { word: 'open', count: (line) => tidy(line.wanted - line.shipped) });
  if (moves.length === 0) return;
  const shipment = insertTransaction(desk.database, { type: 'ItemShip', status: 'C', nowMs });
  for (const { line, quantity } of moves) {
    const fromCommitted = Math.min(quantity, line.committed);
    const fromBackordered = Math.min(tidy(quantity - fromCommitted), line.backordered);
    insertMovement(desk.database, { transactionId: shipment, nowMs, item: line.item, locationId: line.locationId, quantity: -quantity, createdFrom: order.id });
    const shipped = tidy(line.shipped + quantity);
    save(desk, { ...line, shipped, committed: tidy(line.committed - fromCommitted), backordered: tidy(line.backordered - fromBackordered) }, -quantity);
  }
  touch(desk, order.id);
}

function takeBack(desk: Desk, order: Order, goods: ReadonlyMap<string, number>): void {
  const nowMs = desk.options.clock.now();
  const moves = movesOf(order, goods, { word: 'shipped and not yet back', count: (line) => tidy(line.shipped - line.returned) });
  if (moves.length === 0) return;
  const receipt = insertTransaction(desk.database, { type: 'ItemRcpt', nowMs });
  for (const { line, quantity } of moves) {
    insertMovement(desk.database, { transactionId: receipt, nowMs, item: line.item, locationId: line.locationId, quantity, createdFrom: order.id });
    save(desk, { ...line, returned: tidy(line.returned + quantity) }, quantity);
  }
  touch(desk, order.id);
}

/** Writes the line first and moves stock after it: what the line gave up in a shipment has left, and is free for nobody. */
function save({ database, warehouse, options }: Desk, line: Line, onHandChange: number): void {
  const cancelled = tidy(line.ordered - line.wanted);
  const isClosed = cancelled > 0 && line.wanted === line.shipped;
  database.run(
    UPDATE_LINE, line.wanted, line.shipped, line.committed, line.backordered, line.ordered, cancelled, line.returned,
    isClosed ? 'T' : 'F', options.clock.now() / DAY_MS, line.key,
  );
  if (line.locationId !== null) warehouse.move(line.item, line.locationId, onHandChange);
}

function touch({ database, options }: Desk, orderId: number): void {
  const status = statusOf(readLines(database, orderId));
  database.run('UPDATE "transaction" SET lastmodifieddate = ?, status = ? WHERE id = ?', options.clock.now() / DAY_MS, status, orderId);
}

/** A line that wants so much: what is no longer wanted gives up its place in the queue first, then its stock. */
function withWanted(line: Line, quantity: number): Line {
  const wanted = Math.max(quantity, line.shipped);
  const ordered = Math.max(line.ordered, wanted);
  if (line.locationId === null) return { ...line, wanted, ordered };
  const more = tidy(wanted - line.shipped - line.committed - line.backordered);
  const backordered = tidy(Math.max(0, line.backordered + more));
  const committed = tidy(line.committed + Math.min(0, line.backordered + more));
  return { ...line, wanted, ordered, committed, backordered };
}

function accumulate(lines: readonly ItemQuantity[]): Map<string, number> {
  const sums = new Map<string, number>();
  for (const { itemid, quantity } of lines) {
    if (!Number.isFinite(quantity) || quantity < 0) throw new RangeError(`The quantity of "${itemid}" is ${quantity}; it must be zero or more.`);
    sums.set(itemid, tidy((sums.get(itemid) ?? 0) + quantity));
  }
  return sums;
}

function movesOf(
  order: Order,
  quantities: ReadonlyMap<string, number>,
  limit: { readonly word: string; readonly count: (line: Line) => number },
): { readonly line: Line; readonly quantity: number }[] {
  return [...quantities].filter(([, quantity]) => quantity > 0).map(([itemid, quantity]) => {
    const line = requireLine(order, itemid);
    const most = limit.count(line);
    if (quantity > most) throw new RangeError(`Order "${order.externalId}" has ${most} of "${itemid}" ${limit.word}, not ${quantity}.`);
    return { line, quantity };
  });
}

function everythingCommitted({ lines }: Order): Map<string, number> {
  return new Map(lines.map((line) => [line.itemid, line.locationId === null ? tidy(line.wanted - line.shipped) : line.committed]));
}

function statusOf(lines: readonly Line[]): NetSuiteSalesOrder['status'] {
  if (lines.every(({ wanted }) => wanted === 0)) return 'C';
  if (lines.every(({ wanted, shipped }) => wanted === shipped)) return 'F';
  return lines.some(({ shipped }) => shipped > 0) ? 'D' : 'B';
}

function requireOrder(database: AccountDatabase, externalId: string): Order {
  const order = findOrder(database, externalId);
  if (order === undefined) throw new RangeError(`The account has no sales order "${externalId}".`);
  return order;
}

function requireLine({ externalId, lines }: Order, itemid: string): Line {
  const line = lines.find((candidate) => candidate.itemid === itemid);
  if (line === undefined) throw new RangeError(`Order "${externalId}" has no line of "${itemid}".`);
  return line;
}

function findOrder(database: AccountDatabase, externalId: string): Order | undefined {
  const row = database.get('SELECT id FROM "transaction" WHERE type = \'SalesOrd\' AND externalid = ?', externalId);
  if (row === undefined) return undefined;
  const id = Number(row['id']);
  return { id, externalId, lines: readLines(database, id) };
}

function readLines(database: AccountDatabase, orderId: number): readonly Line[] {
  return database.all(`${ORDER_LINES} AND t.id = ? AND tl.id IS NOT NULL ORDER BY tl.id`, orderId).map(toLine);
}

function show(database: AccountDatabase, externalId: string): NetSuiteSalesOrder {
  const [order] = toSalesOrders(database.all(`${ORDER_LINES} AND t.externalid = ? ORDER BY tl.id`, externalId));
  if (order === undefined) throw new RangeError(`The account has no sales order "${externalId}".`);
  return order;
}

function toLine(row: Row): Line {
  return {
    key: Number(row['uniquekey']),
    item: Number(row['item']),
    itemid: String(row['itemid']),
    locationId: row['location'] === null ? null : Number(row['location']),
    wanted: Number(row['wanted']),
    shipped: Number(row['quantityshiprecv']),
    committed: Number(row['quantitycommitted']),
    backordered: Number(row['quantitybackordered']),
    ordered: Number(row['custcol_ordered']),
    returned: Number(row['custcol_returned']),
  };
}

/** Rows of one order stand together. */
function toSalesOrders(rows: readonly Row[]): NetSuiteSalesOrder[] {
  const orders: (NetSuiteSalesOrder & { readonly lines: NetSuiteSalesOrderLine[] })[] = [];
  for (const row of rows) {
    const id = Number(row['orderid']);
    if (orders.at(-1)?.id !== id) {
      orders.push({
        id,
        externalId: String(row['externalid']),
        status: row['status'] as NetSuiteSalesOrder['status'],
        lastModifiedMs: Math.round(Number(row['lastmodifieddate']) * DAY_MS),
        lines: [],
      });
    }
    if (row['uniquekey'] !== null) orders.at(-1)?.lines.push(toSalesOrderLine(toLine(row)));
  }
  return orders;
}

function toSalesOrderLine({ itemid, locationId, wanted, shipped, committed, backordered, ordered, returned }: Line): NetSuiteSalesOrderLine {
  const cancelled = tidy(ordered - wanted);
  const figures = { itemid, quantity: wanted, shipped, committed, backordered, ordered, cancelled, returned };
  return locationId === null ? figures : { ...figures, locationId };
}
