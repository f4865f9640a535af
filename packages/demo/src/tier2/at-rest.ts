import type { Invariant } from '@stockwright/testkit/harness';
import { partsOf, SHAPE } from './shape.ts';
import type { Played, Vendors } from './vendors.ts';

/** One thing that is not as it must be. */
export interface Difference {
  readonly invariant: Invariant;
  readonly about: string;
  readonly message: string;
}

/** No work that cannot be put off waits longer than this. */
const LONGEST_WAIT_MS = 330_000;
const CHANNELS = [SHAPE.shopify, SHAPE.amazon];

/** What each channel must show, worked out from the vendors' own books and by nothing that the engine uses. */
export function expectedOf({ netsuite, shopify, amazon }: Vendors, cap: number | undefined): (channel: string, sku: string) => number {
  const left = new Map<string, number>(SHAPE.stocked.map((sku) => [sku, netsuite.stock(sku, SHAPE.locationNumber)?.onHand ?? 0]));
  for (const { lines } of [...shopify.orders(), ...amazon.orders()]) {
    for (const { sku, unfulfilledQuantity } of lines) {
      for (const part of partsOf(sku)) left.set(part.sku, (left.get(part.sku) ?? 0) - unfulfilledQuantity * part.per);
    }
  }
  return (channel, sku) => {
    const whole = Math.min(...partsOf(sku).map((part) => Math.floor(Math.max(0, left.get(part.sku) ?? 0) / part.per)));
    return channel === SHAPE.amazon && cap !== undefined ? Math.min(cap, whole) : whole;
  };
}

/** What a channel shows. */
export function shownBy({ shopify, amazon }: Vendors, channel: string, sku: string): number | undefined {
  return channel === SHAPE.shopify ? shopify.level(sku, SHAPE.locationNumber)?.available : amazon.listing(sku)?.effective;
}

/** I6: whatever is owed is leased, scheduled or quarantined with a reason, at every moment. */
export async function checkOwed(world: Played): Promise<void> {
  const { port } = world.store;
  const [targets = []] = await port.load([{ table: 'target', where: {} }]);
  const work = new Set<string>();
  const nowMs = world.time.now();
  for await (const { kind, shard, key, state, reason, leaseUntilMs, notBeforeMs, cause } of port.scanWork()) {
    const dueMs = leaseUntilMs ?? notBeforeMs;
    work.add(`${kind} ${shard} ${key}`);
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
    if (row['differs'] === 1 && [sku, ...partsOf(sku).map((part) => part.sku)].some((part) => work.has(`project project ${part}`))) continue;
    world.violations.add('I6', sku, `${channel} ${sku} ${row['differs'] === 1 ? 'differs' : 'is suspect'}, and nothing is going to push it`);
  }
}

/** I1 and I2 at rest: every channel shows what follows from the vendors' books, and the engine wants just that. */
export async function differences(world: Played): Promise<readonly Difference[]> {
  const expected = expectedOf(world.vendors, world.weather.cap);
  const found: Difference[] = [];
  const [targets = []] = await world.store.port.load([{ table: 'target', where: {} }]);
  const rows = new Map(targets.map((row) => [`${String(row['channel'])} ${String(row['sku'])}`, row]));
  for (const channel of CHANNELS) {
    for (const { sku } of SHAPE.listings) {
      const right = expected(channel, sku);
      const shown = shownBy(world.vendors, channel, sku);
      const row = rows.get(`${channel} ${sku}`);
      if (Number(row?.['want']) !== right) found.push({ invariant: 'I2', about: sku, message: `${channel} should show ${String(right)} of ${sku}, and the engine wants ${String(row?.['want'])}` });
      else if (shown !== right) found.push({ invariant: 'I1', about: sku, message: `${channel} shows ${String(shown)} of ${sku} and should show ${String(right)}` });
      else if (Number(row?.['suspectUntilMs'] ?? 0) > 0) found.push({ invariant: 'I6', about: sku, message: `${channel} ${sku} is still suspect` });
    }
  }
  return found;
}

/** Whether every channel's orders have been read since a moment: where Amazon counts calls, what became of an order is heard minutes later, and its numbers are written again then. */
export async function hasHeardOfOrders({ store: { port } }: Played, sinceMs: number): Promise<boolean> {
  const [cursors = []] = await port.load([{ table: 'cursor', where: {} }]);
  return CHANNELS.every((channel) => cursors.some(({ origin, name, lastSuccessMs }) => origin === channel && name === 'orders' && Number(lastSuccessMs ?? 0) > sinceMs));
}

const OF_ONE_SKU = ['target', 'item', 'position', 'channelSale', 'sourceBase', 'claim'] as const;

/** What the store says of a listing, for whoever wonders why it is wrong. */
export async function rowsOf({ store: { port } }: Played, sku: string): Promise<readonly string[]> {
  const tables = await port.load(OF_ONE_SKU.map((table) => ({ table, where: { sku } })));
  const lines = tables.flat().map((row) => JSON.stringify(row));
  for await (const row of port.scanWork()) lines.push(JSON.stringify(row));
  return lines;
}

/** I6 at rest: nothing that can be done now is left. */
export async function checkQuiet(world: Played): Promise<void> {
  const nowMs = world.time.now();
  for await (const { kind, key, shard, state, notBeforeMs, leaseUntilMs } of world.store.port.scanWork()) {
    // Where Amazon counts calls, a search of orders waits for the next one that it grants.
    const patienceMs = world.hasUsagePlans && shard === `channel:${SHAPE.amazon}` ? 420_000 : 60_000;
    if (state !== 'ready' || (leaseUntilMs ?? notBeforeMs) > nowMs - patienceMs) continue;
    world.violations.add('I6', key, `${kind} ${key} of ${shard} has been due for ${String(Math.round((nowMs - (leaseUntilMs ?? notBeforeMs)) / 1000))} s`);
  }
}
