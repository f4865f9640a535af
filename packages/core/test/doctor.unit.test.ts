import { describe, expect, it } from 'vitest';
import { diagnoseCatalog, diagnoseMappings, diagnoseUnits, parseCatalog, type Finding } from '../src/index.ts';

const codes = (findings: readonly Finding[]) => findings.map(({ code, path }) => [code, path.join('.')]);
const kit = (sku: string, ...components: readonly (readonly [string, number | string])[]) => ({ sku, components: components.map(([of, quantityPer]) => ({ sku: of, quantityPer })) });

describe('diagnoseCatalog', () => {
  it('finds nothing in a sound catalogue', () => {
    expect(diagnoseCatalog([{ sku: 'A' }, { sku: 'B', scale: 2 }, kit('S', ['A', 2], ['B', '0.25']), kit('T', ['S', 1])])).toEqual([]);
  });

  it.each([
    ['skus that are listed twice or look alike', [{ sku: 'A' }, { sku: 'A' }, { sku: 'a-' }], [['DUPLICATE_SKU', '1.sku'], ['SIMILAR_SKU', '2.sku']]],
    ['what is no catalogue', { sku: 'A' }, [['MALFORMED', '']]],
    ['identifiers that are none', [{ sku: ' A' }], [['MALFORMED', '0.sku']]],
    ['components that are unknown, doubled or of no quantity', [{ sku: 'A' }, kit('S', ['A', 1], ['A', 0], ['X', 1])],
      [['DUPLICATE_COMPONENT', '1.components.1'], ['COMPONENT_QUANTITY', '1.components.1.quantityPer'], ['UNKNOWN_COMPONENT', '1.components.2.sku']]],
    ['kits in fractions', [{ sku: 'A' }, { ...kit('S', ['A', 1]), scale: 1 }], [['KIT_SCALE', '1.scale']]],
    ['kits that contain themselves, each circle once', [{ sku: 'A' }, kit('S', ['T', 1]), kit('T', ['S', 1], ['A', 1]), kit('U', ['S', 1]), kit('V', ['V', 1])], [['KIT_CYCLE', '1.components'], ['KIT_CYCLE', '4.components']]],
    ['kits that nothing limits', [{ sku: 'F', tracked: false }, kit('S', ['F', 1])], [['KIT_WITHOUT_LIMIT', '1.components']]],
    ['kits that nest too deep', [{ sku: 'K0' }, ...Array.from({ length: 17 }, (_, index) => kit(`K${String(index + 1)}`, [`K${String(index)}`, 1]))], [['KIT_TOO_DEEP', '17.components']]],
    ['recipes of far too many', [{ sku: 'A' }, kit('S', ['A', 10_000_000_000]), kit('T', ['S', 10_000_000_000]), kit('U', ['T', 10_000_000_000])], [['HUGE_RECIPE', '3.components']]],
  ])('finds %s', (_, input, expected) => {
    expect(codes(diagnoseCatalog(input))).toEqual(expected);
  });

  it('finds recipes of too many parts, and walks a deep or bushy nest in no time', () => {
    const parts = Array.from({ length: 1001 }, (_, index) => ({ sku: `P${String(index)}` }));
    expect(codes(diagnoseCatalog([...parts, kit('S', ...parts.map(({ sku }): [string, number] => [sku, 1]))]))).toEqual([['HUGE_RECIPE', '1001.components']]);
    const chain = [{ sku: 'K0' }, ...Array.from({ length: 50_000 }, (_, index) => kit(`K${String(index + 1)}`, [`K${String(index)}`, 1]))];
    expect(codes(diagnoseCatalog(chain))).toEqual([['KIT_TOO_DEEP', '17.components']]);
    const bushy = [{ sku: 'K0' }, ...Array.from({ length: 16 }, (_, index) => kit(`K${String(index + 1)}`, ...Array.from({ length: 9 }, (): [string, number] => [`K${String(index)}`, 1])))];
    expect(diagnoseCatalog(bushy).some(({ severity }) => severity === 'error')).toBe(false);
    expect(parseCatalog(bushy).items.size).toBe(17);
  });
});

