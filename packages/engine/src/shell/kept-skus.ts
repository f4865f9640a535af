import type { Sku } from '@stockwright/core';
import type { Remembered } from '../brain/foresee.ts';
import type { BatchPlan } from '../brain/batch.ts';
import type { Kept, KeptSku, LeftSku } from '../brain/world.ts';
import type { Expectation } from '../ports/index.ts';

/** How much is kept, counting each sku, each claim, hold, figure and sale of one, and each change and part of those. */
const WEIGHT_MAX = 50_000;
/** How many orders are known by their names. */
const ORDERS_MAX = 10_000;
/** For how long the store's moment is told from the host's clock, which may jump. */
const HEARD_MS = 10_000;
/** For how long something is built on: a store forgets the ids of old commits, and a commit that names one comes to nothing. */
const FRESH_MS = 24 * 60 * 60_000;

/** What stands in for a read. */
export interface Memory extends Remembered {
  /** The store's moment. */
  readonly nowMs: number;
}

interface Entry {
  /** Nothing while others write the sku as well: what is remembered of it would mostly be wrong. */
  readonly kept: KeptSku | undefined;
  readonly version: number;
  readonly weight: number;
  /** By the host's clock. */
  readonly keptAtMs: number;
}

/**
 * How the last commits of this process left their skus, so that the next one need not read them again. Nothing hangs on
 * it being true: a commit that builds on it names the versions and the commits that it goes by, and is planned anew from
 * what is read where the store has others.
 */
export class KeptSkus {
  private readonly entries = new Map<Sku, Entry>();
  /** The orders of late, the newest last. */
  private readonly orders = new Set<string>();
  private weight = 0;
  private heard: { readonly hostMs: number; readonly storeMs: number } | undefined;

  /** Notes the store's moment. */
  hear(storeMs: number, hostMs: number): void {
    this.heard = { hostMs, storeMs };
  }

  /** What a plan may go by at a moment of the host's clock; nothing where the store was not heard of lately. */
  memory(hostMs: number): Memory | undefined {
    if (this.heard === undefined) return undefined;
    const agoMs = hostMs - this.heard.hostMs;
    return agoMs >= 0 && agoMs < HEARD_MS ? { kept: this.freshAt(hostMs), knowsOrder: this.knowsOrder, nowMs: this.heard.storeMs + agoMs } : undefined;
  }

  private readonly knowsOrder: Remembered['knowsOrder'] = (order) => this.orders.has(nameOf(order));

  /** Notes orders that were taken in, or found to be there: they are not supposed to be new again. */
  note(orders: BatchPlan['orders']): void {
    for (const order of orders) {
      this.orders.delete(nameOf(order));
      this.orders.add(nameOf(order));
    }
    for (const name of this.orders) {
      if (this.orders.size <= ORDERS_MAX) break;
      this.orders.delete(name);
    }
  }

  private freshAt(hostMs: number): Kept {
    return (sku) => {
      const entry = this.entries.get(sku);
      return entry !== undefined && hostMs - entry.keptAtMs < FRESH_MS ? entry.kept : undefined;
    };
  }

  /** Keeps how a commit left its skus. */
  keep(commitId: string, left: readonly LeftSku[], hostMs: number): void {
    for (const each of left) {
      const { sku, version } = each.books;
      const before = this.entries.get(sku);
      this.drop(sku);
      // One that somebody else has written is kept again once two commits of ours have followed each other on it.
      const isOthers = before !== undefined && before.kept === undefined && before.version !== version - 1;
      const entry: Entry = { kept: isOthers ? undefined : { ...each, commitId }, version, weight: isOthers ? 1 : weightOf(each), keptAtMs: hostMs };
      this.entries.set(sku, entry);
      this.weight += entry.weight;
    }
    for (const sku of this.entries.keys()) {
      if (this.weight <= WEIGHT_MAX) break;
      this.drop(sku);
    }
  }

  /** Forgets what a commit was wrong about: those that others have written, or everything where commits are gone. */
  forget(failed: readonly Expectation[]): void {
    if (failed.length === 0) {
      this.entries.clear();
      this.weight = 0;
    }
    for (const { table, key: { sku } } of failed) {
      if (table !== 'item' || !this.entries.has(sku as Sku)) continue;
      this.drop(sku as Sku);
      this.entries.set(sku as Sku, { kept: undefined, version: 0, weight: 1, keptAtMs: 0 });
      this.weight += 1;
    }
  }

  private drop(sku: Sku): void {
    this.weight -= this.entries.get(sku)?.weight ?? 0;
    this.entries.delete(sku);
  }
}

function nameOf({ channel, orderId }: BatchPlan['orders'][number]): string {
  return `${channel}\u001f${orderId}`;
}

function weightOf({ books: { books: { bases, claims }, balances }, holds, sales }: LeftSku): number {
  const said = bases.reduce((sum, { deltas }) => sum + deltas.length, 0);
  const asked = claims.reduce((sum, { parts, containments, seen }) => sum + parts.length + containments.length + seen.length, 0);
  return 1 + bases.length + said + claims.length + asked + balances.size + holds.size + sales.size;
}
