import { describe, expect, it } from 'vitest';
import {
  availableToPromise, coveringLocations, datedSupply, earliestPromise, parseCatalog, parseDay, parseLocationId, parsePolicy, parsePromiseQuestion, parseSku, planFulfilment, projectOnHand,
  type CatalogItemInput, type FulfilmentPlan, type FulfilmentRequest, type Instant, type Policy, type PromiseQuestion, type SourceId,
} from '../src/index.ts';

const ITEMS: readonly CatalogItemInput[] = [
  { sku: 'X' }, { sku: 'Y' }, { sku: 'FREE', tracked: false }, { sku: 'KIT', components: [{ sku: 'X', quantityPer: 3 }] }, { sku: 'SET', components: [{ sku: 'X', quantityPer: 1 }, { sku: 'Y', quantityPer: 2 }] },
];
type Stock = Readonly<Record<string, Readonly<Record<string, number>>>>;

function plan(stock: Stock, lines: readonly (readonly [string, number])[], rest: { locations?: string[]; order?: FulfilmentRequest['order']; mayBackorder?: string[] } = {}): FulfilmentPlan & { from: unknown } {
  const request: FulfilmentRequest = {
    lines: lines.map(([sku, quantity]) => ({ sku: parseSku(sku), quantity })), locations: (rest.locations ?? ['a', 'b', 'c']).map((location) => parseLocationId(location)),
    order: rest.order, mayBackorder: rest.mayBackorder?.map((location) => parseLocationId(location)),
  };
  const made = planFulfilment(request, { catalog: parseCatalog(ITEMS), supply: (sku, location) => stock[sku]?.[location] ?? 0 });
  return { ...made, from: made.allocations.map(({ sku, location, quantity }) => [sku, location, quantity]) };
}

