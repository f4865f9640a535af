import { sumOf } from './arithmetic.ts';

/** What is divided over locations, by number of the location. */
export interface Dividing {
  /** The most that each location may show. */
  readonly room: readonly number[];
  /** The step in which parts count. */
  readonly multiple: number;
  /** The most that they may show together. */
  readonly inAll: number;
  /** Whether everybody else is served as well as before when so much is sold from each; never of more where not of less. */
  fits(parts: readonly number[]): boolean;
}

/** The largest number of whole multiples from one up to another that is good, where none is good above one that is not; the least is taken to be. */
function largest({ from, to, multiple }: { readonly from: number; readonly to: number; readonly multiple: number }, isGood: (number: number) => boolean): number {
  let [good, most] = [0, Math.floor((to - from) / multiple)];
  while (good < most) {
    const middle = Math.ceil((good + most) / 2);
    if (isGood(from + middle * multiple)) good = middle;
    else most = middle - 1;
  }
  return from + good * multiple;
}

/**
 * Of all parts, none less than its least, those that come to the most; of these those of which the first is largest, then
 * the next. Found by trying the ways to place them: for small worlds.
 */
export function mostParts({ room, multiple, inAll, fits }: Dividing, least: readonly number[]): readonly number[] {
  const replaced = (parts: readonly number[], index: number, part: number): readonly number[] => parts.map((one, other) => (other === index ? part : one));
  const alone = room.map((most, index) => largest({ from: least[index] ?? 0, to: most, multiple }, (part) => fits(replaced(least, index, part))));
  let best = least;
  const place = (index: number, parts: readonly number[]): void => {
    if (sumOf(parts) > sumOf(best)) best = parts;
    if (index >= room.length) return;
    const from = least[index] ?? 0;
    const free = inAll - (sumOf(parts) - from);
    const rest = sumOf(alone.slice(index + 1)) - sumOf(least.slice(index + 1));
    let part = largest({ from, to: Math.min(alone[index] ?? 0, free), multiple }, (one) => fits(replaced(parts, index, one)));
    for (; part >= from && sumOf(best) < inAll; part -= multiple) {
      const next = replaced(parts, index, part);
      if (sumOf(next) + rest <= sumOf(best)) return;
      place(index + 1, next);
    }
  };
  place(0, least);
  return best;
}

/** The parts of which each is first its share, or what of that lets all come to the most, and then what is left over goes by priority. */
export function partsInProportion(dividing: Dividing, shares: readonly number[]): readonly number[] {
  const { room, multiple } = dividing;
  const none = room.map(() => 0);
  const inAll = sumOf(mostParts(dividing, none));
  let parts: readonly number[] = none;
  shares.forEach((share, index) => {
    const given = (part: number): readonly number[] => parts.map((one, other) => (other === index ? part : one));
    const comesToTheMost = (part: number): boolean => dividing.fits(given(part)) && sumOf(given(part)) <= inAll && sumOf(mostParts({ ...dividing, inAll }, given(part))) === inAll;
    parts = given(largest({ from: 0, to: Math.min(share, room[index] ?? 0), multiple }, comesToTheMost));
  });
  return mostParts({ ...dividing, inAll }, parts);
}
