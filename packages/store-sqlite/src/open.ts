import { existsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { StockwrightError } from '@stockwright/core';
import { migrations, SCHEMA_VERSION } from './schema.ts';

/** How long another reader or writer of the file is waited for. */
const BUSY_TIMEOUT_MS = 5_000;

/** One sentence about a file that cannot be the store. */
export function refuseFile(path: string, message: string, cause?: unknown): StockwrightError {
  return new StockwrightError(`SQLite file ${path} ${message}`, { code: 'STORE_UNAVAILABLE', details: { path }, ...(cause === undefined ? {} : { cause }) });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** A database and the lock that keeps a second engine out. */
export interface Opened {
  readonly database: DatabaseSync;
  close(): void;
}

/**
 * Opens a file for one engine. The lock is an exclusive transaction on a second, empty database beside the file: the
 * operating system lets go of it when the process ends, however it ends.
 *
 * @throws `STORE_UNAVAILABLE` in one sentence; nothing was written then.
 */
export function openForEngine(path: string, durability: 'full' | 'normal'): Opened {
  if (path === ':memory:') return { database: configured(new DatabaseSync(path), durability), close: () => undefined };
  checkPlace(path);
  const lock = takeLock(path);
  try {
    const database = openDatabase(path, false);
    return { database: configured(database, durability), close: () => { lock.close(); } };
  } catch (error) {
    lock.close();
    throw error;
  }
}

/** Opens a file for reading only, also while an engine works on it. @throws `STORE_UNAVAILABLE` */
export function openForReading(path: string): DatabaseSync {
  if (!existsSync(path)) throw refuseFile(path, 'does not exist. Start an engine on it first, or check the path.');
  const database = openDatabase(path, true);
  if (storedVersion(database, path) === 0) {
    database.close();
    throw refuseFile(path, 'holds no engine. Start an engine on it first, or check the path.');
  }
  return database;
}

function checkPlace(path: string): void {
  if (!existsSync(dirname(path))) throw refuseFile(path, `cannot be made: the folder ${dirname(path)} does not exist. Create it, or choose another path.`);
  if (existsSync(path) && statSync(path).isDirectory()) throw refuseFile(path, 'is a folder. Name a file in it.');
}

function takeLock(path: string): DatabaseSync {
  let lock: DatabaseSync | undefined;
  try {
    lock = new DatabaseSync(`${path}-lock`);
    lock.exec('PRAGMA locking_mode = EXCLUSIVE');
    lock.exec('BEGIN EXCLUSIVE');
    return lock;
  } catch (error) {
    lock?.close();
    if (messageOf(error).includes('locked')) {
      throw refuseFile(path, 'is in use by another engine. Stop that one, or give this one a file of its own; many machines share a store on PostgreSQL.', error);
    }
    throw refuseFile(path, `cannot be locked: ${messageOf(error)}. Check that the folder may be written to.`, error);
  }
}

function openDatabase(path: string, readOnly: boolean): DatabaseSync {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path, { readOnly });
    database.exec(`PRAGMA busy_timeout = ${String(BUSY_TIMEOUT_MS)}`);
    storedVersion(database, path);
    if (!readOnly) {
      // A read-only file opens well and refuses the first write; a write of nothing finds that out before work begins.
      database.exec('BEGIN IMMEDIATE');
      database.exec('ROLLBACK');
    }
    return database;
  } catch (error) {
    database?.close();
    if (error instanceof StockwrightError) throw error;
    const message = messageOf(error);
    if (message.includes('not a database') || message.includes('malformed')) {
      throw refuseFile(path, `is damaged or not a SQLite database (${message}). Restore it from a backup, or move it away and start anew.`, error);
    }
    if (message.includes('locked')) throw refuseFile(path, 'is locked by another program. Close that program and start again.', error);
    throw refuseFile(path, `cannot be opened: ${message}. Check the path and its permissions.`, error);
  }
}

function configured(database: DatabaseSync, durability: 'full' | 'normal'): DatabaseSync {
  database.exec('PRAGMA journal_mode = WAL');
  database.exec(`PRAGMA synchronous = ${durability === 'full' ? 'FULL' : 'NORMAL'}`);
  return database;
}

/** The layout's version; 0 for an empty file. @throws `STORE_UNAVAILABLE` for somebody else's database. */
function storedVersion(database: DatabaseSync, path: string): number {
  const tables = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all().map((row) => String(row['name']));
  if (tables.length === 0) return 0;
  if (!tables.includes('_schema')) throw refuseFile(path, `belongs to another program: it has the tables ${tables.slice(0, 5).join(', ')}. Choose another path.`);
  const version = Number(database.prepare('SELECT max(version) AS version FROM "_schema"').get()?.['version'] ?? 0);
  if (version > SCHEMA_VERSION) throw refuseFile(path, `has layout ${String(version)}, and this version knows layouts up to ${String(SCHEMA_VERSION)}. Update the package.`);
  return version;
}

/** Brings the layout forward, all steps or none. */
export function migrate(database: DatabaseSync, path: string): void {
  const from = storedVersion(database, path);
  if (from === SCHEMA_VERSION) return;
  database.exec('BEGIN IMMEDIATE');
  try {
    database.exec('CREATE TABLE IF NOT EXISTS "_schema" ("version" INTEGER PRIMARY KEY, "about" TEXT NOT NULL)');
    migrations().slice(from).forEach((statements, index) => {
      statements.forEach((statement) => { database.exec(statement); });
      database.prepare('INSERT INTO "_schema" (version, about) VALUES (?, ?)').run(from + index + 1, 'Stockwright engine');
    });
    database.exec('COMMIT');
  } catch (error) {
    database.exec('ROLLBACK');
    throw error;
  }
}
