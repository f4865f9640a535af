import { EventEmitter } from 'node:events';
import pg from 'pg';

/** How a backend stands after a statement: idle, in a transaction, or in one that has failed. */
type Status = 'I' | 'T' | 'E';

interface Backend {
  readonly client: pg.Client;
  status: Status;
  isGone: boolean;
}

/** What other programs behind the same pooler may have left in a session: whatever they set for themselves without `LOCAL`. */
const LEFT_BY_OTHERS: readonly (readonly string[])[] = [
  ["SET search_path = 'nowhere'", "SET TimeZone = 'Asia/Kolkata'", "SET DateStyle = 'German, DMY'"],
  ['SET standard_conforming_strings = off', 'SET extra_float_digits = 0', "SET IntervalStyle = 'sql_standard'", "SET bytea_output = 'escape'"],
  ["SET default_transaction_isolation = 'repeatable read'", "SET search_path = 'pg_temp'", 'SET plan_cache_mode = force_custom_plan'],
  [],
];

/** What must be in no session after its transaction: said of each backend in one row. */
const SESSION = `SELECT (SELECT count(*)::int FROM pg_prepared_statements) AS "prepared", (SELECT count(*)::int FROM pg_listening_channels()) AS "listens",
  (SELECT count(*)::int FROM pg_locks WHERE pid = pg_backend_pid() AND locktype = 'advisory') AS "locks",
  (SELECT count(*)::int FROM pg_class WHERE relpersistence = 't' AND pg_my_temp_schema() = relnamespace) AS "temporary",
  current_setting('statement_timeout') AS "timeout", current_setting('idle_in_transaction_session_timeout') AS "idleTimeout", current_setting('enable_seqscan') AS "scans"`;

/**
 * A pool as a pooler in transaction mode makes it: whoever has a connection of it has a backend for as long as a
 * transaction lasts, and for the next one any other, drawn at random, with what somebody else left in its session. It goes
 * by what the server says at the end of each statement, as PgBouncer does.
 */
export class TransactionPool extends EventEmitter {
  private readonly url: string;
  private readonly free: Backend[] = [];
  private readonly waiting: ((backend: Backend) => void)[] = [];
  private readonly random: () => number;
  private made = 0;
  private lastTaken: Backend | undefined;
  /** How often a transaction was given another backend than the one before it. */
  switches = 0;

  private constructor(url: string, random: () => number) {
    super();
    this.url = url;
    this.random = random;
  }

  static async open(url: string, random: () => number): Promise<TransactionPool> {
    const pool = new TransactionPool(url, random);
    for (let count = 0; count < LEFT_BY_OTHERS.length; count += 1) pool.free.push(await pool.backend());
    return pool;
  }

  async connect(): Promise<PooledClient> {
    return new PooledClient(this);
  }

  async query(text: string, values?: unknown[]): Promise<{ rows: unknown[] }> {
    const client = await this.connect();
    try {
      return await client.query({ text, ...(values === undefined ? {} : { values }) });
    } finally {
      client.release();
    }
  }

  /** A backend for one transaction, whichever is free. */
  async take(): Promise<Backend> {
    const [free] = this.free.splice(Math.floor(this.random() * this.free.length), 1);
    const backend = free ?? (await new Promise<Backend>((resolve) => { this.waiting.push(resolve); }));
    if (backend !== this.lastTaken) this.switches += 1;
    this.lastTaken = backend;
    return backend;
  }

  async give(backend: Backend): Promise<void> {
    const next = backend.isGone ? await this.backend() : backend;
    const waiter = this.waiting.shift();
    if (waiter === undefined) this.free.push(next);
    else waiter(next);
  }

  /** What is in the session of each backend. */
  sessions(): Promise<readonly unknown[]> {
    return Promise.all(this.free.map(async ({ client }) => (await client.query(SESSION)).rows[0] as unknown));
  }

  async end(): Promise<void> {
    await Promise.all(this.free.map(({ client }) => client.end()));
  }

  private async backend(): Promise<Backend> {
    const client = new pg.Client({ connectionString: this.url });
    const backend: Backend = { client, status: 'I', isGone: false };
    client.on('error', () => { backend.isGone = true; });
    await client.connect();
    for (const statement of LEFT_BY_OTHERS[this.made % LEFT_BY_OTHERS.length] ?? []) await client.query(statement);
    this.made += 1;
    (client as unknown as { readonly connection: EventEmitter }).connection.on('readyForQuery', ({ status }: { readonly status: Status }) => { backend.status = status; });
    return backend;
  }
}

/** A connection to the pooler. */
class PooledClient extends EventEmitter {
  private readonly pool: TransactionPool;
  private backend: Backend | undefined;

  constructor(pool: TransactionPool) {
    super();
    this.pool = pool;
  }

  /** The way to the server, which may be cut. */
  readonly connection = { stream: { destroy: (): void => { this.cut(); } } };
  private isCut = false;

  async query(asked: string | { readonly text: string; readonly values?: unknown[] }, values?: unknown[]): Promise<{ rows: unknown[] }> {
    const config = typeof asked === 'string' ? { text: asked, ...(values === undefined ? {} : { values }) } : asked;
    if (this.isCut) throw new Error('Connection terminated unexpectedly');
    const backend = (this.backend ??= await this.pool.take());
    try {
      return await backend.client.query(config as pg.QueryConfig);
    } finally {
      if (backend.isGone || backend.status === 'I') await this.leave();
    }
  }

  /** Who leaves in the middle of a transaction takes the backend along. */
  release(): void {
    if (this.backend !== undefined) this.cut();
  }

  private cut(): void {
    this.isCut = true;
    const { backend } = this;
    if (backend === undefined) return;
    backend.isGone = true;
    void backend.client.end().then(() => this.leave());
  }

  private async leave(): Promise<void> {
    const { backend } = this;
    this.backend = undefined;
    if (backend !== undefined) await this.pool.give(backend);
  }
}