describe('planFulfilment', () => {
  it('lets each location give what the earlier ones left', () => {
    expect(plan({ X: { a: 10, b: 15 } }, [['X', 13]])).toMatchObject({ from: [['X', 'a', 10], ['X', 'b', 3]], isComplete: true });
    expect(plan({ X: { a: 1, b: 1 } }, [['X', 5]])).toMatchObject({ from: [['X', 'a', 1], ['X', 'b', 1]], missing: [{ sku: 'X', quantity: 3 }], isComplete: false });
    expect(plan({ X: { a: -3, b: 2 } }, [['X', 2]]).from).toEqual([['X', 'b', 2]]);
  });

  it('adds up lines of one sku, and gives nothing twice to lines that share a component', () => {
    expect(plan({ X: { a: 3, b: 9 } }, [['X', 2], ['X', 2]]).from).toEqual([['X', 'a', 3], ['X', 'b', 1]]);
    expect(plan({ X: { a: 4, b: 4 }, Y: { a: 9, b: 9 } }, [['KIT', 1], ['SET', 3]]).from).toEqual([['KIT', 'a', 1], ['SET', 'a', 1], ['SET', 'b', 2]]);
  });

  it('says what is taken from which shelf, kits in their parts, and from where something ships', () => {
    const { picks, shipsFrom } = plan({ X: { a: 4, b: 4 }, Y: { a: 9, b: 9 } }, [['KIT', 1], ['SET', 3]]);
    expect(picks.map(({ sku, location, quantity }) => [sku, location, quantity])).toEqual([['X', 'a', 4], ['Y', 'a', 2], ['X', 'b', 2], ['Y', 'b', 4]]);
    expect(shipsFrom).toEqual(['a', 'b']);
    expect(plan({}, [['FREE', 5]])).toMatchObject({ picks: [], shipsFrom: ['a'] });
    expect(plan({}, [['X', 5]], { mayBackorder: ['a'] })).toMatchObject({ picks: [], shipsFrom: [] });
  });

  it('splits kits in whole multiples', () => {
    expect(plan({ X: { a: 4, b: 5 } }, [['KIT', 2]]).from).toEqual([['KIT', 'a', 1], ['KIT', 'b', 1]]);
    expect(plan({ X: { a: 2, b: 2 } }, [['KIT', 1]])).toMatchObject({ from: [], isComplete: false });
  });

  it('asks the location with most left first, or as the caller says', () => {
    const stock = { X: { a: 2, b: 3, c: 3 } };
    expect(plan(stock, [['X', 3]], { order: 'highestSupply' }).from).toEqual([['X', 'b', 3]]);
    expect(plan(stock, [['X', 4]], { order: (a, b) => (a.location < b.location ? 1 : -1) }).from).toEqual([['X', 'c', 3], ['X', 'b', 1]]);
  });

  it('takes what is there anywhere before it promises what is not', () => {
    expect(plan({ X: { a: 0, b: 2 } }, [['X', 5]], { mayBackorder: ['a'] })).toMatchObject({ from: [['X', 'b', 2]], backordered: [{ location: 'a', quantity: 3 }], isComplete: true });
    expect(plan({ X: { a: 0, b: 5 } }, [['X', 5]], { mayBackorder: ['a'] }).backordered).toEqual([]);
  });

  it('refuses a location for backorders that it is not asked about', () => {
    expect(() => plan({}, [['X', 5]], { locations: ['a', 'b'], mayBackorder: ['b', 'c'] })).toThrow(expect.objectContaining({
      code: 'INVALID_INPUT', issues: [{ path: ['mayBackorder', 1], message: expect.stringContaining('c is not among the locations that are asked') as string }],
    }));
    expect(plan({ X: { a: 2 } }, [['X', 5]], { locations: ['a', 'c'], mayBackorder: ['c'] })).toMatchObject({ from: [['X', 'a', 2]], backordered: [{ location: 'c', quantity: 3 }] });
  });

  it('ships what nothing limits from the first location, and refuses nonsense', () => {
    expect(plan({}, [['FREE', 5]]).from).toEqual([['FREE', 'a', 5]]);
    expect(() => plan({}, [['X', 1], ['X', 0]])).toThrow('lines[1].quantity');
    expect(() => plan({}, [['Z', 1]])).toThrow('no sku Z');
  });

  it('names the locations that could do it alone', () => {
    const lines = [{ sku: parseSku('X'), quantity: 2 }, { sku: parseSku('Y'), quantity: 1 }];
    const supply: Stock = { X: { a: 1, b: 2, c: 2 }, Y: { a: 5, b: 0, c: 1 } };
    const request = { lines, locations: ['a', 'b', 'c'].map((location) => parseLocationId(location)) };
    expect(coveringLocations(request, { catalog: parseCatalog(ITEMS), supply: (sku, location) => supply[sku]?.[location] ?? 0 })).toEqual(['c']);
  });

  it('names each of them once, however often it is asked about', () => {
    const request = { lines: [{ sku: parseSku('X'), quantity: 1 }], locations: ['b', 'a', 'b', 'a'].map((location) => parseLocationId(location)) };
    expect(coveringLocations(request, { catalog: parseCatalog(ITEMS), supply: () => 1 })).toEqual(['b', 'a']);
  });
});

const days = (numbers: Readonly<Record<number, number>>) => Object.entries(numbers).map(([day, quantity]) => ({ day: parseDay(`2026-11-${day.padStart(2, '0')}`), quantity }));
const question = (opening: number, supply: Readonly<Record<number, number>>, demand: Readonly<Record<number, number>>, rest: Partial<PromiseQuestion> = {}): PromiseQuestion =>
  ({ from: parseDay('2026-11-10'), days: 7, opening, supply: days(supply), demand: days(demand), ...rest });
const quantities = (promised: readonly { quantity: unknown }[]) => promised.map(({ quantity }) => quantity);

