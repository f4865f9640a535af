import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { acceptObservation, accountFromKey, balancesOf, emptyBooks, isSettledClaim, measureBooks, type BookObservation, type BookingRules, type Books, type Claim, type LocationId } from '../../src/index.ts';
import { rearrivals } from './arbitraries.ts';
import { happenings, setups, SKU, World, type Happening, type Owner, type Setup } from './owned-shelves.ts';

const RUNS = { numRuns: 3000 };

/** What the books leave to be sold, of all places and of those of each owner; demand that is not routed counts for all alone. */
function freeBy(books: Books, { rules }: Pick<Setup, 'rules'>): { readonly all: number; readonly of: (owner: Owner) => number; readonly at: (place: LocationId) => number; readonly unrouted: readonly number[] } {
  const left = [...balancesOf(measureBooks(books, rules))].map(([key, quantity]) => {
    const { account, location } = accountFromKey(key);
    return { location, value: account === 'onHand' ? Number(quantity) : account === 'committed' ? -Number(quantity) : 0 };
  });
  const sum = (of: (location: string) => boolean): number => left.reduce((total, { location, value }) => total + (of(location) ? value : 0), 0);
  return { all: sum(() => true), of: ({ places }) => sum((location) => location !== '' && places.includes(location as never)), at: (place) => sum((location) => location === place), unrouted: left.flatMap(({ location, value }) => (location === '' ? [value] : [])) };
}

/** Hears what is spoken at once, some of it again later, and each page when it comes: late, out of order and more than once. */
class Listener {
  books: Books = emptyBooks(SKU);
  readonly #setup: Setup;
  #heard = 0;
  #delivered = 0;
  readonly #late: (readonly BookObservation[])[] = [];

