import type { BudgetPolicy } from '@stockwright/engine/ports';
import type { Violations } from './violations.ts';

/** What the store gave a process. */
export interface Grant {
  readonly atMs: number;
  readonly cost: number;
}

/** Less than a unit that arithmetic with fractions may lose. */
const ROUNDING = 1e-6;

/**
 * I7: what leaves for a vendor never exceeds the rate of its account, whatever the number of workers and whoever dies.
 *
 * A budget promises two things. What it grants, to all processes together, fits a token bucket: over any time no more than the
 * capacity and what flows in meanwhile. And nothing is sent that was not granted before, to that process, and not sent on yet.
 * How long a process lingers between the two is no matter of the budget.
 */
export class BudgetWatch {
  private readonly violations: Violations;
  private readonly rates: ReadonlyMap<string, BudgetPolicy>;
  private readonly grants = new Map<string, Grant[]>();
  /** What each process was granted and has not sent on, by process and bucket. */
  private readonly held = new Map<string, Grant[]>();

  /** @param rates - The rate of each bucket that has one, as the vendor states it. */
  constructor(violations: Violations, rates: ReadonlyMap<string, BudgetPolicy>) {
    this.violations = violations;
    this.rates = rates;
  }

  /** The store gave a process so many lines of a bucket. */
  granted(process: string, bucket: string, grant: Grant): void {
    const { cost } = grant;
    const rate = this.rates.get(bucket);
    if (rate === undefined || cost === 0) return;
    const grants = this.grants.get(bucket) ?? [];
    this.grants.set(bucket, grants);
    grants.push(grant);
    const left = leftOf(grants, rate);
    // What is larger than the bucket is let through when it is full, and owed.
    if (left < Math.min(0, rate.capacity - cost) - ROUNDING) this.violations.add('I7', bucket, `${String(cost)} of ${bucket} were granted when ${String(left + cost)} were left`);
    const held = this.held.get(`${process} ${bucket}`) ?? [];
    this.held.set(`${process} ${bucket}`, held);
    held.push(grant);
  }

  /** A process never heard that it was granted something. */
  unheard(process: string, bucket: string, grant: Grant): void {
    const held = this.held.get(`${process} ${bucket}`);
    if (held !== undefined) this.held.set(`${process} ${bucket}`, held.filter((each) => each !== grant));
  }

  /** So many lines leave a process: all that a grant was for, or, where each line is a request of its own, a part of it. */
  sent(process: string, bucket: string, { lines, oneByOne = false }: { readonly lines: number; readonly oneByOne?: boolean }): void {
    if (!this.rates.has(bucket)) return;
    const held = this.held.get(`${process} ${bucket}`) ?? [];
    // The smallest that will do: which one a send came from is not known, and larger ones may be needed yet.
    const grant = held.filter(({ cost }) => cost >= lines).sort((one, other) => one.cost - other.cost)[0];
    if (grant === undefined) this.violations.add('I7', bucket, `${process} sent ${String(lines)} lines that ${bucket} had not granted it`);
    else held.splice(held.indexOf(grant), 1, ...(oneByOne && grant.cost > lines ? [{ ...grant, cost: grant.cost - lines }] : []));
  }

  /** The store forgot what it granted after a moment. */
  rewound(toMs: number): void {
    for (const [bucket, grants] of this.grants) this.grants.set(bucket, grants.filter(({ atMs }) => atMs <= toMs));
  }
}

/** What a full bucket has left after all that was taken from it. */
function leftOf(grants: readonly Grant[], { capacity, refillPerSecond }: BudgetPolicy): number {
  let [left, sinceMs] = [capacity, grants[0]?.atMs ?? 0];
  for (const { atMs, cost } of grants) {
    left = Math.min(capacity, left + ((atMs - sinceMs) * refillPerSecond) / 1_000) - cost;
    sinceMs = atMs;
  }
  return left;
}
