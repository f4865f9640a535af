import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AvailabilityChannel, Clock, PublishOutcome } from '@stockwright/adapter';
import type { Query, Store } from '@stockwright/engine/ports';
import { seededRandom } from '@stockwright/testkit';
import type { HostFactory } from '../src/host/engine-host.ts';
import { inProcessHost, type Between } from '../src/host/in-process.ts';
import type { Report } from '../src/report/report.ts';
import { prepare, type RunOptions } from '../src/run/prepare.ts';
import { run } from '../src/run/run.ts';

const NEVER_MS = 10 * 365 * 86_400_000;
/** How the orders of an hour fall on the skus. */
export interface Shape {
  readonly skus: number;
  readonly ordersPerSku: number;
  /** The longest time between two orders of a sku. */
  readonly gapMs: number;
  /** The first order of a sku comes at any time up to this. */
  readonly startsWithinMs: number;
  readonly stock: Readonly<Record<string, number>>;
}

/** Each sku is wanted by a few people within a minute or two, and then by nobody. */
export const BURSTS: Shape = { skus: 60, ordersPerSku: 4, gapMs: 40_000, startsWithinMs: 3_600_000, stock: { MAIN: 20 } };
/** A few skus are wanted by everybody all the time. */
export const RUSH: Shape = { skus: 4, ordersPerSku: 65, gapMs: 160_000, startsWithinMs: 60_000, stock: { MAIN: 70, OVERFLOW: 45 } };

const skusOf = ({ skus }: Shape): readonly string[] => Array.from({ length: skus }, (_value, index) => String(10_001 + index));

function busyOrders(seed: string, shape: Shape): string {
  const random = seededRandom(`busy ${seed}`);
  const orders = skusOf(shape).flatMap((sku) => {
    let atMs = Date.UTC(2026, 0, 5, 9) + Math.floor(random.next() * shape.startsWithinMs);
    return Array.from({ length: shape.ordersPerSku }, () => {
      atMs += Math.floor(random.next() * shape.gapMs);
      return { atMs, sku, quantity: 1 + Math.floor(random.next() * 3) };
    });
  }).sort((one, other) => one.atMs - other.atMs);
  const lines = orders.map(({ atMs, sku, quantity }, index) => `${String(700_000 + index)},${sku},${String(quantity)},${new Date(atMs).toISOString()},UK`);
  return `invoice,sku,quantity,occurred_at,country\n${lines.join('\n')}\n`;
}

/** Nobody reads the channels back, so what a mechanism prevents stays to be seen. */
function withoutReadBack(host: HostFactory): HostFactory {
  return ({ settings, ...parts }) => {
    const { shopify, amazon } = settings;
    return host({
      ...parts,
      settings: {
        ...settings,
        ...(shopify === undefined ? {} : { shopify: { ...shopify, readBackMs: NEVER_MS } }),
        ...(amazon === undefined ? {} : { amazon: { ...amazon, readBackMs: NEVER_MS } }),
      },
    });
  };
}

/** A busy hostile run by seed, with something between the engine and its ports. What a vendor accepts and forgets is left out: only a read-back finds it. */
export async function busyRun(seed: string, between: Between, shape: Shape = BURSTS): Promise<Report> {
  const folder = mkdtempSync(join(tmpdir(), 'stockwright-busy-'));
  try {
    const [orders, stock] = [join(folder, 'orders.csv'), join(folder, 'stock.csv')];
    writeFileSync(orders, busyOrders(seed, shape));
    writeFileSync(stock, `sku,location,on_hand\n${skusOf(shape).flatMap((sku) => Object.entries(shape.stock).map(([location, onHand]) => `${sku},${location},${String(onHand)}`)).join('\n')}\n`);
    const nothing = (): void => undefined;
    const options: RunOptions = { orders, stock, seed, store: 'sqlite:unused', split: { by: 'hash', percent: 50 }, faults: 'hostile', spared: ['amazon never applied'], view: { line: nothing, progress: nothing, end: nothing } };
    return await run(options, prepare(options), withoutReadBack(inProcessHost({ store: 'memory' }, between)));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/**
 * A store over a network: what it reads of the books travels for a moment, in which others write. Whatever a vendor waits
 * for is answered at once, since this clock stands still while a vendor waits.
 */
export function distant(store: Store, clock: Clock): Store {
  const random = seededRandom('distance');
  const travelled = async <Found>(queries: readonly Query[], found: Found): Promise<Found> => {
    if (queries.some(({ table }) => table === 'claim' || table === 'sourceBase')) await clock.sleep(5 + Math.floor(random.next() * 3_000));
    return found;
  };
  return {
    ...asIs(store),
    load: async (queries) => travelled(queries, await store.load(queries)),
    look: async (queries) => travelled(queries, await store.look(queries)),
  };
}

function asIs(store: Store): Store {
  return {
    capabilities: store.capabilities, migrate: () => store.migrate(), now: () => store.now(), load: (queries) => store.load(queries), look: (queries) => store.look(queries),
    commit: (changes, options) => store.commit(changes, options), decide: (request, options) => store.decide(request, options), epoch: () => store.epoch(), claim: (request) => store.claim(request), settle: (settlements) => store.settle(settlements),
    renew: (claims, leaseMs) => store.renew(claims, leaseMs),
    dirtyShards: (limit) => store.dirtyShards(limit), dueWork: (shard) => store.dueWork(shard), takeBudget: (bucket, cost, policy) => store.takeBudget(bucket, cost, policy),
    pauseBucket: (bucket, untilMs, reason) => store.pauseBucket(bucket, untilMs, reason), scan: (query) => store.scan(query), scanWork: () => store.scanWork(), forget: (request) => store.forget(request), feed: (after, limit) => store.feed(after, limit),
    close: () => store.close(),
  };
}

/** A channel whose unknown outcomes are taken for failures: nothing is suspected, and no late twin is waited for. */
export function withoutSuspicion(adapter: AvailabilityChannel): AvailabilityChannel {
  return forwarding(adapter, {
    publish: async (request, context) => (await adapter.publish(request, context)).map((outcome): PublishOutcome =>
      (outcome.status === 'unknown' ? { status: 'notSent', reason: outcome.reason } : outcome)),
  });
}

/** A channel that writes without comparing, and says that it compares. */
export function withoutCompare(adapter: AvailabilityChannel): AvailabilityChannel {
  return forwarding(adapter, {
    publish: (request, context) => adapter.publish({ ...request, lines: request.lines.map(({ expected: _expected, ...line }) => line) }, context),
  });
}

function forwarding(adapter: AvailabilityChannel, change: Partial<AvailabilityChannel>): AvailabilityChannel {
  return {
    kind: adapter.kind, contractVersion: adapter.contractVersion, id: adapter.id, account: adapter.account, capabilities: adapter.capabilities,
    publish: (request, context) => adapter.publish(request, context), readLevels: (keys, page, context) => adapter.readLevels(keys, page, context),
    readOrders: (request, page, context) => adapter.readOrders(request, page, context), receive: (request) => adapter.receive(request),
    ...change,
  };
}
