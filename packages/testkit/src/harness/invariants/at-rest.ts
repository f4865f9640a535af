import type { Sku } from '@stockwright/core';
import type { Row, WorkRow } from '@stockwright/engine/ports';
import { partsOf } from '../shape.ts';
import { expectedOf } from '../truth.ts';
import type { Stage } from '../stage.ts';
import type { Invariant } from './violations.ts';

/** One thing that is not as it must be. */
export interface Difference {
  readonly invariant: Invariant;
  readonly about: string;
  readonly message: string;
}

/** No work that cannot be put off waits longer than this. */
const LONGEST_WAIT_MS = 330_000;

/** What the store holds of targets and of work, looked at once for all who judge it. */
export interface Glance {
  readonly targets: readonly Row[];
  readonly work: readonly WorkRow[];
  readonly nowMs: number;
  /** The store has lost its last commits and nobody has noticed yet: whoever does takes nothing for known, and owes every number anew. */
  readonly isUnnoticed: boolean;
}

export async function glanceAt({ store: { port, epoch } }: Pick<Stage, 'store'>): Promise<Glance> {
  const [targets = [], epochs = []] = await port.load([{ table: 'target', where: {} }, { table: 'epoch', where: {} }]);
  const nowMs = await port.now();
  const work: WorkRow[] = [];
  for await (const row of port.scanWork()) work.push(row);
  return { targets, work, nowMs, isUnnoticed: epochs.some((row) => row['epoch'] !== epoch) };
}

/**
 * I6: whatever is owed is leased, scheduled or quarantined with a reason, at every moment.
 *
 * Except for what a process wrote under a claim that a failover took away, from then until the failover is noticed: the claim stood for
 * the work, and no store can tell that who writes still believes to hold it. With the notice every number is owed anew, that one too.
 */
export async function checkOwed(world: Pick<Stage, 'store' | 'violations'>, glance: Glance): Promise<void> {
  const forgotten = forgottenTargets(world, glance);
  if (forgotten.size === 0 || glance.isUnnoticed) return;
  // Targets and work are two reads, and somebody may have worked in between: what is forgotten still is so a moment later.
  const again = await glanceAt(world);
  if (again.isUnnoticed) return;
  for (const [key, { sku, message }] of forgottenTargets(world, again)) if (forgotten.has(key)) world.violations.add('I6', sku, message);
}

interface Forgotten {
  readonly sku: string;
  readonly message: string;
}

function forgottenTargets(world: Pick<Stage, 'violations'>, { targets, work, nowMs }: Glance): ReadonlyMap<string, Forgotten> {
  const known = new Set<string>();
  for (const row of work) {
    known.add(`${row.kind} ${row.shard} ${row.key}`);
    checkWork(world, row, nowMs);
  }
  const found = new Map<string, Forgotten>();
  for (const row of targets) {
    const forgotten = forgottenTarget(row, known);
    if (forgotten !== undefined) found.set(`${String(row['channel'])} ${forgotten.sku}`, forgotten);
  }
  return found;
}

function checkWork({ violations }: Pick<Stage, 'violations'>, { kind, shard, key, state, reason, leaseUntilMs, notBeforeMs, cause }: WorkRow, nowMs: number): void {
  if (state === 'quarantined' && reason === null) violations.add('I6', key, `${kind} ${key} is quarantined without a reason`);
  const canBePutOff = kind === 'readOrders' || kind === 'readLevels' || kind === 'readSource' || (kind === 'project' && cause.startsWith('time'));
  const waitMs = (leaseUntilMs ?? notBeforeMs) - nowMs;
  if (state === 'ready' && !canBePutOff && waitMs > LONGEST_WAIT_MS) violations.add('I6', key, `${kind} ${key} of ${shard} waits for ${String(Math.round(waitMs / 1000))} s`);
}

