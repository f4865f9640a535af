import type { LocationId } from '../../identity/ids.ts';
import type { ContestedGroup } from '../../policy/contested.ts';
import { addQuantities, maxQuantity, minQuantity, multiplyQuantity, scaleQuantity, subtractQuantities, type Quantity } from '../../quantity/quantity.ts';
import { mostTogether, type Room } from './06-contested.ts';

/** What a union of other channels' sets still leaves, and which locations it has. */
interface Bound {
  readonly room: Pick<Room, 'set'>;
  readonly more: Quantity;
}

/** Locations that are bound together, of up to three parts. */
export interface Together {
  readonly parts: ContestedGroup['parts'];
  readonly unions: readonly Bound[];
}

/** What locations have, and the step in which parts count. */
interface There {
  readonly room: ReadonlyMap<LocationId, Quantity>;
  readonly of: Quantity;
}

/**
 * How much locations can still show together, in whole multiples, at nobody's cost: a sum for each part of a group, and
 * {@link mostTogether} of these. What one location shows more lowers what all come to by no more than itself, and once it
 * lowers it by anything then by all of what is shown further.
 */
export class Ahead {
  readonly #groups: readonly { readonly unions: readonly Bound[]; readonly there: Quantity[] }[];
  readonly #of: Quantity;
  readonly #left: Map<LocationId, Quantity>;
  readonly #partOf = new Map<LocationId, { readonly there: Quantity[]; readonly number: number }>();
  /** Of locations that are in no group. */
  #elsewhere: Quantity = 0;

  constructor(groups: readonly Together[], { room, of }: There) {
    this.#of = of;
    this.#left = new Map([...room.keys()].map((location) => [location, 0]));
    this.#groups = groups.map(({ parts, unions }) => {
      const there = parts.map((): Quantity => 0);
      for (const [number, locations] of parts.entries()) for (const location of locations) this.#partOf.set(location, { there, number });
      return { unions, there };
    });
    for (const [location, units] of room) this.show(location, subtractQuantities(0, units));
  }

  /** A location shows so much more, and has so much less. */
  show(location: LocationId, more: Quantity): void {
    const left = this.#left.get(location);
    if (left === undefined) return;
    this.#left.set(location, subtractQuantities(left, more));
    const part = this.#partOf.get(location);
    if (part === undefined) this.#elsewhere = subtractQuantities(this.#elsewhere, more);
    else part.there[part.number] = subtractQuantities(part.there[part.number] ?? 0, more);
  }

  /** A location shows no more than it does. */
  close(location: LocationId): void {
    this.show(location, this.#left.get(location) ?? 0);
  }

  /** Whether what a location shows may lower what others can. */
  isBound(location: LocationId): boolean {
    return this.#partOf.has(location);
  }

  /** How much all that can show more can show together. */
  reach(): Quantity {
    return this.#groups.reduce((sum, { unions, there }) => addQuantities(sum, this.#most(unions, there)), this.#elsewhere);
  }

  #most(unions: readonly Bound[], there: readonly Quantity[]): Quantity {
    const most = new Map<number, Quantity>();
    for (let parts = 1; parts < 1 << there.length; parts += 1) {
      most.set(parts, there.reduce<Quantity>((sum, units, number) => ((parts & (1 << number)) === 0 ? sum : addQuantities(sum, units)), 0));
    }
    for (const { room: { set }, more } of unions) {
      const before = most.get(set.parts);
      if (before !== undefined) most.set(set.parts, minQuantity(before, maxQuantity(this.#whole(more, 1), 0)));
    }
    return mostTogether(most, (sum) => this.#whole(sum, 2));
  }

  /** What each of so many has of it, in whole multiples. */
  #whole(units: Quantity, among: number): Quantity {
    if (this.#of === 1 && among === 1) return units;
    return multiplyQuantity(this.#of, scaleQuantity(units, 1, multiplyQuantity(this.#of, among), 'down'));
  }
}
