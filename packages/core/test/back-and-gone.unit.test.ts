import { describe, expect, it } from 'vitest';
import { acceptObservation, accountKey, balancesOf, emptyBooks, isSettledClaim, measureBooks, parseLocationId, parseObservation, parseSku, type BookObservation, type BookingRules, type Books } from '../src/index.ts';
import { at, ERP, leftOf, SHOP, SKU } from './ledger-sketch.ts';

/*
 * Stories of what came back, was voided or went from one place to the other, told late, twice or in part. Nobody here can know
 * what nobody says; what is left to sell is then too little, or the page says on what trust it is not.
 */
type Counts = readonly [ordered: number, fulfilled: number, returned: number];
const counters = ([ordered, fulfilled, returned]: Counts): object => ({ ordered, fulfilled, cancelled: 0, returned });
const figure = (time: string, onHand: number, location = 'W1'): BookObservation => parseObservation({ kind: 'stock', source: ERP, sku: SKU, location, asOf: at(time), measures: { onHand } });
const count = (time: string, onHand: number): BookObservation => parseObservation({ kind: 'count', source: ERP, sku: SKU, location: 'W1', at: at(time), onHand });
const sale = (time: string, told?: Counts): BookObservation => parseObservation({
  kind: 'order', channel: SHOP, orderId: '#1', revision: at(time), placedAt: at('09:00'), lines: told === undefined ? [] : [{ id: '1', sku: SKU, location: 'W1', ...counters(told) }],
});
const word = (time: string, told: Counts): BookObservation => parseObservation({ kind: 'acknowledgement', source: ERP, channel: SHOP, orderId: '#1', revision: at(time), contained: [{ sku: SKU, ...counters(told) }] });
const rulesOf = (way: BookingRules['containment'] extends ReadonlyMap<unknown, infer Way> ? Way : never, returns: BookingRules['returns'] = 'channel'): BookingRules => ({ containment: new Map([[ERP, way]]), returns });
const booksOf = (rules: BookingRules, ...told: readonly BookObservation[]): Books => told.reduce((books, one) => acceptObservation(books, one, rules), emptyBooks(parseSku(SKU)));
const left = (rules: BookingRules, ...told: readonly BookObservation[]): number => leftOf(balancesOf(measureBooks(booksOf(rules, ...told), rules)));

describe('goods that came back, by the word of the channel', () => {
  // Three left and were back on the shelf at 10:00; the shop says so at 12:00.
  const before = [figure('09:00', 10), sale('09:10', [3, 3, 0]), figure('10:00', 10)];
  const told = sale('12:00', [3, 3, 3]);

  it('count once more than they are where a count had them and nobody says how long before the channel that may be', () => {
    const rules = rulesOf({ way: 'never', shipLagMs: 0 });
    expect([left(rules, ...before), left(rules, ...before, told), left(rules, ...before, told, figure('12:00', 10))]).toEqual([10, 13, 10]);
  });

  it('count once where the lag of the channel is said', () => {
    const rules = rulesOf({ way: 'never', shipLagMs: 0, returnLagMs: 2 * 3_600_000 });
    expect([left(rules, ...before, told), left(rules, ...before, told, figure('12:00', 10)), left(rules, told, ...before)]).toEqual([10, 10, 10]);
    // A figure from before that can have nothing of it.
    expect(left(rules, sale('09:10', [3, 3, 0]), figure('09:50', 7), told)).toBe(10);
    expect(booksOf(rules, ...before, told).claims.map((claim) => isSettledClaim(claim, booksOf(rules, ...before, told), rules))).toEqual([true]);
    const always = rulesOf({ way: 'never', shipLagMs: 0, returnLagMs: Number.POSITIVE_INFINITY });
    expect([left(always, sale('09:10', [3, 3, 0]), figure('09:50', 7), told), left(always, told)]).toEqual([7, 0]);
  });

  it('count once where the owner acknowledged them before, in a figure as in a count', () => {
    const rules = rulesOf({ way: 'reference' });
    for (const shelf of [figure('10:00', 10), count('10:00', 10)]) expect(left(rules, figure('09:00', 10), sale('09:10', [3, 3, 0]), word('10:00', [3, 3, 3]), shelf, told)).toBe(10);
  });
});

