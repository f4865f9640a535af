export { openSqliteReader, type SqliteReader } from './sqlite-reader.ts';
export { createSqliteStore, type SqliteStoreOptions } from './sqlite-store.ts';
