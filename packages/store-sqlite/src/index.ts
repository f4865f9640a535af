export { readSqliteCommand, sendSqliteCommand, type SqliteCommand, type SqliteCommandState } from './sqlite-command.ts';
export { openSqliteReader, type SqliteReader } from './sqlite-reader.ts';
export { createSqliteStore, type SqliteStoreOptions } from './sqlite-store.ts';
