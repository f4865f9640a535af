import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { createPgBossDispatcher } from '@stockwright/dispatcher-pg-boss';
import pg from 'pg';
import { PgBoss } from 'pg-boss';
import { afterAll, describe, expect, it } from 'vitest';
import { POSTGRES_SERVER as POSTGRES, serverAnswers } from '../../../test/support/postgres-server.ts';

const schema = `wakes_${randomUUID().slice(0, 8)}`;
const there = await serverAnswers();

afterAll(async () => {
  if (!there) return;
  const client = new pg.Client({ connectionString: POSTGRES });
  await client.connect();
  await client.query(`DROP SCHEMA IF EXISTS ${schema} CASCADE`);
  await client.end();
});

describe('the options of a dispatcher on pg-boss', () => {
  it.each([
    [{}, 'Give the dispatcher either a connectionString or a pool, and not both.'],
    [{ connectionString: POSTGRES, pool: { query: async () => ({ rows: [] }) } }, 'Give the dispatcher either a connectionString or a pool, and not both.'],
    [{ connectionString: POSTGRES, concurrency: -1 }, 'A concurrency of -1 cannot be. Give a whole number of 0 or more.'],
    [{ connectionString: POSTGRES, pollMs: 100 }, 'A pollMs of 100 cannot be. Give a whole number of 500 or more.'],
    [{ connectionString: POSTGRES, timeoutMs: 0 }, 'A timeoutMs of 0 cannot be. Give a whole number of 1 or more.'],
  ])('refuses %o', (options, message) => {
    expect(() => createPgBossDispatcher(options)).toThrow(new RangeError(message));
  });
});

describe('a dispatcher whose database is away', () => {
  it('says so at the start, can be started again, and stops', async () => {
    const dispatcher = createPgBossDispatcher({ connectionString: 'postgres://postgres@127.0.0.1:1/postgres' });
    await expect(dispatcher.start(async () => ({}))).rejects.toThrow(/ECONNREFUSED/);
    await expect(dispatcher.start(async () => ({}))).rejects.toThrow(/ECONNREFUSED/);
    dispatcher.wake('a');
    await dispatcher.stop();
    expect(dispatcher.counts).toEqual({ sent: 0, lost: 0, drains: 0, failed: 0 });
  });
});

describe.skipIf(!there)('a dispatcher on a database', () => {
  it('does not start once it was stopped, and leaves no connection behind', async () => {
    const name = `stopped_${randomUUID().slice(0, 8)}`;
    const client = new pg.Client({ connectionString: POSTGRES });
    await client.connect();
    const url = new URL(POSTGRES);
    url.searchParams.set('application_name', name);
    const dispatcher = createPgBossDispatcher({ connectionString: url.href, schema });
    await dispatcher.stop();
    await expect(dispatcher.start(async () => ({}))).rejects.toThrow('The dispatcher was stopped; make another one.');
    const { rows } = await client.query('SELECT FROM pg_stat_activity WHERE application_name = $1', [name]);
    await client.end();
    expect(rows).toHaveLength(0);
  });

  it('leaves neither a timer nor a connection behind', async () => {
    const child = spawn(process.execPath, ['--conditions=@stockwright/source', '--disable-warning=ExperimentalWarning', fileURLToPath(new URL('children/stopper.ts', import.meta.url)), POSTGRES, schema], { stdio: ['ignore', 'ignore', 'pipe'] });
    let errors = '';
    child.stderr.on('data', (text: Buffer) => { errors += text.toString(); });
    const code = await new Promise((resolve) => { child.once('exit', resolve); });
    expect([code, errors]).toEqual([0, '']);
  });

  it('counts and logs a wake that is lost, and goes on', async () => {
    const pool = new pg.Pool({ connectionString: POSTGRES, max: 4 });
    const logged: string[] = [];
    let cut = false;
    const dispatcher = createPgBossDispatcher({
      schema, queue: 'cut', concurrency: 1, pollMs: 500,
      pool: { query: (text, values) => (cut && text.includes('INSERT') ? Promise.reject(new Error('cut off')) : pool.query(text, values)) },
      logger: { warn: ({ shard, error }, message) => { logged.push(`${String(shard)} ${String(error)}: ${message}`); }, error: () => undefined },
    });
    let wake: () => void = () => undefined;
    const drained = new Promise<void>((resolve) => { wake = resolve; });
    await dispatcher.start(async () => {
      wake();
      return {};
    });
    cut = true;
    dispatcher.wake('a');
    await expect.poll(() => dispatcher.counts.lost, { timeout: 10_000 }).toBe(1);
    cut = false;
    dispatcher.wake('a');
    await drained;
    await dispatcher.stop();
    await pool.end();
    expect(logged).toContain('a cut off: a wake was lost; the sweep finds its work');
  });

  it('refuses a queue that was made with another policy', async () => {
    const boss = new PgBoss({ connectionString: POSTGRES, schema });
    boss.on('error', () => undefined);
    await boss.start();
    await boss.createQueue('other', { policy: 'exclusive' });
    await boss.stop();
    const dispatcher = createPgBossDispatcher({ connectionString: POSTGRES, schema, queue: 'other' });
    await expect(dispatcher.start(async () => ({}))).rejects.toThrow('Queue other has the policy exclusive, under which wakes are lost or shards run twice at once. Name a queue of its own.');
    await dispatcher.stop();
  });

  it('works on nothing with a concurrency of 0, and wakes who works', async () => {
    const [teller, worker] = [0, 1].map((concurrency) => createPgBossDispatcher({ connectionString: POSTGRES, schema, queue: 'told', concurrency, pollMs: 500 }));
    const heard = new Promise<string>((resolve) => {
      void worker?.start(async (shard) => {
        resolve(shard);
        return {};
      });
    });
    await teller?.start(async () => { throw new Error('this one works on nothing'); });
    teller?.wake('shop');
    expect(await heard).toBe('shop');
    await Promise.all([teller?.stop(), worker?.stop()]);
    expect(teller?.counts.drains).toBe(0);
  });
});
