import { describe, expect, it } from 'vitest';
import {
  createAvailability, decideHold, diffExplanations, diffPolicies, holdsOf, isStockwrightError, parseCatalog, parseChannelId, parseLocationId, parsePolicy, parseSku, publicationRisk,
  type CatalogItemInput, type Explanation, type Hold, type HoldRecord, type LocationStock, type PolicyInput, type Position, type PositionReader,
} from '../src/index.ts';
import { LATER, NOW } from './sketch.ts';

const SHOP = parseChannelId('shop');
const [BAG, KIT] = [parseSku('BAG'), parseSku('KIT')];
const FRACTION: readonly CatalogItemInput[] = [{ sku: 'BAG' }, { sku: 'KIT', components: [{ sku: 'BAG', quantityPer: '2/3' }] }];
const stock = (onHand: number, more: Partial<LocationStock> = {}): LocationStock => ({ onHand, unavailable: 0, committed: 0, incoming: 0, inTransit: 0, ...more });
function bags(at: Readonly<Record<string, LocationStock>>, { unrouted = {}, holds = [] }: { readonly unrouted?: Readonly<Record<string, number>>; readonly holds?: readonly Hold[] } = {}): PositionReader {
  const position: Position = {
    sku: BAG, scale: 0, locations: new Map(Object.entries(at).map(([id, there]) => [parseLocationId(id), there])), unrouted: new Map(Object.entries(unrouted).map(([id, units]) => [parseChannelId(id), units])), holds,
  };
  return { position: (sku) => (sku === BAG ? position : undefined) };
}
const over = (policy: Partial<PolicyInput>, catalog = FRACTION): ReturnType<typeof createAvailability> =>
  createAvailability({ catalog: parseCatalog(catalog), policy: parsePolicy({ version: '1', channels: [{ id: 'shop', locations: ['W2', 'W1'] }], ...policy }) });
const ids = (count: number, name: (index: number) => string): string[] => Array.from({ length: count }, (_value, index) => name(index));

