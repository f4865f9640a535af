import type { Ablation } from '../../packages/testkit/src/harness/ablations.ts';
import type { Plan } from '../../packages/testkit/src/harness/weather.ts';
import type { Tier } from './messages.ts';
import { Pool } from './pool.ts';

/** How the absence of a mechanism was noticed. */
export interface Killing {
  readonly name: string;
  /** The seed that noticed; absent where none did. */
  readonly seed: string | undefined;
  readonly worlds: number;
  readonly faults: number;
  readonly virtualMs: number;
  readonly hit: ReadonlySet<number>;
  readonly why: string;
  /** Seeds that go wrong with the mechanism in its place too. */
  readonly controlWrong: readonly string[];
}

/** Plays worlds without a mechanism until one goes wrong that is right with it. */
export async function ablate({ name, sources }: Ablation, { start, seeds, tier = 1, plan }: { readonly start: bigint; readonly seeds: number; readonly tier?: Tier; readonly plan?: Plan | undefined }): Promise<Killing> {
  const without = new Pool(1, { tier, ablation: sources === undefined ? undefined : name });
  const control = new Pool(1, { tier, ablation: undefined });
  const controlWrong: string[] = [];
  const hit = new Set<number>();
  const seen = { worlds: 0, faults: 0, virtualMs: 0 };
  try {
    for (let index = 0; index < seeds; index += 1) {
      const seed = BigInt.asUintN(64, start + BigInt(index));
      const { result: { violations: [first], struck, virtualMs }, hit: points } = await without.play({ seed, plan, ablation: name });
      seen.worlds += 1;
      seen.faults += struck.length;
      seen.virtualMs += virtualMs;
      for (const point of points) hit.add(point);
      if (first === undefined) continue;
      const { result: { violations: [also] } } = await control.play({ seed, plan, ablation: name, control: true });
      if (also === undefined) return { name, seed: String(seed), ...seen, hit, why: `${first.invariant} ${first.message}`, controlWrong };
      controlWrong.push(`${name} ${String(seed)}: ${also.invariant} ${also.message}`);
    }
    return { name, seed: undefined, ...seen, hit, why: '', controlWrong };
  } finally {
    await Promise.all([without.end(), control.end()]);
  }
}
