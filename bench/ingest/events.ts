import { instantFromMs, parseCatalog, parseChannelId, parseLocationId, parsePolicy, parseSku, parseSourceId, type OrderObservation, type QuantityText, type Sku, type StockObservation } from '@stockwright/core';
import { createEngine, type Engine } from '@stockwright/engine';
import type { Dispatcher, Drain, Store } from '@stockwright/engine/ports';
import { createModelChannel, createModelSource } from '@stockwright/testkit';
import { setTimeout as wait } from 'node:timers/promises';
import { randomNumbers } from '../compare.ts';

export const SHOP = parseChannelId('shop');
export const ERP = parseSourceId('erp');
export const W1 = parseLocationId('W1');
/** When the first event happens; each later one a millisecond after the one before. */
const FIRST_MS = Date.UTC(2026, 0, 1);

/** Skus, by name. */
export function skusOf(count: number): readonly Sku[] {
  return Array.from({ length: count }, (_, index) => parseSku(`S${String(index).padStart(6, '0')}`));
}

/** Events in the order of their time, on skus that a seed chooses. The same seed tells the same story to each side. */
export class Events {
  private readonly random: () => number;
  private readonly skus: readonly Sku[];
  private atMs = FIRST_MS;
  private made = 0;

  constructor(skus: readonly Sku[], seed: number) {
    this.skus = skus;
    this.random = randomNumbers(seed);
  }

  /** Every sku is counted once. */
  opening(): readonly StockObservation[] {
    return this.skus.map((sku) => this.countOf(sku, 1_000));
  }

  /** Every sku is sold once: whoever sells has sold before, and each channel's sales of a listing are a row of their own. */
  sales(): readonly OrderObservation[] {
    return this.skus.map((sku) => this.orderOf(sku));
  }

  /** Counts of so many different skus, each another number than before. */
  counts(count: number): readonly StockObservation[] {
    const first = Math.floor(this.random() * this.skus.length);
    return Array.from({ length: count }, (_, index) => this.countOf(this.skus[(first + index * 7) % this.skus.length] ?? parseSku('none'), 1_001 + this.made));
  }

  /** A new order of one unit, to be shipped from the one location. */
  order(): OrderObservation {
    return this.orderOf(this.skus[Math.floor(this.random() * this.skus.length)] ?? parseSku('none'));
  }

  private orderOf(sku: Sku): OrderObservation {
    const at = this.now();
    const none = '0' as QuantityText;
    return {
      kind: 'order', channel: SHOP, orderId: `o${String(this.made).padStart(9, '0')}`, revision: at, placedAt: at,
      lines: [{ id: '1', sku, location: W1, ordered: '1' as QuantityText, fulfilled: none, cancelled: none, returned: none }],
    };
  }

  private countOf(sku: Sku, onHand: number): StockObservation {
    return { kind: 'stock', source: ERP, sku, location: W1, asOf: this.now(), measures: { onHand: String(onHand) as QuantityText } };
  }

  private now(): ReturnType<typeof instantFromMs> {
    this.made += 1;
    this.atMs += 1;
    return instantFromMs(this.atMs);
  }
}

/** A newer count may settle claims on its sku, so whoever books it looks at them; by hand only claims of which nothing has been shipped are known. */
export function mustBeOpen(state: string): void {
  const { parts } = JSON.parse(state) as { readonly parts: readonly { readonly fulfilled: string; readonly cancelled: string }[] };
  if (parts.some(({ fulfilled, cancelled }) => fulfilled !== '0' || cancelled !== '0')) throw new Error('A claim has moved, and what follows is not written by hand.');
}

/** An engine that works when it is told to. */
export interface Bench {
  readonly engine: Engine;
  /** Works off the shard of a name. */
  drain(shard: string): Promise<void>;
}

/** An engine with one source and one channel over a store, and with a dispatcher that waits for the bench. */
export function engineOn(store: Store, skus: readonly Sku[]): Bench {
  let work: Drain | undefined;
  const dispatcher: Dispatcher = { wake: () => undefined, start: async (drain) => { work = drain; }, stop: async () => undefined };
  let made = 0;
  const next = randomNumbers(Date.now());
  const engine = createEngine({
    store, dispatcher,
    // A limit on a call, which is told when it is over, keeps no process alive; a commit that gives way to the host does.
    clock: { now: Date.now, sleep: (ms, signal) => wait(ms, undefined, signal === undefined ? {} : { signal, ref: false }) },
    random: { next, uuid: () => `${String(process.pid)}-${String((made += 1))}-${String(next())}` },
    catalog: parseCatalog(skus.map((sku) => ({ sku }))),
    policy: parsePolicy({ version: '1', channels: [{ id: SHOP, locations: [W1] }] }),
    sources: [{ adapter: createModelSource({ id: ERP }) }],
    channels: [{ adapter: createModelChannel({ id: SHOP }) }],
    owners: [{ source: ERP, measures: ['onHand', 'committed'] }],
  });
  return { engine, drain: async (shard) => { await work?.(shard, new AbortController().signal); } };
}