describe('diagnoseUnits', () => {
  const box = { from: 'box', to: 'piece', numerator: 12 };

  it('finds nothing in units that agree, thirds included', () => {
    expect(diagnoseUnits({ conversions: [box, { from: 'pallet', to: 'box', numerator: 10 }, { from: 'pallet', to: 'piece', numerator: 120 }, { from: 'third', to: 'box', numerator: 1, denominator: 3 }], items: [{ sku: 'A', stockUnit: 'piece', sellUnit: 'pallet' }, { sku: 'B', stockUnit: 'piece', sellUnit: 'third' }] })).toEqual([]);
  });

  it.each([
    ['conversions that contradict each other in a circle', { conversions: [box, { from: 'pallet', to: 'box', numerator: 10 }, { from: 'pallet', to: 'piece', numerator: 100 }] }, 'CONTRADICTORY_CONVERSIONS'],
    ['a unit that is not itself', { conversions: [{ from: 'box', to: 'box', numerator: 2 }] }, 'CONTRADICTORY_CONVERSIONS'],
    ['conversions by nothing', { conversions: [{ ...box, denominator: 0 }] }, 'CONVERSION_NOT_POSITIVE'],
    ['conversions that are told twice', { conversions: [box, { from: 'piece', to: 'box', numerator: 1, denominator: 12 }] }, 'DUPLICATE_CONVERSION'],
    ['skus that are sold in a unit that leads nowhere', { conversions: [box], items: [{ sku: 'A', stockUnit: 'piece', sellUnit: 'metre' }] }, 'UNIT_NOT_CONVERTIBLE'],
    ['units that are no whole number of steps', { conversions: [{ from: 'roll', to: 'metre', numerator: 1, denominator: 3 }], items: [{ sku: 'A', stockUnit: 'metre', sellUnit: 'roll', scale: 2 }] }, 'UNEVEN_UNIT'],
    ['quantities that are none', { conversions: [{ ...box, numerator: 'a dozen' }] }, 'MALFORMED'],
  ])('finds %s', (_, input, code) => {
    expect(diagnoseUnits(input).map((finding) => finding.code)).toEqual([code]);
  });

  it('gives up on chains that multiply to nonsense', () => {
    const conversions = Array.from({ length: 200 }, (_, index) => ({ from: `u${String(index)}`, to: `u${String(index + 1)}`, numerator: 7_919 }));
    expect(diagnoseUnits({ conversions }).map(({ code }) => code)).toContain('CONVERSION_TOO_LONG');
  });
});

describe('diagnoseMappings', () => {
  const mapping = { account: 'shop', kind: 'sku', external: '111', target: 'A' } as const;

  it.each([
    ['identifiers that nobody mapped, once each', { skus: ['A'], mappings: [mapping], seen: [{ account: 'shop', kind: 'sku', external: '111' }, { account: 'shop', kind: 'sku', external: '222' }, { account: 'shop', kind: 'sku', external: '222' }] }, ['UNMAPPED']],
    ['identifiers that mean two things', { skus: ['A', 'B'], mappings: [mapping, { ...mapping, target: 'B' }] }, ['AMBIGUOUS_IDENTIFIER']],
    ['identifiers that mean one thing together, unless one is retired', { skus: ['A'], mappings: [mapping, { ...mapping, external: '222' }, { ...mapping, external: '333', retired: 'zero' }] }, ['DUPLICATE_IDENTIFIER']],
    ['mappings that are told twice', { skus: ['A'], mappings: [mapping, mapping] }, ['DUPLICATE_IDENTIFIER']],
    ['targets that are not there', { skus: ['B'], mappings: [mapping] }, ['UNKNOWN_TARGET']],
    ['mappings that nobody uses', { skus: ['A'], mappings: [mapping], seen: [{ account: 'shop', kind: 'location', external: '111' }] }, ['UNUSED_MAPPING', 'UNMAPPED']],
    ['nothing unused at an account at which nobody looked', { skus: ['A'], mappings: [mapping, { ...mapping, account: 'market' }], seen: [{ account: 'shop', kind: 'sku', external: '111' }] }, []],
    ['nothing where accounts differ', { skus: ['A', 'B'], mappings: [mapping, { ...mapping, account: 'market', target: 'B' }] }, []],
  ])('finds %s', (_, input, expected) => {
    expect(diagnoseMappings(input).map(({ code }) => code)).toEqual(expected);
  });
});
