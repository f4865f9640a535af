import { instantToMs, type Instant } from '@stockwright/core';
import type { Claim, Query, Row, RowWrite, Settlement, WorkKind } from '@stockwright/engine/ports';
import type { Ground, ShownKey } from './drift-watch.ts';
import type { Violations } from './violations.ts';

/** What is read when a store begins another history. */
export const WATCHED_TABLES: readonly Query[] = (['item', 'ledger', 'position', 'target', 'holdLine'] as const).map((table) => ({ table, where: {} }));

interface HoldClaim {
  readonly quantity: number;
  readonly expiresAtMs: number;
  readonly state: string;
}

const keyText = (key: Readonly<Record<string, unknown>>, columns: readonly string[]): string => columns.map((column) => String(key[column])).join('\u001f');

/** Watches what is written, as it is written: the ledger is only ever added to, positions are its fold, versions rise by one, and what is settled stays settled. */
export class StoreWatch {
  private readonly violations: Violations;
  private readonly fold = new Map<string, number>();
  private readonly positions = new Map<string, number>();
  private readonly itemVersions = new Map<string, number>();
  private readonly entries = new Set<string>();
  private readonly targets = new Map<string, { version: number; wantRevision: number }>();
  private readonly settledRevisions = new Map<string, { readonly revision: number; readonly fence: number }>();
  /** What each hold claims, by sku and then by hold and place. */
  private readonly holds = new Map<string, Map<string, HoldClaim>>();
  private readonly now: () => number;
  /** Told of each push that ends, by its shard and its key, and of who had claimed it and when. */
  onPushSettled: (shard: string, key: string, claim: { readonly worker: string; readonly fence: number }) => void = () => undefined;
  private readonly claimants = new Map<string, { readonly worker: string; readonly fence: number }>();
  /** Told of what of a shard can be claimed, whenever somebody asks. */
  onDue: (shard: string, kinds: readonly WorkKind[]) => void = () => undefined;
  /** Told of each kind of work that somebody is given. */
  onClaimed: (shard: string, kind: WorkKind) => void = () => undefined;
  /** Told of each limit of a vendor that allows nothing just now, by the name of its bucket. */
  onRefused: (bucket: string) => void = () => undefined;
  /** Told of each number of a channel that is kept as the channel showed or accepted it. */
  onGround: (key: ShownKey, ground: Ground) => void = () => undefined;

  constructor(violations: Violations, now: () => number) {
    this.violations = violations;
    this.now = now;
  }

  wrote(writes: readonly RowWrite[]): void {
    const touched = new Set<string>();
    for (const write of writes) if (write.table === 'item' && 'set' in write) this.item(write.key, write.set);
    for (const write of writes) {
      if (write.table === 'ledger') this.entry(write, touched);
      else if (write.table === 'position' && 'set' in write) {
        const key = keyText(write.key, ['sku', 'account', 'location', 'channel']);
        this.positions.set(key, Number(write.set['quantity']));
        touched.add(key);
      } else if (write.table === 'target' && 'set' in write) this.target(write.key, write.set);
    }
    this.held(writes);
    for (const key of touched) {
      const [sku = '', , location, channel] = key.split('\u001f');
      if (location === '' && channel === '') continue;
      if ((this.fold.get(key) ?? 0) === (this.positions.get(key) ?? 0)) continue;
      this.violations.add('I3', sku, `position ${shown(key)} is ${String(this.positions.get(key) ?? 0)}, and its ledger folds to ${String(this.fold.get(key) ?? 0)}`);
    }
  }

  /** Settled work that was last claimed before a moment may be gone; what is marked on it begins anew. */
  forgot(untilMs: number): void {
    for (const [id, { fence }] of this.settledRevisions) if (fence <= untilMs) this.settledRevisions.delete(id);
  }

  claimed(worker: string, claims: readonly Pick<Claim, 'kind' | 'shard' | 'key' | 'fence'>[]): void {
    const [first] = claims;
    if (first !== undefined) this.onClaimed(first.shard, first.kind);
    for (const { kind, shard, key, fence } of claims) if (kind === 'push') this.claimants.set(`${shard} ${key}`, { worker, fence });
  }

  settled({ claim: { kind, shard, key, revision, fence }, outcome, write = [] }: Settlement): void {
    this.wrote(write);
    const claimant = this.claimants.get(`${shard} ${key}`);
    if (kind === 'push') this.onPushSettled(shard, key, { worker: claimant?.fence === fence ? claimant.worker : '', fence });
    if (outcome.status !== 'done') return;
    const id = `${kind} ${shard} ${key}`;
    const before = this.settledRevisions.get(id)?.revision ?? 0;
    if (revision < before) this.violations.add('I5', key, `work ${shown(id)} was settled up to ${String(before)} and then at ${String(revision)}`);
    this.settledRevisions.set(id, { revision: Math.max(before, revision), fence });
  }

  /** The store continues an older history: what is true there counts from now on. */
  beginAnew([items = [], entries = [], positions = [], targets = [], lines = []]: readonly (readonly Row[])[]): void {
    const { violations } = this;
    for (const known of [this.fold, this.positions, this.itemVersions, this.entries, this.targets, this.settledRevisions, this.holds]) known.clear();
    for (const row of items) this.itemVersions.set(String(row['sku']), Number(row['version']));
    for (const row of entries) {
      this.entries.add(keyText(row, ['sku', 'itemVersion', 'ordinal']));
      this.add(row, row, new Set());
    }
    for (const row of positions) this.positions.set(keyText(row, ['sku', 'account', 'location', 'channel']), Number(row['quantity']));
    for (const row of targets) this.targets.set(keyText(row, ['channel', 'location', 'sku']), { version: Number(row['version']), wantRevision: Number(row['wantRevision']) });
    this.keepHolds(lines.map((row) => ({ table: 'holdLine', key: row, set: row })));
    for (const [key, quantity] of this.positions) if ((this.fold.get(key) ?? 0) !== quantity && !key.endsWith('\u001f\u001f')) violations.add('I3', key, `position ${shown(key)} does not follow from the ledger that was kept`);
  }

