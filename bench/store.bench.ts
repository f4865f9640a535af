import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { createPostgresStore } from '@stockwright/store-postgres';
import { createSqliteStore } from '@stockwright/store-sqlite';
import type { ChangeSet, Store } from '@stockwright/engine/ports';
import pg from 'pg';
import { randomNumbers, type Comparison } from './compare.ts';

/**
 * One accepted event is: the commit's id, the message in the inbox, the item's next version, a row of the ledger, the
 * position, and the mark to recompute. By hand they are the same rows in tables of the same layout, in one statement.
 */
const SERVER = process.env['STOCKWRIGHT_POSTGRES'] ?? 'postgres://postgres@127.0.0.1:5432/postgres';
const SKUS = 20_000;
const BATCH = 1_000;

interface Event { readonly id: string; readonly sku: string; readonly version: number; readonly quantity: string }

const random = randomNumbers(11);
let made = 0;

/** Events on different skus, each with the version that its item has by now. */
function events(count: number, versions: Map<string, number>): readonly Event[] {
  const first = Math.floor(random() * SKUS);
  return Array.from({ length: count }, (_, index) => {
    made += 1;
    const sku = `S${String((first + index * 7) % SKUS).padStart(6, '0')}`;
    const version = (versions.get(sku) ?? 1) + 1;
    versions.set(sku, version);
    return { id: `m${String(made).padStart(9, '0')}`, sku, version, quantity: String(version) };
  });
}

function changeOf(all: readonly Event[]): ChangeSet {
  return {
    commitId: `c-${all[0]?.id ?? ''}`,
    expect: all.flatMap(({ id, sku, version }) => [
      { table: 'inbox' as const, key: { origin: 'shop', messageId: id }, version: 0 },
      { table: 'item' as const, key: { sku }, version: version - 1 },
    ]),
    write: all.flatMap(({ id, sku, version, quantity }) => [
      { table: 'inbox' as const, key: { origin: 'shop', messageId: id }, set: { receivedAtMs: 1_700_000_000_000 } },
      { table: 'item' as const, key: { sku }, set: { version, changedAtMs: 1_700_000_000_000 } },
      { table: 'ledger' as const, key: { sku, itemVersion: version, ordinal: 0 }, set: { fromAccount: 'demand', toAccount: 'committed', toLocation: 'W1', quantity: '1', cause: 'sold', reference: id, origin: 'shop', occurredAt: '2026-01-01T00:00:00Z', recordedAtMs: 1_700_000_000_000 } },
      { table: 'position' as const, key: { sku, account: 'committed', location: 'W1', channel: '' }, set: { quantity, isZero: 0 } },
    ]),
    marks: all.map(({ sku }) => ({ kind: 'project' as const, key: sku, shard: 'project', priority: 5, notBeforeMs: 0, cause: 'sold' })),
  };
}

const WORK = `insert into hand.work ("namespace","kind","shard","key","priority","notBeforeMs","cause","dirtySinceMs","revision","settledRevision","fence","attempts","state","dueAtMs")
  select 'main','project','project',sku,5,0,'sold',1700000000000,1,0,0,0,'due',0 from e on conflict ("namespace","kind","shard","key") do update set "revision"=hand.work."revision"+1,"cause"=excluded."cause"`;
const BY_HAND = `with c as (insert into hand."commitLog" values ('main',$1,1700000000000)),
  r as (select * from unnest($2::text[],$3::text[],$4::bigint[],$5::text[]) as r(id,sku,version,quantity)),
  i as (insert into hand.inbox select 'main','shop',id,1700000000000 from r on conflict do nothing returning "messageId"),
  e as (update hand.item t set "version"=r.version,"changedAtMs"=1700000000000 from r join i on i."messageId"=r.id where t."namespace"='main' and t."sku"=r.sku and t."version"=r.version-1 returning r.*),
  l as (insert into hand.ledger ("namespace","sku","itemVersion","ordinal","fromAccount","toAccount","toLocation","quantity","cause","reference","origin","occurredAt","recordedAtMs")
    select 'main',sku,version,0,'demand','committed','W1','1','sold',id,'shop','2026-01-01T00:00:00Z',1700000000000 from e),
  p as (insert into hand.position select 'main',sku,'committed','W1','',quantity,0 from e on conflict ("namespace","sku","account","location","channel") do update set "quantity"=excluded."quantity","isZero"=excluded."isZero"),
  w as (${WORK} returning 1) select count(*)::int as n from w`;

function firstRows(): ChangeSet {
  const skus = Array.from({ length: SKUS }, (_, index) => `S${String(index).padStart(6, '0')}`);
  return { commitId: 'items', expect: [], write: skus.flatMap((sku) => [
    { table: 'item' as const, key: { sku }, set: { version: 1 } },
    { table: 'position' as const, key: { sku, account: 'committed', location: 'W1', channel: '' }, set: { quantity: '1', isZero: 0 } },
  ]), marks: skus.map((key) => ({ kind: 'project' as const, key, shard: 'project', priority: 5, notBeforeMs: 0, cause: 'first' })) };
}

