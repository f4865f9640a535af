/** What a text such as `1/3` or a number says, as near as a number comes to it. */
export function fractionOf(value: string | number): number {
  const [above, below = 1] = String(value).split('/').map(Number);
  return Number(above) / below;
}

/** Takes away what fractions of small numbers are off by. */
const near = (number: number): number => Number(number.toFixed(6));

/** The units that so many kits take, in whole units. */
export const takenBy = (units: number, kits: number): number => Math.ceil(near(units * kits));
/** The whole kits that so many units are enough for. */
export const kitsFrom = (units: number, there: number): number => Math.floor(near(there / units));

/** A component of a kit, and how many units one kit takes of it. */
export interface ModelPart {
  readonly stock: {
    /** Whether everybody else can be served as well as before when so many units are taken from some locations. */
    spares(taken: ReadonlyMap<string, number>): boolean;
  };
  readonly units: number;
}

/** Where kits may be built: the most at each location, and the most in all. */
export interface Workshops {
  readonly most: readonly (readonly [location: string, kits: number])[];
  readonly inAll: number;
}

/**
 * The most kits that can be built, each from parts of one location, at nobody else's cost. Found by trying the ways to
 * place them: for small worlds.
 */
export function mostKits(parts: readonly ModelPart[], { most, inAll }: Workshops): number {
  let best = 0;
  const place = (index: number, placed: readonly (readonly [location: string, kits: number])[]): void => {
    const built = placed.reduce((sum, [, kits]) => sum + kits, 0);
    best = Math.max(best, built);
    const [location, here] = most[index] ?? ['', 0];
    const rest = most.slice(index).reduce((sum, [, kits]) => sum + kits, 0);
    if (index >= most.length || built + rest <= best || best >= inAll) return;
    for (let kits = Math.min(here, inAll - built); kits >= 0; kits -= 1) {
      const next = [...placed, [location, kits] as const];
      const spared = parts.every(({ stock, units }) => stock.spares(new Map(next.map(([at, count]) => [at, takenBy(units, count)]))));
      if (kits === 0 || spared) place(index + 1, next);
    }
  };
  place(0, []);
  return best;
}