describe('availableToPromise', () => {
  it('promises today only what no later day needs', () => {
    const asked = question(20, { 12: 10, 14: 1, 15: 3 }, { 10: 3, 13: 15 });
    expect(projectOnHand(asked).map(({ onHand }) => onHand)).toEqual([17, 17, 27, 12, 13, 16, 16]);
    expect(quantities(availableToPromise(asked, 'lookAhead'))).toEqual([12, 12, 12, 12, 13, 16, 16]);
    expect([12, 13, 16, 17].map((quantity) => earliestPromise(asked, quantity))).toEqual(['2026-11-10', '2026-11-14', '2026-11-15', undefined]);
  });

  it('tells what each supply leaves, and what they leave together', () => {
    const asked = question(80, { 12: 60, 15: 60 }, { 10: 30, 11: 25, 12: 30, 13: 10, 15: 35 });
    expect(quantities(availableToPromise(asked, 'discrete'))).toEqual([25, 0, 20, 0, 0, 25, 0]);
    expect(quantities(availableToPromise(asked, 'cumulative'))).toEqual([25, 25, 45, 45, 45, 70, 70]);
  });

  it('meets what a supply cannot meet from the ones before it', () => {
    const asked = question(10, { 12: 5, 14: 5 }, { 14: 12 });
    expect(quantities(availableToPromise(asked, 'discrete'))).toEqual([8, 0, 0, 0, 0, 0, 0]);
    expect(quantities(availableToPromise(question(1, {}, { 12: 5 }), 'discrete'))).toEqual([0, 0, 0, 0, 0, 0, 0]);
  });

  it('counts overdue supply only where that is asked, and overdue demand always', () => {
    expect(quantities(availableToPromise(question(5, { 8: 10 }, { 9: 2 }), 'lookAhead'))[0]).toBe(3);
    expect(quantities(availableToPromise(question(5, { 8: 10 }, { 9: 2 }, { overdue: 'count' }), 'lookAhead'))[0]).toBe(13);
  });

  it('asks the policy where the question does not say whether overdue supply counts', () => {
    const asked = question(5, { 8: 10 }, { 9: 2 });
    const policy = (overdue?: 'ignore' | 'count') => parsePolicy({ version: '1', overdue, channels: [{ id: 'shop', locations: ['a'] }] });
    const first = (of: PromiseQuestion, terms?: { readonly policy?: Policy }) => [availableToPromise(of, 'lookAhead', terms)[0]?.quantity, projectOnHand(of, terms)[0]?.onHand, earliestPromise(of, 13, terms)];
    expect([policy(), policy('count')].map(({ overdue }) => overdue)).toEqual(['ignore', 'count']);
    for (const terms of [undefined, {}, { policy: policy() }, { policy: policy('ignore') }]) expect(first(asked, terms)).toEqual([3, 3, undefined]);
    expect(first(asked, { policy: policy('count') })).toEqual([13, 13, '2026-11-10']);
    expect(first({ ...asked, overdue: 'ignore' }, { policy: policy('count') })).toEqual([3, 3, undefined]);
    expect(first({ ...asked, overdue: 'count' }, { policy: policy('ignore') })).toEqual([13, 13, '2026-11-10']);
    expect(() => parsePolicy({ ...policy(), overdue: 'sometimes' })).toThrow(expect.objectContaining({ code: 'INVALID_POLICY', issues: [expect.objectContaining({ path: ['overdue'] })] }));
    for (const terms of [{ policy: { overdue: 'sometimes' } }, { policy: null }, null]) expect(() => projectOnHand(asked, terms as never)).toThrow(expect.objectContaining({ code: 'INVALID_INPUT' }));
  });

  it('reads dates of expected supply and questions as JSON', () => {
    const line = { source: 'erp' as SourceId, reference: 'PO', location: parseLocationId('a'), quantity: 4 };
    expect(datedSupply([{ ...line, expectedAt: '2026-11-12T23:30:00.000Z' as Instant }, { ...line, expectedAt: undefined }])).toEqual([{ day: '2026-11-12', quantity: 4 }]);
    expect(parsePromiseQuestion({ from: '2026-11-10', days: 3, opening: '-1.5', supply: [{ day: '2028-02-29', quantity: 2 }] }, { scale: 1 }))
      .toEqual({ from: '2026-11-10', days: 3, opening: -15, supply: [{ day: '2028-02-29', quantity: 20 }], demand: [], overdue: undefined });
    for (const [input, path] of [[{ from: '2026-02-30', days: 3, opening: 1 }, 'from'], [{ from: '2026-11-10', days: 0, opening: 1 }, 'days'], [{ from: '2026-11-10', days: 3, opening: 1, demand: [{ day: '2026-11-10', quantity: -1 }] }, 'demand[0].quantity']] as const) {
      expect(() => parsePromiseQuestion(input)).toThrow(path);
    }
    expect(() => projectOnHand(question(1, {}, {}, { days: 4000 }))).toThrow('1 to 3660');
  });
});
