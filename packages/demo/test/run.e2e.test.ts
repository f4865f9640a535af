import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { createSqliteStore } from '@stockwright/store-sqlite';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'stockwright-e2e-'));
afterAll(() => { rmSync(folder, { recursive: true }); });

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

function run(command: readonly string[]): Promise<Ended> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, command, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    let out = '';
    let err = '';
    child.stdout.on('data', (data: Buffer) => { out += data.toString(); });
    child.stderr.on('data', (data: Buffer) => { err += data.toString(); });
    child.on('close', (code) => { resolve({ code, out, err }); });
  });
}

const start = (...flags: readonly string[]): Promise<Ended> =>
  run(['--disable-warning=ExperimentalWarning', '--conditions=@stockwright/source', 'packages/demo/src/main.ts', '--exit', '--no-scenes', ...flags]);
const check = (...files: readonly string[]): Promise<Ended> => run(['scripts/check-report.mjs', ...files]);
const file = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};

const HEADER = 'invoice,sku,quantity,occurred_at,country\n';
const ORDERS = `${HEADER}1001,10001,2,2026-01-05T09:00:00Z,UK
1001,10001,1,2026-01-05T09:00:00Z,UK
1001,POST,1,2026-01-05T09:00:00Z,UK
1002,10002a,5,2026-01-05T09:05:00Z,UK
1003,10002A,4,2026-01-05T09:06:00Z,UK
1004,10001,-2,2026-01-05T10:00:00Z,UK
C1005,10002A,-1,2026-01-05T10:30:00Z,UK
C1006,10001,-3,2026-01-05T18:00:00Z,UK
C1007,10003,-7,2026-01-05T18:10:00Z,UK
`;
const STOCK = 'sku,location,on_hand\n10001,W1,10\n10001,W2,4\n10002A,W1,9\n10003,W2,0\n';

