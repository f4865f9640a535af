import { DatabaseSync } from 'node:sqlite';
import { createSqliteStore } from '@stockwright/store-sqlite';
import type { Store } from '@stockwright/engine/ports';
import type { Comparison } from './compare.ts';

const EVENTS = 200;
let made = 0;
const store: Store = createSqliteStore({ path: ':memory:' });
await store.migrate();
const database = new DatabaseSync(':memory:');
database.exec(`CREATE TABLE ledger (sku TEXT, version INTEGER, ordinal INTEGER, origin TEXT, destination TEXT, quantity TEXT, PRIMARY KEY (sku, version, ordinal)) WITHOUT ROWID;
  CREATE TABLE position (sku TEXT, account TEXT, location TEXT, quantity TEXT, PRIMARY KEY (sku, account, location)) WITHOUT ROWID;
  CREATE TABLE dirty (sku TEXT PRIMARY KEY, revision INTEGER) WITHOUT ROWID;
  CREATE TABLE done (id TEXT PRIMARY KEY) WITHOUT ROWID`);
const insert = database.prepare('INSERT INTO ledger VALUES (?, ?, 0, ?, ?, ?)');
const upsert = database.prepare('INSERT INTO position VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET quantity = excluded.quantity');
const dirty = database.prepare('INSERT INTO dirty VALUES (?, 1) ON CONFLICT DO UPDATE SET revision = revision + 1');
const done = database.prepare('INSERT INTO done VALUES (?)');

/** One commit of many events through the port: ledger, position, mark, and the commit's id. Begun here, since all of SQLite is synchronous. */
function throughThePort(): string {
  made += 1;
  const skus = Array.from({ length: EVENTS }, (_, index) => `S${String(index)}`);
  const committed = store.commit({
    commitId: `c${String(made)}`, expect: [],
    write: skus.flatMap((sku) => [
      { table: 'ledger' as const, key: { sku, itemVersion: made, ordinal: 0 }, set: { fromAccount: 'demand', toAccount: 'committed', quantity: '1' } },
      { table: 'position' as const, key: { sku, account: 'committed', location: 'W1', channel: '' }, set: { quantity: String(made) } },
    ]),
    marks: skus.map((sku) => ({ kind: 'project' as const, key: sku, shard: 'project', priority: 0, notBeforeMs: 0, cause: 'bench' })),
  });
  committed.catch((error: unknown) => { throw error; });
  return 'done';
}

function byHand(): string {
  made += 1;
  database.exec('BEGIN IMMEDIATE');
  done.run(`c${String(made)}`);
  for (let index = 0; index < EVENTS; index += 1) {
    const sku = `S${String(index)}`;
    insert.run(sku, made, 'demand', 'committed', '1');
    upsert.run(sku, 'committed', 'W1', String(made));
    dirty.run(sku);
  }
  database.exec('COMMIT');
  return 'done';
}

export const comparisons: readonly Comparison[] = [
  { name: 'commit of 200, SQLite', per: EVENTS, ours: { name: 'through the port', run: throughThePort }, against: [{ name: 'written by hand', ratio: 'speed', run: byHand, goal: { goal: 16, floor: 0.6, aim: 0.9 } }] },
];