  constructor(setup: Setup) { this.#setup = setup; }

  accept(told: readonly BookObservation[]): void {
    this.books = told.reduce((books, one) => acceptObservation(books, one, this.#setup.rules), this.books);
  }

  listen(world: World, delay: number): void {
    this.accept(world.spoken.slice(this.#heard));
    if (delay % 4 === 3) this.accept(world.spoken.slice(delay % 7).slice(0, 2));
    this.#heard = world.spoken.length;
    this.#late.push(...world.pages.slice(this.#delivered));
    this.#delivered = world.pages.length;
    const due = this.#late.splice(delay % 3 === 1 ? 1 : 0, delay % 3 === 2 ? 0 : 9);
    for (const page of due.reverse()) this.accept(page);
    if (delay % 5 === 4) this.accept(world.pages[delay % world.pages.length] ?? []);
  }
}

/** Keeps balances by what each word changes, and puts aside the claims that are settled until somebody names their orders. */
class Forgetful {
  readonly balances: Map<string, number> = new Map();
  readonly #rules: BookingRules;
  #books: Books = emptyBooks(SKU);
  readonly #aside = new Map<string, Claim>();

  constructor(rules: BookingRules) { this.#rules = rules; }

  accept(told: readonly BookObservation[]): void {
    for (const one of told) {
      const known = 'orderId' in one ? this.#aside.get(`${one.channel} ${String(one.orderId)}`) : undefined;
      if (known !== undefined) this.#books = { ...this.#books, claims: [...this.#books.claims, known] };
      const before = this.#books;
      this.#books = acceptObservation(before, one, this.#rules);
      this.#add(before, -1);
      this.#add(this.#books, 1);
      const settled = new Set(this.#books.claims.filter((claim) => isSettledClaim(claim, this.#books, this.#rules)));
      for (const claim of this.#books.claims) this.#aside.delete(`${claim.channel} ${claim.orderId}`);
      for (const claim of settled) this.#aside.set(`${claim.channel} ${claim.orderId}`, claim);
      this.#books = { ...this.#books, claims: this.#books.claims.filter((claim) => !settled.has(claim)) };
    }
  }

  #add(books: Books, sign: number): void {
    for (const [key, quantity] of balancesOf(measureBooks(books, this.#rules))) {
      const sum = (this.balances.get(key) ?? 0) + sign * Number(quantity);
      if (sum === 0) this.balances.delete(key);
      else this.balances.set(key, sum);
    }
  }
}

/** Lets things happen and hears of them; after each, no more may be left than is free. */
function watch(setup: Setup, all: readonly Happening[], delays: readonly number[]): void {
  const world = new World(setup);
  const listener = new Listener(setup);
  listener.accept(world.pages.flat());
  // Acknowledgements name no place: what was sent on from one that is closed, its owner is trusted to have moved by then; and what nobody routed it may have anywhere.
  const sentOn = all.some(({ what }) => what === 'reroute');
  const closable = setup.owners.flatMap(({ way, places }) => (setup.home !== undefined || (sentOn && way.way === 'reference') ? [] : places));
  all.forEach((one, index) => {
    world.happens(one);
    listener.listen(world, delays[index % delays.length] ?? 0);
    const free = freeBy(listener.books, setup);
    expect(free.all, `in all, after ${String(index)}`).toBeLessThanOrEqual(world.free());
    for (const { places } of setup.owners) for (const place of places) expect(free.at(place), `${place}, after ${String(index)}`).toBeLessThanOrEqual(world.freeAt(place));
    for (const value of free.unrouted) expect(value, `not routed, after ${String(index)}`).toBeLessThanOrEqual(0);
    const place = closable[index % Math.max(1, closable.length)];
    if (place !== undefined) {
      const open = freeBy(listener.books, { rules: { ...setup.rules, closed: new Set([place]) } });
      expect(open.all, `with ${place} closed, after ${String(index)}`).toBeLessThanOrEqual(world.free() - world.shelf(place));
    }
    // Where somebody has figures of `committed` for all, they may stand at any place.
    if (setup.owners.every(({ ownsCommitted }) => ownsCommitted)) for (const owner of setup.owners) expect(free.of(owner), `${owner.id}, after ${String(index)}`).toBeLessThanOrEqual(world.free(owner));
  });
}

describe('books against real shelves', () => {
  it('never leave more to be sold than is there and asked for by nobody, in all or at the places of any owner', () => {
    fc.assert(fc.property(setups(), happenings(), fc.array(fc.nat(59), { minLength: 1, maxLength: 8 }), watch), RUNS);
  });

  it('never do where one owner\'s rows are of different ages', () => {
    fc.assert(fc.property(setups().filter(({ owners, home }) => owners.length === 1 && home !== undefined), happenings(), (setup, all) => { watch(setup, all, [0]); }), RUNS);
  });

  it('leave exactly that once everything was told and taken in, however it came', () => {
    fc.assert(fc.property(setups().chain((setup) => happenings().chain((all) => {
      const world = new World(setup);
      for (const one of all) world.happens(one);
      world.catchUp();
      return rearrivals([...world.spoken, ...world.pages.flat()]).map((told) => ({ setup, world, told }));
    })), ({ setup, world, told }) => {
      const books = told.reduce((known, one) => acceptObservation(known, one, setup.rules), emptyBooks(SKU));
      // Where others count too, a mark does not say who has what is not routed: it counts beside the figures until it is.
      const twice = setup.home?.way.way === 'watermark' && setup.owners.length > 1 ? world.unrouted() : 0;
      expect(freeBy(books, setup).all).toBe(world.free() - twice);
    }), { numRuns: 1000 });
  });

  it('leave no more than is there where settled claims are put aside and places close later, whichever, and never less than with them', () => {
    fc.assert(fc.property(setups(), happenings(), (setup, all) => {
      const world = new World(setup);
      for (const one of all) world.happens(one);
      world.catchUp();
      const books = [...world.spoken, ...world.pages.flat()].reduce((known, one) => acceptObservation(known, one, setup.rules), emptyBooks(SKU));
      const open = { ...books, claims: books.claims.filter((claim) => !isSettledClaim(claim, books, setup.rules)) };
      const places = setup.owners.flatMap((owner) => owner.places);
      for (let closing = 1; closing < 2 ** places.length; closing += 1) {
        const closed = places.filter((_, index) => Math.floor(closing / 2 ** index) % 2 === 1);
        const later = { rules: { ...setup.rules, closed: new Set(closed) } };
        const left = freeBy(open, later).all;
        expect(left, `without ${closed.join(', ')}`).toBeLessThanOrEqual(closed.reduce((free, place) => free - world.shelf(place), world.free()));
        expect(left).toBeGreaterThanOrEqual(freeBy(books, later).all);
      }
    }), RUNS);
  });

  it('leave the same where settled claims are put aside until their orders are spoken of again', () => {
    fc.assert(fc.property(setups().chain((setup) => happenings().chain((all) => {
      const world = new World(setup);
      for (const one of all) world.happens(one);
      world.catchUp();
      const [first = [], ...pages] = [world.pages.slice(0, setup.owners.length).flat(), ...world.pages.slice(setup.owners.length)];
      return rearrivals([...world.spoken, ...pages.flat()]).map((told) => ({ setup, told: [...first, ...told] }));
    })), ({ setup: { rules }, told }) => {
      const forgetful = new Forgetful(rules);
      forgetful.accept(told);
      const books = told.reduce((known, one) => acceptObservation(known, one, rules), emptyBooks(SKU));
      const all = [...balancesOf(measureBooks(books, rules))].map(([key, quantity]): [string, number] => [key, Number(quantity)]);
      expect(new Map([...forgetful.balances].sort())).toEqual(new Map(all.sort()));
    }), { numRuns: 1000 });
  });
});
