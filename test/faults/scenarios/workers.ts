/** Workers on one PostgreSQL are killed, or frozen until long after their leases and thawed again; the others take over, and zombies do no lasting harm. */
import type { Sku } from '@stockwright/core';
import { createPostgresStore } from '@stockwright/store-postgres';
import { wrongBooks } from '../support/books.ts';
import { Member } from '../support/crew.ts';
import { serverMissing, withDatabase } from '../../support/postgres-server.ts';
import { Oracle } from '../support/oracle.ts';
import { pause, times, until, type Finding, type Scenario } from '../support/report.ts';
import { change, channelIds, openings, skuIds, type Shape } from '../support/world.ts';

const SHAPE: Shape = { channels: 4, skus: 6 };
const CREW = 3;
const LEASE_MS = 1_500;
const SWEEP_MS = 500;
/** How often one is killed or frozen. */
const BLOW_MS = 1_200;
/** How often something moves. */
const MOVE_MS = 25;
/** How late a process of a crowded machine may be with what is due. */
const LATE_MS = 15_000;
/** How long a thawed crew has to bring every channel to its number: a lease, a suspicion and a read-back, and what a busy machine adds. */
const PATIENCE_MS = 60_000;

interface Play {
  readonly oracle: Oracle;
  readonly wrong: string[];
  readonly crew: Member[];
  readonly deaths: { readonly name: string; readonly atMs: number }[];
  thaws: number;
  told: number;
  retold: number;
}

interface Kind {
  readonly name: string;
  readonly concurrency?: number;
  /** How long the queue may take to notice that a worker is dead: a heartbeat that is missing for ten seconds, and its own look for those. */
  readonly noticedMs: number;
}

/** Wakes in the process, and a crew that wakes each other through pg-boss. */
const KINDS: readonly Kind[] = [{ name: 'wakes in process', noticedMs: 0 }, { name: 'wakes by pg-boss', concurrency: 4, noticedMs: 20_000 }];

async function play(url: string, { budgetMs, kind: { concurrency, noticedMs } }: { readonly budgetMs: number; readonly kind: Kind }): Promise<Finding> {
  const state: Play = { oracle: new Oracle(SHAPE, { channels: channelIds(SHAPE), latencyMs: 40 }), wrong: [], crew: [], deaths: [], thaws: 0, told: 0, retold: 0 };
  let hired = 0;
  const hire = (): Member => {
    hired += 1;
    const member = new Member({
      name: `worker ${String(hired)}`, shape: SHAPE, store: { postgres: url }, ...(concurrency === undefined ? {} : { concurrency }),
      batchMax: 3, leaseMs: LEASE_MS, sweepMs: SWEEP_MS, readBackMs: 3_000,
    }, state);
    state.crew.push(member);
    return member;
  };
  await Promise.all(Array.from({ length: CREW }, () => hire().ready));
  await state.crew[0]?.ingest(openings(SHAPE));

  const endMs = Date.now() + budgetMs;
  const moving: Promise<void>[] = [];
  let blowAtMs = Date.now() + BLOW_MS;
  while (Date.now() < endMs) {
    moving.push(move(state));
    if (Date.now() >= blowAtMs) {
      blowAtMs = Date.now() + BLOW_MS;
      await blow(state, hire);
    }
    await pause(MOVE_MS);
  }
  for (const member of state.crew) if (member.frozen) member.signal('SIGCONT');
  await Promise.all(moving);
  const settledMs = await until(() => state.oracle.wrong().length === 0, PATIENCE_MS);
  // A zombie's last word may still be on its way; what it says is put right as well.
  await pause(2 * LEASE_MS);
  await until(() => state.oracle.wrong().length === 0, PATIENCE_MS);
  return conclude(state, { url, settledMs, noticedMs });
}

