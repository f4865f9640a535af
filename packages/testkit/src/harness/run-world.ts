import { Tier1World } from './tier1-world.ts';
import type { World, WorldResult, WorldSpec } from './world.ts';

/** Plays one world to its end. The same spec plays the same world, on every machine. */
export async function runWorld(spec: WorldSpec, make: (spec: WorldSpec) => World = (given) => new Tier1World(given)): Promise<WorldResult> {
  const world = make(spec);
  await world.start();
  await world.act();
  await world.settle();
  await world.check();
  return world.report();
}
