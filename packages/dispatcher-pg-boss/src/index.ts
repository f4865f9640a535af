export { createPgBossDispatcher, type PgBossDispatcher } from './pg-boss-dispatcher.ts';
export type { PgBossDispatcherOptions, SqlPool, WakeCounts, WakeLogger } from './options.ts';
