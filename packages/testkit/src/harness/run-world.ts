import { rowsOf } from './invariants/at-rest.ts';
import { Tier1World } from './tier1-world.ts';
import type { WorldResult, WorldSpec } from './world.ts';

/** Plays one world to its end. The same spec plays the same world, on every machine. */
export async function runWorld(spec: WorldSpec): Promise<WorldResult> {
  const world = new Tier1World(spec);
  const startMs = world.time.now();
  await world.start();
  await world.act();
  await world.settle();
  await world.check();
  const [first] = world.violations.list;
  if (first !== undefined && spec.told === true) world.trace.lines.push(...(await rowsOf(world, first.about)));
  world.trace.text(`${world.time.fired} ${world.violations.list.length}`);
  return {
    seed: spec.seed, hash: world.trace.hash, violations: world.violations.list, struck: world.plan.struck, counts: world.plan.counts,
    virtualMs: world.time.now() - startMs, lines: world.trace.lines,
  };
}
