import type { WorldResult, WorldSpec } from '@stockwright/testkit/harness';
import { rowsOf } from './at-rest.ts';
import { Tier2World } from './tier2-world.ts';

/** Plays one world of the second tier to its end. The same spec plays the same world, on every machine. */
export async function runTier2World(spec: WorldSpec): Promise<WorldResult> {
  const world = new Tier2World(spec);
  const startMs = world.time.now();
  try {
    await world.start();
    await world.act();
    await world.settle();
    await world.check();
    const [first] = world.violations.list;
    if (first !== undefined && spec.told === true) world.trace.lines.push(...(await rowsOf(world, first.about)));
  } finally {
    world.end();
  }
  world.trace.text(`${String(world.time.fired)} ${String(world.violations.list.length)}`);
  return {
    seed: spec.seed, hash: world.trace.hash, violations: world.violations.list, struck: world.plan.struck, counts: world.plan.counts,
    virtualMs: world.time.now() - startMs, lines: world.trace.lines,
  };
}
