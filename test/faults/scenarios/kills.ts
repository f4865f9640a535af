/** The process with the SQLite file is killed at any moment, again and again; the next one finds whole commits and everything that was acknowledged. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Observation, Sku } from '@stockwright/core';
import { createSqliteStore } from '@stockwright/store-sqlite';
import { wrongBooks } from '../support/books.ts';
import { Member } from '../support/crew.ts';
import { Oracle } from '../support/oracle.ts';
import { pause, times, until, type Finding, type Scenario } from '../support/report.ts';
import { change, channelIds, openings, skuIds, type Shape } from '../support/world.ts';

const SHAPE: Shape = { channels: 2, skus: 4 };
/** How often a whole run kills it at least. */
const KILLS = 100;
/** How long a process works before it is killed, at most. */
const LIFE_MS = 120;
const AT_ONCE = 8;
/** How long the last process has to bring every channel to its number. */
const PATIENCE_MS = 20_000;

interface Told {
  readonly observation: Observation;
  readonly sku: Sku;
  readonly by: number;
}

export const kills: Scenario = {
  name: 'kills',
  about: 'the process on a SQLite file is killed in the middle of its commits',
  run: async (budgetMs, isWhole = false): Promise<Finding> => {
    const folder = mkdtempSync(join(tmpdir(), 'stockwright-kills-'));
    const path = join(folder, 'stock.db');
    const oracle = new Oracle(SHAPE, { channels: channelIds(SHAPE), latencyMs: 1 });
    const wrong: string[] = [];
    const reopened: number[] = [];
    let [acknowledged, unanswered, killed] = [0, 0, 0];
    /** Told, and nobody said that it was taken in: it may be there or not, and is told again. */
    let open: Told[] = [];
    let isHeard: () => void = () => undefined;
    const member = (): Member => new Member({ name: `life ${String(killed + 1)}`, shape: SHAPE, store: { sqlite: path }, batchMax: 20, leaseMs: 500, sweepMs: 200, readBackMs: 1_000 }, { oracle, wrong });

    const tell = async (to: Member, told: Told): Promise<void> => {
      if (!open.includes(told)) open.push(told);
      if (!(await to.ingest([told.observation]))) return;
      acknowledged += 1;
      isHeard();
      open = open.filter((each) => each !== told);
    };
    const load = async (to: Member): Promise<void> => {
      const skus = skuIds(SHAPE);
      for (let turn = 0; !to.ended; turn += 1) {
        await Promise.all(Array.from({ length: AT_ONCE }, (_value, index) => {
          const sku = skus[(turn + index) % skus.length] as Sku;
          const by = 1 + Math.floor(Math.random() * 9);
          oracle.expect(sku, by);
          return tell(to, { observation: change(`life-${String(killed)}-${String(turn)}-${String(index)}`, sku, by), sku, by });
        }));
      }
    };
    /** What the file holds after a death: every acknowledged change, and of the open ones those that were committed, each whole. */
    const inspect = async (): Promise<void> => {
      const startMs = performance.now();
      const store = createSqliteStore({ path });
      await store.migrate();
      reopened.push(performance.now() - startMs);
      for (const [sku, all] of oracle.expected) {
        const [positions = []] = await store.load([{ table: 'position', where: { sku } }]);
        const onHand = Number(positions.find(({ account }) => account === 'onHand')?.['quantity'] ?? 0);
        const mayMiss = open.filter((told) => told.sku === sku).reduce((sum, { by }) => sum + by, 0);
        if (onHand > all || onHand < all - mayMiss) wrong.push(`after kill ${String(killed)} ${sku} has ${String(onHand)}, and ${String(all - mayMiss)} to ${String(all)} is possible`);
        const books = await wrongBooks(store, new Map([[sku, onHand]]));
        wrong.push(...books.map((what) => `after kill ${String(killed)}: ${what}`));
      }
      await store.close();
    };

    try {
      for (const endMs = Date.now() + budgetMs * 0.8; killed < (isWhole ? KILLS : 1) || Date.now() < endMs;) {
        const life = member();
        if (!(await life.ready)) break;
        if (killed === 0) await life.ingest(openings(SHAPE));
        // It is in the middle of its work from its first acknowledgement on.
        const heard = new Promise<void>((resolve) => { isHeard = resolve; });
        const loading = Promise.all([...open.map((told) => tell(life, told)), load(life)]);
        await Promise.race([heard, life.gone]);
        await pause(Math.random() * LIFE_MS);
        life.signal('SIGKILL');
        await life.gone;
        await loading;
        killed += 1;
        unanswered += open.length;
        await inspect();
      }
      const last = member();
      await last.ready;
      for (const told of open) if (!(await last.ingest([told.observation]))) wrong.push('the last process refused what was told');
      const settledMs = await until(() => oracle.wrong().length === 0, PATIENCE_MS);
      if (settledMs === undefined) wrong.push(...oracle.wrong());
      if (!(await last.stop(10_000))) wrong.push('the last process did not stop');
      const store = createSqliteStore({ path });
      await store.migrate();
      wrong.push(...(await wrongBooks(store, oracle.expected)), ...oracle.overlaps());
      await store.close();
      const database = new DatabaseSync(path);
      const integrity = JSON.stringify(database.prepare('PRAGMA integrity_check').get());
      database.close();
      if (integrity !== '{"integrity_check":"ok"}') wrong.push(`the file is damaged: ${integrity}`);
      return {
        name: 'kills', wrong,
        figures: {
          'times killed': killed, 'changes acknowledged': acknowledged, 'changes under way at a kill': unanswered, 'reopening': times(reopened),
          'writes to channels': oracle.pushes.length, 'all numbers right after the last start': settledMs === undefined ? 'never' : `${String(settledMs)} ms`,
        },
      };
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};
