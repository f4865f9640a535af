import type { Row, Store, WorkRow } from '@stockwright/engine/ports';
import { guarded } from './failures.ts';
import { openForReading } from './open.ts';
import { Rows, Statements } from './rows.ts';
import { transaction } from './transaction.ts';
import { Work } from './work.ts';

/** What can be read from a file while an engine works on it. @public */
export interface SqliteReader extends Pick<Store, 'load' | 'scan' | 'scanWork'> {
  close(): void;
}

/**
 * Opens a store's file for reading, also while an engine works on it.
 *
 * @param path - The file of the store.
 * @param namespace - The installation in it; `main` where absent.
 * @throws `STORE_UNAVAILABLE` where there is no such store.
 * @example
 * ```ts
 * const reader = openSqliteReader('stock.db');
 * ```
 * @public
 */
export function openSqliteReader(path: string, namespace = 'main'): SqliteReader {
  const database = openForReading(path);
  const statements = new Statements(database);
  const rows = new Rows(statements, namespace);
  const work = new Work(statements, namespace);
  return {
    load: async (queries) => guarded(path, () => transaction(database, 'BEGIN', () => queries.map((query) => rows.find(query)))),
    scan: (query) => pages<Row>((after) => guarded(path, () => rows.page(query, after))),
    scanWork: () => pages<WorkRow>((after) => guarded(path, () => work.page(after))),
    close: () => { database.close(); },
  };
}

/** The rows of pages that continue each other, none read before it is asked for. */
export async function* pages<Item>(read: (after: Item | undefined) => { readonly rows: readonly Item[]; readonly isLast: boolean }): AsyncIterable<Item> {
  let after: Item | undefined;
  for (;;) {
    const { rows, isLast } = read(after);
    yield* rows;
    if (isLast) return;
    after = rows[rows.length - 1];
  }
}
