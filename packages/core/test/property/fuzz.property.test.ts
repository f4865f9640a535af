import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  acceptObservation, createAvailability, decideHold, diagnoseCatalog, diagnoseMappings, diagnoseUnits, emptyBooks, FINDING_CODES, formatQuantity, isStockwrightError, MAX_SCALE, orderFromSale, parseCatalog, parseCheckpoint, parseDay, parseHoldRequest, parseInstant, parseObservation, parsePolicy,
  parsePromiseQuestion, parseQuantity, parseSale, parseSku, projectOnHand, type Finding,
} from '../../src/index.ts';

/** Values that have broken programs before. */
const nasty = fc.constantFrom<unknown>('', ' ', '__proto__', 'constructor', 'toString', '\u0000', '\u001f', '\ud800', '1e308', '-0', '00', '9'.repeat(400), 1e308, -1e308, 5e-324, -0, 2 ** 53, 0.1, null, true, [], {}, '2026-11-23T10:00:00Z', '2026-02-30T10:00:00Z', '2026-11-23', 'A', 'W1', 1, '1');
const keys = fc.constantFrom('__proto__', 'constructor', 'hasOwnProperty', 'kind', 'sku', 'lines', 'measures', 'components', 'conversions', 'mappings', 'supply', 'balances', 'location', 'quantity', '', 'x');
const anyJson = fc.letrec((tie) => ({
  value: fc.oneof({ depthSize: 'small', withCrossShrink: true }, nasty, fc.string(), fc.double(), fc.array(tie('value'), { maxLength: 4 }), fc.array(fc.tuple(keys, tie('value')), { maxLength: 5 }).map((entries) => fromEntries(entries))),
})).value;

/** As JSON.parse does it: a key `__proto__` is a property like any other. */
function fromEntries(entries: readonly (readonly [string, unknown])[]): unknown {
  const made = {};
  for (const [key, value] of entries) Object.defineProperty(made, key, { value, enumerable: true, configurable: true, writable: true });
  return made;
}

const AT = '2026-11-23T10:00:00Z';
const place = { source: 'wms', id: '1', sku: 'A', location: 'W1', at: AT };
const SOUND: readonly (readonly [string, Readonly<Record<string, unknown>>])[] = [
  ['observation', { kind: 'stock', source: 'erp', sku: 'A', location: 'W1', asOf: AT, measures: { onHand: 1 } }],
  ['observation', { kind: 'delta', ...place, measure: 'onHand', delta: '-1' }],
  ['observation', { kind: 'order', channel: 'shop', orderId: '#1', revision: AT, placedAt: AT, lines: [{ id: '1', sku: 'A', ordered: 3, fulfilled: 1, cancelled: 0, returned: 0 }] }],
  ['observation', { kind: 'acknowledgement', source: 'erp', channel: 'shop', orderId: '#1', revision: AT, contained: [{ sku: 'A', ordered: 3, fulfilled: 0, cancelled: 0, returned: 0 }] }],
  ['observation', { kind: 'receipt', ...place, quantity: 3, incoming: 'PO' }],
  ['observation', { kind: 'condition', ...place, quantity: 3, from: 'sellable', to: 'unavailable' }],
  ['observation', { kind: 'count', source: 'wms', sku: 'A', location: 'W1', at: AT, onHand: 3 }],
  ['observation', { kind: 'transfer', source: 'wms', id: '1', sku: 'A', from: 'W1', to: 'W2', at: AT, dispatched: 3, received: 1, lost: 0 }],
  ['observation', { kind: 'incoming', source: 'erp', reference: 'PO', sku: 'A', location: 'W1', revision: AT, expected: 9, received: 0, cancelled: 0 }],
  ['observation', { kind: 'watermark', source: 'erp', channel: 'shop', revision: AT, through: AT }],
  ['sale', { kind: 'sale', channel: 'till', saleId: 's', location: 'W1', soldAt: AT, lines: [{ id: '1', sku: 'A', sold: 2 }] }],
  ['promise', { from: '2026-11-23', days: 3, opening: 4, supply: [{ day: '2026-11-24', quantity: 2 }] }],
  ['checkpoint', { sku: 'A', scale: 0, version: 1, movements: 0, balances: [{ account: 'onHand', location: 'W1', channel: '', quantity: '1' }], previous: '', seal: '' }],
  ['request', { id: 'cart', channel: 'shop', expiresAt: AT, grant: 'part', lines: [{ sku: 'S', quantity: 2, limits: { most: 5 } }] }],
  ['catalogue', { list: [{ sku: 'A' }, { sku: 'S', components: [{ sku: 'A', quantityPer: 2 }] }] }],
];

const CATALOG = parseCatalog([{ sku: 'A' }, { sku: 'S', components: [{ sku: 'A', quantityPer: 2 }] }]);
const CALCULATOR = createAvailability({ catalog: CATALOG, policy: parsePolicy({ version: '1', channels: [{ id: 'shop', locations: ['W1'] }] }) });

/** A sound input with one value, anywhere in it, replaced. */
function damaged(value: unknown, by: unknown, at: readonly number[]): unknown {
  if (typeof value !== 'object' || value === null || at.length === 0) return by;
  const names = Object.keys(value);
  const name = names[(at[0] ?? 0) % (names.length + 1)];
  if (name === undefined) return by;
  const copy: Record<string, unknown> = { ...(value as Record<string, unknown>) };
  copy[name] = damaged(copy[name], by, at.slice(1));
  return Array.isArray(value) ? Object.values(copy) : copy;
}

