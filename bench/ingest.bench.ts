import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { PGlite } from '@electric-sql/pglite';
import type { OrderObservation, StockObservation } from '@stockwright/core';
import type { Engine } from '@stockwright/engine';
import { createPostgresStore } from '@stockwright/store-postgres';
import { createSqliteStore } from '@stockwright/store-sqlite';
import type { Against, Comparison, Measured, Side } from './compare.ts';
import { engineOn, Events, skusOf } from './ingest/events.ts';
import { copyOfSchema, inSql, lookThenWrite, sumOf, type ByHand, type Run } from './ingest/hand-postgres.ts';
import { byHandOnSqlite, sumOf as sumOfFile } from './ingest/hand-sqlite.ts';
import { serverOf } from './ingest/server.ts';
import { shareOfCore } from './ingest/share.ts';

/**
 * What the engine takes in against the same rows by hand: the commit's id, the item's next version, the owner's figure or
 * the order with its claim and sale, the ledger, the position, the mark. All sides are told the same story.
 */
const SKUS = 5_000;
const SINGLE = 50;
const CALLERS = 100;
const BATCH = 1_000;

function side(name: string, run: () => unknown): Side {
  return { name, run, asynchronous: true };
}

function times(count: number, body: () => unknown): () => Promise<number> {
  return async () => {
    for (let index = 0; index < count; index += 1) await body();
    return count;
  };
}

interface Hand {
  readonly name: string;
  counts(observations: readonly StockObservation[]): unknown;
  order(order: OrderObservation): unknown;
}

interface Sides {
  readonly engine: Engine;
  readonly ours: Events;
  /** What the port of stores asks for, done by hand. */
  readonly hand: Hand;
  /** What the rules in SQL would bring: less than the port of stores asks for, and so without a floor. */
  readonly others?: readonly Hand[];
  readonly theirs: Events;
}

function hands(run: Run): { readonly hand: ByHand & Hand; readonly others: readonly (ByHand & Hand)[] } {
  return { hand: { name: 'by hand: look, then write', ...lookThenWrite(run) }, others: [{ name: 'by hand: rules in SQL, one statement', ...inSql(run) }] };
}

/** A fast wrong answer is not a result: after the same events all sides have the same rows. */
async function agree({ engine, ours, hand, others = [], theirs }: Sides, sums: () => Promise<readonly [string, string]>): Promise<void> {
  for (const each of [hand, ...others]) {
    for (let index = 0; index < SINGLE; index += 1) {
      await engine.ingest([ours.order()]);
      await each.order(theirs.order());
      await engine.ingest(ours.counts(1));
      await each.counts(theirs.counts(1));
    }
    await engine.ingest(ours.counts(BATCH));
    await each.counts(theirs.counts(BATCH));
  }
  const [own, other] = await sums();
  if (own !== other) throw new Error('After the same events the engine and the statements by hand have other rows.');
}

function batch({ engine, ours, hand, others = [], theirs }: Sides, where: string, goal: number): Comparison {
  const by = (each: Hand): Side => side(each.name, async () => { await each.counts(theirs.counts(BATCH)); return 'done'; });
  return {
    name: `1,000 counts, ${where}`, per: BATCH, ours: side('engine.ingest', async () => { await engine.ingest(ours.counts(BATCH)); return 'done'; }),
    against: [{ ...by(hand), ratio: 'speed', goal: { goal, floor: 0.6, aim: 0.9 } }, ...others.map((each): Against => ({ ...by(each), ratio: 'speed' }))],
  };
}

