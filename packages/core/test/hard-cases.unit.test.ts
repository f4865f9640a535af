import { describe, expect, it } from 'vitest';
import {
  acceptObservation, availableToPromise, balancesOf, bookMovements, convertHold, decideHold, emptyBooks, extendHold, foldMovements, formatExplanation, formatQuantity, holdsOf, immediateText, locationSupply, measureBooks, multiplyQuantity, orderFromSale,
  parseCatalog, parseChannelId, parseDay, parseInstant, parseLocationId, parseObservation, parseQuantity, parseSku, planFulfilment, positionFromBalances, proposeRepair, releaseHold, scaleQuantity, settleHold, sumQuantities, verifyLedger,
  type BookingRules, type BookObservation, type CatalogItemInput, type HoldRecord, type Movement, type Position, type PositionReader, type Quantity, type SourceId,
} from '../src/index.ts';
import { ask, calculatorFor, immediate, LATER, MUG, NOW, position, shopOn, who, type RuleInput, type Sketch } from './sketch.ts';

/*
 * The fifteen cases that inventory systems get wrong in the field, each by its name. The last two words of some belong to
 * systems around the calculation as well; what can be decided without them is here.
 */
const SHOP = parseChannelId('shop');
const sku = (name: string) => parseSku(name);
const KITS: readonly CatalogItemInput[] = [
  { sku: 'A' }, { sku: 'B' }, { sku: 'SET', components: [{ sku: 'A', quantityPer: 1 }, { sku: 'B', quantityPer: 1 }] }, { sku: 'DUO', components: [{ sku: 'A', quantityPer: 2 }] },
  { sku: 'CASE', components: [{ sku: 'SET', quantityPer: 2 }, { sku: 'A', quantityPer: 1 }] },
];
const UNITS: readonly CatalogItemInput[] = [
  { sku: 'BAG', stockUnit: 'bag', conversions: { scoop: '1/20' } }, { sku: 'EGG', stockUnit: 'piece', conversions: { dozen: 12 } },
  { sku: 'CUP', components: [{ sku: 'BAG', quantityPer: '1/3' }] }, { sku: 'POT', components: [{ sku: 'CUP', quantityPer: 2 }] },
  { sku: 'WHOLE', components: [{ sku: 'CUP', quantityPer: 2 }, { sku: 'BAG', quantityPer: '1/3' }] }, { sku: 'SIXTH', components: [{ sku: 'CUP', quantityPer: '1/2' }] },
  { sku: 'DOZEN', components: [{ sku: 'EGG', quantityPer: 1, unit: 'dozen' }] }, { sku: 'ROUND', components: [{ sku: 'BAG', quantityPer: 33, unit: 'scoop' }] },
];
const readerOf = (stock: Readonly<Record<string, Sketch>>): PositionReader => {
  const positions = new Map(Object.entries(stock).map(([name, sketch]) => [name, position(name, sketch)]));
  return { position: (wanted) => positions.get(wanted) };
};

const RULES: BookingRules = { containment: new Map([['erp' as SourceId, { way: 'reference' }]]), returns: 'owner' };
const at = (time: string): string => `2026-11-23T${time}:00Z`;
const stock = (asOf: string, measures: object, source = 'erp'): BookObservation => parseObservation({ kind: 'stock', source, sku: 'MUG', location: 'W1', asOf: at(asOf), measures });
const order = (revision: string, line: object, rest: object = {}): BookObservation =>
  parseObservation({ kind: 'order', channel: 'shop', orderId: '#1', revision: at(revision), placedAt: at('09:00'), lines: [{ id: '1', sku: 'MUG', location: 'W1', ordered: 0, fulfilled: 0, cancelled: 0, returned: 0, ...line }], ...rest });
const acknowledged = (revision: string, line: object): BookObservation =>
  parseObservation({ kind: 'acknowledgement', source: 'erp', channel: 'shop', orderId: '#1', revision: at(revision), contained: [{ sku: 'MUG', ordered: 0, fulfilled: 0, cancelled: 0, returned: 0, ...line }] });
