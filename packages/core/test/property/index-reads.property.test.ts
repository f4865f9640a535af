import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addMs, createAvailabilityIndex, isStockwrightError, parseCatalog, parseChannelId, parseLocationId, parsePolicy, parseSku,
  type AvailabilityIndex, type IndexEvent, type Instant, type Position, type PositionReader, type Sku,
} from '../../src/index.ts';
import { catalogs, NOON, policies, worlds } from './arbitraries.ts';

/** What a reader says of one sku. */
interface Said {
  readonly taken: number;
  readonly sold: number;
  readonly promised: number;
}

const said = fc.record({ taken: fc.nat(9), sold: fc.nat(20), promised: fc.nat(6) });
const minutes = fc.integer({ min: -30, max: 30 });
/** Sources speak of all skus, everything else is told of one. */
const steps = fc.array(fc.oneof(
  fc.record({ kind: fc.constant('told' as const), sku: fc.constantFrom('A', 'B', 'C', 'SET', 'BOX'), said }),
  fc.record({ kind: fc.constant('heard' as const), said, minute: minutes }),
  fc.record({ kind: fc.constant('time' as const), minutes: fc.nat(15) }),
  fc.record({ kind: fc.constant('position' as const), world: worlds() }),
), { minLength: 1, maxLength: 10 });

/** A reader whose answers are what it was told last. */
class Moody implements Required<Omit<PositionReader, 'position'>> {
  heard: Instant = NOON;
  #all: Said = { taken: 2, sold: 5, promised: 1 };
  readonly #own = new Map<string, Said>();

  tell(sku: string | undefined, what: Said): void {
    if (sku !== undefined) this.#own.set(sku, what);
    else this.#all = what;
    if (sku === undefined) this.#own.clear();
  }

