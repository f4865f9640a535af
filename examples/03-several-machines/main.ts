/**
 * The same engine on PostgreSQL: two of them share one store, as two machines would. Sixteen buyers want the last mug,
 * half of them at each engine, and the shop shows what is left. Needs a PostgreSQL server:
 *
 *   DATABASE_URL=postgres://postgres@127.0.0.1:5432/test npx node --conditions=@stockwright/source examples/03-several-machines/main.ts
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { Clock } from '@stockwright/adapter';
import { instantFromMs, parseCatalog, parseChannelId, parseLocationId, parsePolicy, parseSku, parseSourceId } from '@stockwright/core';
import { createPgBossDispatcher } from '@stockwright/dispatcher-pg-boss';
import { createEngine } from '@stockwright/engine';
import { createPostgresStore } from '@stockwright/store-postgres';
import { createModelChannel, createModelSource } from '@stockwright/testkit';

const connectionString = process.env['DATABASE_URL'];
if (connectionString === undefined) throw new Error('Name a PostgreSQL database in DATABASE_URL.');

const [mug, w1, shop, erp] = [parseSku('MUG'), parseLocationId('W1'), parseChannelId('shop'), parseSourceId('erp')];
const namespace = `example-${randomUUID()}`;
const clock: Clock = { now: Date.now, sleep: (ms, signal) => wait(ms, undefined, signal && { signal }) };

// Stand-ins for a shop and an ERP; both machines call the same ones.
const channel = createModelChannel({ id: shop, latencyMs: 5 });
const source = createModelSource({ id: erp, latencyMs: 5 });
source.count(mug, w1, 1);

const machines = ['a', 'b'].map(() => {
  const store = createPostgresStore({ connectionString, namespace });
  const engine = createEngine({
    store, clock, random: { next: Math.random, uuid: randomUUID },
    dispatcher: createPgBossDispatcher({ connectionString, queue: namespace }),
    catalog: parseCatalog([{ sku: 'MUG' }]),
    policy: parsePolicy({ version: '1', channels: [{ id: 'shop', locations: ['W1'] }] }),
    sources: [{ adapter: source }],
    channels: [{ adapter: channel }],
    owners: [{ source: erp, measures: ['onHand', 'committed'] }],
  });
  return { store, engine };
});

/** Waits until the shop shows a number. */
async function shows(wanted: number): Promise<number> {
  while (channel.shows(mug) !== wanted) await clock.sleep(20);
  return wanted;
}

for (const { engine } of machines) await engine.start();
console.log(`The shop shows ${String(await shows(1))} mug.`);

const expiresAt = instantFromMs(Date.now() + 60_000);
const buyers = Array.from({ length: 16 }, (_value, index) => index);
const decisions = await Promise.all(buyers.map((buyer) =>
  machines[buyer % machines.length]?.engine.hold({ id: `cart ${String(buyer)}`, channel: shop, expiresAt, grant: 'all', lines: [{ sku: mug, quantity: 1 }] })));
console.log(`${String(decisions.filter((decision) => decision?.status === 'granted').length)} of ${String(buyers.length)} buyers holds it.`);
console.log(`The shop shows ${String(await shows(0))} mugs.`);

for (const { engine, store } of machines) {
  await engine.stop();
  await store.close();
}
