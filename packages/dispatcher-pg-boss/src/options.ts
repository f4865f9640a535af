/** A pool of connections, such as `pg.Pool`; it may be the one of the store. @public */
export interface SqlPool {
  query(text: string, values?: unknown[]): Promise<{ rows: unknown[] }>;
}

/** Where the dispatcher says what went wrong: the shape of pino. @public */
export interface WakeLogger {
  warn(fields: Readonly<Record<string, unknown>>, message: string): void;
  error(fields: Readonly<Record<string, unknown>>, message: string): void;
}

/** How a dispatcher on pg-boss is made: with a connection string, or with a pool of the host's. @public */
export interface PgBossDispatcherOptions {
  /** Connections of its own to this database, closed by `stop`; wakes are heard by LISTEN, so they arrive within milliseconds. */
  readonly connectionString?: string;
  /** A pool of the host's, which stays open; without LISTEN, so another process hears of a wake within `pollMs`. */
  readonly pool?: SqlPool;
  /** The schema of pg-boss; `stockwright_wakes` where absent. */
  readonly schema?: string;
  /** Which engines wake each other: those of one store; `shards` where absent. */
  readonly queue?: string;
  /** How many shards this process works on at once; 8 where absent. With 0 it only wakes others. */
  readonly concurrency?: number;
  /** How often the queue is looked at without being told, in milliseconds, 500 at least; 2,000 where absent. */
  readonly pollMs?: number;
  /** How long a connection or an answer is waited for on connections of its own, in milliseconds; 20,000 where absent. A pool of the host's keeps its own limits. */
  readonly timeoutMs?: number;
  readonly logger?: WakeLogger;
}

/** How often things happened since the start. @public */
export interface WakeCounts {
  /** Wakes that reached the queue, conflated ones included. */
  readonly sent: number;
  /** Wakes that did not; the engine's sweep finds their work. */
  readonly lost: number;
  readonly drains: number;
  /** Drains that rejected, although none should. */
  readonly failed: number;
}

/** Options with every gap filled and checked. */
export interface Settings {
  readonly connection: { readonly connectionString: string } | { readonly pool: SqlPool };
  readonly schema: string;
  readonly queue: string;
  readonly concurrency: number;
  readonly pollMs: number;
  readonly timeoutMs: number;
  readonly logger: WakeLogger;
}

const POLL_MS_MIN = 500;
const SILENT: WakeLogger = { warn: () => undefined, error: () => undefined };

const GAPS = { schema: 'stockwright_wakes', queue: 'shards', concurrency: 8, pollMs: 2_000, timeoutMs: 20_000, logger: SILENT };

/** @throws A `RangeError` that names the option. */
export function settingsOf({ connectionString, pool, ...rest }: PgBossDispatcherOptions): Settings {
  // An option that is there and undefined is a gap as well.
  const given = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined)) as typeof rest;
  const settings = { ...GAPS, ...given };
  checkLeast('concurrency', settings.concurrency, 0);
  checkLeast('pollMs', settings.pollMs, POLL_MS_MIN);
  checkLeast('timeoutMs', settings.timeoutMs, 1);
  if (pool !== undefined && connectionString === undefined) return { ...settings, connection: { pool } };
  if (connectionString !== undefined && pool === undefined) return { ...settings, connection: { connectionString } };
  throw new RangeError('Give the dispatcher either a connectionString or a pool, and not both.');
}

function checkLeast(name: string, value: number, least: number): void {
  if (!Number.isSafeInteger(value) || value < least) throw new RangeError(`A ${name} of ${String(value)} cannot be. Give a whole number of ${String(least)} or more.`);
}