describe('a run', () => {
  it('of orders from a file adds up by a check that knows nothing of the packages, and gives one report for one seed', async () => {
    const orders = file('orders.csv', ORDERS);
    const stock = file('stock.csv', STOCK);
    const [first, second] = [join(folder, 'first.json'), join(folder, 'second.json')];
    const ended = await start('--orders', orders, '--stock', stock, '--report', first, '--store', `sqlite:${join(folder, 'run.db')}`);
    expect(ended).toMatchObject({ code: 0, err: '' });
    await start('--orders', orders, '--stock', stock, '--report', second, '--store', 'memory');
    expect(readFileSync(second, 'utf8')).toBe(readFileSync(first, 'utf8'));
    expect(await check(first, orders, stock)).toMatchObject({ code: 0, err: '' });

    const report = JSON.parse(readFileSync(first, 'utf8')) as { summary: Record<string, number>; returns: { sku: string; quantity: number; orderId?: string }[]; cancellations: unknown[]; input: { leftOut: unknown[]; foldedSkus: string[] } };
    expect(report.summary).toMatchObject({ unitsOffered: 12, outOfSync: 0, unitsCancelled: 1 });
    const returned = (sku: string): number => report.returns.filter((entry) => entry.sku === sku).reduce((sum, { quantity }) => sum + quantity, 0);
    expect([returned('10001'), returned('10002A'), returned('10003')]).toEqual([3, 0, 7]);
    expect(report.returns.find(({ sku }) => sku === '10003')).not.toHaveProperty('orderId');
    expect(report.input).toMatchObject({ leftOut: [{ line: 4, sku: 'POST' }], foldedSkus: ['10002A'] });
  });

  it('is found out by the check where a single unit is missing', async () => {
    const orders = file('orders2.csv', ORDERS);
    const stock = file('stock2.csv', STOCK);
    const path = join(folder, 'tampered.json');
    await start('--orders', orders, '--stock', stock, '--report', path, '--store', 'memory');
    const report = JSON.parse(readFileSync(path, 'utf8')) as { ledger: { account: string; quantity: string }[] };
    const entry = report.ledger.find(({ account }) => account === 'onHand');
    if (entry !== undefined) entry.quantity = String(Number(entry.quantity) + 1);
    writeFileSync(path, JSON.stringify(report));

    const { code, err } = await check(path, orders, stock);
    expect(code).toBe(1);
    expect(err).toContain('what happened comes to');
  });

  it('begins with the scenes that every merchant knows, each with what it is today and an explanation', async () => {
    const orders = file('one-order.csv', `${HEADER}1001,10001,2,2026-01-05T09:00:00Z,UK\n`);
    const { code, out } = await run(['--disable-warning=ExperimentalWarning', '--conditions=@stockwright/source', 'packages/demo/src/main.ts', '--exit', '--orders', orders]);
    expect(code).toBe(0);
    for (const title of ['1. The twelve-minute delay between systems', '2. The warehouse adjustment that never reached the shop', '3. The return that updated the ERP and not the catalogue', '4. A kit is as many as its scarcest part', '5. What is kept for wholesale']) expect(out).toContain(title);
    expect(out).toMatch(/on-hand copied {2}sold: Amazon still went by the copy of 09:00, and 2 of 3 MUG do not exist\n +Stockwright {5}refused: Amazon showed 1\n +MUG on amazon: 1 available/);
    expect(out).toMatch(/on-hand copied {2}sold: Shopify still went by the copy of 09:00, and 2 of 3 LAMP do not exist\n +Stockwright {5}refused: Shopify showed 1/);
    expect(out).toMatch(/on-hand copied {2}refused: .*\n +Stockwright {5}sold: Amazon showed 2/);
    expect(out).toMatch(/GIFT-BOX on shopify: 2 available.*\n +Limited by: kits that CANDLE allows/);
    expect(out).toMatch(/TEA on shopify: 6 available.*\n +Limited by: kept for wholesale \(rule wholesale-first of sales: promised to the cafes for December\)/);
    expect(out.indexOf('5. What is kept')).toBeLessThan(out.indexOf('Stockwright replays'));
  }, 120_000);

  it('through hostile weather ends right, and its engine was killed three times', async () => {
    const path = join(folder, 'hostile.json');
    expect(await start('--seed', '4', '--faults', 'hostile', '--report', path)).toMatchObject({ code: 0, err: '' });
    expect(await check(path)).toMatchObject({ code: 0, err: '' });
    const { faults, lanes } = JSON.parse(readFileSync(path, 'utf8')) as { faults: { counts: Record<string, number> }; lanes: Record<'stockwright' | 'copier', { oversoldUnits: number }> };
    expect(faults.counts).toMatchObject({ kill: 3, silence: 1, zeroFeed: 1 });
    for (const name of ['webhook lost', 'webhook doubled', 'webhook late', 'notification lost', 'shopify broken before', 'shopify broken after', 'shopify throttled', 'amazon applied late', 'amazon broken after', 'netsuite silent']) expect(faults.counts[name], name).toBeGreaterThan(0);
    expect(lanes.stockwright.oversoldUnits).toBeLessThan(lanes.copier.oversoldUnits / 10);
  }, 240_000);

  it('by country sends what comes from abroad to Amazon, and a policy with one shop sends everything there', async () => {
    const orders = file('countries.csv', `${HEADER}1001,10001,2,2026-01-05T09:00:00Z,United Kingdom\n1002,10001,1,2026-01-05T09:10:00Z,France\n`);
    const path = join(folder, 'countries.json');
    const channels = (): unknown => (JSON.parse(readFileSync(path, 'utf8')) as { offered: { channel: string }[] }).offered.map(({ channel }) => channel);
    expect(await start('--orders', orders, '--split', 'country', '--report', path)).toMatchObject({ code: 0, err: '' });
    expect(channels()).toEqual(['shopify', 'amazon']);
    const policy = file('amazon.json', '{"version":"1","channels":[{"id":"amazon","locations":["MAIN","OVERFLOW"]}]}');
    expect(await start('--orders', orders, '--policy', policy, '--report', path)).toMatchObject({ code: 0, err: '' });
    expect(channels()).toEqual(['amazon', 'amazon']);
  }, 120_000);

  it.each([['none'], ['hostile']])('that is interrupted leaves nothing behind (faults %s)', async (faults) => {
    const scratch = mkdtempSync(join(folder, 'scratch-'));
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', '--conditions=@stockwright/source', 'packages/demo/src/main.ts', '--no-scenes', '--faults', faults, '--speed', '60'], { cwd: root, env: { ...process.env, TMPDIR: scratch }, stdio: ['ignore', 'pipe', 'ignore'] });
    const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
    await new Promise((resolve) => child.stdout.once('data', resolve));
    child.kill('SIGINT');
    expect(await ended).toBe(130);
    expect(readdirSync(scratch)).toEqual([]);
  });

  const shared = process.env['STOCKWRIGHT_SHARED'] ?? join(root, '..', 'shared');
  const real = join(shared, 'data', 'online-retail-2010-12.csv');
  if (!existsSync(real)) {
    if (process.env['CI'] !== undefined) it('of real orders', () => { throw new Error(`${real} is not there; name its folder in STOCKWRIGHT_SHARED.`); });
    else console.warn(`Skipped: ${real} is not there; name its folder in STOCKWRIGHT_SHARED to replay real orders.`);
  }
  it.skipIf(!existsSync(real))('of three days of real orders adds up, line by line', async () => {
    const path = join(folder, 'real.json');
    expect(await start('--orders', real, '--report', path)).toMatchObject({ code: 0, err: '' });
    expect(await check(path, real)).toMatchObject({ code: 0, err: '' });
  }, 400_000);
});

