import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { acceptObservation, addMs, accountFromKey, balancesOf, emptyBooks, measureBooks, parseObservation, parseSku, parseSourceId, type BookObservation, type BookingRules, type ContainmentWay } from '../../src/index.ts';
import { NOON, rearrivals } from './arbitraries.ts';

/*
 * Orders as a clerk would keep them: what lies at each place and what is asked for there, kept as plain sums of what
 * happened, minute by minute. The owner speaks in figures or in changes, and in the end has taken everything in; what the
 * channel and the owner said arrives in any order and more than once.
 */
const SKU = parseSku('A');
const ERP = parseSourceId('erp');
const PLACES = ['W1', 'W2'] as const;
const START = 50;

interface Line { readonly place: 0 | 1; ordered: number; fulfilled: number; cancelled: number; returned: number }
interface Step { readonly what: 'place' | 'more' | 'ship' | 'cancel' | 'return' | 'receive' | 'figure' | 'take'; readonly order: number; readonly place: 0 | 1; readonly by: number }
interface Setup { readonly way: ContainmentWay; readonly returns: BookingRules['returns']; readonly deltas: boolean; readonly committed: boolean }

const steps: fc.Arbitrary<readonly Step[]> = fc.array(fc.record({
  what: fc.constantFrom('place', 'place', 'more', 'ship', 'ship', 'ship', 'cancel', 'return', 'return', 'receive', 'figure', 'figure', 'take'), order: fc.nat(3), place: fc.constantFrom(0 as const, 1 as const), by: fc.integer({ min: 1, max: 4 }),
}), { minLength: 1, maxLength: 25, size: 'max' }) as never;
const setups: fc.Arbitrary<Setup> = fc.record({
  way: fc.constantFrom<ContainmentWay>({ way: 'reference' }, { way: 'watermark' }, { way: 'never', shipLagMs: 0 }), returns: fc.constantFrom('owner' as const, 'channel' as const), deltas: fc.boolean(), committed: fc.boolean(),
});
const at = (minute: number): string => addMs(NOON, minute * 60_000);
const parsed = (of: object): BookObservation => parseObservation({ sku: SKU, ...of });

