import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { createAvailabilityIndex, parseChannelId, parseInstant, parseSku, type AvailabilityKey } from '@stockwright/core';
import { line, shuffler, type Measured } from './compare.ts';
import { engineOn, Events, skusOf } from './ingest/events.ts';
import { serverOf } from './ingest/server.ts';
import { CHANNELS, copyStock, engineOfWorld, positionsIn, skusIn, type Query } from './medusa/world.ts';

/** It needs an installation of Medusa, and its database filled; `docs/performance.md` says how. */
export const onlyByName = true;

const KEYS = 100;
const SINGLE = 40;
const BATCH = 1_000;
const LOOK_UPS = 200_000;

interface Medusa {
  readonly app: { readonly modules: { readonly inventory: { adjustInventory(item: string, location: string, quantity: number): Promise<unknown> } }; readonly query: unknown };
  readonly pg: { raw(statement: string): Promise<{ readonly rows: readonly Record<string, unknown>[] }> };
  readonly u: { getVariantAvailability(query: unknown, of: { readonly variant_ids: readonly string[]; readonly sales_channel_id: string }): Promise<Readonly<Record<string, { readonly availability: number }>>> };
}

/** Goals 17 and 18: the inventory module of Medusa on the same server, and on the same catalogue and stock where something is read. */
export async function measured(rounds: number): Promise<readonly Measured[]> {
  const folder = process.env['STOCKWRIGHT_MEDUSA'];
  const setup = join(folder ?? '', 'setup.cjs');
  if (folder === undefined || !existsSync(setup)) {
    console.log('No Medusa: goals 17 and 18 are left out. STOCKWRIGHT_MEDUSA names the folder where it is installed.');
    return [];
  }
  const server = await serverOf('medusa');
  if (server === undefined) return [];
  const { boot } = createRequire(setup)(setup) as { boot(options: object): Promise<Medusa> };
  const { app, pg, u } = await boot({ pool: 4 });
  const query: Query = async (statement) => (await pg.raw(statement)).rows;
  await copyStock(query, server.pool);
  const skus = skusOf(2_000);
  const { engine } = engineOn(server.store, skus);
  const events = new Events(skus, 1);
  await engine.ingest(events.opening());
  const world = engineOfWorld(server.store, await skusIn(query));
  const index = createAvailabilityIndex({ catalog: world.catalog, policy: world.policy, asOf: parseInstant('2026-01-01T00:00:00Z'), positions: await positionsIn(query) });

  let drawn = 0;
  const any = (count: number): number => Math.floor((drawn = (drawn * 16_807 + 12_345) % 2_147_483_647) / 2_147_483_647 * count);
  const keys = (): readonly AvailabilityKey[] => {
    const channel = parseChannelId(`sc_${String(any(CHANNELS))}`);
    const numbers = new Set<number>();
    while (numbers.size < KEYS) numbers.add(any(world.variants));
    return [...numbers].map((variant) => ({ channel, sku: parseSku(`variant_${String(variant)}`) }));
  };
  const asked = keys();
  const variants = await u.getVariantAvailability(app.query, { variant_ids: asked.map(({ sku }) => sku), sales_channel_id: String(asked[0]?.channel) });
  const answers = await world.engine.computeMany(asked);
  asked.forEach((key, at) => {
    const all = [variants[key.sku]?.availability, answers[at]?.immediate, index.compute(key).immediate];
    if (new Set(all).size !== 1) throw new Error(`The sides disagree about ${key.sku} on ${key.channel}: ${all.join(', ')}.`);
  });
  const known = Array.from({ length: 1_000 }, keys).flat();
  const sides: Readonly<Record<string, () => Promise<number>>> = {
    single: () => each(SINGLE, () => engine.ingest(events.counts(1))),
    batch: async () => (await each(1, () => engine.ingest(events.counts(BATCH)))) / BATCH,
    adjust: () => each(SINGLE, () => app.modules.inventory.adjustInventory(`iitem_${String(any(10_000))}`, `sloc_${String(any(20))}`, 1)),
    many: async () => (await each(4, () => world.engine.computeMany(keys()))) / KEYS,
    memory: async () => {
      const start = performance.now();
      for (let at = 0; at < LOOK_UPS; at += 1) index.compute(known[at % known.length] as AvailabilityKey);
      return ((performance.now() - start) * 1e6) / LOOK_UPS;
    },
    medusa: async () => (await each(2, () => {
      const some = keys();
      return u.getVariantAvailability(app.query, { variant_ids: some.map(({ sku }) => sku), sales_channel_id: String(some[0]?.channel) });
    })) / KEYS,
  };
  const times = new Map<string, number[]>(Object.keys(sides).map((name) => [name, []]));
  const shuffled = shuffler();
  for (let round = -1; round < rounds; round += 1) {
    for (const [name, run] of shuffled(Object.entries(sides))) {
      const ns = await run();
      if (round >= 0) times.get(name)?.push(ns);
    }
  }
  // Its modules keep pools and timers without end.
  setTimeout(() => { void server.end().then(() => process.exit()); }, 2_000);
  const of = (name: string): readonly number[] => times.get(name) ?? [];
  return [
    line({ name: 'engine.ingest of one count, PostgreSQL', denominator: 'Medusa adjustInventory', kind: 'speed', goal: { goal: 17, floor: 8, aim: 12 } }, of('single'), of('adjust')),
    line({ name: 'engine.ingest of 1,000 counts, PostgreSQL', denominator: 'Medusa adjustInventory', kind: 'speed', goal: { goal: 17, floor: 100, aim: 230 } }, of('batch'), of('adjust')),
    line({ name: 'a number from the index', denominator: 'Medusa getVariantAvailability of 100', kind: 'speed', goal: { goal: 18, floor: 1_000, aim: 5_000 } }, of('memory'), of('medusa')),
    line({ name: 'engine.computeMany of 100, PostgreSQL', denominator: 'Medusa getVariantAvailability of 100', kind: 'speed', goal: { goal: 18, floor: 10, aim: 25 } }, of('many'), of('medusa')),
  ];
}

/** Nanoseconds a call. */
async function each(count: number, body: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  for (let index = 0; index < count; index += 1) await body();
  return ((performance.now() - start) * 1e6) / count;
}