  #of(sku: Sku): Said {
    return this.#own.get(sku) ?? this.#all;
  }

  consumed: Required<PositionReader>['consumed'] = ({ sku }) => this.#of(sku).taken;
  heardAt: Required<PositionReader>['heardAt'] = () => this.heard;
  velocity: Required<PositionReader>['velocity'] = ({ sku }) => ({ units: this.#of(sku).sold, days: 7 });
  promised: Required<PositionReader>['promised'] = (sku) => {
    const open = new Map(['shop', 'market'].map((channel) => [parseChannelId(channel), this.#of(sku).promised]));
    return { backordered: open, preordered: open, preorderedAt: new Map([[parseChannelId('shop'), new Map([[parseLocationId('W1'), Math.min(1, this.#of(sku).promised)]])]]) };
  };
}

function numbersOf(index: AvailabilityIndex): ReadonlyMap<string, string> {
  const { catalog, policy } = index.calculator;
  return new Map([...catalog.items.keys()].flatMap((sku) => policy.channels.map(({ id }) => {
    const { immediate, parts, backorder, preorder } = index.compute({ channel: id, sku });
    return [`${id} ${sku}`, JSON.stringify([immediate, [...parts], backorder, preorder])] as const;
  })));
}

/** One event, and the keys that it says have changed: just those whose numbers are others now. */
function applyAlone(index: AvailabilityIndex, change: () => void): void {
  const before = numbersOf(index);
  change();
  const named = index.drainChanges().map(({ channel, sku }) => `${channel} ${sku}`);
  expect(named.toSorted()).toEqual([...numbersOf(index)].flatMap(([key, value]) => (value === before.get(key) ? [] : [key])).toSorted());
}

it('gives what a full calculation gives after each event, and names the keys whose numbers changed and no others', () => {
  fc.assert(fc.property(catalogs(), policies(), worlds(), steps, (catalog, policy, drawn, history) => {
    const reads = new Moody();
    const world = new Map<Sku, Position>(drawn);
    const index = createAvailabilityIndex({ catalog, policy, asOf: NOON, positions: world.values(), reads: { consumed: reads.consumed, heardAt: reads.heardAt, velocity: reads.velocity, promised: reads.promised } });
    let asOf = NOON;
    for (const step of history) {
      if (step.kind === 'time') {
        applyAlone(index, () => { index.advanceTo((asOf = addMs(asOf, step.minutes * 60_000))); });
      } else if (step.kind === 'position') {
        for (const [sku, position] of step.world) {
          world.set(sku, position);
          applyAlone(index, () => { index.apply({ kind: 'position', position }); });
        }
      } else if (step.kind === 'told') {
        if (!catalog.items.has(step.sku as Sku)) continue;
        reads.tell(step.sku, step.said);
        applyAlone(index, () => { index.apply({ kind: 'reads', skus: [parseSku(step.sku)] }); });
      } else {
        reads.tell(undefined, step.said);
        reads.heard = addMs(NOON, step.minute * 60_000);
        applyAlone(index, () => { index.apply({ kind: 'reads' }); });
      }
      const reader: PositionReader = { position: (sku) => world.get(sku), consumed: reads.consumed, heardAt: reads.heardAt, velocity: reads.velocity, promised: reads.promised };
      for (const sku of catalog.items.keys()) for (const { id } of policy.channels) expect(index.compute({ channel: id, sku })).toEqual(index.calculator.compute({ channel: id, sku }, reader, { asOf }));
      index.recompute();
      expect(index.drainChanges()).toEqual([]);
    }
  }), { numRuns: 100 });
});

describe('an index whose source falls silent', () => {
  const catalog = parseCatalog([{ sku: 'MUG' }, { sku: 'CUP' }, { sku: 'PAIR', components: [{ sku: 'MUG', quantityPer: 2 }] }]);
  const policy = parsePolicy({ version: '1', locations: [{ id: 'W1', stale: { afterMinutes: 5, becomes: 'zero' } }], channels: [{ id: 'shop', locations: ['W1'] }] });
  const locations = new Map([[parseLocationId('W1'), { onHand: 5, unavailable: 0, committed: 0, incoming: 0, inTransit: 0 }]]);
  const positions = ['MUG', 'CUP'].map((sku): Position => ({ sku: parseSku(sku), scale: 0, locations, unrouted: new Map(), holds: [] }));
  const [MUG, CUP, PAIR] = ['MUG', 'CUP', 'PAIR'].map((sku) => ({ channel: parseChannelId('shop'), sku: parseSku(sku) })) as [Key, Key, Key];
  type Key = Parameters<AvailabilityIndex['compute']>[0];

  function silent() {
    const source: { heard: Instant; broken?: boolean } = { heard: NOON };
    const index = createAvailabilityIndex({ catalog, policy, positions, asOf: NOON, reads: { heardAt: () => {
      if (source.broken === true) throw new Error('no line');
      return source.heard;
    } } });
    index.advanceTo(addMs(NOON, 600_000));
    index.drainChanges();
    source.heard = addMs(NOON, 600_000);
    return { index, source };
  }

  it('sells again once it is told that the source spoke', () => {
    const { index } = silent();
    expect(index.compute(MUG)).toMatchObject({ immediate: 0, validUntil: undefined });
    index.apply({ kind: 'reads' });
    expect(index.compute(MUG)).toMatchObject({ immediate: 5, validUntil: addMs(NOON, 900_000) });
    expect(index.drainChanges()).toEqual([MUG, CUP, PAIR]);
    index.advanceTo(addMs(NOON, 900_000));
    expect(index.compute(MUG).immediate).toBe(0);
  });

  it('works out only the numbers that a named sku enters', () => {
    const { index } = silent();
    index.apply({ kind: 'reads', skus: [MUG.sku] });
    expect(index.drainChanges()).toEqual([MUG, PAIR]);
    expect(index.compute(CUP).immediate).toBe(0);
    index.apply({ kind: 'reads', skus: [] });
    expect(index.drainChanges()).toEqual([]);
    index.apply({ kind: 'reads', skus: [CUP.sku] });
    expect(index.drainChanges()).toEqual([CUP]);
  });

  it('stays what it was where the read fails', () => {
    const { index, source } = silent();
    source.broken = true;
    expect(() => { index.apply({ kind: 'reads' }); }).toThrow('no line');
    source.broken = false;
    expect([index.compute(MUG).immediate, index.drainChanges()]).toEqual([0, []]);
    index.apply({ kind: 'reads' });
    expect(index.compute(MUG).immediate).toBe(5);
  });

  it.each<readonly [string, unknown, readonly (string | number)[]]>([
    ['an unknown sku', ['MUG', 'JUG'], ['skus', 1]], ['a sku that is no text', [7], ['skus', 0]], ['one text', 'MUG', ['skus']], ['nothing', null, ['skus']],
  ])('refuses %s and works nothing out', (_, skus, path) => {
    const { index } = silent();
    let error: unknown;
    try {
      index.apply({ kind: 'reads', skus } as IndexEvent);
    } catch (thrown) {
      error = thrown;
    }
    expect(isStockwrightError(error) && [error.code, error.issues[0]?.path]).toEqual(['INVALID_INPUT', path]);
    expect(index.drainChanges()).toEqual([]);
  });
});

it('works out the components of a kit of which more is promised, and the other kits of these', () => {
  const catalog = parseCatalog([{ sku: 'MUG' }, { sku: 'PAIR', components: [{ sku: 'MUG', quantityPer: 2 }] }, { sku: 'SIX', components: [{ sku: 'MUG', quantityPer: 6 }] }]);
  const shop = parseChannelId('shop');
  const limits = ['MUG', 'PAIR', 'SIX'].map((sku) => ({ id: sku, owner: 'o', reason: 'r', kind: 'preorderLimit' as const, limit: 'incoming' as const, scope: { sku } }));
  const policy = parsePolicy({ version: '1', channels: [{ id: shop, locations: ['W1'] }], rules: limits });
  const locations = new Map([[parseLocationId('W1'), { onHand: 0, unavailable: 0, committed: 0, incoming: 12, inTransit: 0 }]]);
  const position: Position = { sku: parseSku('MUG'), scale: 0, locations, unrouted: new Map(), holds: [] };
  let preordered = 0;
  const promised = (sku: Sku) => (sku === 'PAIR' ? { backordered: new Map(), preordered: new Map([[shop, preordered]]) } : undefined);
  const index = createAvailabilityIndex({ catalog, policy, asOf: NOON, reads: { promised }, positions: [position] });
  const numbers = () => ['MUG', 'PAIR', 'SIX'].map((sku) => index.compute({ channel: shop, sku: parseSku(sku) }).preorder);
  expect(numbers()).toEqual([12, 6, 2]);
  preordered = 3;
  index.apply({ kind: 'reads', skus: [parseSku('PAIR')] });
  expect(numbers()).toEqual([6, 3, 1]);
});
