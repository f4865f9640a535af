import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import type { NetSuiteSimulatorOptions } from './options.ts';

/**
 * The account's tables under the vendor's names. Dates are days since 1970 in UTC, because Oracle's date arithmetic
 * counts in days; quantities have numeric affinity, so whole numbers stay integers.
 */
const TABLES = `
  PRAGMA case_sensitive_like = ON;
  CREATE TABLE dual (dummy TEXT);
  INSERT INTO dual VALUES ('X');
  CREATE TABLE location (id INTEGER PRIMARY KEY, name TEXT, isinactive TEXT DEFAULT 'F', makeinventoryavailable TEXT);
  CREATE TABLE item (
    id INTEGER PRIMARY KEY, itemid TEXT UNIQUE, itemtype TEXT, isinactive TEXT, displayname TEXT, upccode TEXT,
    externalid TEXT, createddate REAL, lastmodifieddate REAL);
  CREATE TABLE kititemmember (parentitem INTEGER, item INTEGER, quantity NUMERIC, linenumber INTEGER);
  CREATE TABLE aggregateitemlocation (
    item INTEGER, location INTEGER, quantityonhand NUMERIC, quantityavailable NUMERIC, quantitycommitted NUMERIC DEFAULT 0,
    quantitybackordered NUMERIC DEFAULT 0, quantityonorder NUMERIC DEFAULT 0, quantityintransit NUMERIC DEFAULT 0,
    reorderpoint NUMERIC, preferredstocklevel NUMERIC, safetystocklevel NUMERIC, leadtime NUMERIC,
    lastquantityavailablechange REAL, lastmodifieddate REAL, PRIMARY KEY (item, location)) WITHOUT ROWID;
  CREATE INDEX stock_changed ON aggregateitemlocation (lastquantityavailablechange);
  CREATE INDEX stock_modified ON aggregateitemlocation (lastmodifieddate);
  CREATE TABLE "transaction" (
    id INTEGER PRIMARY KEY, type TEXT, tranid TEXT, externalid TEXT, otherrefnum TEXT, status TEXT, memo TEXT,
    voided TEXT DEFAULT 'F', trandate REAL, createddate REAL, lastmodifieddate REAL);
  CREATE INDEX transaction_modified ON "transaction" (type, lastmodifieddate);
  CREATE INDEX transaction_any_modified ON "transaction" (lastmodifieddate);
  CREATE UNIQUE INDEX transaction_external ON "transaction" (type, externalid);
  CREATE INDEX transaction_reference ON "transaction" (otherrefnum);
  CREATE TABLE transactionline (
    uniquekey INTEGER PRIMARY KEY, "transaction" INTEGER, id INTEGER, linesequencenumber INTEGER, mainline TEXT, item INTEGER,
    itemtype TEXT, location INTEGER, quantity NUMERIC, quantityshiprecv NUMERIC, quantitycommitted NUMERIC,
    quantitybackordered NUMERIC, isclosed TEXT DEFAULT 'F', isinventoryaffecting TEXT DEFAULT 'F', createdfrom INTEGER,
    linelastmodifieddate REAL, custcol_ordered NUMERIC, custcol_cancelled NUMERIC, custcol_returned NUMERIC,
    UNIQUE ("transaction", id));
  CREATE INDEX open_demand ON transactionline (item, location, "transaction", id)
    WHERE quantitycommitted > 0 OR quantitybackordered > 0;
  CREATE INDEX line_item ON transactionline (item, location);`;

/** Columns that hold dates; a bare one is shown in the user's format, without the time. */
export const DATE_COLUMNS: ReadonlySet<string> = new Set([
  'createddate', 'lastmodifieddate', 'lastquantityavailablechange', 'trandate', 'linelastmodifieddate',
]);

export const DAY_MS = 86_400_000;

/** A row as the driver hands it over. */
export type Row = Record<string, string | number | null>;

/** The account's data, with statements prepared once. */
export interface AccountDatabase {
  readonly sqlite: DatabaseSync;
  /** The first row, or nothing. */
  get(sql: string, ...parameters: SQLInputValue[]): Row | undefined;
  all(sql: string, ...parameters: SQLInputValue[]): Row[];
  run(sql: string, ...parameters: SQLInputValue[]): void;
  /** All of it or nothing; may be nested, then the outermost decides. */
  atomically<Result>(work: () => Result): Result;
}

