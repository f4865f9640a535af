import type { Ablation } from '../../packages/testkit/src/harness/ablations.ts';
import type { Tier } from './messages.ts';
import { Pool } from './pool.ts';

/** How the absence of a mechanism was noticed. */
export interface Killing {
  readonly name: string;
  /** The seed that noticed; absent where none did. */
  readonly seed: string | undefined;
  readonly worlds: number;
  readonly why: string;
  /** Seeds that go wrong with the mechanism in its place too. */
  readonly controlWrong: readonly string[];
}

/** Plays worlds without a mechanism until one goes wrong that is right with it. */
export async function ablate({ name, sources }: Ablation, { start, seeds, tier = 1 }: { readonly start: bigint; readonly seeds: number; readonly tier?: Tier }): Promise<Killing> {
  const without = new Pool(1, { tier, ablation: sources === undefined ? undefined : name });
  const control = new Pool(1, { tier, ablation: undefined });
  const controlWrong: string[] = [];
  try {
    for (let index = 0; index < seeds; index += 1) {
      const seed = start + BigInt(index);
      const { result: { violations: [first] } } = await without.play({ seed, ablation: name });
      if (first === undefined) continue;
      const { result: { violations: [also] } } = await control.play({ seed, ablation: name, control: true });
      if (also === undefined) return { name, seed: String(seed), worlds: index + 1, why: `${first.invariant} ${first.message}`, controlWrong };
      controlWrong.push(`${name} ${String(seed)}: ${also.invariant} ${also.message}`);
    }
    return { name, seed: undefined, worlds: seeds, why: '', controlWrong };
  } finally {
    await Promise.all([without.end(), control.end()]);
  }
}
