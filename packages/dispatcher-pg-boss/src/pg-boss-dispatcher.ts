import type { Dispatcher, Drain } from '@stockwright/engine/ports';
import { PgBoss, type ConstructorOptions, type Job } from 'pg-boss';
import { Later } from './later.ts';
import { settingsOf, type PgBossDispatcherOptions, type Settings, type WakeCounts } from './options.ts';
import { Sender } from './sender.ts';

/** A dispatcher that counts. @public */
export interface PgBossDispatcher extends Dispatcher {
  readonly counts: WakeCounts;
}

interface Wake {
  readonly shard: string;
}

/** The shortest that pg-boss allows; a process that died is found out after this. */
const HEARTBEAT_SECONDS = 10;
/** The longest that pg-boss allows: a drain may go on as long as there is work, and only a missing heartbeat ends it. */
const EXPIRE_SECONDS = 24 * 3_600 - 1;
/** How long jobs that are done are kept to look at. */
const KEEP_SECONDS = 300;

/**
 * Wakes engines across the machines that share a PostgreSQL database, one drain of a shard at a time among all of
 * them. A wake is a job of pg-boss with the shard's id and nothing else: while one waits, further ones conflate with
 * it, and while one runs, exactly one more is kept. A wake for later waits in this process and so never hides one for
 * now; where the process dies, another engine's sweep finds the work. What a dead process was draining, another drains
 * ten seconds later.
 *
 * @throws A `RangeError` for options that cannot be.
 * @example
 * ```ts
 * const dispatcher = createPgBossDispatcher({ connectionString: 'postgres://localhost/shop', concurrency: 4 });
 * ```
 * @public
 */
export function createPgBossDispatcher(options: PgBossDispatcherOptions): PgBossDispatcher {
  return new BossDispatcher(settingsOf(options));
}

class BossDispatcher implements PgBossDispatcher {
  readonly counts = { sent: 0, lost: 0, drains: 0, failed: 0 };
  private readonly settings: Settings;
  private readonly boss: PgBoss;
  private readonly sender: Sender;
  private readonly later: Later;
  private readonly stopping = new AbortController();
  /** Registrations with pg-boss, each of which works on one shard at a time. */
  private readonly hands: string[] = [];
  /** Woken before the start. */
  private early: Map<string, number> | undefined = new Map();
  private starting: Promise<void> | undefined;
  private stopped: Promise<void> | undefined;

  constructor(settings: Settings) {
    this.settings = settings;
    this.boss = new PgBoss(bossOptions(settings));
    // Without a listener an error event would end the process.
    this.boss.on('error', (error) => { settings.logger.warn({ error: messageOf(error) }, 'pg-boss reports an error'); });
    this.boss.on('warning', ({ message }) => { settings.logger.warn({ warning: message }, 'pg-boss warns'); });
    this.sender = new Sender((shard) => this.send(shard));
    this.later = new Later((shard) => { this.sender.soon(shard); });
  }

  wake(shard: string, notBeforeMs = Number.NEGATIVE_INFINITY): void {
    if (this.stopping.signal.aborted) return;
    if (this.early !== undefined) this.early.set(shard, Math.min(this.early.get(shard) ?? Number.POSITIVE_INFINITY, notBeforeMs));
    else if (notBeforeMs <= Date.now()) this.sender.soon(shard);
    else this.later.at(shard, notBeforeMs);
  }

  start(drain: Drain): Promise<void> {
    // Nobody would end again what it begins.
    if (this.stopping.signal.aborted) return Promise.reject(new Error('The dispatcher was stopped; make another one.'));
    this.starting ??= this.begin(drain).catch((error: unknown) => {
      // It may be tried again.
      this.starting = undefined;
      throw error;
    });
    return this.starting;
  }

  stop(): Promise<void> {
    this.stopped ??= this.end();
    return this.stopped;
  }

