export { createSqliteStore, openSqliteReader, type SqliteReader, type SqliteStoreOptions } from './sqlite-store.ts';