/** The same rows by hand in a file that the store laid out, with one prepared statement a table. */
function byHandInSqlite(path: string): (all: readonly Event[]) => number {
  const database = new DatabaseSync(path);
  database.exec('PRAGMA synchronous = NORMAL');
  const done = database.prepare(`INSERT INTO "commitLog" ("namespace", "commitId", "atMs") VALUES ('main', ?, 1700000000000)`);
  const inbox = database.prepare(`INSERT INTO "inbox" ("namespace", "origin", "messageId", "receivedAtMs") VALUES ('main', 'shop', ?, 1700000000000) ON CONFLICT DO NOTHING`);
  const item = database.prepare(`UPDATE "item" SET "version" = ?1, "changedAtMs" = 1700000000000 WHERE "namespace" = 'main' AND "sku" = ?2 AND "version" = ?1 - 1`);
  const ledger = database.prepare(`INSERT INTO "ledger" ("namespace", "sku", "itemVersion", "ordinal", "fromAccount", "toAccount", "toLocation", "quantity", "cause", "reference", "origin", "occurredAt", "recordedAtMs")
    VALUES ('main', ?, ?, 0, 'demand', 'committed', 'W1', '1', 'sold', ?, 'shop', '2026-01-01T00:00:00Z', 1700000000000)`);
  const position = database.prepare(`INSERT INTO "position" ("namespace", "sku", "account", "location", "channel", "quantity", "isZero") VALUES ('main', ?, 'committed', 'W1', '', ?, 0)
    ON CONFLICT DO UPDATE SET "quantity" = excluded."quantity", "isZero" = excluded."isZero"`);
  const work = database.prepare(`UPDATE "work" SET "revision" = "revision" + 1, "cause" = 'sold' WHERE "namespace" = 'main' AND "kind" = 'project' AND "shard" = 'project' AND "key" = ?`);
  return (all) => {
    let count = 0;
    database.exec('BEGIN IMMEDIATE');
    done.run(`c-${all[0]?.id ?? ''}`);
    for (const { id, sku, version, quantity } of all) {
      if (inbox.run(id).changes !== 1 || item.run(version, sku).changes !== 1) continue;
      ledger.run(sku, version, id);
      position.run(sku, quantity);
      work.run(sku);
      count += 1;
    }
    database.exec('COMMIT');
    return count;
  };
}

/** In files, flushed now and then as `normal` says, so that the rows are measured and not the disk. */
async function prepareSqlite(): Promise<Comparison> {
  const folder = mkdtempSync(join(tmpdir(), 'stockwright-bench-'));
  process.once('exit', () => { rmSync(folder, { recursive: true, force: true }); });
  const [store, other] = [createSqliteStore({ path: join(folder, 'ours.db'), durability: 'normal' }), createSqliteStore({ path: join(folder, 'hand.db') })];
  for (const each of [store, other]) {
    await each.migrate();
    await each.commit(firstRows());
  }
  await other.close();
  const hand = byHandInSqlite(join(folder, 'hand.db'));
  const [ofOurs, ofHand] = [new Map<string, number>(), new Map<string, number>()];
  return {
    name: `commit of ${String(BATCH)}, SQLite`, per: BATCH,
    ours: { name: 'through the port', run: async () => ((await store.commit(changeOf(events(BATCH, ofOurs)))).status === 'committed' ? BATCH : 0), asynchronous: true },
    against: [{ name: 'prepared statements by hand', ratio: 'speed', run: () => hand(events(BATCH, ofHand)), goal: { goal: 16, floor: 0.6, aim: 0.9 } }],
  };
}

async function onServer(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: SERVER, connectionTimeoutMillis: 3_000 });
  await client.connect();
  await client.query(statement);
  await client.end();
}

async function prepare(): Promise<readonly Comparison[]> {
  const name = `stockwright_bench_${String(process.pid)}`;
  try {
    await onServer(`create database ${name}`);
  } catch {
    console.warn(`No PostgreSQL answers at ${SERVER}: its comparisons are left out.`);
    return [];
  }
  const url = Object.assign(new URL(SERVER), { pathname: name }).href;
  const pool = new pg.Pool({ connectionString: url, max: 2, allowExitOnIdle: true });
  process.once('beforeExit', () => {
    void pool.end().then(() => onServer(`drop database ${name} with (force)`));
  });
  const store: Store = createPostgresStore({ pool });
  await store.migrate();
  await store.commit(firstRows());
  await pool.query('create schema hand');
  for (const table of ['commitLog', 'inbox', 'item', 'ledger', 'position', 'work']) {
    await pool.query(`create table hand."${table}" (like stockwright."${table}" including all)${['item', 'position', 'work'].includes(table) ? ' with (fillfactor = 70)' : ''}; insert into hand."${table}" select * from stockwright."${table}"`);
  }
  await pool.query('vacuum analyze');
  const [ofOurs, ofHand] = [new Map<string, number>(), new Map<string, number>()];
  const ours = (count: number) => async (): Promise<number> => ((await store.commit(changeOf(events(count, ofOurs)))).status === 'committed' ? count : 0);
  const byHand = (count: number) => async (): Promise<number> => {
    const all = events(count, ofHand);
    // One event is planned once; a thousand are planned for their number each time, which costs less than a plan that does not know it.
    const { rows } = await pool.query({ ...(count === 1 ? { name: 'by-hand' } : {}), text: BY_HAND, values: [`c-${all[0]?.id ?? ''}`, all.map(({ id }) => id), all.map(({ sku }) => sku), all.map(({ version }) => version), all.map(({ quantity }) => quantity)] });
    return (rows as { n: number }[])[0]?.n ?? 0;
  };
  const compare = (count: number, goal: number): Comparison => ({
    name: `commit of ${String(count)}, PostgreSQL`, per: count, ours: { name: 'through the port', run: ours(count), asynchronous: true },
    against: [{ name: 'one statement by hand', ratio: 'speed', run: byHand(count), asynchronous: true, goal: { goal, floor: 0.6, aim: goal === 13 ? 0.85 : 0.9 } }],
  });
  return [compare(1, 13), compare(BATCH, 14)];
}

export const comparisons: readonly Comparison[] = [...(await prepare()), await prepareSqlite()];
