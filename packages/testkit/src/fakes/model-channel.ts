import type {
  AvailabilityChannel, CallContext, ChannelCapabilities, LevelKey, ObservedLevel, OrdersRequest, Page, PublishOutcome, PublishRequest, WebhookRequest, WebhookResult,
} from '@stockwright/adapter';
import { instantFromMs, type ChannelId, type Instant, type LocationId, type OrderObservation, type QuantityText, type Sku } from '@stockwright/core';

/** What happens to one call of a model channel. @public */
export type ModelFault =
  | 'none'
  /** Nothing was written, and the caller cannot know. */
  | 'lostRequest'
  /** Written, and the caller cannot know. */
  | 'lostResponse'
  /** Certainly not written. */
  | 'notSent';

/** How a model channel behaves. @public */
export interface ModelChannelOptions {
  readonly id: ChannelId;
  readonly capabilities?: Partial<ChannelCapabilities>;
  /** How long each call takes, in milliseconds of the caller's clock. */
  readonly latencyMs?: number;
  /** How long an accepted write takes until the channel shows it; at once where absent. A later write never lands earlier. */
  readonly effectMs?: () => number;
  /** Asked before each write. */
  readonly fault?: () => ModelFault;
}

/** A channel in memory, which sells, counts its calls and fails when asked to. @public */
export interface ModelChannel extends AvailabilityChannel {
  /** What it shows, by location and sku. */
  shows(sku: Sku, location?: LocationId): number | undefined;
  /** Somebody edits a number by hand. */
  edit(sku: Sku, quantity: number, location?: LocationId): void;
  /** A customer buys; refused (`undefined`) where too few are shown. */
  buy(order: { readonly orderId: string; readonly sku: Sku; readonly quantity: number; readonly atMs: number; readonly location?: LocationId }): OrderObservation | undefined;
  /** Changes an order's single line. */
  change(orderId: string, atMs: number, counters: { readonly fulfilled?: number; readonly cancelled?: number; readonly returned?: number }): OrderObservation;
  readonly writes: { readonly sku: Sku; readonly quantity: QuantityText; readonly expected?: QuantityText }[];
  readonly calls: { publish: number; readLevels: number; readOrders: number };
}

const CAPABILITIES: ChannelCapabilities = {
  locations: false, compareAndSet: 'quantity', idempotencyKeys: true, readBack: true, readOrders: true,
  publishBatchMax: 100, lateRequestMsMax: 60_000, effectiveWithinMs: 0, limits: { publish: 'calls', readLevels: 'calls', readOrders: 'calls', readOrdersById: 'calls' }, quantityMax: '1000000' as QuantityText,
};

/**
 * A channel in memory for tests of engines and rules.
 *
 * @public
 */
