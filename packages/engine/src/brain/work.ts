import type { ChannelId, LocationId, Sku, SourceId } from '@stockwright/core';
import type { Mark } from '../ports/index.ts';

/** Who works on marks of the projector. */
export const PROJECT_SHARD = 'project';

/** Who works on one channel's account: one call at a time. */
export function channelShard(channel: ChannelId): string {
  return `channel:${channel}`;
}

/** Who reads one source. */
export function sourceShard(source: SourceId): string {
  return `source:${source}`;
}

/** The key of a push: one number of one channel. Sorted first by place, then by sku. */
export function pushKey(location: LocationId | '', sku: Sku): string {
  return `${location}\u001f${sku}`;
}

/** What a key of {@link pushKey} names. */
export function fromPushKey(key: string): { readonly location: LocationId | ''; readonly sku: Sku } {
  const [location = '', sku = ''] = key.split('\u001f');
  return { location: location as LocationId | '', sku: sku as Sku };
}

/** The position of a sku moved, or time alone will move its numbers. */
export function projectMark(sku: Sku, notBeforeMs: number, cause: string): Mark {
  return { kind: 'project', key: sku, shard: PROJECT_SHARD, priority: 0, notBeforeMs, cause };
}

/** How soon each kind of channel work is done: lowering what sold out comes before everything that can wait. */
export const PRIORITY = { readOrder: 0, readOrders: 1, sellOut: 0, decrease: 1_000_000, increase: 3_000_000, reconcile: 9_000_000 } as const;

/** The mark that makes changed orders be read. */
export function readOrdersMark(channel: ChannelId, notBeforeMs: number, cause: string): Mark {
  return { kind: 'readOrders', key: '', shard: channelShard(channel), priority: PRIORITY.readOrders, notBeforeMs, cause };
}

/** The mark that makes one order be read. */
export function readOrderMark(channel: ChannelId, orderId: string, { nowMs, cause }: { nowMs: number; cause: string }): Mark {
  return { kind: 'readOrder', key: orderId, shard: channelShard(channel), priority: PRIORITY.readOrder, notBeforeMs: nowMs, cause };
}

/** The mark that makes all numbers of a channel be read back. */
export function readLevelsMark(channel: ChannelId, notBeforeMs: number, cause: string): Mark {
  return { kind: 'readLevels', key: '', shard: channelShard(channel), priority: PRIORITY.reconcile, notBeforeMs, cause };
}

/** The mark that makes a source be read. */
export function readSourceMark(source: SourceId, notBeforeMs: number, cause: string): Mark {
  return { kind: 'readSource', key: source, shard: sourceShard(source), priority: 0, notBeforeMs, cause };
}