const booksOf = (told: readonly BookObservation[], rules = RULES) => told.reduce((books, one) => acceptObservation(books, one, rules), emptyBooks(sku('MUG')));
const positionOf = (told: readonly BookObservation[], rules = RULES): Position => positionFromBalances({ sku: sku('MUG') }, balancesOf(measureBooks(booksOf(told, rules), rules)));
const sellable = (told: readonly BookObservation[], rules = RULES): Quantity | undefined =>
  calculatorFor({ channels: [shopOn('W1')] }).compute({ channel: SHOP, sku: sku('MUG') }, { position: () => positionOf(told, rules) }, { asOf: NOW }).immediate;
function ledgerOf(told: readonly BookObservation[]): readonly Movement[] {
  let books = emptyBooks(sku('MUG'));
  return told.flatMap((one) => {
    const before = measureBooks(books, RULES);
    books = acceptObservation(books, one, RULES);
    return bookMovements(before, measureBooks(books, RULES));
  });
}

describe('the hard cases', () => {
  it('1. the same sku, or a component that two kits share, on several lines is added up before the check', () => {
    const decide = (lines: readonly (readonly [string, number])[], grant: 'all' | 'part') =>
      decideHold(calculatorFor({ catalog: KITS }), { id: 'cart', channel: SHOP, expiresAt: LATER, grant, lines: lines.map(([name, quantity]) => ({ sku: sku(name), quantity })) }, { positions: readerOf({ A: { at: { W1: 5 } }, B: { at: { W1: 5 } } }), asOf: NOW });
    expect(decide([['A', 3], ['A', 3]], 'all').status).toBe('refused');
    expect(decide([['SET', 3], ['DUO', 2]], 'all').status).toBe('refused');
    expect(decide([['SET', 3], ['DUO', 1]], 'all').status).toBe('granted');
    expect(decide([['SET', 3], ['DUO', 2], ['A', 1]], 'part').lines.map(({ granted }) => granted)).toEqual([3, 1, 0]);
    const limited = (limits: object, grant: 'all' | 'part') => {
      const { status, lines } = decideHold(calculatorFor({ catalog: KITS }), { id: 'cart', channel: SHOP, expiresAt: LATER, grant, lines: [3, 3].map((quantity) => ({ sku: sku('A'), quantity, limits })) }, { positions: readerOf({ A: { at: { W1: 9 } } }), asOf: NOW });
      return [status, ...lines.map(({ granted }) => granted)];
    };
    expect(limited({ most: 3 }, 'part')).toEqual(['part', 3, 0]);
    expect(limited({ most: 3 }, 'all')).toEqual(['refused', 0, 0]);
    expect(limited({ least: 5 }, 'all')).toEqual(['granted', 3, 3]);
    expect(limited({ multipleOf: 6 }, 'all')).toEqual(['granted', 3, 3]);
    expect(limited({ multipleOf: 4 }, 'part')).toEqual(['part', 3, 1]);
    const plan = planFulfilment({ lines: [2, 2].map((quantity) => ({ sku: sku('A'), quantity })), locations: ['W1', 'W2'].map((id) => parseLocationId(id)) }, { catalog: parseCatalog(KITS), supply: (_, location) => (location === 'W1' ? 3 : 9) });
    expect(plan.allocations.map(({ location, quantity }) => [location, quantity])).toEqual([['W1', 3], ['W2', 1]]);
    const orders = parseObservation({ kind: 'order', channel: 'shop', orderId: '#1', revision: at('10:00'), placedAt: at('10:00'), lines: ['1', '2'].map((id) => ({ id, sku: 'MUG', ordered: 2, fulfilled: 0, cancelled: 0, returned: 0 })) });
    expect(sellable([stock('09:00', { onHand: 5 }), orders])).toBe(1);
  });

  it('2. what is checked is what is written: the decision is over the positions that it claims, and its hold is part of the next one', () => {
    const holds: HoldRecord[] = [];
    const buy = (id: string): string => {
      const there = { ...position('MUG', { at: { W1: 5 } }), holds: holdsOf(sku('MUG'), holds, () => false) };
      const { status, hold } = decideHold(calculatorFor({}), { id, channel: SHOP, expiresAt: LATER, grant: 'all', lines: [{ sku: sku('MUG'), quantity: 5 }] }, { positions: { position: () => there }, asOf: NOW });
      if (hold !== undefined) holds.push(hold);
      return status;
    };
    expect([buy('one'), buy('two')]).toEqual(['granted', 'refused']);
  });

  it('3. kits, pooled or per location: the count says which, and the hold agrees with it', () => {
    const apart = { A: { at: { W1: 4 } }, B: { at: { W1: 1, W2: 3 } } };
    for (const [kits, count, where] of [['pooled', 4, ['']], ['perLocation', 1, ['W1']]] as const) {
      expect(immediate({ catalog: KITS, policy: { kits }, stock: apart, sku: 'SET' })).toBe(count);
      const calculator = calculatorFor({ catalog: KITS, policy: { kits } });
      const { lines, hold } = decideHold(calculator, { id: 'cart', channel: SHOP, expiresAt: LATER, grant: 'part', lines: [{ sku: sku('SET'), quantity: 9 }] }, { positions: readerOf(apart), asOf: NOW });
      expect([lines[0]?.granted, [...new Set(hold?.lines.map(({ location }) => location))]]).toEqual([count, where]);
    }
    const plan = planFulfilment({ lines: [{ sku: sku('SET'), quantity: 2 }], locations: [parseLocationId('W1'), parseLocationId('W2')] }, { catalog: parseCatalog(KITS), supply: (part, location) => Number(position(part, apart[part as 'A' | 'B']).locations.get(location)?.onHand ?? 0) });
    expect([plan.allocations.map(({ location, quantity }) => [location, quantity]), plan.isComplete]).toEqual([[['W1', 1]], false]);
  });

  it('4. nested kits and shared components: explode, group, divide, and take the least last', () => {
    expect(immediate({ catalog: KITS, stock: { A: { at: { W1: 8 } }, B: { at: { W1: 9 } } }, sku: 'CASE' })).toBe(2);
    expect(ask({ catalog: KITS, stock: { A: { at: { W1: 2 } }, B: { at: { W1: 9 } } }, sku: 'CASE' })).toMatchObject({ immediate: 0, limit: { code: 'COMPONENT', sku: 'A' } });
    expect(immediate({ catalog: KITS, stock: { A: { at: { W1: { onHand: 5, unavailable: 2 } } }, B: { at: { W1: { onHand: 5, committed: 4 } } } }, sku: 'SET' })).toBe(1);
  });

  it('5. exact decimals: rounded down and never half up, and units as rationals', () => {
    const cloth: readonly CatalogItemInput[] = [{ sku: 'CLOTH', scale: 2 }, { sku: 'BAG', components: [{ sku: 'CLOTH', quantityPer: '0.35' }] }];
    const metres = (text: string): Quantity => parseQuantity(text, { scale: 2 });
    const there: PositionReader = { position: () => ({ ...position('CLOTH', { at: { W1: { onHand: metres('33.59') } } }), scale: 2 }) };
    const calculator = calculatorFor({ catalog: cloth });
    expect(immediateText(calculator.compute({ channel: SHOP, sku: sku('CLOTH') }, there, { asOf: NOW }), 2)).toBe('33.59');
    expect(calculator.compute({ channel: SHOP, sku: sku('BAG') }, there, { asOf: NOW }).immediate).toBe(95);
    expect(formatQuantity(scaleQuantity(11, 1, 12, 'down'))).toBe('0');
    expect(formatQuantity(scaleQuantity(scaleQuantity(2, 1, 3, 'down'), 3, 1, 'down'))).toBe('0');
    expect(formatQuantity(scaleQuantity(2, 3, 3, 'down'))).toBe('2');
    expect(() => parseQuantity('0.125', { scale: 2 })).toThrow('steps of 10^-2');
    const shop = calculatorFor({ catalog: UNITS });
    const kits = (name: string, bags: number) => shop.compute({ channel: SHOP, sku: sku(name) }, { position: (part) => position(part, { at: { W1: bags } }) }, { asOf: NOW }).immediate;
    expect([10, 1, 0].map((bags) => kits('CUP', bags))).toEqual([30, 3, 0]);
    expect([2, 3, 10].map((bags) => kits('POT', bags))).toEqual([3, 4, 15]);
    // Two thirds and one third of a bag are one bag, and half of a third is a sixth: nothing is rounded before the kits are.
    expect([kits('WHOLE', 7), kits('SIXTH', 1)]).toEqual([7, 6]);
    expect([11, 12, 23].map((eggs) => kits('DOZEN', eggs))).toEqual([0, 1, 1]);
    expect(kits('ROUND', 10)).toBe(6);
    const held = (quantity: number) => decideHold(shop, { id: 'cart', channel: SHOP, expiresAt: LATER, grant: 'all', lines: [{ sku: sku('CUP'), quantity: 1 }, { sku: sku('CUP'), quantity: quantity - 1 }] }, { positions: readerOf({ BAG: { at: { W1: 10 } } }), asOf: NOW }).hold?.lines.map((line) => line.quantity);
    expect([held(4), held(30), held(31)]).toEqual([[2], [10], undefined]);
    expect(immediate({ catalog: UNITS, stock: { BAG: { at: { W1: 10 }, holds: [{ quantity: Number(held(4)?.[0]) }] } }, sku: 'CUP' })).toBe(24);
    expect(formatExplanation(shop.explain({ channel: SHOP, sku: sku('CUP') }, readerOf({ BAG: { at: { W1: 10 } } }), { asOf: NOW }))).toContain('=       30  kits that BAG allows: 10 / (1/3), rounded down');
    // Neither 0.1 + 0.2 nor what lies past 2^53 is a double.
    expect(formatQuantity(sumQuantities(['0.1', '0.2'].map((text) => parseQuantity(text, { scale: 1 }))), 1)).toBe('0.3');
    expect(formatQuantity(multiplyQuantity(parseQuantity('9007199254740.991', { scale: 3 }), 7), 3)).toBe('63050394783186.937');
    expect(formatQuantity(scaleQuantity(parseQuantity('27021597764222979'), 1, 3, 'down'))).toBe('9007199254740993');
  });

  it('6. a negative location neither hides stock elsewhere nor vanishes, as the policy says', () => {
    const stockThere = { MUG: { at: { W1: -4, W2: 3 } } };
    expect(immediate({ policy: { clamp: 'perLocation' }, stock: stockThere })).toBe(3);
    expect(immediate({ policy: { clamp: 'total' }, stock: stockThere })).toBe(0);
    expect(positionOf([stock('10:00', { onHand: 10, committed: 15 })]).locations.get(parseLocationId('W1'))).toMatchObject({ onHand: 10, committed: 15 });
    expect(planFulfilment({ lines: [{ sku: sku('MUG'), quantity: 3 }], locations: [parseLocationId('W1'), parseLocationId('W2')] }, { catalog: parseCatalog([MUG]), supply: (_, location) => (location === 'W1' ? -4 : 3) }).isComplete).toBe(true);
  });

  it('7. own holds are left out: all of them, and only them', () => {
    const reader = readerOf({ MUG: { at: { W1: 5 }, holds: [{ id: 'cart', quantity: 2 }, { id: 'mine', quantity: 1 }, { id: 'theirs', quantity: 2 }] } });
    const granted = (ownHolds: readonly string[]) => decideHold(calculatorFor({}), { id: 'cart', channel: SHOP, expiresAt: LATER, grant: 'part', lines: [{ sku: sku('MUG'), quantity: 9 }] }, { positions: reader, asOf: NOW, ownHolds }).lines[0]?.granted;
    expect([granted([]), granted(['mine']), granted(['nobody'])]).toEqual([2, 3, 2]);
  });

  it('8. expiry is judged when somebody reads, holds are extended, and a late payment asks again', () => {
    const hold: HoldRecord = { id: 'cart', channel: SHOP, expiresAt: LATER, state: 'held', orderId: '', lines: [{ sku: sku('MUG'), location: '', quantity: 2 }] };
    const stockThere = { MUG: { at: { W1: 2 }, holds: [{ id: 'cart', quantity: 2, expiresAt: LATER }] } };
    expect([immediate({ stock: stockThere }), immediate({ stock: stockThere, asOf: LATER }), ask({ stock: stockThere }).validUntil]).toEqual([0, 2, LATER]);
    const later = parseInstant('2026-11-23T12:20:00Z');
    expect([extendHold(hold, { until: later, asOf: NOW }).status, extendHold(hold, { until: later, asOf: LATER }).status, convertHold(hold, { orderId: '#1', asOf: LATER }).status]).toEqual(['changed', 'refused', 'refused']);
    const [longer, shorter] = [later, NOW].map((until) => extendHold(hold, { until, asOf: NOW }).hold.expiresAt);
    expect([longer, shorter]).toEqual([later, LATER]);
    const pay = (onHand: number) => settleHold(hold, { orderId: '#1', lines: [{ sku: sku('MUG'), quantity: 2 }] }, { calculator: calculatorFor({}), positions: readerOf({ MUG: { at: { W1: onHand } } }), asOf: later }).status;
    expect([pay(2), pay(1)]).toEqual(['convertedLate', 'short']);
  });

  it('9. compensation happens exactly once: shipped in part, cancelled, returned, failed, in any order and as often as it is told', () => {
    const life = [
      order('10:00', { ordered: 5 }), order('11:00', { ordered: 5, fulfilled: 3 }), order('12:00', { ordered: 5, fulfilled: 3, cancelled: 2 }), order('13:00', { ordered: 5, fulfilled: 3, cancelled: 2, returned: 1 }),
    ];
    const opening = stock('09:00', { onHand: 100, committed: 0 });
    const byChannel: BookingRules = { ...RULES, returns: 'channel' };
    for (const told of [life, [...life].reverse(), [...life, ...life], [life[3]!, life[0]!, life[3]!, life[2]!]]) {
      expect([sellable([opening, ...told]), sellable([opening, ...told], byChannel)]).toEqual([97, 98]);
    }
    expect(sellable([opening, order('10:00', { ordered: 5 }, { payment: 'failed' })])).toBe(100);
    expect(sellable([opening, order('10:00', { ordered: 5 }, { payment: 'failed' }), order('10:05', { ordered: 5 }, { payment: 'paid' })])).toBe(95);
    const second = parseObservation({ kind: 'stock', source: 'erp', sku: 'MUG', location: 'W2', asOf: at('09:00'), measures: { onHand: 100, committed: 0 } });
    const fromTwo = parseObservation({ kind: 'order', channel: 'shop', orderId: '#2', revision: at('11:00'), placedAt: at('09:00'), lines: [['W1', 3], ['W2', 2]].map(([location, count], index) => ({ id: String(index), sku: 'MUG', location, ordered: count, fulfilled: count, cancelled: 0, returned: 0 })) });
    const places = positionOf([opening, second, fromTwo, fromTwo]).locations;
    expect(['W1', 'W2'].map((id) => [places.get(parseLocationId(id))?.onHand, places.get(parseLocationId(id))?.committed])).toEqual([[97, 0], [98, 0]]);
    const ledger = ledgerOf([opening, ...life, ...life]);
    expect(foldMovements(ledger).get('onHand\u001fW1\u001f')).toBe(97);
    expect([releaseHold, (hold: HoldRecord) => releaseHold(releaseHold(hold).hold)].map((release) => release({ id: 'h', channel: SHOP, expiresAt: LATER, state: 'held', orderId: '', lines: [] }).hold.state)).toEqual(['released', 'released']);
  });

  it('10. states that overlap are subtracted once', () => {
    expect(sellable([stock('09:00', { onHand: 100, committed: 0 }), order('10:00', { ordered: 3 }), order('11:00', { ordered: 3, fulfilled: 3 })])).toBe(97);
    const contained = [order('10:00', { ordered: 3 }), acknowledged('10:01', { ordered: 3 }), stock('10:01', { onHand: 10, committed: 3 })];
    expect(sellable(contained)).toBe(7);
    expect(sellable([...contained, order('11:00', { ordered: 3, fulfilled: 3 })])).toBe(7);
    expect(immediate({ stock: { MUG: { at: { W1: { onHand: 10, unavailable: 10, committed: 0 } } } } })).toBe(0);
    const hold: HoldRecord = { id: 'cart', channel: SHOP, expiresAt: LATER, state: 'converted', orderId: '#1', lines: [{ sku: sku('MUG'), location: '', quantity: 3 }] };
    const withHold = (isBooked: boolean): Position => ({ ...positionOf(isBooked ? [stock('09:00', { onHand: 10 }), order('10:00', { ordered: 3 })] : [stock('09:00', { onHand: 10 })]), holds: holdsOf(sku('MUG'), [hold], () => isBooked) });
    for (const isBooked of [false, true]) expect(calculatorFor({}).compute({ channel: SHOP, sku: sku('MUG') }, { position: () => withHold(isBooked) }, { asOf: NOW }).immediate).toBe(7);
  });

  it('11. one physical source in several pools drains all of them', () => {
    const channels = [shopOn('W1'), { id: 'market', locations: ['W1', 'W2'] }];
    const after = (channel: string): unknown => immediate({ channels, stock: { MUG: { at: { W1: 5, W2: 1 }, unrouted: { shop: 4 } } }, channel });
    expect([after('shop'), after('market')]).toEqual([1, 2]);
    const sale = orderFromSale({ kind: 'sale', channel: parseChannelId('till'), saleId: 's1', location: parseLocationId('W1'), soldAt: parseInstant(at('10:00')), lines: [{ id: '1', sku: sku('MUG'), sold: formatQuantity(4) }] });
    const left = positionOf([stock('09:00', { onHand: 5 }), sale]);
    expect(left.locations.get(parseLocationId('W1'))).toMatchObject({ onHand: 1, committed: 0 });
    const calculator = calculatorFor({ channels });
    expect(channels.map(({ id }) => calculator.compute({ channel: parseChannelId(id), sku: sku('MUG') }, { position: () => left }, { asOf: NOW }).immediate)).toEqual([1, 1]);
  });

  it('12. a threshold has one sign and one scope: held back per location, or beyond stock in total, and off wins over both', () => {
    const rules = (...all: RuleInput[]) => ({ rules: all });
    const keep: RuleInput = { ...who, id: 'keep', kind: 'safetyStock', withhold: { fixed: 2 } };
    const beyond: RuleInput = { ...who, id: 'beyond', kind: 'backorderLimit', limit: 10 };
    const off: RuleInput = { ...who, id: 'off', kind: 'forceOut' };
    const reads = { promised: () => ({ backordered: new Map(), preordered: new Map() }) };
    const stockThere = { MUG: { at: { W1: 5, W2: 1 } } };
    expect(immediate({ ...rules(keep), stock: stockThere })).toBe(3);
    expect(ask({ ...rules(beyond), stock: stockThere, reads })).toMatchObject({ immediate: 6, backorder: 10 });
    expect(ask({ ...rules(beyond, off), stock: stockThere, reads })).toMatchObject({ immediate: 0, backorder: 0 });
    expect(() => calculatorFor(rules({ ...keep, withhold: { fixed: -2 } }))).toThrow('rules[0].withhold');
  });

  it('13. what is derived drifts: the difference is found, named and compensated, and nothing is edited', () => {
    const told = [stock('09:00', { onHand: 10, committed: 0 }), order('10:00', { ordered: 3 }), order('11:00', { ordered: 3, fulfilled: 1 })];
    const ledger = ledgerOf(told);
    const expected = balancesOf(measureBooks(booksOf(told), RULES));
    const drifted = new Map([...expected, ['committed\u001fW1\u001f', 5]]);
    expect(verifyLedger(ledger, drifted)).toMatchObject({ status: 'differs', kept: 5, folded: 2, account: { account: 'committed', location: 'W1' } });
    const lost = ledger.slice(0, -1);
    const proposal = proposeRepair({ movements: lost, kept: drifted, expected });
    expect(proposal.differences.length).toBeGreaterThan(0);
    expect(verifyLedger([...lost, ...proposal.compensations], expected)).toEqual({ status: 'agrees' });
  });

  it('14. a promise looks ahead: the least over the rest of the horizon, and overdue supply is not counted', () => {
    const day = (number: number) => parseDay(`2026-11-${String(number)}`);
    const question = { from: day(23), days: 3, opening: 5, supply: [{ day: day(20), quantity: 9 }, { day: day(25), quantity: 4 }], demand: [{ day: day(24), quantity: 3 }] };
    expect(availableToPromise(question, 'lookAhead').map(({ quantity }) => quantity)).toEqual([2, 2, 6]);
    expect(availableToPromise({ ...question, overdue: 'count' }, 'lookAhead')[0]?.quantity).toBe(11);
  });

  it('15. what arrives twice, late, out of order or from the wrong side changes nothing, and a buffer holds on every way', () => {
    const told = [stock('10:00', { onHand: 10, committed: 0 }), order('10:30', { ordered: 3 }), acknowledged('10:31', { ordered: 3 }), stock('10:31', { onHand: 10, committed: 3 }), stock('09:00', { onHand: 99 })];
    for (const arrival of [told, [...told].reverse(), [...told, ...told]]) expect(sellable(arrival)).toBe(7);
    const broken = parseObservation({ kind: 'delta', source: 'erp', id: 'd1', sku: 'MUG', location: 'W1', at: at('10:40'), measure: 'onHand', delta: -1, reason: 'damage' });
    for (const arrival of [[...told, broken], [...told, broken, broken], [broken, ...told, broken]]) expect(sellable(arrival)).toBe(6);
    const echo = acknowledged('10:20', { ordered: 0 });
    expect(sellable([...told, echo])).toBe(7);
    const buffer: RuleInput = { ...who, id: 'buffer', kind: 'buffer', withhold: { fixed: 2 } };
    expect(immediate({ rules: [buffer], stock: { MUG: { at: { W1: 10 } } } })).toBe(8);
    expect(decideHold(calculatorFor({ rules: [buffer] }), { id: 'cart', channel: SHOP, expiresAt: LATER, grant: 'part', lines: [{ sku: sku('MUG'), quantity: 10 }] }, { positions: readerOf({ MUG: { at: { W1: 10 } } }), asOf: NOW }).lines[0]?.granted).toBe(8);
    expect(locationSupply(calculatorFor({ rules: [buffer] }), { channel: SHOP, sku: sku('MUG'), location: parseLocationId('W1') }, { positions: readerOf({ MUG: { at: { W1: 10 } } }), moment: { asOf: NOW } })).toBe(10);
  });
});
