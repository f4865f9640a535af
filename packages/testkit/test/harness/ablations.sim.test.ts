import { describe, expect, it } from 'vitest';
import { ablate } from '../../../../scripts/sim/killing.ts';
import { ABLATIONS } from '../../src/harness/ablations.ts';
import { KILLING_PLAN, KILLING_SEEDS } from '../../src/harness/known-seeds.ts';
import { runWorld } from '../../src/harness/run-world.ts';

const seedOf = (name: string): bigint => {
  const seed = KILLING_SEEDS[name];
  if (seed === undefined) throw new Error(`No seed is known that notices the absence of ${name}; find one with npm run sim -- --plan ${String(KILLING_PLAN)} --ablate ${name}.`);
  return seed;
};

describe('the absence of a mechanism', () => {
  it.each(ABLATIONS.filter(({ sources }) => sources === undefined))('is noticed: $name', async (ablation) => {
    const seed = seedOf(ablation.name);
    const without = await runWorld({ seed, plan: KILLING_PLAN, ablation });
    expect(without.violations).not.toEqual([]);
    const control = await runWorld({ seed, plan: KILLING_PLAN, ablation, control: true });
    expect(control.violations).toEqual([]);
  });

  it.each(ABLATIONS.filter(({ name, sources }) => sources !== undefined && KILLING_SEEDS[name] !== undefined))('is noticed: $name', async (ablation) => {
    const killing = await ablate(ablation, { start: seedOf(ablation.name), seeds: 1, plan: KILLING_PLAN });
    expect(killing).toMatchObject({ seed: String(seedOf(ablation.name)), controlWrong: [] });
  });
});
