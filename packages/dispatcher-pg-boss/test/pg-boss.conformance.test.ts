import { randomUUID } from 'node:crypto';
import { createPgBossDispatcher, type PgBossDispatcher, type PgBossDispatcherOptions } from '@stockwright/dispatcher-pg-boss';
import { DISPATCHER_CASES, registerConformance, seededRandom, type DispatcherSubject } from '@stockwright/testkit';
import pg from 'pg';
import { afterAll, describe, expect, it } from 'vitest';
import { POSTGRES_SERVER as POSTGRES, serverAnswers } from '../../../test/support/postgres-server.ts';
import { TransactionPool } from '../../../test/support/transaction-pool.ts';

const PATIENCE_MS = 20_000;
const LOOK_MS = 5;

const schema = `wakes_${randomUUID().slice(0, 8)}`;
const pool = new pg.Pool({ connectionString: POSTGRES, max: 8 });
let queues = 0;

async function open(connection: PgBossDispatcherOptions): Promise<{ subject: DispatcherSubject; teardown: () => Promise<void> }> {
  queues += 1;
  const queue = `case-${String(queues)}`;
  let working = 0;
  const make = (): PgBossDispatcher => {
    const dispatcher = createPgBossDispatcher({ ...connection, schema, queue, concurrency: 3, pollMs: 500 });
    working += 1;
    return {
      counts: dispatcher.counts, wake: (...what) => { dispatcher.wake(...what); }, start: (drain) => dispatcher.start(drain),
      stop: async () => {
        await dispatcher.stop();
        working -= 1;
      },
    };
  };
  const first = make();
  const made = [first];
  const look = (): Promise<void> => new Promise((resolve) => { setTimeout(resolve, LOOK_MS); });
  const until = async (holds: () => boolean | Promise<boolean>, what: string): Promise<void> => {
    for (const endMs = Date.now() + PATIENCE_MS; Date.now() < endMs;) {
      if (await holds()) return;
      await look();
    }
    throw new Error(what);
  };
  const left = async (): Promise<number> => {
    const { rows } = await pool.query<{ left: string }>(`SELECT count(*) AS left FROM ${schema}.job WHERE name = $1 AND state < 'completed'`, [queue]);
    return Number(rows[0]?.left);
  };
  const sent = (): number => made.reduce((sum, { counts }) => sum + counts.sent + counts.lost, 0);
  const idle = async (): Promise<void> => {
    let [before, quiet] = [-1, 0];
    // A wake is on its way to the queue for a moment; one that was taken in is seen there.
    await until(async () => {
      const now = sent();
      // What is left behind by the last one that stopped stays for those who come after it.
      quiet = now === before && (working <= 0 || (await left()) === 0) ? quiet + 1 : 0;
      before = now;
      return quiet > 10;
    }, 'the queue did not become empty');
  };
  return {
    subject: {
      dispatcher: first, clock: Date, until, idle,
      another: async () => {
        const other = make();
        made.push(other);
        return other;
      },
    },
    teardown: async () => { await Promise.all(made.map((dispatcher) => dispatcher.stop())); },
  };
}

const there = await serverAnswers();
const runner = { describe: there ? describe : describe.skip, it };
const capabilities = { faithful: true, exclusive: true, conflating: true, shared: true };

registerConformance(runner, DISPATCHER_CASES, { name: 'dispatcher-pg-boss by a connection string', capabilities, setup: () => open({ connectionString: POSTGRES }) });
registerConformance(runner, DISPATCHER_CASES, { name: 'dispatcher-pg-boss on a pool of the host', capabilities, setup: () => open({ pool }) });

const random = seededRandom('backends');
const behind = there ? await TransactionPool.open(POSTGRES, () => random.next()) : undefined;
if (behind !== undefined) registerConformance(runner, DISPATCHER_CASES, { name: 'dispatcher-pg-boss with another backend for each transaction', capabilities, setup: () => open({ pool: behind }) });

runner.describe('dispatcher-pg-boss behind a pooler of transactions', () => {
  it('leaves nothing in any session that it had', async () => {
    for (const session of await (behind?.sessions() ?? [])) expect(session).toMatchObject({ prepared: 0, listens: 0, locks: 0, temporary: 0, timeout: '0', idleTimeout: '0' });
    expect(behind?.switches).toBeGreaterThan(100);
  });
});

afterAll(async () => {
  await behind?.end();
  if (there) await pool.query(`DROP SCHEMA IF EXISTS ${schema} CASCADE`);
  await pool.end();
});
