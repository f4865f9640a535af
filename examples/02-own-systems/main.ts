/**
 * The engine without any vendor: a channel and a source of one's own, in memory, and a SQLite file. A real one calls a
 * portal or a till where this one touches a Map.
 */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { AvailabilityChannel, Clock, InventorySource } from '@stockwright/adapter';
import { instantFromMs, parseCatalog, parseChannelId, parseLocationId, parsePolicy, parseSku, parseSourceId, type QuantityText } from '@stockwright/core';
import { createEngine } from '@stockwright/engine';
import { createSqliteStore } from '@stockwright/store-sqlite';

const [mug, w1, portal, warehouse] = [parseSku('MUG'), parseLocationId('W1'), parseChannelId('portal'), parseSourceId('warehouse')];
const shelf = new Map([[mug, 12]]);
const page = new Map<string, string>();

const source: InventorySource = {
  kind: 'source', contractVersion: 'v1', id: warehouse, account: 'warehouse',
  capabilities: { changedRows: false, acknowledgements: false, measures: ['onHand'] },
  readStock: async () => ({
    unmapped: [],
    items: [...shelf].map(([sku, count]) => ({ kind: 'stock' as const, source: warehouse, sku, location: w1, asOf: instantFromMs(Date.now()), measures: { onHand: String(count) as QuantityText } })),
  }),
  readAcknowledgements: async () => ({ items: [], unmapped: [] }),
};
const channel: AvailabilityChannel = {
  kind: 'channel', contractVersion: 'v1', id: portal, account: 'portal',
  capabilities: { locations: false, compareAndSet: 'none', idempotencyKeys: false, readBack: true, readOrders: false, publishBatchMax: 100, lateRequestMsMax: 0, effectiveWithinMs: 0, limits: { publish: 'page', readLevels: 'page', readOrders: 'page', readOrdersById: 'page' }, quantityMax: '1000000' as QuantityText },
  publish: async ({ lines }) => lines.map(({ sku, quantity }) => {
    page.set(sku, quantity);
    return { status: 'applied' as const, at: instantFromMs(Date.now()) };
  }),
  readLevels: async (keys) => ({
    unmapped: [],
    items: (keys === 'all' ? [{ sku: mug }] : keys).map(({ sku }) => ({ sku, quantity: (page.get(sku) ?? '0') as QuantityText, observedAt: instantFromMs(Date.now()) })),
  }),
  readOrders: async () => ({ items: [], unmapped: [] }),
  receive: () => ({ status: 'refused', httpStatus: 400, reason: 'the portal sends no webhooks' }),
};
const clock: Clock = { now: Date.now, sleep: (ms, signal) => wait(ms, undefined, signal && { signal }) };

const folder = mkdtempSync(join(tmpdir(), 'stockwright-example-'));
const store = createSqliteStore({ path: join(folder, 'stock.db') });
const engine = createEngine({
  store, clock, random: { next: Math.random, uuid: randomUUID },
  catalog: parseCatalog([{ sku: 'MUG' }]),
  policy: parsePolicy({ version: '1', channels: [{ id: 'portal', locations: ['W1'] }] }),
  sources: [{ adapter: source }],
  channels: [{ adapter: channel }],
  owners: [{ source: warehouse, measures: ['onHand'] }],
});
const shown = new Promise<string>((resolve) => { engine.events.on('published', ({ quantity }) => { resolve(quantity); }); });
await engine.start();
console.log(`The portal shows ${await shown} mugs.`);
await engine.stop();
await store.close();
rmSync(folder, { recursive: true });
