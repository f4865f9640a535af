import type { Blow } from '../../packages/testkit/src/harness/life.ts';
import { describe } from './campaign.ts';
import type { Pool } from './pool.ts';

/** How many seeds a point is looked for in. */
const TRIES = 40;
const BLOWS: readonly Blow[] = ['crash before', 'crash after', 'pause after'];

/** Plays worlds that are struck at their first visit of a point at which nothing has struck yet; everybody does everything often in them. */
export async function visitMissed(pool: Pool, { points, hit, start }: { readonly points: number; readonly hit: Set<number>; readonly start: bigint }): Promise<{ readonly worlds: number; readonly wrong: number }> {
  let [worlds, wrong] = [0, 0];
  for (let tried = 0; tried < TRIES; tried += 1) {
    const missed = Array.from({ length: points }, (_value, index) => index).filter((index) => !hit.has(index));
    await Promise.all(missed.map(async (point) => {
      if (hit.has(point)) return;
      const seed = BigInt.asUintN(64, start + BigInt(point + tried * points));
      const answer = await pool.play({ seed, bustling: true, target: { point, blow: BLOWS[tried % BLOWS.length] ?? 'crash before' } });
      worlds += 1;
      for (const other of answer.hit) hit.add(other);
      if (answer.result.violations.length === 0) return;
      wrong += 1;
      console.log(`struck at await point ${String(point)}, ${describe(answer.result)}`);
    }));
  }
  return { worlds, wrong };
}
