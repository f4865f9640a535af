import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { awaitPointsOf } from '../../../../scripts/sim/await-points.ts';
import { visitMissed } from '../../../../scripts/sim/directed.ts';
import { Pool } from '../../../../scripts/sim/pool.ts';

const { points } = awaitPointsOf(fileURLToPath(new URL('../../../engine/src/shell', import.meta.url)));
const all = points.map((_point, index) => index);

describe('a world that is to be struck at certain awaits', () => {
  const pool = new Pool(1, { tier: 1, ablation: undefined });
  afterAll(() => pool.end());

  it('is struck at several of them, at each once, and ends right', async () => {
    const { result, hit, aimed } = await pool.play({ seed: 1n, bustling: true, target: { points: all, blow: 'pause after' } });
    expect(result.violations).toEqual([]);
    expect(aimed.length).toBeGreaterThan(1);
    expect(new Set(aimed).size).toBe(aimed.length);
    expect(aimed.filter((point) => !hit.includes(point))).toEqual([]);
  });

  it('is not played where nothing is left', async () => {
    expect(await visitMissed(pool, { points: all.length, hit: new Set(all), start: 1n })).toEqual({ worlds: 0, wrong: 0 });
  });
});
