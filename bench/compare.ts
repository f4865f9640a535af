const WARM_UP_MS = 300;
/** A round shorter than this measures the machine's other work. */
const ROUND_MS = 20;

/**
 * Milliseconds of work of this thread: what other programs take from it meanwhile counts for nobody. Wall time where
 * Node cannot tell.
 */
export function worked(): number {
  const usage = process.threadCpuUsage?.();
  return usage === undefined ? performance.now() : (usage.user + usage.system) / 1_000;
}

/** One thing that is measured. All sides of a comparison answer with the same checksum. */
export interface Side {
  readonly name: string;
  readonly run: () => unknown;
  /** Whether a run is a promise. */
  readonly asynchronous?: boolean;
}

/** What a ratio is held against. */
export interface Goal {
  /** Its number among the project's goals of speed, where it is one of them. */
  readonly goal?: number;
  /** What a release must reach. */
  readonly floor: number;
  /** What we would like to reach. */
  readonly aim: number;
}

/** Ours against one denominator. */
export interface Against extends Side {
  /** `speed`: how many times faster ours is, more is better. `time`: how many times longer ours takes, less is better. */
  readonly ratio: 'speed' | 'time';
  readonly goal?: Goal;
  /** Units of work in one run of this side, where they are not as many as in the others'. */
  readonly per?: number;
}

/** What a file `bench/NAME.bench.ts` exports as `comparisons`. */
export interface Comparison {
  readonly name: string;
  /** Units of work in one run, for the nanoseconds per unit. */
  readonly per: number;
  readonly ours: Side;
  readonly against: readonly Against[];
}

/** One line of the table. */
export interface Measured {
  readonly name: string;
  readonly denominator: string;
  /** Medians, in the unit. */
  readonly ours: number;
  readonly theirs: number;
  readonly unit: 'ns' | 'bytes';
  /** Median of the ratios of the single rounds, and their extremes. */
  readonly ratio: number;
  readonly lowest: number;
  readonly highest: number;
  /** Whether more is better: `speed` divides theirs by ours, the others ours by theirs. */
  readonly kind: 'speed' | 'time' | 'size';
  readonly goal: Goal | undefined;
}

/** Makes a line of what both sides measured, round by round. */
export function line(of: Pick<Measured, 'name' | 'denominator' | 'kind' | 'goal'>, ours: readonly number[], theirs: readonly number[]): Measured {
  const ratios = ours.map((own, round) => (of.kind === 'speed' ? (theirs[round] ?? 0) / own : own / (theirs[round] ?? 0)));
  return { ...of, unit: of.kind === 'size' ? 'bytes' : 'ns', ours: median(ours), theirs: median(theirs), ratio: median(ratios), lowest: Math.min(...ratios), highest: Math.max(...ratios) };
}

/**
 * Runs all sides once a round in an order that changes each time, so that a machine that slows down slows all of them.
 *
 * @throws Where two sides disagree: a fast wrong answer is not a result.
 */
export async function measure({ name, per, ours, against }: Comparison, { rounds, collect }: { readonly rounds: number; readonly collect: boolean }): Promise<readonly Measured[]> {
  const sides: readonly (Side & { readonly per?: number })[] = [ours, ...against];
  const checks = new Set<string>();
  for (const { run } of sides) checks.add(String(await run()));
  if (checks.size !== 1) throw new Error(`The sides of "${name}" disagree: ${[...checks].join(', ')}.`);
  const repeats = new Map<Side, number>();
  for (const side of sides) repeats.set(side, await warmUp(side));
  const times = new Map<Side, Times>(sides.map((side) => [side, { work: [], wall: [] }]));
  const shuffled = shuffler();
  for (let round = 0; round < rounds; round += 1) {
    for (const side of shuffled(sides)) {
      // A full collection also drops compiled code whose shapes died, and the round then measures the compiler: only where it is asked for.
      if (collect) globalThis.gc?.();
      const count = repeats.get(side) ?? 1;
      const [work, wall] = [worked(), performance.now()];
      if (side.asynchronous === true) for (let index = 0; index < count; index += 1) await side.run();
      else for (let index = 0; index < count; index += 1) side.run();
      const took = times.get(side);
      took?.work.push(((worked() - work) * 1e6) / (side.per ?? per) / count);
      took?.wall.push(((performance.now() - wall) * 1e6) / (side.per ?? per) / count);
    }
  }
  return against.map((side) => {
    // What an asynchronous side does may happen on other threads.
    const by = side.asynchronous === true || ours.asynchronous === true ? 'wall' : 'work';
    return line({ name: `${name}: ${ours.name}`, denominator: side.name, kind: side.ratio, goal: side.goal }, times.get(ours)?.[by] ?? [], times.get(side)?.[by] ?? []);
  });
}

/** What the rounds of a side took, in nanoseconds a unit. */
interface Times {
  readonly work: number[];
  readonly wall: number[];
}

/** Runs a side until the compiler has seen enough of it; returns how many runs fill one round. */
async function warmUp({ run }: Side): Promise<number> {
  const start = performance.now();
  let runs = 0;
  let fastest = Number.POSITIVE_INFINITY;
  while (runs < 3 || performance.now() - start < WARM_UP_MS) {
    const before = performance.now();
    await run();
    fastest = Math.min(fastest, performance.now() - before);
    runs += 1;
  }
  return Math.max(1, Math.ceil(ROUND_MS / fastest));
}

/** Whether a measured ratio reaches a bound. */
export function reaches({ ratio, kind }: Measured, bound: number): boolean {
  return kind === 'speed' ? ratio >= bound : ratio <= bound;
}

/** The middle one. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}

/** Orders that differ from round to round and are the same in every run. */
export function shuffler(): <T>(items: readonly T[]) => readonly T[] {
  const next = randomNumbers(7);
  return (items) => items.map((item) => ({ item, at: next() })).toSorted((a, b) => a.at - b.at).map(({ item }) => item);
}

/** Numbers in [0, 1) that a seed repeats (mulberry32). */
export function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
