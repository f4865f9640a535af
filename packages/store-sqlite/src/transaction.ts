import type { DatabaseSync } from 'node:sqlite';

/** All of it or nothing. */
export function transaction<Value>(database: DatabaseSync, begin: 'BEGIN' | 'BEGIN IMMEDIATE', body: () => Value): Value {
  database.exec(begin);
  try {
    const value = body();
    database.exec('COMMIT');
    return value;
  } catch (error) {
    // A failed COMMIT may have ended the transaction already.
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}
