import { formatQuantity, addQuantities, isStockwrightError, parseQuantity, StockwrightError, type Observation, type OrderObservation, type Sku } from '@stockwright/core';
import { bookSku, causeOf, explodeAcknowledgement, explodeOrder, orderFromRow, salesOf, splitByOwner } from '../brain/book.ts';
import { balancesFromRows, integer, text, textOrNull, type BookRows } from '../brain/rows.ts';
import type { ChangeSet, Expectation, Mark, Query, Row, RowWrite } from '../ports/index.ts';
import { commitSafely, wakeFor, type Runtime } from './runtime.ts';

/** How many skus one commit of snapshot rows touches. */
const SKUS_PER_COMMIT = 200;
/** How often a commit that lost a race is planned anew. */
const CONFLICT_TRIES = 50;

/**
 * Takes observations into the ledger. Each order is one commit with all its lines; rows of snapshots share commits.
 * Whatever was committed before a failure stays, and telling the same again changes nothing.
 */
export async function ingest(runtime: Runtime, observations: readonly Observation[]): Promise<void> {
  for (const unit of unitsOf(observations)) await commitUnit(runtime, unit);
}

/**
 * Takes what a read found. An observation that the ledger cannot take is kept as refused, with its reason, and stands
 * in nobody else's way.
 */
export async function ingestRead(runtime: Runtime, observations: readonly Observation[]): Promise<void> {
  for (const unit of unitsOf(observations)) {
    try {
      await commitUnit(runtime, unit);
    } catch (error) {
      if (!isStockwrightError(error) || error.code !== 'INVALID_INPUT') throw error;
      if (unit.length > 1) for (const observation of unit) await ingestRead(runtime, [observation]);
      else for (const observation of unit) await keepRefused(runtime, observation, error.message);
    }
  }
}

async function keepRefused(runtime: Runtime, observation: Observation, reason: string): Promise<void> {
  const origin = 'source' in observation ? observation.source : observation.channel;
  const reference = 'orderId' in observation ? `order ${observation.orderId}` : `${observation.kind} ${observation.sku} at ${observation.location}`;
  const nowMs = await runtime.store.now();
  await commitSafely(runtime, {
    commitId: runtime.random.uuid(), expect: [], marks: [],
    write: [{ table: 'refused', key: { origin, reference }, set: { reason, lastSeenMs: nowMs } }],
  });
  runtime.logger.warn({ origin, reference, reason }, 'an observation was refused');
}

function unitsOf(observations: readonly Observation[]): readonly (readonly Observation[])[] {
  const units: Observation[][] = [];
  let batch: Observation[] = [];
  for (const observation of observations) {
    if (observation.kind === 'order') {
      if (batch.length > 0) units.push(batch);
      batch = [];
      units.push([observation]);
      continue;
    }
    batch.push(observation);
    if (batch.length < SKUS_PER_COMMIT) continue;
    units.push(batch);
    batch = [];
  }
  if (batch.length > 0) units.push(batch);
  return units;
}

interface Plan {
  readonly change: ChangeSet;
  readonly moved: readonly Sku[];
}

async function commitUnit(runtime: Runtime, unit: readonly Observation[]): Promise<void> {
  const commitId = runtime.random.uuid();
  for (let tried = 1; tried <= CONFLICT_TRIES; tried += 1) {
    const { change, moved } = await planUnit(runtime, unit, `${commitId}.${String(tried)}`);
    if (change.write.length === 0) return;
    const result = await commitSafely(runtime, change);
    if (result.status === 'conflict') continue;
    wakeFor(runtime, change.marks);
    announce(runtime, unit, moved);
    return;
  }
  throw new StockwrightError(`A commit lost ${String(CONFLICT_TRIES)} races in a row; something else writes the same skus without end.`, { code: 'VERSION_CONFLICT' });
}

function announce(runtime: Runtime, unit: readonly Observation[], moved: readonly Sku[]): void {
  const atMs = runtime.clock.now();
  for (const observation of unit) {
    if (observation.kind === 'order') {
      const { channel, orderId, revision } = observation;
      runtime.emit('order-observed', { channel, orderId, revision, atMs });
    } else if (observation.kind === 'acknowledgement') {
      const { source, channel, orderId } = observation;
      runtime.emit('order-acknowledged', { source, channel, orderId, atMs });
    }
  }
  if (moved.length > 0) runtime.emit('positions-moved', { skus: moved, cause: causeOf(unit), atMs });
}

