/** Stands outside of every engine and knows what is true: what was told, what each channel shows, and who held which lease. */
import type { AvailabilityChannel, PublishOutcome } from '@stockwright/adapter';
import { instantFromMs, type ChannelId, type QuantityText, type Sku } from '@stockwright/core';
import type { Store } from '@stockwright/engine/ports';
import { OPENING, skuIds, type Shape } from './world.ts';

/** One line of a write as it reaches a channel. */
export interface Push {
  readonly worker: string;
  readonly channel: ChannelId;
  readonly sku: Sku;
  readonly quantity: string;
  /** The lease under which it was sent. */
  readonly fence: number;
}

/** What a worker says of its leases on pushes. */
export type LeaseWord =
  | { readonly said: 'claimed'; readonly askedMs: number; readonly gotMs: number; readonly leaseMs: number; readonly claims: readonly { readonly shard: string; readonly key: string; readonly fence: number; readonly takenOver: boolean }[] }
  /** Said before the store is told. */
  | { readonly said: 'settling'; readonly atMs: number; readonly claims: readonly { readonly shard: string; readonly key: string; readonly fence: number }[] };

interface Lease {
  readonly worker: string;
  readonly fence: number;
  readonly gotMs: number;
  readonly takenOver: boolean;
  /** It may have ended from then on. */
  mayEndMs: number;
}

export class Oracle {
  readonly pushes: (Push & { readonly arrivedMs: number })[] = [];
  /** How many calls reached it, and how many of one worker were under way at once, at most. */
  calls = 0;
  abreast = 0;
  /** What each sku must come to. */
  readonly expected: Map<Sku, number>;
  private readonly underWay = new Map<string, number>();
  private readonly shown = new Map<string, string>();
  private readonly leases = new Map<string, Lease[]>();
  private readonly channels: readonly ChannelId[];
  private readonly latencyMs: number;

  constructor(shape: Shape, { channels, latencyMs }: { readonly channels: readonly ChannelId[]; readonly latencyMs: number }) {
    this.expected = new Map(skuIds(shape).map((sku) => [sku, OPENING]));
    this.channels = channels;
    this.latencyMs = latencyMs;
  }

  /** A change that must be counted, whoever is told of it and however often. */
  expect(sku: Sku, by: number): void {
    this.expected.set(sku, (this.expected.get(sku) ?? 0) + by);
  }

  async publish(pushes: readonly Push[]): Promise<PublishOutcome[]> {
    const arrivedMs = Date.now();
    for (const push of pushes) {
      this.pushes.push({ ...push, arrivedMs });
      this.shown.set(`${push.channel} ${push.sku}`, push.quantity);
    }
    this.calls += 1;
    const worker = pushes[0]?.worker ?? '';
    const running = (this.underWay.get(worker) ?? 0) + 1;
    this.underWay.set(worker, running);
    this.abreast = Math.max(this.abreast, running);
    await new Promise((resolve) => { setTimeout(resolve, this.latencyMs); });
    this.underWay.set(worker, (this.underWay.get(worker) ?? 1) - 1);
    return pushes.map(() => ({ status: 'applied', at: instantFromMs(arrivedMs) }));
  }

  levels(channel: ChannelId, skus: readonly Sku[] | 'all'): readonly { readonly sku: Sku; readonly quantity: string }[] {
    return (skus === 'all' ? [...this.expected.keys()] : skus).map((sku) => ({ sku, quantity: this.shown.get(`${channel} ${sku}`) ?? '0' }));
  }

  hear(worker: string, word: LeaseWord): void {
    for (const { shard, key, fence } of word.claims) {
      const name = `${shard} ${key}`;
      const known = this.leases.get(name) ?? [];
      this.leases.set(name, known);
      if (word.said === 'claimed') {
        const takenOver = word.claims.some((claim) => claim.key === key && claim.takenOver);
        known.push({ worker, fence, gotMs: word.gotMs, takenOver, mayEndMs: word.askedMs + word.leaseMs });
      } else {
        const lease = known.find((each) => each.fence === fence);
        if (lease !== undefined) lease.mayEndMs = Math.min(lease.mayEndMs, word.atMs);
      }
    }
  }

  /** Numbers that a channel shows and should not. */
  wrong(): readonly string[] {
    return this.channels.flatMap((channel) => this.levels(channel, 'all').flatMap(({ sku, quantity }) =>
      (quantity === String(this.expected.get(sku)) ? [] : [`${channel} shows ${quantity} of ${sku}, and ${String(this.expected.get(sku))} is right`])));
  }

  /** Leases of one key that surely were live at the same time. */
  overlaps(): readonly string[] {
    return [...this.leases].flatMap(([name, leases]) => {
      const inOrder = [...leases].sort((a, b) => a.fence - b.fence);
      return inOrder.flatMap((next, index) => {
        const before = inOrder[index - 1];
        if (before === undefined) return [];
        if (before.fence === next.fence) return [`${name}: fence ${String(next.fence)} was given twice`];
        return next.gotMs < before.mayEndMs ? [`${name}: ${next.worker} had lease ${String(next.fence)} before lease ${String(before.fence)} of ${before.worker} ended`] : [];
      });
    });
  }