const inputs = fc.oneof(anyJson, fc.tuple(fc.constantFrom(...SOUND.map(([, input]) => input)), anyJson, fc.array(fc.nat(7), { maxLength: 4 })).map(([sound, by, at]) => damaged(sound, by, at)));

const READERS: readonly (readonly [string, (input: unknown) => unknown])[] = [
  ['parseObservation', (input) => {
    const observation = parseObservation(input);
    return acceptObservation(emptyBooks(parseSku('A')), observation);
  }],
  ['parseSale', (input) => acceptObservation(emptyBooks(parseSku('A'), 2), orderFromSale(parseSale(input)))],
  ['parsePromiseQuestion', (input) => projectOnHand(parsePromiseQuestion(input, { scale: 3 }))],
  ['parseHoldRequest', (input) => {
    const decision = decideHold(CALCULATOR, parseHoldRequest(input, CATALOG), { positions: { position: () => undefined }, asOf: parseInstant('2026-11-23T09:00:00Z') });
    expect(decision.status).toBe('refused');
  }],
  ['parsePolicy', (input) => parsePolicy(input)],
  ['parseCatalog', (input) => parseCatalog(input)],
  ['parseQuantity', (input) => formatQuantity(parseQuantity(input, { scale: MAX_SCALE }), MAX_SCALE)],
  ['parseInstant', (input) => parseInstant(input)],
  ['parseDay', (input) => parseDay(input, ['day'])],
  ['parseCheckpoint', parseCheckpoint],
];

describe.each(READERS)('%s', (name, read) => {
  it('reads what is sound and refuses everything else with its path', () => {
    fc.assert(fc.property(inputs, (input) => {
      try {
        read(input);
      } catch (error) {
        if (isStockwrightError(error) && error.message.includes('lists no channel')) return;
        expect([isStockwrightError(error) && error.code, isStockwrightError(error) ? error.issues.length > 0 : error]).toEqual([name === 'parsePolicy' ? 'INVALID_POLICY' : 'INVALID_INPUT', true]);
        if (isStockwrightError(error)) for (const { path, message } of error.issues) expect([Array.isArray(path), message.length > 0]).toEqual([true, true]);
      }
      expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    }), { numRuns: 1500 });
  });
});

it('reads what it is meant to read', () => {
  for (const [kind, input] of SOUND) {
    if (kind === 'observation') expect(acceptObservation(emptyBooks(parseSku('A')), parseObservation(input))).not.toEqual(emptyBooks(parseSku('A')));
  }
});

describe('the doctor', () => {
  const isFinding = ({ code, severity, path, message }: Finding): boolean => FINDING_CODES.includes(code) && ['error', 'warning'].includes(severity) && Array.isArray(path) && message.length > 0;

  it.each([['diagnoseCatalog', diagnoseCatalog], ['diagnoseUnits', diagnoseUnits], ['diagnoseMappings', diagnoseMappings]])('%s answers whatever it is asked', (_, diagnose) => {
    fc.assert(fc.property(inputs, (input) => {
      expect(diagnose(input).every(isFinding)).toBe(true);
    }), { numRuns: 1000 });
  });

  it('finds an error in a catalogue exactly where the catalogue is refused', () => {
    const skus = fc.constantFrom('A', 'B', 'C', 'D', 'E', 'a', '');
    const items = fc.array(fc.record({
      sku: skus,
      scale: fc.constantFrom(0, 0, 2),
      tracked: fc.boolean(),
      category: fc.constantFrom('mugs', ' mugs', ''),
      components: fc.array(fc.record({ sku: skus, quantityPer: fc.constantFrom<string | number>(1, 2, '0.5', 0, -1, '9'.repeat(13), 1e308) }), { minLength: 1, maxLength: 3 }),
    }, { requiredKeys: ['sku'] }), { maxLength: 6 });
    const refuses = (input: unknown): boolean => {
      try {
        parseCatalog(input);
        return false;
      } catch (error) {
        if (isStockwrightError(error) && error.code === 'INVALID_INPUT' && error.issues.length > 0) return true;
        throw error;
      }
    };
    const uniqueItems = fc.uniqueArray(fc.record({
      sku: fc.constantFrom('A', 'B', 'C', 'D', 'E'), tracked: fc.constantFrom(true, true, false), components: fc.array(fc.record({ sku: fc.constantFrom('A', 'B', 'C', 'D', 'E'), quantityPer: fc.constantFrom<string | number>(1, 3, '9'.repeat(13)) }), { minLength: 1, maxLength: 3 }),
    }, { requiredKeys: ['sku'] }), { selector: ({ sku }) => sku, maxLength: 5 });
    fc.assert(fc.property(fc.oneof(items, uniqueItems, anyJson), (input) => {
      expect(diagnoseCatalog(input).some(({ severity }) => severity === 'error')).toBe(refuses(input));
    }), { numRuns: 3000 });
  });
});

it('stays bounded where inputs are deep or long', () => {
  let deep: unknown = 'x';
  for (let level = 0; level < 5000; level += 1) deep = level % 2 === 0 ? [deep] : { lines: deep };
  for (const [, read] of READERS) expect(() => read(deep)).toThrow();
  for (const diagnose of [diagnoseCatalog, diagnoseUnits, diagnoseMappings]) expect(diagnose(deep).length).toBeGreaterThan(0);
  const many = Array.from({ length: 20_000 }, (_, index) => ({ id: String(index), sku: 'A', ordered: '1', fulfilled: 0, cancelled: 0, returned: 0 }));
  expect(() => parseObservation({ kind: 'order', channel: 'shop', orderId: '#1', revision: AT, placedAt: AT, lines: many })).toThrow('lines');
});
