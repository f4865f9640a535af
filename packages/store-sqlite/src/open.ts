import { existsSync, lstatSync, readlinkSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { StockwrightError } from '@stockwright/core';
import { guarded, refuseFile, SQLITE, sqliteCode } from './failures.ts';
import { BACKFILLS, columnsOf, createIndexes, createTable, MIGRATIONS, quoted, SCHEMA_VERSION, tableNames } from './schema.ts';

/** How long another program's lock on the file is waited for. */
export const BUSY_TIMEOUT_MS = 5_000;

/** A database and the lock that keeps a second engine out. */
export interface Opened {
  readonly database: DatabaseSync;
  close(): void;
}

/**
 * Opens a file for one engine. The lock is an exclusive transaction on a second, empty database beside the file: the
 * operating system lets go of it when the process ends, however it ends. The lock's file stays, since removing it
 * would let a process that already waits for it lock a file that nobody else can see.
 *
 * @throws `STORE_UNAVAILABLE` in one sentence; nothing was written then.
 */
export function openForEngine(path: string): Opened {
  if (path === ':memory:') {
    const database = new DatabaseSync(path);
    return { database, close: () => { database.close(); } };
  }
  if (path === '') throw new StockwrightError('A SQLite store needs the path of a file, or :memory:.', { code: 'STORE_UNAVAILABLE' });
  checkPlace(path);
  checkNames(path);
  // Looked at before it is locked, so that nothing is left beside a file that is not ours.
  if (existsSync(path)) openDatabase(path, true).close();
  const lock = takeLock(path);
  try {
    const database = openDatabase(path, false);
    guarded(path, () => {
      database.exec('PRAGMA journal_mode = WAL');
      database.exec('PRAGMA synchronous = FULL');
    });
    return {
      database,
      close: () => {
        database.close();
        lock.close();
      },
    };
  } catch (error) {
    lock.close();
    throw error;
  }
}

/** Opens a file for reading only, also while an engine works on it. @throws `STORE_UNAVAILABLE` */
export function openForReading(path: string): DatabaseSync {
  if (!existsSync(path)) throw refuseFile(path, 'does not exist. Start an engine on it first, or check the path.');
  checkPlace(path);
  const database = openDatabase(path, true);
  const version = storedVersion(database, path);
  if (version === SCHEMA_VERSION) return database;
  database.close();
  if (version === 0) throw refuseFile(path, 'holds no engine yet. Start an engine on it first, or check the path.');
  throw refuseFile(path, `has layout ${String(version)}, and this version reads layout ${String(SCHEMA_VERSION)}. Start an engine of this version on it once.`);
}

function checkPlace(path: string): void {
  const folder = dirname(path);
  if (!existsSync(folder)) throw refuseFile(path, `cannot be made: the folder ${folder} does not exist. Create it, or choose another path.`);
  if (!statSync(folder).isDirectory()) throw refuseFile(path, `cannot be made: ${folder} is not a folder. Choose another path.`);
  if (existsSync(path) && !statSync(path).isFile()) throw refuseFile(path, 'is not a file. Name a file in a folder.');
}

/** SQLite keeps its log beside the name under which a file was opened, and so does our lock: one file, one name. */
function checkNames(path: string): void {
  const names = existsSync(path) ? statSync(path).nlink : 1;
  if (names > 1) throw refuseFile(path, `has ${String(names)} names (hard links), and engines on two of them would damage it. Remove the others.`);
}

/** How many links that lead nowhere yet are followed. */
const LINKS_MAX = 40;

/** The one name of a file that links lead to, also where it is yet to be made. */
function realName(path: string): string {
  let name = resolve(path);
  for (let followed = 0; followed < LINKS_MAX && !existsSync(name) && lstatSync(name, { throwIfNoEntry: false })?.isSymbolicLink() === true; followed += 1) name = resolve(dirname(name), readlinkSync(name));
  if (existsSync(name)) return realpathSync(name);
  return existsSync(dirname(name)) ? join(realpathSync(dirname(name)), basename(name)) : name;
}

function takeLock(path: string): DatabaseSync {
  const lockName = `${realName(path)}-lock`;
  let lock: DatabaseSync | undefined;
  try {
    lock = new DatabaseSync(lockName);
    lock.exec('BEGIN EXCLUSIVE');
    return lock;
  } catch (error) {
    lock?.close();
    const code = sqliteCode(error);
    if (code === SQLITE.busy) {
      throw refuseFile(path, 'is in use by another engine. Stop that one, or give this one a file of its own.', error);
    }
    if (code === SQLITE.notADatabase) throw refuseFile(path, `cannot be locked: ${lockName} is not a lock of ours. Move it away, or choose another path.`, error);
    throw refuseFile(path, 'cannot be locked. Check that its folder may be written to.', error);
  }
}

function openDatabase(path: string, readOnly: boolean): DatabaseSync {
  return guarded(path, () => {
    const database = new DatabaseSync(path, { readOnly });
    try {
      database.exec(`PRAGMA busy_timeout = ${String(BUSY_TIMEOUT_MS)}`);
      storedVersion(database, path);
      if (!readOnly) {
        // A file that may not be written to opens well and refuses the first write; this finds that out before work begins.
        database.exec('BEGIN IMMEDIATE');
        database.exec('ROLLBACK');
      }
      return database;
    } catch (error) {
      database.close();
      throw error;
    }
  });
}

/** The layout's version; 0 for an empty file. @throws `STORE_UNAVAILABLE` for somebody else's database or a newer layout. */
function storedVersion(database: DatabaseSync, path: string): number {
  const tables = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'").all().map((row) => String(row['name']));
  if (tables.length === 0) return 0;
  if (!['_schema', 'work', 'commitLog'].every((table) => tables.includes(table))) {
    throw refuseFile(path, `belongs to another program: it has the tables ${tables.slice(0, 5).join(', ')}. Choose another path.`);
  }
  const version = Number(database.prepare('SELECT max("version") AS "version" FROM "_schema"').get()?.['version'] ?? 0);
  if (version > SCHEMA_VERSION) throw refuseFile(path, `has layout ${String(version)}, and this version knows layouts up to ${String(SCHEMA_VERSION)}. Update the package.`);
  return version;
}

/** Brings the layout forward, all steps or none. */
export function migrate(database: DatabaseSync, path: string, nowMs: number): void {
  database.exec('BEGIN IMMEDIATE');
  try {
    const from = storedVersion(database, path);
    if (from === 0) database.exec('CREATE TABLE "_schema" ("version" INTEGER PRIMARY KEY, "appliedAtMs" INTEGER NOT NULL)');
    MIGRATIONS.slice(from).forEach((statements, index) => {
      for (const statement of statements(nowMs)) database.exec(statement);
      database.prepare('INSERT INTO "_schema" ("version", "appliedAtMs") VALUES (?, ?)').run(from + index + 1, nowMs);
    });
    addMissing(database);
    if (from > 0) for (const version of Object.keys(BACKFILLS).map(Number)) if (version > from) for (const statement of BACKFILLS[version] ?? []) database.exec(statement);
    database.exec('COMMIT');
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}

/** The engine's tables only grow, and every column may be null: what is new is added, and what is there stays. */
function addMissing(database: DatabaseSync): void {
  for (const table of tableNames()) {
    const present = new Set(database.prepare(`PRAGMA table_info(${quoted(table)})`).all().map((row) => row['name']));
    if (present.size === 0) database.exec(createTable(table));
    else {
      for (const [column, definition] of columnsOf(table)) {
        if (!present.has(column)) database.exec(`ALTER TABLE ${quoted(table)} ADD COLUMN ${definition}`);
      }
    }
    for (const statement of createIndexes(table)) database.exec(statement);
  }
}