describe('kits that take a fraction, at several locations', () => {
  it.each<[string, Partial<PolicyInput>]>([
    ['shown in parts', { channels: [{ id: 'shop', locations: ['W2', 'W1'], publish: 'perLocation' }] }],
    ['counted per location', { kits: 'perLocation' }],
  ])('leave an order what each location would round up of it: %s', (_what, policy) => {
    const calculator = over(policy);
    const positions = bags({ W1: stock(2), W2: stock(1) }, { unrouted: { shop: 1 } });
    const { immediate } = calculator.compute({ channel: SHOP, sku: KIT }, positions, { asOf: NOW });
    const { hold } = decideHold(calculator, { id: 'cart', channel: SHOP, expiresAt: LATER, grant: 'part', lines: [{ sku: KIT, quantity: 9 }] }, { positions, asOf: NOW });
    const claimed = (hold?.lines ?? []).reduce((sum, { quantity }) => sum + Number(quantity), 0);
    expect(Number(immediate)).toBeGreaterThan(0);
    expect(claimed).toBeLessThanOrEqual(2);
  });

  it('hold no more of what is there and expected together than there is, where some wait', () => {
    const calculator = over({ channels: [{ id: 'shop', locations: ['W1'], publish: 'perLocation' }], rules: [{ id: 'incoming', owner: 'o', reason: 'r', kind: 'preorderLimit', limit: 'incoming' }] });
    const positions: PositionReader = { ...bags({ W1: stock(1, { incoming: 1 }) }), promised: () => ({ backordered: new Map(), preordered: new Map() }) };
    const { hold } = decideHold(calculator, { id: 'cart', channel: SHOP, expiresAt: LATER, grant: 'part', lines: [{ sku: KIT, quantity: 3, promise: 'preorder' }] }, { positions, asOf: NOW });
    expect((hold?.lines ?? []).reduce((sum, { quantity }) => sum + Number(quantity), 0)).toBe(2);
    expect(calculator.compute({ channel: SHOP, sku: KIT }, positions, { asOf: NOW })).toMatchObject({ immediate: 1, preorder: 1 });
  });

  it('are as many as leave it alone in whatever way they are built, and no whole step fewer', () => {
    const calculator = over({ kits: 'perLocation' });
    const positions = bags({ W1: stock(3), W2: stock(2) }, { unrouted: { shop: 1 } });
    expect(calculator.compute({ channel: SHOP, sku: KIT }, positions, { asOf: NOW }).immediate).toBe(5);
    const { lines, hold } = decideHold(calculator, { id: 'cart', channel: SHOP, expiresAt: LATER, grant: 'all', lines: [{ sku: KIT, quantity: 5 }] }, { positions, asOf: NOW });
    expect(lines).toMatchObject([{ granted: 5 }]);
    expect((hold?.lines ?? []).reduce((sum, { quantity }) => sum + Number(quantity), 0)).toBeLessThanOrEqual(4);
  });

  it('that can be sold now take a step each at most, and leave the others to those that wait', () => {
    const calculator = over({ channels: [{ id: 'shop', locations: ['W1', 'W2', 'W3'], publish: 'perLocation' }], rules: [{ id: 'incoming', owner: 'o', reason: 'r', kind: 'preorderLimit', limit: 'incoming' }] });
    const positions: PositionReader = { ...bags({ W1: stock(1, { incoming: 1 }), W2: stock(1), W3: stock(1) }), promised: () => ({ backordered: new Map(), preordered: new Map() }) };
    expect(calculator.compute({ channel: SHOP, sku: KIT }, positions, { asOf: NOW })).toMatchObject({ immediate: 3, preorder: 1 });
  });

  it('are one where one step is left, wherever it is built, however many locations could round up', () => {
    const calculator = over({ kits: 'perLocation', channels: [{ id: 'shop', locations: ['W3', 'W1', 'W2'] }] }, [{ sku: 'BAG' }, { sku: 'KIT', components: [{ sku: 'BAG', quantityPer: '1/3' }] }]);
    const positions = bags({ W1: stock(1), W2: stock(1), W3: stock(1) }, { unrouted: { shop: 2 } });
    expect(calculator.compute({ channel: SHOP, sku: KIT }, positions, { asOf: NOW }).immediate).toBe(1);
  });

  it('say of each change of stock what it did, also of one from which on locations round up', () => {
    const calculator = over({ kits: 'perLocation', channels: [{ id: 'shop', locations: ['W3', 'W1', 'W2'] }] }, [{ sku: 'BAG' }, { sku: 'KIT', components: [{ sku: 'BAG', quantityPer: '1/2' }] }]);
    const [before, after] = [bags({ W2: stock(1) }), bags({ W1: stock(1), W2: stock(1), W3: stock(-1) })].map((positions) => calculator.explain({ channel: SHOP, sku: KIT }, positions, { asOf: NOW })) as [Explanation, Explanation];
    expect(before.availability.immediate).toBe(2);
    expect(diffExplanations(before, after).causes.map(({ label, location, effect }) => [label, location, effect.immediate])).toEqual([['on hand', 'W1', '2'], ['on hand', 'W3', '-3']]);
    expect(after.availability.immediate).toBe(1);
  });

  it('are all that can be built where nobody else asks for anything', () => {
    expect(over({ kits: 'perLocation' }).compute({ channel: SHOP, sku: KIT }, bags({ W1: stock(2), W2: stock(1) }), { asOf: NOW }).immediate).toBe(4);
  });
});