describe('wrong input ends in one sentence with the place, and leaves nothing behind', () => {
  const report = join(folder, 'never.json');
  const refused = async (sentence: RegExp, ...flags: readonly string[]): Promise<void> => {
    const { code, err } = await start('--report', report, ...flags);
    expect(err.trim()).toMatch(sentence);
    expect(err.trim().split('\n')).toHaveLength(1);
    expect(code).not.toBe(0);
    expect(existsSync(report)).toBe(false);
  };
  const orders = (line: string): string => file('bad.csv', `${HEADER}1,10001,1,2026-01-05T09:00:00Z,UK\n${line}\n`);

  it.each([
    ['a line with a field missing', '2,10001,1,2026-01-05T09:00:00Z', /^bad\.csv line 3: has 4 fields where 5 are expected/],
    ['a quantity of 1e400', '2,10001,1e400,2026-01-05T09:00:00Z,UK', /^bad\.csv line 3: .*"1e400" is not a plain decimal number/],
    ['a quantity of NaN', '2,10001,NaN,2026-01-05T09:00:00Z,UK', /^bad\.csv line 3: .*"NaN" is not a plain decimal number/],
    ['a quantity of 12abc', '2,10001,12abc,2026-01-05T09:00:00Z,UK', /^bad\.csv line 3: .*"12abc" is not a plain decimal number/],
    ['a time without an offset', '2,10001,1,2026-01-05 09:00,UK', /^bad\.csv line 3: .*not an ISO 8601 time/],
    ['a quote that never ends', '2,"10001,1,2026-01-05T09:00:00Z,UK', /^bad\.csv line \d: is not CSV/],
  ])('%s', async (_what, line, sentence) => { await refused(sentence, '--orders', orders(line)); });

  it('a sku that the stock file does not know', async () => {
    await refused(/^bad\.csv line 3: sku 10009 is not in known\.csv/, '--orders', orders('2,10009,1,2026-01-05T09:00:00Z,UK'), '--stock', file('known.csv', 'sku,location,on_hand\n10001,W1,5\n'));
  });

  it('a file that is not there', async () => { await refused(/nowhere\.csv: cannot be read \(ENOENT\)/, '--orders', join(folder, 'nowhere.csv')); });

  it('a policy that is not one', async () => {
    await refused(/^policy\.json: Invalid policy: .*channels/, '--policy', file('policy.json', '{"version":"1","channels":[]}'));
  });

  it('a policy that does not fit the shop', async () => {
    await refused(/keeps numbers per location/, '--policy', file('total.json', '{"version":"1","channels":[{"id":"shopify","locations":["MAIN"]}]}'));
    await refused(/Policy 1 names neither shopify nor amazon, so nobody sells/, '--policy', file('other.json', '{"version":"1","channels":[{"id":"till","locations":["MAIN"]}]}'));
  });

  it('a split and a fault level that do not exist, and a store that would die with a killed engine', async () => {
    for (const [flags, sentence] of [[['--split', 'half'], /give hash:N with N from 0 to 100/], [['--faults', 'awful'], /Allowed choices are none, mild, hostile/]] as const) {
      const { code, err } = await start('--report', report, ...flags);
      expect(code).not.toBe(0);
      expect(err).toMatch(sentence);
    }
    await refused(/a store of kind memory ends with its process/, '--faults', 'hostile', '--store', 'memory');
  });

  it('a report that cannot be written, before anything runs', async () => {
    for (const [path, sentence] of [[join(folder, 'no', 'report.json'), /does not exist/], [folder, /it is a folder/]] as const) {
      const { code, err } = await start('--report', path);
      expect([code, err.trim().split('\n').length]).toEqual([1, 1]);
      expect(err).toMatch(sentence);
    }
  });

  it('orders without a line to replay', async () => { await refused(/empty\.csv has no line to replay/, '--orders', file('empty.csv', HEADER)); });

  it('a SQLite file in a folder that is not there, and one that holds a run already', async () => {
    await refused(/cannot be made: the folder|folder .* does not exist/, '--store', `sqlite:${join(folder, 'nowhere', 'stock.db')}`);
    const path = join(folder, 'twice.db');
    expect((await start('--orders', file('one.csv', `${HEADER}1,10001,1,2026-01-05T09:00:00Z,UK\n`), '--store', `sqlite:${path}`)).code).toBe(0);
    await refused(/twice\.db already holds a run/, '--orders', join(folder, 'one.csv'), '--store', `sqlite:${path}`);
  });

  it('a port that is in use', async () => {
    const server = createServer();
    const port = await new Promise<number>((resolve) => server.listen(0, '127.0.0.1', () => { resolve((server.address() as { port: number }).port); }));
    try {
      await refused(new RegExp(String(port)), '--port', String(port));
    } finally {
      await new Promise((resolve) => server.close(resolve));
    }
  });

  it('a damaged SQLite file', async () => {
    const path = file('damaged.db', 'this is not a database, and never was one; it only has the name of one'.repeat(20));
    await refused(/damaged\.db/, '--store', `sqlite:${path}`);
    expect(readFileSync(path, 'utf8')).toContain('never was one');
  });

  it('a SQLite file that another engine uses', async () => {
    const path = join(folder, 'used.db');
    const store = createSqliteStore({ path });
    await store.migrate();
    try {
      await refused(/used\.db is in use|used\.db.*another engine/, '--store', `sqlite:${path}`);
    } finally {
      await store.close();
    }
  });
});
