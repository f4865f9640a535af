import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** Events in the form of the shared programs: `field` is 0 for what is on hand and 1 for what is not sellable. */
export interface Events {
  readonly sku: Int32Array;
  readonly loc: Int32Array;
  readonly field: Uint8Array;
  readonly delta: Float64Array;
}

/** The catalogue, stock and policy of `e/world.mjs`. */
export interface World {
  /** By channel, whether it draws on a location. */
  readonly chLoc: readonly (readonly number[])[];
  /** By kit, what it is made of: numbers of skus and kits, and how many. */
  readonly comp: readonly (readonly (readonly [number, number])[])[];
  init(each: (sku: number, place: number, ...columns: readonly [number, number, number, number]) => void): void;
  pol(channel: number): { readonly buffer: number; readonly cap: number; readonly threshold: number };
  events(count: number, hot: number): Events;
}

export interface SharedWorld {
  readonly NS: number;
  readonly NB: number;
  readonly NL: number;
  readonly LOC: number;
  readonly CH: number;
  /** The world, in which no kit comes to one component in two ways. */
  readonly checked: World;
  soa(): Promise<{ build(world: World): unknown }>;
  objects(): Promise<{ build(kind: string, world: World): unknown }>;
}

/**
 * The world and the programs of the shared folder; `NS` of the environment says how many skus.
 *
 * A kit that meets a component in two ways (a set of two sets with the same box) is counted by the shared programs as if each
 * way had the component for itself. Ours adds up what both take. So that all answer the same question, the later way is left out.
 */
export async function sharedWorld(shared: string): Promise<SharedWorld> {
  const load = async (name: string): Promise<unknown> => import(pathToFileURL(join(shared, 'bench', 'e', name)).href);
  const module = (await load('world.mjs')) as Omit<SharedWorld, 'checked'> & { world(): World };
  const drawn = module.world();
  const leaves: ReadonlySet<number>[] = [];
  const comp = drawn.comp.map((parts, kit) => {
    const met = new Set<number>();
    const kept = parts.filter(([part]) => {
      const inside = part < module.NL ? [part] : [...(leaves[part - module.NL] ?? [])];
      if (inside.some((leaf) => met.has(leaf))) return false;
      for (const leaf of inside) met.add(leaf);
      return true;
    });
    leaves[kit] = met;
    return kept;
  });
  const { NS, NB, NL, LOC, CH } = module;
  return {
    NS, NB, NL, LOC, CH, checked: { ...drawn, comp },
    soa: async () => (await load('soa.mjs')) as { build(world: World): unknown },
    objects: async () => (await load('objects.mjs')) as { build(kind: string, world: World): unknown },
  };
}
