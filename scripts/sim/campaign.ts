import { shrink } from '../../packages/testkit/src/harness/shrink.ts';
import { Trace } from '../../packages/testkit/src/harness/trace.ts';
import type { Plan } from '../../packages/testkit/src/harness/weather.ts';
import type { WorldResult } from '../../packages/testkit/src/harness/world.ts';
import type { Order } from './messages.ts';
import type { Pool } from './pool.ts';

/** So many histories are made short and shown; the others are named. */
const SHOWN = 1;
/** So many worlds are played to make one short. */
const SHRINKING_WORLDS = 150;
/** How much of a long history is shown. */
const LINES_SHOWN = 150;

/** What many worlds came to. */
export interface Campaign {
  readonly faults: number;
  readonly virtualMs: number;
  readonly wrong: number;
  readonly wrongSeeds: readonly string[];
  readonly kinds: Readonly<Record<string, number>>;
  readonly hit: Set<number>;
  readonly hash: string;
}

/** Plays one world for each seed. */
export async function campaign(pool: Pool, { start, seeds, plan, history }: { readonly start: bigint; readonly seeds: number; readonly plan?: Plan | undefined; readonly history: boolean }): Promise<Campaign> {
  const hit = new Set<number>();
  const kinds = new Map<string, number>();
  const results: (WorldResult | undefined)[] = [];
  let [faults, virtualMs] = [0, 0];
  await Promise.all(Array.from({ length: seeds }, async (_value, index) => {
    const answer = await pool.play({ seed: BigInt.asUintN(64, start + BigInt(index)), plan, told: history });
    for (const point of answer.hit) hit.add(point);
    for (const [kind, count] of answer.result.counts) kinds.set(kind, (kinds.get(kind) ?? 0) + count);
    faults += answer.result.struck.length;
    virtualMs += answer.result.virtualMs;
    results[index] = answer.result;
    if (history) console.log(answer.result.lines.join('\n'));
  }));
  const hash = new Trace({ startMs: 0 });
  const wrong = results.flatMap((result) => (result === undefined || result.violations.length === 0 ? [] : [result]));
  for (const result of results) hash.text(result?.hash ?? '');
  for (const result of wrong) console.log(describe(result));
  for (const result of history ? [] : wrong.slice(0, SHOWN)) await tell(pool, result, { seed: result.seed, plan });
  return { faults, virtualMs, wrong: wrong.length, wrongSeeds: wrong.map(({ seed }) => String(seed)), kinds: Object.fromEntries([...kinds].sort()), hit, hash: hash.hash };
}

/** What went wrong, in one line. */
export function describe({ seed, violations }: WorldResult): string {
  const [first] = violations;
  return `seed ${String(seed)}: ${first === undefined ? 'right' : `${first.invariant} after ${String(Math.round(first.atMs / 1_000))} s: ${first.message}${violations.length > 1 ? ` (and ${String(violations.length - 1)} more)` : ''}`}`;
}

/** Prints the shortest history that still breaks the same invariant. */
export async function tell(pool: Pool, { violations, struck, actions }: WorldResult, order: Order): Promise<void> {
  const [first] = violations;
  if (first === undefined) return;
  const short = await shrink({ faults: struck.map(({ id }) => id), actions }, async (kept) => {
    const { result } = await pool.play({ ...order, only: kept.faults, actions: kept.actions });
    return result.violations.some(({ invariant }) => invariant === first.invariant);
  }, SHRINKING_WORLDS);
  const { result } = await pool.play({ ...order, only: short.faults, actions: short.actions, told: true });
  console.log(`  ${String(short.faults.length)} faults and ${String(short.actions.length)} actions are left after ${String(short.runs)} worlds`);
  for (const line of result.lines.slice(-LINES_SHOWN)) console.log(`  ${line.slice(0, 400)}`);
  console.log(`  ${describe(result)}`);
}