async function onServer(): Promise<readonly Comparison[]> {
  const server = await serverOf('ingest');
  if (server === undefined) return [];
  const { pool, hand: one, store } = server;
  const skus = skusOf(SKUS);
  const { engine } = engineOn(store, skus);
  const [ours, theirs] = [new Events(skus, 1), new Events(skus, 1)];
  await engine.ingest([...ours.opening(), ...ours.sales()]);
  theirs.opening();
  theirs.sales();
  for (const statement of copyOfSchema()) await pool.query(statement);
  const { hand: byHand, others } = hands(async (name, text, values) => (await one.query({ name, text, values })).rows);
  const sides: Sides = { engine, ours, theirs, hand: byHand, others };
  const sum = async (schema: string): Promise<string> => ((await pool.query(sumOf(schema))).rows as { sum: string }[])[0]?.sum ?? '';
  await agree(sides, async () => [await sum('stockwright'), await sum('hand')]);
  const single = (what: string, own: () => unknown, by: (side: ByHand) => unknown): Comparison => {
    const against = (each: ByHand & Hand): Side => side(each.name, times(SINGLE, () => by(each)));
    return {
      name: `one ${what}, PostgreSQL`, per: SINGLE, ours: side('engine.ingest', times(SINGLE, own)),
      against: [{ ...against(byHand), ratio: 'speed', goal: { goal: 13, floor: 0.6, aim: 0.85 } }, ...others.map((each): Against => ({ ...against(each), ratio: 'speed' }))],
    };
  };
  const counts = batch(sides, 'PostgreSQL', 14);
  return [
    single('order', () => engine.ingest([ours.order()]), (by) => by.order(theirs.order())),
    single('count', () => engine.ingest(ours.counts(1)), (by) => by.counts(theirs.counts(1))),
    { ...counts, against: [...counts.against, { ...side('one count after the other by hand', async () => { await times(SINGLE, () => sides.hand.counts(theirs.counts(1)))(); return 'done'; }), per: SINGLE, ratio: 'speed', goal: { goal: 14, floor: 8, aim: 15 } }] },
    {
      name: `${String(CALLERS)} counts, PostgreSQL`, per: CALLERS, ours: side('all at once', async () => { await Promise.all(Array.from({ length: CALLERS }, () => engine.ingest(ours.counts(1)))); return CALLERS; }),
      against: [{ ...side('one after the other', times(CALLERS, () => engine.ingest(ours.counts(1)))), ratio: 'speed', goal: { goal: 15, floor: 4, aim: 9 } }],
    },
  ];
}

async function onPglite(): Promise<Comparison> {
  const database = new PGlite();
  const store = createPostgresStore({ database });
  await store.migrate();
  const skus = skusOf(SKUS);
  const { engine } = engineOn(store, skus);
  const [ours, theirs] = [new Events(skus, 1), new Events(skus, 1)];
  await engine.ingest(ours.opening());
  theirs.opening();
  for (const statement of copyOfSchema()) await database.exec(statement);
  const sum = async (schema: string): Promise<string> => (await database.query<{ sum: string }>(sumOf(schema))).rows[0]?.sum ?? '';
  const sides = { engine, ours, theirs, ...hands(async (_name, text, values) => (await database.query(text, values)).rows) };
  await agree(sides, async () => [await sum('stockwright'), await sum('hand')]);
  return batch(sides, 'PGlite in memory', 16);
}

function folderOf(purpose: string): string {
  const folder = mkdtempSync(join(tmpdir(), `stockwright-${purpose}-`));
  process.once('exit', () => { rmSync(folder, { recursive: true, force: true }); });
  return folder;
}

/** In files that are flushed at each commit. */
async function onSqlite(): Promise<Comparison> {
  const folder = folderOf('ingest');
  const [path, other] = [join(folder, 'ours.db'), join(folder, 'hand.db')];
  const skus = skusOf(SKUS);
  const [ours, theirs] = [new Events(skus, 1), new Events(skus, 1)];
  const first = createSqliteStore({ path });
  await first.migrate();
  await engineOn(first, skus).engine.ingest(ours.opening());
  theirs.opening();
  await first.close();
  copyFileSync(path, other);
  const store = createSqliteStore({ path });
  await store.migrate();
  const { engine } = engineOn(store, skus);
  const hand = { name: 'prepared statements by hand', ...byHandOnSqlite(other) };
  const sides = { engine, ours, hand, theirs };
  await agree(sides, async () => [sumOfFile(new DatabaseSync(path, { readOnly: true })), hand.sum()]);
  return batch(sides, 'SQLite', 16);
}

/** Goal 19. */
export async function measured(rounds: number): Promise<readonly Measured[]> {
  const skus = skusOf(1_000);
  const lines: Measured[] = [];
  const server = await serverOf('share');
  const stores = [['SQLite', createSqliteStore({ path: join(folderOf('share'), 'ours.db') })] as const, ...(server === undefined ? [] : [['PostgreSQL', server.store] as const])];
  for (const [where, store] of stores) {
    const bench = engineOn(store, skus);
    const events = new Events(skus, 1);
    await bench.engine.start();
    await bench.engine.ingest(events.opening());
    await bench.drain('project');
    lines.push(await shareOfCore(rounds, where, bench, events));
    await bench.engine.stop();
    if (where === 'SQLite') await store.close();
  }
  return lines;
}

export const comparisons: readonly Comparison[] = [...(await onServer()), await onSqlite(), await onPglite()];