  private async begin(drain: Drain): Promise<void> {
    const { queue, concurrency, pollMs } = this.settings;
    await this.boss.start();
    await this.boss.createQueue(queue, QUEUE);
    const found = await this.boss.getQueue(queue);
    if (found?.policy !== QUEUE.policy) throw new RangeError(`Queue ${queue} has the policy ${String(found?.policy)}, under which wakes are lost or shards run twice at once. Name a queue of its own.`);
    if (this.stopping.signal.aborted) return;
    // One registration for each: a registration is what can be told to look for the next job at once.
    for (let index = 0; index < concurrency; index += 1) {
      const seconds = pollMs / 1_000;
      const id: string = await this.boss.work<Wake>(queue, { pollingIntervalSeconds: seconds, notifyPollingIntervalSeconds: seconds, heartbeatRefreshSeconds: HEARTBEAT_SECONDS / 4 }, async (jobs) => {
        for (const job of jobs) await this.work(drain, job);
        // The next job may have waited for this one, or for a free hand.
        this.boss.notifyWorker(id);
      });
      this.hands.push(id);
    }
    const early = this.early ?? new Map<string, number>();
    this.early = undefined;
    for (const [shard, notBeforeMs] of early) this.wake(shard, notBeforeMs);
  }

  /** Never rejects: a job that fails would make pg-boss give up those behind it. */
  private async work(drain: Drain, { data: { shard } }: Job<Wake>): Promise<void> {
    this.counts.drains += 1;
    try {
      const { againAtMs } = await drain(shard, this.stopping.signal);
      if (againAtMs !== undefined) this.wake(shard, againAtMs);
    } catch (error) {
      this.counts.failed += 1;
      this.settings.logger.error({ shard, error: messageOf(error) }, 'a drain rejected; the sweep finds what it left');
    }
  }

  private async send(shard: string): Promise<void> {
    try {
      await this.boss.send(this.settings.queue, { shard } satisfies Wake, { singletonKey: shard });
      this.counts.sent += 1;
      // Where nothing listens, at least this process need not wait for its next look.
      if ('pool' in this.settings.connection) for (const id of this.hands) this.boss.notifyWorker(id);
    } catch (error) {
      this.counts.lost += 1;
      this.settings.logger.warn({ shard, error: messageOf(error) }, 'a wake was lost; the sweep finds its work');
    }
  }

  private async end(): Promise<void> {
    this.stopping.abort();
    this.later.clear();
    await this.starting?.catch(() => undefined);
    this.later.clear();
    // Waits for running drains, however long they take.
    await this.boss.offWork(this.settings.queue, { wait: true });
    await this.sender.idle();
    try {
      await this.boss.stop({ graceful: true, close: true });
    } catch (error) {
      this.settings.logger.warn({ error: messageOf(error) }, 'pg-boss did not stop cleanly');
    }
  }
}

const QUEUE = { policy: 'stately', heartbeatSeconds: HEARTBEAT_SECONDS, expireInSeconds: EXPIRE_SECONDS, deleteAfterSeconds: KEEP_SECONDS, retryLimit: 3, retryDelay: 0, notify: true } as const;

function bossOptions({ connection, schema, concurrency, timeoutMs }: Settings): ConstructorOptions {
  const shared: ConstructorOptions = { schema, schedule: false, superviseIntervalSeconds: 1, monitorIntervalSeconds: 1, maintenanceIntervalSeconds: 60 };
  if ('connectionString' in connection) {
    // What pg-boss does not name itself it hands on to its pool. A connection that leads nowhere ends in an error.
    const pool = { connectionString: connection.connectionString, max: Math.min(4, concurrency + 2), connectionTimeoutMillis: timeoutMs, query_timeout: timeoutMs, keepAlive: true };
    return { ...shared, ...pool, useListenNotify: true, notifyHeartbeatTimeoutMs: Math.min(5_000, timeoutMs) };
  }
  const { pool } = connection;
  return { ...shared, db: { executeSql: (text, values) => pool.query(text, values) } };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