describe('a sale that is voided after a figure that has it', () => {
  const ways = [{ way: 'reference' }, { way: 'watermark' }, { way: 'never', shipLagMs: 0 }] as const;
  const mark = (time: string, through: string): BookObservation => parseObservation({ kind: 'watermark', source: ERP, channel: SHOP, revision: at(time), through: at(through) });
  const before = [figure('09:00', 10), sale('09:10', [3, 3, 0]), word('09:20', [3, 3, 0]), mark('09:20', '09:10'), figure('10:00', 7)];

  it.each(ways)('leaves what the figure says until the owner shows it back, whoever puts returns back: $way', (way) => {
    for (const returns of ['owner', 'channel'] as const) {
      const rules = rulesOf(way, returns);
      const voided = [...before, sale('11:00'), figure('11:10', 7)];
      const shown = [...voided, word('12:00', [0, 0, 0]), mark('12:00', '11:00'), figure('12:10', 10)];
      expect([left(rules, ...voided), left(rules, ...shown), left(rules, ...shown.toReversed())]).toEqual([7, 10, 10]);
    }
  });

  it('is told as sold again, or as another sale, where its owner never tells', () => {
    const rules = rulesOf({ way: 'never', shipLagMs: 0 });
    const voided = [...before, sale('11:00'), figure('11:10', 10)];
    const again = parseObservation({ ...sale('11:20', [3, 3, 0]), orderId: '#2' });
    expect([left(rules, ...voided, sale('11:20', [3, 3, 0])), left(rules, ...voided, again)]).toEqual([7, 7]);
  });
});

describe('a transfer of four from ten to ten', () => {
  const rules = rulesOf({ way: 'never', shipLagMs: 0 }, 'owner');
  const transfer = (time: string, [dispatched, received, lost]: Counts, id = 'T1'): BookObservation => parseObservation({ kind: 'transfer', source: ERP, id, sku: SKU, from: 'W1', to: 'W2', at: at(time), dispatched, received, lost });
  const ends = (...told: readonly BookObservation[]): readonly unknown[] => {
    const balances = balancesOf(measureBooks(booksOf(rules, figure('09:00', 10), figure('09:00', 10, 'W2'), ...told), rules));
    return ['W1', 'W2'].map((place) => balances.get(accountKey({ account: 'onHand', location: parseLocationId(place), channel: '' })));
  };

  it.each([
    ['received and never dispatched', [transfer('10:00', [0, 4, 0])], [6, 14]],
    ['received, and its dispatch told after', [transfer('10:00', [0, 4, 0]), transfer('09:30', [4, 0, 0])], [6, 14]],
    ['received and never dispatched, with a figure of where it left in between, which is then taken to be from before', [figure('09:40', 6), transfer('10:00', [0, 4, 0])], [2, 14]],
    ['the same, once its dispatch is told', [figure('09:40', 6), transfer('10:00', [0, 4, 0]), transfer('09:30', [4, 0, 0])], [6, 14]],
    ['received whole and then told as lost', [transfer('10:00', [4, 4, 0]), transfer('10:10', [4, 4, 2])], [6, 14]],
    ['received more than dispatched', [transfer('10:00', [4, 5, 0])], [5, 15]],
    ['told again under another id, which is another transfer until both ends report', [transfer('10:00', [4, 4, 0]), transfer('10:00', [0, 4, 0], 'T9')], [2, 18]],
    ['the same, after they reported', [transfer('10:00', [4, 4, 0]), transfer('10:00', [0, 4, 0], 'T9'), figure('10:10', 6), figure('10:10', 14, 'W2')], [6, 14]],
    // Five left, were taken for lost, and three of them were found: that they were dispatched is told after the figure that has them gone.
    ['lost and found, and dispatched only after the figure of where it left', [transfer('10:00', [0, 3, 5]), figure('10:10', 5), transfer('10:20', [5, 3, 5])], [5, 13]],
  ] as const)('%s', (_, told, expected) => {
    expect(ends(...told)).toEqual(expected);
  });
});