/** Something moves, and whoever works is told, until somebody says that it was taken in. */
async function move(state: Play): Promise<void> {
  const skus = skuIds(SHAPE);
  const sku = skus[Math.floor(Math.random() * skus.length)] as Sku;
  const by = Math.random() < 0.5 ? 1 + Math.floor(Math.random() * 9) : -1 - Math.floor(Math.random() * 9);
  state.told += 1;
  const observation = change(`change-${String(state.told)}`, sku, by);
  state.oracle.expect(sku, by);
  for (;;) {
    const able = state.crew.filter(({ isAble }) => isAble);
    const taker = able[Math.floor(Math.random() * able.length)];
    if (taker !== undefined && (await taker.ingest([observation]))) return;
    if (taker === undefined) await pause(50);
    state.retold += 1;
  }
}

/** Kills one and hires another, or freezes one until long after its leases. One is always left alone. */
async function blow(state: Play, hire: () => Member): Promise<void> {
  const able = state.crew.filter(({ isAble }) => isAble);
  const victim = able[Math.floor(Math.random() * able.length)];
  if (victim === undefined || able.length < 2) return;
  if (Math.random() < 0.5) {
    state.deaths.push({ name: victim.name, atMs: Date.now() });
    victim.signal('SIGKILL');
    hire();
    return;
  }
  victim.signal('SIGSTOP');
  setTimeout(() => {
    state.thaws += 1;
    if (!victim.ended) victim.signal('SIGCONT');
  }, LEASE_MS * (1 + Math.random()));
}

async function conclude({ oracle, wrong, crew, deaths, thaws, told, retold }: Play, { url, settledMs, noticedMs }: { readonly url: string; readonly settledMs: number | undefined; readonly noticedMs: number }): Promise<Finding> {
  const stopped = await Promise.all(crew.map((member) => member.stop(20_000)));
  const store = createPostgresStore({ connectionString: url });
  wrong.push(...oracle.wrong(), ...oracle.overlaps(), ...(await wrongBooks(store, oracle.expected)));
  await store.close();
  if (stopped.includes(false)) wrong.push('a worker did not stop within 20 s');
  const takeovers = deaths.flatMap(({ name, atMs }) => oracle.takeovers(name, atMs));
  // A crowded machine is late by seconds; what nobody looks for until something else wakes the shard is late by more.
  const late = takeovers.filter((afterMs) => afterMs > LEASE_MS + SWEEP_MS + noticedMs + LATE_MS);
  if (late.length > 0) wrong.push(`${String(late.length)} leases of the killed were taken over after up to ${String(Math.max(...late))} ms, with a lease of ${String(LEASE_MS)} ms and a sweep of ${String(SWEEP_MS)} ms`);
  return {
    name: 'workers', wrong,
    figures: {
      killed: deaths.length, 'frozen and thawed': thaws, changes: told, 'told again': retold, 'writes to channels': oracle.pushes.length,
      'writes of zombies, put right': oracle.zombies(), [`leases of the killed taken over (lease ${String(LEASE_MS)} ms, sweep ${String(SWEEP_MS)} ms)`]: times(takeovers),
      'all numbers right after the last blow': settledMs === undefined ? 'never' : `${String(settledMs)} ms`,
    },
  };
}

export const workers: Scenario = {
  name: 'workers',
  about: 'workers on one PostgreSQL are killed, or frozen past their leases and thawed',
  missing: serverMissing,
  run: async (budgetMs) => {
    const findings: Finding[] = [];
    for (const kind of KINDS) findings.push(await withDatabase((url) => play(url, { budgetMs: budgetMs / KINDS.length, kind })));
    return {
      name: 'workers',
      figures: Object.fromEntries(findings.flatMap(({ figures }, index) => Object.entries(figures).map(([what, figure]) => [`${KINDS[index]?.name ?? ''}: ${what}`, figure]))),
      wrong: findings.flatMap(({ wrong }, index) => wrong.map((what) => `${KINDS[index]?.name ?? ''}: ${what}`)),
    };
  },
};
