import type { Clock, Logger } from '@stockwright/adapter';
import { parseCatalog, parseChannelId, parseLocationId, parsePolicy, parseSku, parseSourceId, type CatalogItemInput, type PolicyInput } from '@stockwright/core';
import { createEngine, type ChannelOptions, type Engine, type EngineOptions } from '@stockwright/engine';
import type { Dispatcher, Store } from '@stockwright/engine/ports';
import { createMemoryStore } from '@stockwright/store-memory';
import { createModelChannel, createModelSource, seededRandom, VirtualClock, type ModelChannel, type ModelChannelOptions, type ModelSource } from '@stockwright/testkit';

export const SHOP = parseChannelId('shop');
export const ERP = parseSourceId('erp');
export const W1 = parseLocationId('W1');
export const MUG = parseSku('MUG');

/** An engine over models, in virtual time. */
export interface Rig {
  readonly clock: VirtualClock;
  readonly store: Store;
  readonly shop: ModelChannel;
  readonly erp: ModelSource;
  readonly engine: Engine;
  /** Lets so many milliseconds pass. */
  pass(ms: number): Promise<void>;
  stop(): Promise<void>;
  /** Lets time pass until something has ended. */
  driven<Value>(work: Promise<Value>): Promise<Value>;
}

export interface RigOptions {
  readonly catalog?: readonly CatalogItemInput[];
  readonly policy?: Partial<PolicyInput>;
  readonly channel?: Partial<ModelChannelOptions>;
  readonly sourceFails?: () => boolean;
  readonly store?: (clock: VirtualClock) => Store;
  readonly dispatcher?: (clock: VirtualClock) => Dispatcher;
  readonly polls?: Partial<ChannelOptions> & { readonly sourceMs?: number };
  readonly seed?: string;
  readonly times?: EngineOptions['times'];
  readonly retention?: EngineOptions['retention'];
  /** Hears every warning. */
  readonly logger?: Logger['warn'];
  /** The clock of the engine's host, where it is another one than the store's. */
  readonly hostClock?: (clock: VirtualClock) => Clock;
}

export async function createRig(options: RigOptions = {}): Promise<Rig> {
  const clock = new VirtualClock(Date.UTC(2026, 0, 1));
  const store = options.store?.(clock) ?? createMemoryStore({ clock });
  const shop = createModelChannel({ id: SHOP, ...options.channel });
  const erp = createModelSource({ id: ERP, ...(options.sourceFails === undefined ? {} : { fails: options.sourceFails }) });
  const dispatcher = options.dispatcher?.(clock);
  const engine = createEngine({ ...engineOptions({ store, clock, shop, erp }, options), ...(dispatcher === undefined ? {} : { dispatcher }) });
  const driven = drivenBy(clock);
  const pass = (ms: number): Promise<void> => driven(clock.sleep(ms));
  return { clock, store, shop, erp, engine, pass, driven, stop: () => driven(engine.stop()) };
}

/** Lets time pass until something has ended. */
export function drivenBy(clock: VirtualClock): Rig['driven'] {
  return async (work) => {
    let ended = false;
    const end = (): void => { ended = true; };
    work.then(end, end);
    await clock.runUntil(() => ended);
    return work;
  };
}

/** What an engine over these models is composed of. */
export function engineOptions({ store, clock, shop, erp }: Pick<Rig, 'store' | 'clock' | 'shop' | 'erp'>, options: RigOptions = {}): EngineOptions {
  return {
    store, clock: options.hostClock?.(clock) ?? clock, random: seededRandom(options.seed ?? '1'),
    ...(options.times === undefined ? {} : { times: options.times }),
    ...(options.retention === undefined ? {} : { retention: options.retention }),
    ...(options.logger === undefined ? {} : { logger: { debug: () => undefined, info: () => undefined, warn: options.logger, error: () => undefined } }),
    catalog: parseCatalog(options.catalog ?? [{ sku: 'MUG' }]),
    policy: parsePolicy({ version: '1', channels: [{ id: SHOP, locations: [W1] }], ...options.policy }),
    sources: [{ adapter: erp, pollMs: options.polls?.sourceMs ?? 60_000 }],
    channels: [{ adapter: shop, ordersPollMs: options.polls?.ordersPollMs ?? 30_000, readBackMs: options.polls?.readBackMs ?? 600_000 }],
    owners: [{ source: ERP, measures: ['onHand', 'committed'] }],
  };
}
