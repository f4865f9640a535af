import { DAY_MS, type AccountDatabase } from './account-database.ts';

/** An account whose stock reads zero for a while. */
export interface Misreport {
  set(isOn: boolean): void;
  /** Runs a read as it comes out now. */
  during<Result>(read: () => Result): Result;
}

const CHANGED = 'UPDATE aggregateitemlocation SET lastquantityavailablechange = ?, lastmodifieddate = ?';
const ZERO = 'UPDATE aggregateitemlocation SET quantityonhand = 0, quantityavailable = 0, quantitycommitted = 0, quantitybackordered = 0';

/** Creates an account that says what is so. */
export function createMisreport(database: AccountDatabase, clock: { now(): number }): Misreport {
  let isOn = false;
  const touch = (): void => {
    const now = clock.now() / DAY_MS;
    database.run(CHANGED, now, now);
  };
  return {
    set: (on) => {
      if (on !== isOn) touch();
      isOn = on;
    },
    during: (read) => {
      if (!isOn) return read();
      database.sqlite.exec('BEGIN');
      try {
        database.run(ZERO);
        return read();
      } finally {
        database.sqlite.exec('ROLLBACK');
      }
    },
  };
}
