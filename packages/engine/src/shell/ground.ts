import { retryAfterMs, type LevelKey, type ObservedLevel } from '@stockwright/adapter';
import { StockwrightError } from '@stockwright/core';
import { ownMoves, targetKeyText, type TargetKey } from '../brain/project.ts';
import { isLanding, settleRead, UNLISTED } from '../brain/push.ts';
import { levelKey } from '../brain/reconcile.ts';
import { soundWaitMs } from '../brain/retry.ts';
import { integer, textOrNull } from '../brain/rows.ts';
import type { Claim } from '../ports/index.ts';
import { readChangedOrders } from './order-reader.ts';
import { eachPage } from './pages.ts';
import { drainProjector } from './projector.ts';
import { called, limitName, messageOf, scaleOf, type ChannelSettings, type Runtime } from './runtime.ts';
import { compares, NO_CHANGE, targetRows, updateTargets } from './targets.ts';

/** How many levels one read asks for. */
const LEVELS_PER_READ = 250;

type Adapter = ChannelSettings['adapter'];

/** A claimed push and the number that it is about. */
export interface Item {
  readonly claim: Claim;
  readonly key: TargetKey;
}

/** What was read of numbers of which nobody knows whether it contains a sale, by the text of their keys. */
export type Grounds = ReadonlyMap<string, string>;

/**
 * Finds out what the channel shows, so that the next write can compare. Its orders are read after the levels: a sale
 * that the level contains is then known, and its unit is not offered again.
 *
 * What follows from it is done under the claim that is held: a mark would say that something new had happened, and there would be no
 * patience with a channel that fails. One whose lease is over by then may be somebody else's, who has to hear of it.
 *
 * @returns What was read of those that were sold meanwhile: the level may contain the sale or not.
 */
export async function findGround(runtime: Runtime, adapter: Adapter, items: readonly Item[]): Promise<Grounds> {
  const keys = items.map(({ key }) => key);
  const leases = new Map(items.map(({ key, claim }) => [targetKeyText(key), claim.leaseUntilMs]));
  const readAtMs = await runtime.store.now();
  const before = await targetRows(runtime, keys);
  const levels: ObservedLevel[] = [];
  for (let from = 0; from < keys.length; from += LEVELS_PER_READ) {
    const wanted = keys.slice(from, from + LEVELS_PER_READ).map(({ sku, location }): LevelKey => (location === '' ? { sku } : { sku, location }));
    await pausing(runtime, adapter, { kind: 'readLevels', read: () => eachPage(runtime, { origin: adapter.id, take: async (items: readonly ObservedLevel[]) => { levels.push(...items); } }, (page) =>
      called(runtime, adapter, { writes: false, call: (context) => adapter.readLevels(wanted, page, context) })) });
  }
  await pausing(runtime, adapter, { kind: 'readOrders', read: () => readChangedOrders(runtime, adapter) });
  await drainProjector(runtime);
  const observed = new Map(levels.map((level) => [targetKeyText(levelKey(adapter.id, level)), level]));
  const grounds = new Map<string, string>();
  await updateTargets(runtime, keys, (key, rows, nowMs) => {
    const level = observed.get(targetKeyText(key));
    grounds.delete(targetKeyText(key));
    // What was accepted or read since the read began is not in it, and what had been accepted just before may not show yet.
    const isNewer = (integer(rows.target, 'ackedAtMs') >= readAtMs || integer(rows.target, 'readAtMs') > readAtMs) && textOrNull(rows.target, 'acked') !== null;
    if (isNewer || isLanding(rows.target, { effectiveWithinMs: adapter.capabilities.effectiveWithinMs, readAtMs })) return NO_CHANGE;
    if (level === undefined) return { set: { problem: UNLISTED, problemSinceMs: nowMs } };
    const movesBefore = ownMoves(before(key).sale);
    if (movesBefore.sold !== ownMoves(rows.sale).sold) grounds.set(targetKeyText(key), level.quantity);
    const read = settleRead(key, rows, { observed: level.quantity, observedAt: level.observedAt, readAtMs, movesBefore, scale: scaleOf(runtime, key.sku), compares: compares(adapter), nowMs });
    return (leases.get(targetKeyText(key)) ?? 0) > nowMs ? { ...read, marks: [] } : read;
  });
  return grounds;
}

/** Reads within the vendor's patience: not while it has asked to wait, and where it asks, all who draw on the same limit wait. */
async function pausing(runtime: Runtime, { account, capabilities: { limits, publishRate } }: Adapter, { kind, read }: { readonly kind: 'readLevels' | 'readOrders'; readonly read: () => Promise<unknown> }): Promise<void> {
  const { store } = runtime;
  const limit = limitName(account, limits[kind]);
  const open = await store.takeBudget(limit, 0, publishRate ?? { capacity: 1, refillPerSecond: 1 });
  if (!open.ok) throw new StockwrightError(`${limit} waits: ${open.reason}.`, { code: 'RATE_LIMITED', details: { retryAfterMs: open.waitMs } });
  try {
    await read();
  } catch (error) {
    const asked = soundWaitMs(retryAfterMs(error));
    if (asked !== undefined) await store.pauseBucket(limit, (await store.now()) + asked, messageOf(error));
    throw error;
  }
}
