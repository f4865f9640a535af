import type { Blow } from '../../packages/testkit/src/harness/life.ts';
import { describe } from './campaign.ts';
import type { Pool } from './pool.ts';

/** How often what is left is looked for again. */
const ROUNDS = 40;
/** In how many worlds at a time. */
const WORLDS_PER_ROUND = 4;
const BLOWS: readonly Blow[] = ['crash before', 'crash after', 'pause after'];

/** Plays worlds that are struck at their first visits of points at which nothing has struck yet; everybody does everything often in them. */
export async function visitMissed(pool: Pool, { points, hit, start }: { readonly points: number; readonly hit: Set<number>; readonly start: bigint }): Promise<{ readonly worlds: number; readonly wrong: number }> {
  let [worlds, wrong] = [0, 0];
  for (let round = 0; round < ROUNDS; round += 1) {
    const missed = Array.from({ length: points }, (_value, index) => index).filter((index) => !hit.has(index));
    if (missed.length === 0) break;
    await Promise.all(Array.from({ length: WORLDS_PER_ROUND }, async (_value, index) => {
      const seed = BigInt.asUintN(64, start + BigInt(round * WORLDS_PER_ROUND + index));
      // Each begins elsewhere: of what is visited often a world would otherwise never come to the rest.
      const from = Math.floor((missed.length * index) / WORLDS_PER_ROUND);
      const answer = await pool.play({ seed, bustling: true, target: { points: missed.slice(from), blow: BLOWS[(round + index) % BLOWS.length] ?? 'crash before' } });
      worlds += 1;
      for (const point of answer.hit) hit.add(point);
      if (answer.result.violations.length === 0) return;
      wrong += 1;
      console.log(`struck at the await points ${answer.aimed.join(', ')}, ${describe(answer.result)}`);
    }));
  }
  return { worlds, wrong };
}