/** What a unit says of each stocked sku, and what nobody could place. */
interface Sorted {
  readonly bySku: Map<Sku, Observation[]>;
  readonly orders: OrderObservation[];
  readonly unknown: { readonly origin: string; readonly sku: string }[];
  readonly refused: { readonly origin: string; readonly reference: string; readonly reason: string }[];
  readonly evidence: { readonly observation: Extract<Observation, { kind: 'stock' }>; readonly measure: string; readonly observed: string }[];
}

function sortUnit(runtime: Runtime, unit: readonly Observation[]): Sorted {
  const { settings } = runtime;
  const sorted: Sorted = { bySku: new Map(), orders: [], unknown: [], refused: [], evidence: [] };
  const add = (sku: Sku, observation: Observation): void => {
    const known = sorted.bySku.get(sku);
    if (known === undefined) sorted.bySku.set(sku, [observation]);
    else if (!known.includes(observation)) known.push(observation);
  };
  for (const observation of unit) {
    if (observation.kind === 'order') {
      const { order, unknown } = explodeOrder(observation, settings);
      sorted.orders.push(observation);
      unknown.forEach((sku) => sorted.unknown.push({ origin: observation.channel, sku }));
      order.lines.forEach(({ sku }) => { add(sku, order); });
    } else if (observation.kind === 'acknowledgement') {
      const exploded = explodeAcknowledgement(observation, settings);
      for (const { sku } of exploded.contained) {
        if (settings.catalog.items.has(sku)) add(sku, exploded);
        else sorted.unknown.push({ origin: observation.source, sku });
      }
    } else if (!settings.catalog.items.has(observation.sku)) {
      sorted.unknown.push({ origin: observation.source, sku: observation.sku });
    } else if (observation.kind === 'delta') {
      if (settings.ownerOf(observation.measure, observation.location) === observation.source) add(observation.sku, observation);
      else sorted.refused.push({ origin: observation.source, reference: `delta ${observation.id}`, reason: `${observation.source} does not own ${observation.measure} at ${observation.location}` });
    } else {
      const { owned, evidence } = splitByOwner(observation, settings);
      if (owned !== undefined) add(observation.sku, owned);
      for (const measure of evidence) sorted.evidence.push({ observation, measure, observed: observation.measures[measure] ?? '' });
    }
  }
  return sorted;
}

async function planUnit(runtime: Runtime, unit: readonly Observation[], commitId: string): Promise<Plan> {
  const sorted = sortUnit(runtime, unit);
  const keptOrders = await loadOrders(runtime, sorted.orders);
  // A line that an order no longer has must be taken back, so the skus of its last known form count too.
  for (const kept of keptOrders.values()) {
    const { order } = explodeOrder(kept.order, runtime.settings);
    const newest = sorted.orders.find(({ channel, orderId }) => channel === order.channel && orderId === order.orderId);
    if (newest === undefined) continue;
    const { order: exploded } = explodeOrder(newest, runtime.settings);
    for (const { sku } of order.lines) if (!sorted.bySku.has(sku)) sorted.bySku.set(sku, [exploded]);
  }
  const rows = await loadBooks(runtime, sorted);
  const nowMs = await runtime.store.now();
  const expect: Expectation[] = [];
  const write: RowWrite[] = [];
  const marks: Mark[] = [];
  const moved: Sku[] = [];
  for (const [sku, observations] of sorted.bySku) {
    const booked = bookSku({ sku, observations, rows: rows.get(sku) ?? NO_ROWS, nowMs }, runtime.settings);
    expect.push(...booked.expect);
    write.push(...booked.write);
    marks.push(...booked.marks);
    if (booked.movements.length > 0) moved.push(sku);
  }
  await planOrders(runtime, { orders: sorted.orders, kept: keptOrders, nowMs, expect, write });
  planOddities(sorted, { rows, nowMs, write, scaleOf: (sku) => runtime.settings.catalog.items.get(sku)?.scale ?? 0 });
  return { change: { commitId, expect, write, marks }, moved };
}

const NO_ROWS: BookRows = { item: undefined, positions: [], bases: [], claims: [] };

interface KeptOrder {
  readonly order: OrderObservation;
  readonly version: number;
}

async function loadOrders({ store }: Runtime, orders: readonly OrderObservation[]): Promise<ReadonlyMap<string, KeptOrder>> {
  const found = await store.load(orders.map(({ channel, orderId }) => ({ table: 'channelOrder', where: { channel, orderId } })));
  const kept = new Map<string, KeptOrder>();
  for (const [row] of found) {
    if (row !== undefined) kept.set(`${text(row, 'channel')}\u001f${text(row, 'orderId')}`, { order: orderFromRow(row), version: integer(row, 'version') });
  }
  return kept;
}