function forgottenTarget(row: Row, work: ReadonlySet<string>): Forgotten | undefined {
  const [differs, suspect] = [row['differs'] === 1, Number(row['suspectUntilMs'] ?? 0) !== 0];
  // Where nothing is wanted yet nothing is owed.
  if (row['want'] === null || (!differs && !suspect)) return undefined;
  const [channel, location, sku] = [String(row['channel']), String(row['location']), String(row['sku'])];
  if (work.has(`push channel:${channel} ${location}\u001f${sku}`)) return undefined;
  // A sale may have brought the number there; the projector, which was marked with it, has yet to say so.
  if (differs && [sku, ...partsOf(sku as Sku).map((part) => part.sku)].some((part) => work.has(`project project ${part}`))) return undefined;
  return { sku, message: `${channel} ${sku} ${differs ? 'differs' : 'is suspect'}, and nothing is going to push it` };
}

/** I1 and I2 at rest: every channel shows what follows from the vendors' books, and the engine wants just that. */
export async function differences(world: Stage): Promise<readonly Difference[]> {
  const { port } = world.store;
  const expected = expectedOf({ erp: world.erp, shops: world.shops, cap: world.weather.cap, shape: world.shape });
  const found: Difference[] = [];
  const [targets = []] = await port.load([{ table: 'target', where: {} }]);
  const rows = new Map(targets.map((row) => [`${String(row['channel'])} ${String(row['location'])} ${String(row['sku'])}`, row]));
  for (const shop of world.shops) {
    for (const { sku, place } of shop.keys) {
      const right = expected(shop, sku, place);
      const row = rows.get(`${shop.id} ${place} ${sku}`);
      const shown = shop.shows(sku, place);
      const what = place === '' ? sku : `${sku} at ${place}`;
      if (Number(row?.['want']) !== right) found.push({ invariant: 'I2', about: sku, message: `${shop.id} should show ${String(right)} of ${what}, and the engine wants ${String(row?.['want'])}` });
      else if (shown !== right && !shop.poisoned.has(sku)) found.push({ invariant: 'I1', about: sku, message: `${shop.id} shows ${String(shown)} of ${what} and should show ${String(right)}` });
      else if (Number(row?.['suspectUntilMs'] ?? 0) > 0 && !shop.poisoned.has(sku)) found.push({ invariant: 'I6', about: sku, message: `${shop.id} ${what} is still suspect` });
    }
  }
  return found;
}

/** Whether everything shows what it should, nothing is owed, and nothing that was accepted has yet to show. */
export async function isAtRest(world: Stage): Promise<boolean> {
  if (world.shops.some(({ isLanding }) => isLanding) || (await differences(world)).length > 0) return false;
  const nowMs = await world.store.port.now();
  // A listing that refuses every number is at rest once it has refused the last one.
  for await (const { kind, state, notBeforeMs, leaseUntilMs } of world.store.port.scanWork()) {
    if (kind === 'push' && state === 'ready' && (leaseUntilMs !== null || notBeforeMs <= nowMs)) return false;
  }
  const [targets = []] = await world.store.port.load([{ table: 'target', where: {} }]);
  return targets.every((row) => row['differs'] !== 1 || world.shops.some(({ id, poisoned }) => id === row['channel'] && poisoned.has(String(row['sku']) as Sku)));
}

/** What the store says of a channel's listing, for whoever wonders why it is wrong. */
export async function rowsOf(world: Stage, sku: string): Promise<readonly string[]> {
  const { port } = world.store;
  const [targets = [], items = [], positions = [], sales = []] = await port.load([
    { table: 'target', where: { sku } }, { table: 'item', where: { sku } }, { table: 'position', where: { sku } }, { table: 'channelSale', where: { sku } },
  ]);
  const lines = [...targets, ...items, ...positions, ...sales].map((row) => JSON.stringify(row));
  for await (const row of port.scanWork()) lines.push(JSON.stringify(row));
  return lines;
}

/** I6 at rest: nothing that can be done now is left. */
export async function checkQuiet(world: Stage): Promise<void> {
  const nowMs = await world.store.port.now();
  for await (const { kind, key, shard, state, notBeforeMs, leaseUntilMs } of world.store.port.scanWork()) {
    if (state !== 'ready' || (leaseUntilMs ?? notBeforeMs) > nowMs - 60_000) continue;
    world.violations.add('I6', key, `${kind} ${key} of ${shard} has been due for ${String(Math.round((nowMs - (leaseUntilMs ?? notBeforeMs)) / 1000))} s`);
  }
}
