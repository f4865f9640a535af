/** What is left of a history that still goes wrong. */
export interface Shrunk {
  readonly faults: readonly string[];
  readonly actions: readonly string[];
  /** How many worlds it took. */
  readonly runs: number;
}

/**
 * Leaves out faults and actions, by halves and then one by one, as long as the world still goes wrong.
 *
 * @param fails - Plays the world with these alone.
 */
export async function shrink(
  { faults, actions }: { readonly faults: readonly string[]; readonly actions: readonly string[] },
  fails: (kept: { readonly faults: readonly string[]; readonly actions: readonly string[] }) => Promise<boolean>,
  runsMax = 400,
): Promise<Shrunk> {
  let runs = 0;
  const tried = (kept: { readonly faults: readonly string[]; readonly actions: readonly string[] }): Promise<boolean> => {
    runs += 1;
    return fails(kept);
  };
  let kept = { faults, actions };
  for (let before = Number.POSITIVE_INFINITY; kept.faults.length + kept.actions.length < before && runs < runsMax;) {
    before = kept.faults.length + kept.actions.length;
    const fewerActions = await fewest(kept.actions, (some) => tried({ ...kept, actions: some }), () => runs < runsMax);
    kept = { ...kept, actions: fewerActions };
    const fewerFaults = await fewest(kept.faults, (some) => tried({ ...kept, faults: some }), () => runs < runsMax);
    kept = { ...kept, faults: fewerFaults };
  }
  return { ...kept, runs };
}

/** The smallest part of a list found that still does it: delta debugging. */
async function fewest(all: readonly string[], does: (some: readonly string[]) => Promise<boolean>, mayGoOn: () => boolean): Promise<readonly string[]> {
  let kept = all;
  let pieces = 2;
  while (kept.length > 0 && mayGoOn()) {
    const size = Math.ceil(kept.length / pieces);
    let found = false;
    for (let from = 0; from < kept.length && mayGoOn(); from += size) {
      const rest = [...kept.slice(0, from), ...kept.slice(from + size)];
      if (!(await does(rest))) continue;
      kept = rest;
      pieces = Math.max(2, pieces - 1);
      found = true;
      break;
    }
    if (found) continue;
    if (size <= 1) break;
    pieces = Math.min(kept.length, pieces * 2);
  }
  return kept;
}
