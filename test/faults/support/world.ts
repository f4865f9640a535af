/** What all fault programs sell: a few skus in one place, shown in full by each channel, owned by a source that only tells of changes. */
import { randomUUID } from 'node:crypto';
import type { Clock, InventorySource, Random } from '@stockwright/adapter';
import {
  instantFromMs, parseCatalog, parseChannelId, parseLocationId, parsePolicy, parseSku, parseSourceId, StockwrightError, type ChannelId, type Observation, type QuantityText, type Sku,
} from '@stockwright/core';
import type { EngineOptions } from '@stockwright/engine';

export const ERP = parseSourceId('erp');
export const W1 = parseLocationId('W1');
/** What every sku begins with; far enough from zero that no change is clamped. */
export const OPENING = 100_000;

/** How large a world is. */
export interface Shape {
  readonly channels: number;
  readonly skus: number;
}

export function channelIds({ channels }: Shape): readonly ChannelId[] {
  return Array.from({ length: channels }, (_value, index) => parseChannelId(`shop-${String(index + 1)}`));
}

export function skuIds({ skus }: Shape): readonly Sku[] {
  return Array.from({ length: skus }, (_value, index) => parseSku(`SKU-${String(index + 1)}`));
}

export const systemClock: Clock = {
  now: Date.now,
  sleep: (ms, signal) => new Promise((resolve, reject) => {
    const aborted = (): StockwrightError => new StockwrightError('The wait was called off.', { code: 'ABORTED' });
    if (signal?.aborted === true) {
      reject(aborted());
      return;
    }
    const cancel = (): void => {
      clearTimeout(timer);
      reject(aborted());
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', cancel);
      resolve();
    }, Math.min(ms, 2_147_483_647));
    signal?.addEventListener('abort', cancel, { once: true });
  }),
};

export const systemRandom: Random = { next: Math.random, uuid: randomUUID };

/** Everything of an engine but what it stands on and whom it tells. */
export function worldOf(shape: Shape): Pick<EngineOptions, 'catalog' | 'policy' | 'owners' | 'clock' | 'random' | 'sources'> {
  return {
    catalog: parseCatalog(skuIds(shape).map((sku) => ({ sku }))),
    policy: parsePolicy({ version: '1', channels: channelIds(shape).map((id) => ({ id, locations: [W1] })) }),
    owners: [{ source: ERP, measures: ['onHand'] }],
    sources: [{ adapter: SILENT_SOURCE, pollMs: 3_600_000 }],
    clock: systemClock, random: systemRandom,
  };
}

/** Reads find nothing new: all that the source has to say is told as it happens. */
const SILENT_SOURCE: InventorySource = {
  kind: 'source', contractVersion: 'v1', id: ERP, account: 'erp',
  capabilities: { changedRows: true, acknowledgements: false, measures: ['onHand'] },
  readStock: async () => ({ items: [], unmapped: [], resumeFrom: instantFromMs(Date.now()) }),
  readAcknowledgements: async () => ({ items: [], unmapped: [] }),
};

/** The first count of every sku, as of a moment before all changes. */
export function openings(shape: Shape): readonly Observation[] {
  return skuIds(shape).map((sku) => ({
    kind: 'stock', source: ERP, sku, location: W1, asOf: instantFromMs(Date.now() - 3_600_000), measures: { onHand: String(OPENING) as QuantityText },
  }));
}

/** Something moved; told again under the same id it is the same movement. */
export function change(id: string, sku: Sku, by: number): Observation {
  return { kind: 'delta', source: ERP, id, sku, location: W1, at: instantFromMs(Date.now()), measure: 'onHand', delta: String(by) as QuantityText };
}