describe('what waits for incoming stock', () => {
  it.each(['a', 'z'])('is served from what is there where another waits for what only that one can have, whatever %s is called', (first) => {
    const calculator = over({ channels: [{ id: first, locations: ['W1', 'W2'] }, { id: 'b', locations: ['W1'] }, { id: 'c', locations: ['W1', 'W2'] }], rules: [{ id: 'incoming', owner: 'o', reason: 'r', kind: 'preorderLimit', limit: 'incoming' }] }, [{ sku: 'BAG' }]);
    const holds: HoldRecord[] = [];
    const granted = (at: Readonly<Record<string, LocationStock>>, channel: string, line: { readonly quantity: number; readonly promise?: 'preorder' }): unknown => {
      const { position } = bags(at, { holds: holdsOf(BAG, holds, () => false) });
      const { lines, hold } = decideHold(calculator, { id: `hold-${channel}`, channel: parseChannelId(channel), expiresAt: LATER, grant: 'part', lines: [{ sku: BAG, ...line }] }, { positions: { position, promised: () => ({ backordered: new Map(), preordered: new Map() }) }, asOf: NOW });
      if (hold !== undefined) holds.push(hold);
      return lines[0]?.granted;
    };
    expect(granted({ W1: stock(0, { incoming: 3 }), W2: stock(0, { incoming: 1 }) }, first, { quantity: 4, promise: 'preorder' })).toBe(4);
    const returned = { W1: stock(0, { incoming: 3 }), W2: stock(3, { incoming: 1 }) };
    expect(granted(returned, 'b', { quantity: 3, promise: 'preorder' })).toBe(3);
    expect(granted(returned, 'c', { quantity: 3 })).toBe(0);
  });
});

describe('lines of one sku with several promises', () => {
  it('have together what they would have one request after another', () => {
    const calculator = over({ rules: [{ id: 'behind', owner: 'o', reason: 'r', kind: 'backorderLimit', limit: 10 }, { id: 'incoming', owner: 'o', reason: 'r', kind: 'preorderLimit', limit: 'incoming' }] }, [{ sku: 'BAG' }]);
    const positions: PositionReader = { ...bags({ W1: stock(0, { incoming: 5 }) }), promised: () => ({ backordered: new Map(), preordered: new Map() }) };
    const { lines } = decideHold(calculator, { id: 'cart', channel: SHOP, expiresAt: LATER, grant: 'part', lines: [{ sku: BAG, quantity: 3, promise: 'backorder' }, { sku: BAG, quantity: 5, promise: 'preorder' }] }, { positions, asOf: NOW });
    expect(lines.map(({ granted, reason }) => [granted, reason])).toEqual([[3, undefined], [2, 'NOT_ENOUGH']]);
  });
});

describe('what was published', () => {
  it('is too much where one waits for what only another can have, and is served from what is shown', () => {
    const both = ['W1', 'W2'];
    const calculator = over({ channels: [{ id: 'a', locations: both }, { id: 'b', locations: ['W1'] }, { id: 'c', locations: both }], rules: [{ id: 'incoming', owner: 'o', reason: 'r', kind: 'preorderLimit', limit: 'incoming' }] }, [{ sku: 'BAG' }]);
    const preordered = new Map([[parseChannelId('a'), 4], [parseChannelId('b'), 3]]);
    const { position } = bags({ W1: stock(0, { incoming: 3 }), W2: stock(3, { incoming: 1 }) }, { unrouted: { a: 4, b: 3 } });
    const [risk] = publicationRisk(calculator, [{ channel: parseChannelId('c'), sku: BAG, shown: 3 }], { positions: { position, promised: () => ({ backordered: new Map(), preordered }) }, asOf: NOW });
    expect(risk?.oversell).toBe(3);
  });

  it('is not too much by preorders that wait for what is expected, and is by those in vain', () => {
    const waits: Partial<PolicyInput> = { rules: [{ id: 'incoming', owner: 'o', reason: 'r', kind: 'preorderLimit', limit: 'incoming' }] };
    const oversell = (incoming: number, shown: number, policy = waits): unknown => {
      const { position } = bags({ W1: stock(10, { incoming }) }, { unrouted: { shop: 50 } });
      return publicationRisk(over(policy, [{ sku: 'BAG' }]), [{ channel: SHOP, sku: BAG, shown }], { positions: { position, promised: () => ({ backordered: new Map(), preordered: new Map([[SHOP, 50]]) }) }, asOf: NOW })[0]?.oversell;
    };
    expect([oversell(100, 10), oversell(100, 12), oversell(30, 0), oversell(45, 0)]).toEqual([0, 2, 10, 0]);
    expect(oversell(100, 0, {})).toBe(40);
  });

  it('is too much by what a location owes, where supply is counted in total', () => {
    const calculator = over({ clamp: 'total' }, [{ sku: 'BAG' }]);
    const positions = bags({ W1: stock(0, { committed: 5 }), W2: stock(10) });
    expect(calculator.compute({ channel: SHOP, sku: BAG }, positions, { asOf: NOW }).immediate).toBe(5);
    const [risk] = publicationRisk(calculator, [{ channel: SHOP, sku: BAG, shown: 10 }], { positions, asOf: NOW });
    expect(risk).toMatchObject({ oversell: 5 });
  });
});