async function loadBooks({ store }: Runtime, { bySku }: Sorted): Promise<ReadonlyMap<Sku, BookRows>> {
  const skus = [...bySku.keys()];
  const orders = new Map<string, { channel: string; orderId: string }>();
  for (const observations of bySku.values()) {
    for (const observation of observations) {
      if (observation.kind !== 'order' && observation.kind !== 'acknowledgement') continue;
      const { channel, orderId } = observation;
      orders.set(`${channel}\u001f${orderId}`, { channel, orderId });
    }
  }
  const queries: Query[] = skus.flatMap((sku): Query[] => [
    { table: 'item', where: { sku } }, { table: 'position', where: { sku } },
    { table: 'sourceBase', where: { sku } }, { table: 'claim', where: { sku, settled: 0 } },
  ]);
  for (const order of orders.values()) queries.push({ table: 'claim', where: order });
  const found = await store.load(queries);
  const ofOrders = found.slice(skus.length * 4).flat();
  return new Map(skus.map((sku, index) => {
    const claims = new Map<string, Row>();
    for (const row of [...(found[index * 4 + 3] ?? []), ...ofOrders.filter((row) => row['sku'] === sku)]) {
      claims.set(`${text(row, 'channel')}\u001f${text(row, 'orderId')}`, row);
    }
    return [sku, { item: found[index * 4]?.[0], positions: found[index * 4 + 1] ?? [], bases: found[index * 4 + 2] ?? [], claims: [...claims.values()] }];
  }));
}

interface Writing {
  readonly nowMs: number;
  readonly write: RowWrite[];
}

/** Keeps each order's newest form, and what its channel has sold of each listing. */
async function planOrders(
  { store, settings }: Runtime,
  { orders, kept, nowMs, expect, write }: Writing & { orders: readonly OrderObservation[]; kept: ReadonlyMap<string, KeptOrder>; expect: Expectation[] },
): Promise<void> {
  const scaleOf = (sku: Sku): number => settings.catalog.items.get(sku)?.scale ?? 0;
  for (const order of orders) {
    const { channel, orderId, revision, placedAt } = order;
    const before = kept.get(`${channel}\u001f${orderId}`);
    if (before !== undefined && (before.order.revision > revision || JSON.stringify(before.order) === JSON.stringify(order))) continue;
    const version = before?.version ?? 0;
    expect.push({ table: 'channelOrder', key: { channel, orderId }, version });
    write.push({
      table: 'channelOrder', key: { channel, orderId },
      set: { revision, placedAt, observedAtMs: nowMs, lines: JSON.stringify(order.lines), version: version + 1 },
    });
    const known = { ...order, lines: order.lines.filter(({ sku }) => settings.catalog.items.has(sku)) };
    const wasKnown = before && { ...before.order, lines: before.order.lines.filter(({ sku }) => settings.catalog.items.has(sku)) };
    const sales = [...salesOf(wasKnown, known, scaleOf).values()].filter(({ sold }) => sold !== '0');
    const rows = await store.load(sales.map(({ location, sku }) => ({ table: 'channelSale', where: { channel, location, sku } })));
    sales.forEach(({ location, sku, sold }, index) => {
      const scale = scaleOf(sku);
      const total = addQuantities(parseQuantity(textOrNull(rows[index]?.[0], 'sold') ?? '0', { scale }), parseQuantity(sold, { scale }));
      write.push({ table: 'channelSale', key: { channel, location, sku }, set: { sold: formatQuantity(total, scale) } });
    });
  }
}

/** Identifiers that nobody could place, and words of systems that do not own what they speak of. */
function planOddities({ unknown, refused, evidence }: Sorted, { rows, nowMs, write, scaleOf }: Writing & { rows: ReadonlyMap<Sku, BookRows>; scaleOf: (sku: Sku) => number }): void {
  for (const { origin, sku } of unknown) {
    write.push({ table: 'unmapped', key: { origin, external: `sku:${sku}` }, set: { lastSeenMs: nowMs } });
  }
  for (const { origin, reference, reason } of refused) {
    write.push({ table: 'refused', key: { origin, reference }, set: { reason, lastSeenMs: nowMs } });
  }
  for (const { observation, measure, observed } of evidence) {
    const { source, sku, location } = observation;
    const balances = balancesFromRows(rows.get(sku)?.positions ?? [], scaleOf(sku));
    const expected = formatQuantity(balances.get(`${measure}\u001f${location}\u001f`) ?? 0, scaleOf(sku));
    const key = { source, sku, location, measure };
    if (expected === observed) write.push({ table: 'variance', key, remove: true });
    else write.push({ table: 'variance', key, set: { kind: 'notOwner', expected, observed, lastSeenMs: nowMs } });
  }
}
