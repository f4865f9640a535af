/** What a parent and its worker processes say to each other. */
import type { PublishOutcome } from '@stockwright/adapter';
import type { ChannelId, Observation, Sku } from '@stockwright/core';
import type { LeaseWord, Push } from './oracle.ts';
import type { Shape } from './world.ts';

/** What a worker is told at its start. */
export interface Task {
  readonly name: string;
  readonly shape: Shape;
  readonly store: { readonly postgres: string } | { readonly sqlite: string };
  /** How many shards at once, by wakes through the database; in process where absent. */
  readonly concurrency?: number;
  readonly batchMax: number;
  readonly leaseMs: number;
  readonly sweepMs: number;
  readonly readBackMs: number;
}

export type ToWorker =
  | { readonly type: 'ingest'; readonly call: number; readonly observations: readonly Observation[] }
  | { readonly type: 'published'; readonly call: number; readonly outcomes: PublishOutcome[] }
  | { readonly type: 'levels'; readonly call: number; readonly levels: readonly { readonly sku: Sku; readonly quantity: string }[] }
  | { readonly type: 'stop' };

export type FromWorker =
  | { readonly type: 'ready' }
  | { readonly type: 'ingested'; readonly call: number }
  | { readonly type: 'refused'; readonly call: number; readonly error: string }
  | { readonly type: 'publish'; readonly call: number; readonly pushes: readonly Omit<Push, 'worker'>[] }
  | { readonly type: 'readLevels'; readonly call: number; readonly channel: ChannelId; readonly skus: readonly Sku[] | 'all' }
  | { readonly type: 'leases'; readonly word: LeaseWord }
  | { readonly type: 'unhandled'; readonly error: string };