describe('a converted hold that no order is booked for', () => {
  it('ends at no moment', () => {
    const hold: Hold = { id: 'cart', channel: SHOP, location: '', quantity: 1, expiresAt: '9999-12-31T23:59:59.999Z' as Hold['expiresAt'] };
    const answer = over({}, [{ sku: 'BAG' }]).compute({ channel: SHOP, sku: BAG }, bags({ W1: stock(3) }, { holds: [hold] }), { asOf: NOW });
    expect([answer.immediate, answer.validUntil]).toEqual([2, undefined]);
  });
});

describe('a frozen reader', () => {
  it('is seen through what several lines claim', () => {
    const positions = Object.freeze(bags({ W1: stock(3) }));
    const lines = [{ sku: BAG, quantity: 1 }, { sku: KIT, quantity: 1 }];
    expect(decideHold(over({}), { id: 'cart', channel: SHOP, expiresAt: LATER, grant: 'all', lines }, { positions, asOf: NOW }).status).toBe('granted');
  });
});

describe('the order of overlays', () => {
  it('is a difference, since the later of two wins', () => {
    const overlay = (id: string, most: number): NonNullable<PolicyInput['overlays']>[number] => ({ id, owner: 'o', reason: 'r', from: '2026-11-01T00:00:00Z', until: '2026-12-31T00:00:00Z', rules: [{ id: `${id}-cap`, kind: 'cap', owner: 'o', reason: 'r', scope: { channel: 'shop' }, most }] });
    const policy = (overlays: PolicyInput['overlays']): ReturnType<typeof parsePolicy> => parsePolicy({ version: '1', channels: [{ id: 'shop', locations: ['W1'] }], overlays });
    const [x, y] = [overlay('x', 3), overlay('y', 7)];
    expect(diffPolicies(policy([x, y]), policy([y, x]))).toMatchObject([{ change: 'changed', what: 'setting', id: 'overlays', before: ['x', 'y'], after: ['y', 'x'], fields: ['order'] }]);
  });
});

describe('very many problems at once', () => {
  it.each<[string, () => unknown]>([
    ['components that are not there', () => parseCatalog([{ sku: 'KIT', components: ids(130_000, (index) => `C${String(index)}`).map((sku) => ({ sku, quantityPer: 1 })) }])],
    ['names in an order', () => parsePolicy({ version: '1', channels: [{ id: 'shop', locations: ['W1'] }], rules: [{ id: 'p', kind: 'priority', owner: 'o', reason: 'r', order: ids(130_000, () => 'shop') }] })],
    ['lines of a hold', () => decideHold(over({}), { id: 'cart', channel: SHOP, expiresAt: LATER, grant: 'all', lines: ids(130_000, () => '').map(() => ({}) as never) }, { positions: bags({}), asOf: NOW })],
  ])('are named and break nothing: %s', (_what, run) => {
    let caught: unknown;
    try {
      run();
    } catch (error) {
      caught = error;
    }
    expect(isStockwrightError(caught) && caught.code).toMatch(/^INVALID_(INPUT|POLICY)$/);
  });
});
