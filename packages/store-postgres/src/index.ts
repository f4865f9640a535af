export { createPostgresStore, type PostgresStoreOptions } from './create-postgres-store.ts';
export type { PostgresDatabase, PostgresPool, PostgresPoolClient, PostgresQueryable } from './database.ts';
