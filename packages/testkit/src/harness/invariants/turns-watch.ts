import type { WorkKind } from '@stockwright/engine/ports';
import type { Violations } from './violations.ts';

/**
 * So many batches of writes and none of them left the turn to a read-back that was due. A process leaves it after three at most, and one that
 * begins with an even chance after each number of them, so that two processes come to six and each that dies too soon adds one or two.
 */
const PASSED_OVER_MAX = 20;

/** The limits on which read-backs of the model channels draw. */
const READS = /^model:(.+) (?:reads|levels)$/;

/** I6 for what comes last: a read-back that is due has its turn, however much there is to write. */
export class TurnsWatch {
  private readonly violations: Violations;
  /** How many batches of writes each shard was given while its read-back was due. */
  private readonly passedOver = new Map<string, number>();

  constructor(violations: Violations) {
    this.violations = violations;
  }

  /** Somebody was told what of a shard can be claimed. */
  due(shard: string, kinds: readonly WorkKind[]): void {
    if (!kinds.includes('readLevels')) this.passedOver.delete(shard);
    else if (!this.passedOver.has(shard)) this.passedOver.set(shard, 0);
  }

  /** Of a vendor's limit nothing is left. Where that is the one of the read-back, it waits for the vendor and not for its turn. */
  refused(bucket: string): void {
    const [, channel] = READS.exec(bucket) ?? [];
    const shard = `channel:${channel ?? ''}`;
    if (this.passedOver.has(shard)) this.passedOver.set(shard, 0);
  }

  /** Somebody was given work of a kind. */
  claimed(shard: string, kind: WorkKind): void {
    const passed = this.passedOver.get(shard);
    if (passed === undefined) return;
    if (kind === 'readLevels') this.passedOver.delete(shard);
    if (kind !== 'push') return;
    this.passedOver.set(shard, passed + 1);
    if (passed + 1 > PASSED_OVER_MAX) this.violations.add('I6', shard, `${String(passed + 1)} batches of writes of ${shard} went before a read-back that was due`);
  }
}