/** What is said of the steps, and what is true after them. */
function play({ way, returns, deltas, committed }: Setup, all: readonly Step[]): { readonly told: readonly BookObservation[]; readonly sofar: readonly BookObservation[]; readonly onHand: readonly number[]; readonly asked: readonly number[] } {
  const told: BookObservation[] = [];
  const orders = new Map<number, Line[]>();
  const shelf = [START, START];
  // What the owner has in its own books of each place.
  const known = [START, START];
  let taken = new Map<number, readonly Line[]>();
  let minute = 0;
  const open = (lines: Iterable<readonly Line[]>, place: number): number => [...lines].flat().reduce((sum, line) => sum + (line.place === place ? line.ordered - line.fulfilled - line.cancelled : 0), 0);
  const ownOnHand = (place: number): number => (way.way === 'never' ? shelf[place] ?? 0
    : (known[place] ?? 0) + [...taken.values()].flat().reduce((sum, line) => sum + (line.place === place ? (returns === 'channel' ? line.returned : 0) - line.fulfilled : 0), 0));
  const figures = (): void => {
    minute += 1;
    PLACES.forEach((location, place) => { told.push(parsed({ kind: 'stock', source: ERP, location, asOf: at(minute), measures: { onHand: ownOnHand(place), ...(committed && way.way !== 'never' ? { committed: open(taken.values(), place) } : {}) } })); });
  };
  const take = (): void => {
    minute += 1;
    taken = new Map([...orders].map(([id, lines]) => [id, lines.map((line) => ({ ...line }))]));
    if (way.way === 'watermark') told.push(parseObservation({ kind: 'watermark', source: ERP, channel: 'shop', revision: at(minute), through: at(minute - 1) }));
    if (way.way === 'reference') for (const [id, lines] of taken) told.push(parseObservation({ kind: 'acknowledgement', source: ERP, channel: 'shop', orderId: String(id), revision: at(minute), contained: lines.map(({ place: _, ...line }) => ({ sku: SKU, ...line })) }));
    figures();
  };
  const say = (id: number): void => {
    told.push(parseObservation({ kind: 'order', channel: 'shop', orderId: String(id), revision: at(minute), placedAt: at(0), lines: (orders.get(id) ?? []).map(({ place, ...line }, index) => ({ id: String(index), sku: SKU, location: PLACES[place], ...line })) }));
  };
  figures();
  for (const { what, order, place, by } of all) {
    minute += 1;
    const lines = orders.get(order);
    const line = lines?.find((one) => one.place === place) ?? lines?.[0];
    if (what === 'figure') figures();
    else if (what === 'take') take();
    else if (what === 'receive') {
      shelf[place]! += by;
      known[place]! += by;
      if (deltas) told.push(parsed({ kind: 'delta', source: ERP, id: String(minute), location: PLACES[place], at: at(minute), measure: 'onHand', delta: by }));
    } else if (what === 'place') {
      orders.set(order, [...(lines ?? []), { place, ordered: by, fulfilled: 0, cancelled: 0, returned: 0 }].slice(0, 3));
      say(order);
    } else if (line !== undefined) {
      const some = Math.min(by, what === 'return' ? line.fulfilled - line.returned : line.ordered - line.fulfilled - line.cancelled);
      if (what === 'more') line.ordered += by;
      else if (some <= 0) continue;
      else if (what === 'cancel') line.cancelled += some;
      else if (what === 'ship') { line.fulfilled += some; shelf[line.place]! -= some; } else {
        line.returned += some;
        shelf[line.place]! += some;
        if (returns === 'owner') known[line.place]! += some;
      }
      say(order);
    }
  }
  const sofar = [...told];
  minute += 1;
  take();
  return { told, sofar, onHand: shelf, asked: PLACES.map((_, place) => open(orders.values(), place)) };
}

/** What the books say of each place once they have heard all of it. */
function heard(told: readonly BookObservation[], { way, returns }: Setup): { readonly onHand: readonly number[]; readonly asked: readonly number[] } {
  const rules: BookingRules = { containment: new Map([[ERP, way]]), returns };
  const books = told.reduce((known, one) => acceptObservation(known, one, rules), emptyBooks(SKU));
  const balances = [...balancesOf(measureBooks(books, rules))].map(([key, quantity]) => ({ ...accountFromKey(key), quantity }));
  const standing = (account: string): readonly number[] => PLACES.map((place) => Number(balances.find((one) => one.account === account && one.location === place)?.quantity ?? 0));
  return { onHand: standing('onHand'), asked: standing('committed') };
}

const worlds = setups.chain((setup) => steps.map((all) => ({ setup, ...play(setup, all) })));
const sum = (values: readonly number[]): number => values.reduce((all, one) => all + one, 0);
const RUNS = { numRuns: 1500 };

describe('orders, by the words of the design', () => {
  it('come to what lies there and what is asked for, place by place, once the owner has taken them in, however all of it arrived', () => {
    fc.assert(fc.property(worlds.chain((world) => rearrivals(world.told).map((again) => ({ ...world, again }))), ({ setup, again, onHand, asked }) => {
      expect(heard(again, setup)).toEqual({ onHand, asked });
    }), RUNS);
  });

  it('leave no more than that before, whatever of them the owner has taken in', () => {
    fc.assert(fc.property(worlds.chain((world) => rearrivals(world.sofar).map((again) => ({ ...world, again }))), ({ setup, again, onHand, asked }) => {
      const books = heard(again, setup);
      expect(sum(books.onHand) - sum(books.asked)).toBeLessThanOrEqual(sum(onHand) - sum(asked));
    }), RUNS);
  });
});
