import { DAY_MS, type AccountDatabase } from './account-database.ts';

/** The vendor's names of the kinds of transaction that the account books. */
export type TransactionType = 'SalesOrd' | 'ItemShip' | 'ItemRcpt' | 'InvAdjst';

const NUMBER_PREFIX: Readonly<Record<TransactionType, string>> = { SalesOrd: 'SO', ItemShip: 'IF', ItemRcpt: 'IR', InvAdjst: 'IA' };

/** The head of a transaction. */
export interface TransactionHead {
  readonly type: TransactionType;
  readonly nowMs: number;
  readonly externalId?: string | undefined;
  readonly otherReference?: string | undefined;
  readonly memo?: string | undefined;
  readonly status?: string | undefined;
}

/** One movement of stock that a transaction books: signed, what leaves is negative. */
export interface StockMovement {
  readonly transactionId: number;
  readonly nowMs: number;
  readonly item: number;
  readonly locationId: number | null;
  readonly quantity: number;
  /** The order that it came from. */
  readonly createdFrom?: number | undefined;
}

/** Writes a head with its main line. Returns the internal id, which only grows: a smaller one is older. */
export function insertTransaction(database: AccountDatabase, head: TransactionHead): number {
  const { type, nowMs, externalId = null, otherReference = null, memo = null, status = null } = head;
  const id = Number(database.get('SELECT coalesce(max(id), 1000) + 1 AS id FROM "transaction"')?.['id']);
  const now = nowMs / DAY_MS;
  database.run(
    `INSERT INTO "transaction" (id, type, tranid, externalid, otherrefnum, status, memo, trandate, createddate, lastmodifieddate)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    id, type, `${NUMBER_PREFIX[type]}${id}`, externalId, otherReference, status, memo, Math.floor(now), now, now,
  );
  database.run('INSERT INTO transactionline ("transaction", id, linesequencenumber, mainline, linelastmodifieddate) VALUES (?, 0, 0, \'T\', ?)', id, now);
  return id;
}

/** Writes a line that moves stock. */
export function insertMovement(database: AccountDatabase, movement: StockMovement): void {
  database.run(
    `INSERT INTO transactionline ("transaction", id, linesequencenumber, mainline, item, itemtype, location, quantity,
       isinventoryaffecting, createdfrom, linelastmodifieddate)
     SELECT ?1, n, n, 'F', ?2, (SELECT itemtype FROM item WHERE id = ?2), ?3, ?4, 'T', ?5, ?6
     FROM (SELECT max(id) + 1 AS n FROM transactionline WHERE "transaction" = ?1)`,
    movement.transactionId, movement.item, movement.locationId, movement.quantity, movement.createdFrom ?? null, movement.nowMs / DAY_MS,
  );
}