  /** I4: a hold is never granted on units that are not there. What else the same commit moved may explain it, so only commits of holds alone are judged. */
  private held(writes: readonly RowWrite[]): void {
    for (const sku of this.keepHolds(writes)) {
      if (writes.some(({ table, key }) => (table === 'ledger' || table === 'claim') && key['sku'] === sku)) continue;
      const left = this.supply(sku);
      if (left < 0) this.violations.add('I4', sku, `a hold was granted on ${sku}, which leaves ${String(left)}`);
    }
  }

  /** @returns The skus of which more is claimed than before. */
  private keepHolds(writes: readonly RowWrite[]): ReadonlySet<string> {
    const grown = new Set<string>();
    for (const write of writes) {
      if (write.table !== 'holdLine') continue;
      const sku = String(write.key['sku']);
      const id = keyText(write.key, ['holdId', 'location']);
      const claims = this.holds.get(sku) ?? new Map<string, HoldClaim>();
      this.holds.set(sku, claims);
      const before = claims.get(id);
      if ('remove' in write) claims.delete(id);
      else {
        const next: HoldClaim = {
          quantity: write.set['quantity'] === undefined ? (before?.quantity ?? 0) : Number(write.set['quantity']),
          expiresAtMs: write.set['expiresAt'] === undefined ? (before?.expiresAtMs ?? 0) : instantToMs(String(write.set['expiresAt']) as Instant),
          state: write.set['state'] === undefined ? (before?.state ?? 'held') : String(write.set['state']),
        };
        claims.set(id, next);
        if (next.quantity > (before?.quantity ?? 0)) grown.add(sku);
      }
    }
    return grown;
  }

  private supply(sku: string): number {
    let left = 0;
    for (const [key, quantity] of this.fold) {
      const [of, account, location, channel] = key.split('\u001f');
      if (of !== sku || (location === '' && channel === '')) continue;
      left += account === 'onHand' ? quantity : account === 'committed' ? -quantity : 0;
    }
    for (const { quantity, expiresAtMs, state } of this.holds.get(sku)?.values() ?? []) if (state === 'converted' || (state === 'held' && expiresAtMs > this.now())) left -= quantity;
    return left;
  }

  private item(key: Readonly<Record<string, unknown>>, set: Readonly<Record<string, unknown>>): void {
    if (set['version'] === undefined) return;
    const sku = String(key['sku']);
    const before = this.itemVersions.get(sku) ?? 0;
    if (set['version'] !== before + 1) this.violations.add('I3', sku, `item ${sku} went from version ${String(before)} to ${String(set['version'])}`);
    this.itemVersions.set(sku, Number(set['version']));
  }

  private entry(write: RowWrite, touched: Set<string>): void {
    const sku = String(write.key['sku']);
    const id = keyText(write.key, ['sku', 'itemVersion', 'ordinal']);
    if ('remove' in write || this.entries.has(id)) {
      this.violations.add('I2', sku, `ledger entry ${shown(id)} was written twice`);
      return;
    }
    if (write.key['itemVersion'] !== this.itemVersions.get(sku)) this.violations.add('I2', sku, `ledger entry ${shown(id)} is not of version ${String(this.itemVersions.get(sku))} of its sku`);
    this.entries.add(id);
    this.add(write.key, write.set, touched);
  }

  private add(key: Readonly<Record<string, unknown>>, set: Readonly<Record<string, unknown>>, touched: Set<string>): void {
    for (const [side, sign] of [['from', -1], ['to', 1]] as const) {
      const account = [key['sku'], set[`${side}Account`], set[`${side}Location`], set[`${side}Channel`]].map(String).join('\u001f');
      this.fold.set(account, (this.fold.get(account) ?? 0) + sign * Number(set['quantity']));
      touched.add(account);
    }
  }

  private target(key: Readonly<Record<string, unknown>>, set: Readonly<Record<string, unknown>>): void {
    const id = keyText(key, ['channel', 'location', 'sku']);
    const before = this.targets.get(id) ?? { version: 0, wantRevision: 0 };
    const version = Number(set['version']);
    const wantRevision = set['wantRevision'] === undefined ? before.wantRevision : Number(set['wantRevision']);
    if (version !== before.version + 1) this.violations.add('I5', String(key['sku']), `target ${shown(id)} went from version ${String(before.version)} to ${String(version)}`);
    if (wantRevision < before.wantRevision) this.violations.add('I5', String(key['sku']), `the want of ${shown(id)} went from revision ${String(before.wantRevision)} to ${String(wantRevision)}`);
    this.targets.set(id, { version, wantRevision });
    const { readAtMs, observed, ackedAtMs, sentAtMs } = set;
    const shownKey = { channel: String(key['channel']), location: String(key['location']), sku: String(key['sku']) };
    if (readAtMs !== undefined) this.onGround(shownKey, { sinceMs: Number(readAtMs), observed: String(observed) });
    else if (ackedAtMs !== undefined) this.onGround(shownKey, { sinceMs: Number(sentAtMs) });
  }
}

function shown(key: string): string {
  return key.replaceAll('\u001f', '/');
}
