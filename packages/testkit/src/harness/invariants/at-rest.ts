import type { Sku } from '@stockwright/core';
import { partsOf } from '../shape.ts';
import { expectedOf } from '../truth.ts';
import type { Tier1World } from '../tier1-world.ts';
import type { Invariant } from './violations.ts';

/** One thing that is not as it must be. */
export interface Difference {
  readonly invariant: Invariant;
  readonly about: string;
  readonly message: string;
}

/** No work that cannot be put off waits longer than this. */
const LONGEST_WAIT_MS = 330_000;

/** I6: whatever is owed is leased, scheduled or quarantined with a reason, at every moment. */
export async function checkOwed(world: Tier1World): Promise<void> {
  const { port } = world.store;
  const [targets = []] = await port.load([{ table: 'target', where: {} }]);
  const work = new Map<string, { readonly state: string; readonly dueMs: number; readonly reason: string | null }>();
  const nowMs = world.time.now();
  for await (const { kind, shard, key, state, reason, leaseUntilMs, notBeforeMs, cause } of port.scanWork()) {
    const dueMs = leaseUntilMs ?? notBeforeMs;
    work.set(`${kind} ${shard} ${key}`, { state, reason, dueMs });
    if (state === 'quarantined' && reason === null) world.violations.add('I6', key, `${kind} ${key} is quarantined without a reason`);
    const waitsForTime = kind === 'project' && cause.startsWith('time');
    if (state === 'ready' && (kind === 'push' || kind === 'readOrder' || (kind === 'project' && !waitsForTime)) && dueMs > nowMs + LONGEST_WAIT_MS) {
      world.violations.add('I6', key, `${kind} ${key} of ${shard} waits for ${String(Math.round((dueMs - nowMs) / 1000))} s`);
    }
  }
  for (const row of targets) {
    const [channel, location, sku] = [String(row['channel']), String(row['location']), String(row['sku'])];
    if (row['differs'] !== 1 && Number(row['suspectUntilMs'] ?? 0) === 0) continue;
    if (work.has(`push channel:${channel} ${location}\u001f${sku}`)) continue;
    // A sale may have brought the number there; the projector, which was marked with it, has yet to say so.
    if (row['differs'] === 1 && [sku, ...partsOf(sku as Sku).map((part) => part.sku)].some((part) => work.has(`project project ${part}`))) continue;
    world.violations.add('I6', sku, `${channel} ${sku} ${row['differs'] === 1 ? 'differs' : 'is suspect'}, and nothing is going to push it`);
  }
}

/** I1 and I2 at rest: every channel shows what follows from the vendors' books, and the engine wants just that. */
export async function differences(world: Tier1World): Promise<readonly Difference[]> {
  const { port } = world.store;
  const expected = expectedOf({ erp: world.erp, shops: world.shops, cap: world.weather.cap });
  const found: Difference[] = [];
  const [targets = []] = await port.load([{ table: 'target', where: {} }]);
  const rows = new Map(targets.map((row) => [`${String(row['channel'])} ${String(row['sku'])}`, row]));
  for (const shop of world.shops) {
    for (const sku of shop.skus) {
      const right = expected(shop, sku);
      const row = rows.get(`${shop.id} ${sku}`);
      const want = Number(row?.['want']);
      if (want !== right) found.push({ invariant: 'I2', about: sku, message: `${shop.id} should show ${String(right)} of ${sku}, and the engine wants ${String(row?.['want'])}` });
      else if (shop.shows(sku) !== right && !shop.poisoned.has(sku)) found.push({ invariant: 'I1', about: sku, message: `${shop.id} shows ${String(shop.shows(sku))} of ${sku} and should show ${String(right)}` });
      else if (Number(row?.['suspectUntilMs'] ?? 0) > 0 && !shop.poisoned.has(sku)) found.push({ invariant: 'I6', about: sku, message: `${shop.id} ${sku} is still suspect` });
    }
  }
  return found;
}

/** What the store says of a channel's listing, for whoever wonders why it is wrong. */
export async function rowsOf(world: Tier1World, sku: string): Promise<readonly string[]> {
  const { port } = world.store;
  const [targets = [], items = [], positions = [], sales = []] = await port.load([
    { table: 'target', where: { sku } }, { table: 'item', where: { sku } }, { table: 'position', where: { sku } }, { table: 'channelSale', where: { sku } },
  ]);
  const lines = [...targets, ...items, ...positions, ...sales].map((row) => JSON.stringify(row));
  for await (const row of port.scanWork()) lines.push(JSON.stringify(row));
  return lines;
}

/** I6 at rest: nothing that can be done now is left. */
export async function checkQuiet(world: Tier1World): Promise<void> {
  const nowMs = world.time.now();
  for await (const { kind, key, shard, state, notBeforeMs, leaseUntilMs } of world.store.port.scanWork()) {
    if (state !== 'ready' || (leaseUntilMs ?? notBeforeMs) > nowMs - 60_000) continue;
    world.violations.add('I6', key, `${kind} ${key} of ${shard} has been due for ${String(Math.round((nowMs - (leaseUntilMs ?? notBeforeMs)) / 1000))} s`);
  }
}
