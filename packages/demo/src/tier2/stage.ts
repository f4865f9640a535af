import type { Life, Surroundings, Violations, WatchedStore, Worker } from '@stockwright/testkit/harness';

export const VENDORS = ['netsuite', 'shopify', 'amazon'] as const;
/** Which vendor. */
export type VendorName = (typeof VENDORS)[number];

/** What everybody in a world of the second tier acts on. */
export interface Stage extends Surroundings {
  readonly violations: Violations;
  readonly store: WatchedStore;
  /** Whether Amazon counts calls, as it does; a search of orders is then granted about once in three minutes. */
  readonly hasUsagePlans: boolean;
  /** Until when each vendor refuses everybody. */
  readonly storms: Record<VendorName, number>;
  readonly leaseMs: number;
  readonly callTimeoutMs: number;
  readonly amazonPollMs: number;
  worker(index: number): Worker;
  tell(who: string, what: () => string): void;
  /** A channel shows something else. */
  shown(channel: string, sku: string, change: { readonly shown: number; readonly why: string }): void;
  /** A request to write left a process. */
  wrote(vendor: VendorName, life: Life): void;
  /** A mistake of this world itself, which must not pass unseen. */
  broke(error: unknown): void;
  failOver(lostMs: number): void;
}