  /** How long after a worker's end each of its leases was somebody else's, in milliseconds; those that nobody needed any more are left out. */
  takeovers(worker: string, endedMs: number): readonly number[] {
    return [...this.leases.values()].flatMap((leases) => leases.flatMap((lease) => {
      if (lease.worker !== worker || lease.mayEndMs < endedMs || lease.gotMs > endedMs) return [];
      const next = leases.find(({ fence, takenOver }) => takenOver && fence > lease.fence);
      return next === undefined ? [] : [next.gotMs - endedMs];
    }));
  }

  /** Writes that came under a lease that another had followed already: a zombie's last word. */
  zombies(): number {
    const byKey = new Map([...this.leases].map(([name, leases]) => [name, leases]));
    return this.pushes.filter(({ channel, sku, fence, arrivedMs }) =>
      (byKey.get(`channel:${channel} \u001f${sku}`) ?? []).some((lease) => lease.fence > fence && lease.gotMs < arrivedMs)).length;
  }
}

/** A store that tells of the leases on pushes that are taken and given back through it. */
export function watched(store: Store, tell: (word: LeaseWord) => void): { readonly store: Store; readonly fenceOf: (channel: ChannelId, sku: Sku) => number } {
  const fences = new Map<string, number>();
  const claim: Store['claim'] = async (request) => {
    const askedMs = Date.now();
    const claims = await store.claim(request);
    const pushes = claims.filter(({ kind }) => kind === 'push');
    for (const { shard, key, fence } of pushes) fences.set(`${shard} ${key}`, fence);
    if (pushes.length > 0) tell({ said: 'claimed', askedMs, gotMs: Date.now(), leaseMs: request.leaseMs, claims: pushes.map(({ shard, key, fence, takenOver }) => ({ shard, key, fence, takenOver })) });
    return claims;
  };
  const settle: Store['settle'] = (settlements) => {
    const pushes = settlements.filter(({ claim: { kind } }) => kind === 'push');
    if (pushes.length > 0) tell({ said: 'settling', atMs: Date.now(), claims: pushes.map(({ claim: { shard, key, fence } }) => ({ shard, key, fence })) });
    return store.settle(settlements);
  };
  const watching: Store = {
    capabilities: store.capabilities, claim, settle, renew: (...what) => store.renew(...what),
    migrate: () => store.migrate(), now: () => store.now(), epoch: () => store.epoch(), close: () => store.close(),
    load: (queries) => store.load(queries), look: (queries) => store.look(queries), commit: (...what) => store.commit(...what), decide: (...what) => store.decide(...what),
    dirtyShards: (limit) => store.dirtyShards(limit), dueWork: (shard) => store.dueWork(shard), takeBudget: (...what) => store.takeBudget(...what), pauseBucket: (...what) => store.pauseBucket(...what),
    scan: (query) => store.scan(query), scanWork: () => store.scanWork(), forget: (request) => store.forget(request), feed: (after, limit) => store.feed(after, limit),
  };
  return { store: watching, fenceOf: (channel, sku) => fences.get(`channel:${channel} \u001f${sku}`) ?? 0 };
}

/** How a channel's adapter reaches the oracle: directly, or from another process. */
export interface Reach {
  publish(pushes: readonly Omit<Push, 'worker'>[]): Promise<PublishOutcome[]>;
  levels(channel: ChannelId, skus: readonly Sku[] | 'all'): Promise<readonly { readonly sku: Sku; readonly quantity: string }[]>;
}

/** How late a request may still land, in milliseconds: after it a doubtful number is asserted once more. */
const LATE_MS = 1_500;

/** A channel that takes every number, compares nothing and sells nothing by itself. */
export function oracleChannel(id: ChannelId, reach: Reach, { batchMax = 20, fenceOf = () => 0 }: { readonly batchMax?: number; readonly fenceOf?: (channel: ChannelId, sku: Sku) => number } = {}): AvailabilityChannel {
  return {
    kind: 'channel', contractVersion: 'v1', id, account: id,
    capabilities: {
      locations: false, compareAndSet: 'none', idempotencyKeys: false, readBack: true, readOrders: false, publishBatchMax: batchMax, lateRequestMsMax: LATE_MS, effectiveWithinMs: 0,
      limits: { publish: 'calls', readLevels: 'calls', readOrders: 'calls', readOrdersById: 'calls' }, quantityMax: '1000000' as QuantityText,
    },
    publish: ({ lines }) => reach.publish(lines.map(({ sku, quantity }) => ({ channel: id, sku, quantity, fence: fenceOf(id, sku) }))),
    readLevels: async (keys) => {
      const observedAt = instantFromMs(Date.now());
      const found = await reach.levels(id, keys === 'all' ? 'all' : keys.map(({ sku }) => sku));
      return { unmapped: [], items: found.map(({ sku, quantity }) => ({ sku, quantity: quantity as QuantityText, observedAt })) };
    },
    readOrders: async () => ({ items: [], unmapped: [], resumeFrom: instantFromMs(Date.now()) }),
    receive: () => ({ status: 'refused', httpStatus: 400, reason: 'this channel sends no webhooks' }),
  };
}

/** An oracle in the same process. */
export function near(oracle: Oracle, worker: string): Reach {
  return {
    publish: (pushes) => oracle.publish(pushes.map((push) => ({ ...push, worker }))),
    levels: async (channel, skus) => oracle.levels(channel, skus),
  };
}