/** Creates the tables and puts the items, locations and opening stock into them. */
export function openAccountDatabase(options: NetSuiteSimulatorOptions): AccountDatabase {
  const database = wrap(new DatabaseSync(':memory:'));
  database.sqlite.exec(TABLES);
  database.atomically(() => {
    insertMasterData(database, options);
    insertOpeningStock(database, options);
  });
  return database;
}

/** The internal id of the item with this name. */
export function itemIdOf(database: AccountDatabase, itemid: string): number {
  const row = database.get('SELECT id FROM item WHERE itemid = ?', itemid);
  if (row === undefined) throw new RangeError(`The account has no item "${itemid}".`);
  return Number(row['id']);
}

/** The internal id of the item with this name, which keeps stock. */
export function stockItemIdOf(database: AccountDatabase, itemid: string): number {
  const id = itemIdOf(database, itemid);
  const itemtype = database.get('SELECT itemtype FROM item WHERE id = ?', id)?.['itemtype'];
  if (itemtype !== 'InvtPart' && itemtype !== 'Assembly') throw new RangeError(`"${itemid}" is of type ${itemtype} and keeps no stock.`);
  return id;
}

/** Rounds away the noise of binary fractions. */
export function tidy(quantity: number): number {
  return Number.isInteger(quantity) ? quantity + 0 : Math.round(quantity * 1e8) / 1e8;
}

function wrap(sqlite: DatabaseSync): AccountDatabase {
  const statements = new Map<string, StatementSync>();
  let isInTransaction = false;
  const prepared = (sql: string): StatementSync => {
    let statement = statements.get(sql);
    if (statement === undefined) statements.set(sql, (statement = sqlite.prepare(sql)));
    return statement;
  };
  return {
    sqlite,
    get: (sql, ...parameters) => prepared(sql).get(...parameters) as Row | undefined,
    all: (sql, ...parameters) => prepared(sql).all(...parameters) as Row[],
    run: (sql, ...parameters) => void prepared(sql).run(...parameters),
    atomically: (work) => {
      if (isInTransaction) return work();
      sqlite.exec('BEGIN');
      isInTransaction = true;
      try {
        const result = work();
        sqlite.exec('COMMIT');
        return result;
      } catch (error) {
        sqlite.exec('ROLLBACK');
        throw error;
      } finally {
        isInTransaction = false;
      }
    },
  };
}

function insertMasterData(database: AccountDatabase, options: NetSuiteSimulatorOptions): void {
  const now = options.clock.now() / DAY_MS;
  for (const { id, name, makeInventoryAvailable = true } of options.locations) {
    database.run('INSERT INTO location (id, name, makeinventoryavailable) VALUES (?, ?, ?)', id, name, makeInventoryAvailable ? 'T' : 'F');
  }
  // Given ids first, so that no free number is handed out that somebody asked for.
  const items = [...options.items].sort((a, b) => Number(a.id === undefined) - Number(b.id === undefined));
  for (const { id = null, itemid, itemtype = 'InvtPart', isinactive = false } of items) {
    database.run(
      'INSERT INTO item (id, itemid, displayname, itemtype, isinactive, createddate, lastmodifieddate) VALUES (?, ?, ?, ?, ?, ?, ?)',
      id, itemid, itemid, itemtype, isinactive ? 'T' : 'F', now, now,
    );
  }
  for (const { itemid, members } of options.kits ?? []) {
    for (const [index, member] of members.entries()) {
      database.run('INSERT INTO kititemmember VALUES (?, ?, ?, ?)', itemIdOf(database, itemid), itemIdOf(database, member.itemid), member.quantity, index + 1);
    }
  }
}

function insertOpeningStock(database: AccountDatabase, options: NetSuiteSimulatorOptions): void {
  const now = options.clock.now() / DAY_MS;
  const offers = new Map(options.locations.map(({ id, makeInventoryAvailable = true }) => [id, makeInventoryAvailable]));
  for (const { itemid, locationId, onHand } of options.stock) {
    const isOffered = offers.get(locationId);
    if (isOffered === undefined) throw new RangeError(`The account has no location ${locationId}.`);
    if (!Number.isFinite(onHand)) throw new RangeError(`On hand of "${itemid}" is ${onHand}, which is no quantity.`);
    const available = isOffered ? Math.max(0, onHand) : 0;
    database.run(
      `INSERT INTO aggregateitemlocation (item, location, quantityonhand, quantityavailable, lastquantityavailablechange, lastmodifieddate)
       VALUES (?, ?, ?, ?, ?, ?)`,
      stockItemIdOf(database, itemid), locationId, tidy(onHand), available, now, now,
    );
  }
}