export function createModelChannel({ id, capabilities, latencyMs = 100, effectMs, fault = () => 'none' }: ModelChannelOptions): ModelChannel {
  const levels = new Map<string, number>();
  const orders = new Map<string, OrderObservation>();
  const keyOf = ({ sku, location }: LevelKey): string => `${location ?? ''}\u001f${sku}`;
  const full = { ...CAPABILITIES, ...capabilities };
  const writes: ModelChannel['writes'] = [];
  const calls = { publish: 0, readLevels: 0, readOrders: 0 };

  const land = landing(levels, effectMs);
  const write = ({ sku, location, quantity, expected }: PublishRequest['lines'][number], clock: CallContext['clock']): PublishOutcome => {
    const key = keyOf(location === undefined ? { sku } : { sku, location });
    if (full.compareAndSet !== 'none' && expected !== undefined && String(levels.get(key) ?? 0) !== expected) return { status: 'conflict' };
    land(key, Number(quantity), clock);
    writes.push({ sku, quantity, ...(expected === undefined ? {} : { expected }) });
    return { status: 'applied', at: instantFromMs(clock.now()) };
  };

  return {
    kind: 'channel', contractVersion: 'v1', id, account: `model:${id}`, capabilities: full, writes, calls,
    publish: async ({ lines }: PublishRequest, { clock, signal }: CallContext) => {
      calls.publish += 1;
      const outcome = fault();
      if (outcome === 'notSent') return lines.map(() => ({ status: 'notSent', reason: 'busy' }) as const);
      const applied = outcome === 'lostRequest' ? [] : lines.map((line) => write(line, clock));
      await clock.sleep(latencyMs, signal);
      return outcome === 'none' ? applied : lines.map(() => ({ status: 'unknown', reason: 'no answer' }) as const);
    },
    readLevels: async (keys: readonly LevelKey[] | 'all', _page: string | undefined, { clock, signal }: CallContext): Promise<Page<ObservedLevel>> => {
      calls.readLevels += 1;
      const observedAt = instantFromMs(clock.now());
      const wanted: readonly LevelKey[] = keys === 'all' ? [...levels.keys()].map(parseKey) : keys;
      const items = wanted.map((key) => ({ ...key, quantity: String(levels.get(keyOf(key)) ?? 0) as QuantityText, observedAt }));
      await clock.sleep(latencyMs, signal);
      return { items, unmapped: [] };
    },
    readOrders: async (request: OrdersRequest, _page: string | undefined, { clock, signal }: CallContext): Promise<Page<OrderObservation>> => {
      calls.readOrders += 1;
      const resumeFrom = instantFromMs(clock.now() - 1);
      const items = [...orders.values()].filter((order) =>
        request.scope === 'ids' ? request.orderIds.includes(order.orderId) : request.since === undefined || order.revision >= request.since);
      await clock.sleep(latencyMs, signal);
      return { items, unmapped: [], resumeFrom };
    },
    receive: (request: WebhookRequest): WebhookResult => {
      const { id: messageId, orderId } = JSON.parse(new TextDecoder().decode(request.body)) as { id: string; orderId: string };
      return { status: 'accepted', messageId, hints: [{ kind: 'order', orderId }] };
    },
    shows: (sku, location) => levels.get(keyOf(location === undefined ? { sku } : { sku, location })),
    edit: (sku, quantity, location) => { levels.set(keyOf(location === undefined ? { sku } : { sku, location }), quantity); },
    buy: ({ orderId, sku, quantity, atMs, location }) => {
      const key = keyOf(location === undefined ? { sku } : { sku, location });
      const shown = levels.get(key) ?? 0;
      if (shown < quantity) return undefined;
      levels.set(key, shown - quantity);
      const line = { id: '1', sku, ...(location === undefined ? {} : { location }), ordered: String(quantity) as QuantityText, fulfilled: '0' as QuantityText, cancelled: '0' as QuantityText, returned: '0' as QuantityText };
      const placedAt: Instant = instantFromMs(atMs);
      const order: OrderObservation = { kind: 'order', channel: id, orderId, revision: placedAt, placedAt, lines: [line] };
      orders.set(orderId, order);
      return order;
    },
    change: (orderId, atMs, counters) => {
      const order = orders.get(orderId);
      if (order === undefined) throw new RangeError(`There is no order ${orderId}.`);
      const text = Object.fromEntries(Object.entries(counters).map(([name, value]) => [name, String(value)]));
      const changed: OrderObservation = { ...order, revision: instantFromMs(atMs), lines: order.lines.map((line) => ({ ...line, ...text })) };
      orders.set(orderId, changed);
      return changed;
    },
  };
}

/** Lets an accepted number be shown when it is due, and never before one that was accepted earlier. */
function landing(levels: Map<string, number>, effectMs: (() => number) | undefined): (key: string, quantity: number, clock: CallContext['clock']) => void {
  const landings = new Map<string, number>();
  return (key, quantity, clock) => {
    const dueMs = Math.max(clock.now() + (effectMs?.() ?? 0), landings.get(key) ?? 0);
    landings.set(key, dueMs);
    if (dueMs <= clock.now()) levels.set(key, quantity);
    else void clock.sleep(dueMs - clock.now()).then(() => { levels.set(key, quantity); });
  };
}

function parseKey(key: string): LevelKey {
  const [location = '', sku = ''] = key.split('\u001f');
  return location === '' ? { sku: sku as Sku } : { sku: sku as Sku, location: location as LocationId };
}
