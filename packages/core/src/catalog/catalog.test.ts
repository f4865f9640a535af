import { describe, expect, it } from 'vitest';
import type { Sku } from '../identity/ids.ts';
import { formatQuantity } from '../quantity/quantity.ts';
import { isFraction, type PerKit } from '../quantity/per-kit.ts';
import { diagnoseCatalog } from '../doctor/catalog.ts';
import { MAX_KIT_DEPTH, parseCatalog, type CatalogItemInput } from './catalog.ts';

const kit = (sku: string, ...components: readonly (readonly [string, string | number])[]): CatalogItemInput =>
  ({ sku, components: components.map(([component, quantityPer]) => ({ sku: component, quantityPer })) });

const text = (per: PerKit): string => (isFraction(per) ? `${formatQuantity(per.numerator)}/${formatQuantity(per.denominator)}` : formatQuantity(per));
const componentsOf = (input: readonly CatalogItemInput[], sku: string): unknown =>
  parseCatalog(input).items.get(sku as Sku)?.components?.map((component) => [component.sku, text(component.quantityPer)]);

describe('a kit', () => {
  it('comes to its stocked components, nested recipes multiplied and added up', () => {
    const input = [{ sku: 'CUP' }, { sku: 'SAUCER' }, kit('PAIR', ['CUP', 1], ['SAUCER', 1]), kit('SET', ['PAIR', 6], ['CUP', '2'])];

    expect(componentsOf(input, 'SET')).toEqual([['CUP', '8'], ['SAUCER', '6']]);
    expect(parseCatalog(input).kitsUsing.get('CUP' as Sku)).toEqual(['PAIR', 'SET']);
    expect(componentsOf(input, 'CUP')).toBeUndefined();
  });

  it('counts a component that is listed twice twice, in steps of the component', () => {
    expect(componentsOf([{ sku: 'RICE', scale: 2 }, kit('MIX', ['RICE', '0.25'], ['RICE', 1])], 'MIX')).toEqual([['RICE', '125']]);
  });

  it('is not limited by what is not tracked', () => {
    expect(componentsOf([{ sku: 'CARD', tracked: false }, { sku: 'CUP' }, kit('GIFT', ['CARD', 1], ['CUP', 1])], 'GIFT')).toEqual([['CUP', '1']]);
    expect(componentsOf([{ sku: 'CARD', tracked: false }, kit('GIFT', ['CARD', 1])], 'GIFT')).toEqual([]);
  });

  it.each<[string, readonly CatalogItemInput[], unknown]>([
    ['a fraction, in lowest terms', [{ sku: 'BAG' }, kit('K', ['BAG', '2/6'])], [['BAG', '1/3']]],
    ['a fraction that is a whole number', [{ sku: 'BAG' }, kit('K', ['BAG', '4/2'])], [['BAG', '2']]],
    ['a fraction of steps', [{ sku: 'BAG', scale: 1 }, kit('K', ['BAG', '1/3'])], [['BAG', '10/3']]],
    ['decimals over decimals', [{ sku: 'BAG' }, kit('K', ['BAG', '0.5/1.5'])], [['BAG', '1/3']]],
    ['fractions that add up to a whole', [{ sku: 'BAG' }, kit('K', ['BAG', '1/3'], ['BAG', '2/3'])], [['BAG', '1']]],
    ['fractions of kits of fractions', [{ sku: 'BAG' }, kit('CUP', ['BAG', '1/3']), kit('K', ['CUP', '1/2'], ['BAG', '1/6'])], [['BAG', '1/3']]],
    ['another unit', [{ sku: 'EGG', stockUnit: 'piece', conversions: { dozen: 12 } }, { sku: 'K', components: [{ sku: 'EGG', quantityPer: 2, unit: 'dozen' }] }], [['EGG', '24']]],
    ['the unit that it is counted in', [{ sku: 'EGG', stockUnit: 'piece' }, { sku: 'K', components: [{ sku: 'EGG', quantityPer: 2, unit: 'piece' }] }], [['EGG', '2']]],
    ['a part of a unit that is a fraction itself', [{ sku: 'OIL', scale: 1, conversions: { can: '10/3' } }, { sku: 'K', components: [{ sku: 'OIL', quantityPer: '0.5', unit: 'can' }] }], [['OIL', '50/3']]],
    ['a unit of a kit', [{ sku: 'CUP' }, { ...kit('PAIR', ['CUP', 2]), conversions: { tray: '1.5' } }, { sku: 'K', components: [{ sku: 'PAIR', quantityPer: 1, unit: 'tray' }] }], [['CUP', '3']]],
  ])('takes %s', (_, input, expected) => {
    expect(componentsOf(input, 'K')).toEqual(expected);
    expect(diagnoseCatalog(input).filter(({ severity }) => severity === 'error')).toEqual([]);
  });

  it('is worked out once even where recipes name one kit many times', () => {
    const levels = Array.from({ length: MAX_KIT_DEPTH - 1 }, (_, level) => kit(`K${String(level + 1)}`, ...Array.from({ length: 20 }, () => [`K${String(level)}`, 1] as const)));
    const deepest = `K${String(MAX_KIT_DEPTH - 1)}`;
    expect(componentsOf([{ sku: 'K0' }, ...levels], deepest)).toEqual([['K0', (20n ** 15n).toString()]]);
  });
});

describe('parseCatalog refuses', () => {
  it.each<[string, unknown, string]>([
    ['a sku twice', [{ sku: 'A' }, { sku: 'A' }], '[1].sku: sku A is listed twice'],
    ['an empty sku', [{ sku: '' }], '[0].sku: sku must not be empty'],
    ['an unknown component', [kit('SET', ['CUP', 1])], '[0].components[0].sku: component CUP is not in the catalogue'],
    ['none of a component', [{ sku: 'CUP' }, kit('SET', ['CUP', 0])], '[1].components[0].quantityPer: a kit of SET must need more than 0 of CUP'],
    ['less than none of it', [{ sku: 'CUP' }, kit('SET', ['CUP', -1])], '[1].components[0].quantityPer'],
    ['half a cup', [{ sku: 'CUP' }, kit('SET', ['CUP', '0.5'])], '[1].components[0].quantityPer: "0.5" is not a whole number'],
    ['a fraction by nothing', [{ sku: 'CUP' }, kit('SET', ['CUP', '1/0'])], '[1].components[0].quantityPer: "1/0" divides by 0'],
    ['a fraction of two strokes', [{ sku: 'CUP' }, kit('SET', ['CUP', '1/2/3'])], '[1].components[0].quantityPer: "1/2/3" is no fraction'],
    ['a fraction of words', [{ sku: 'CUP' }, kit('SET', ['CUP', 'one/3'])], '[1].components[0].quantityPer: "one" is not a plain decimal number'],
    ['a fraction below nothing', [{ sku: 'CUP' }, kit('SET', ['CUP', '-1/3'])], '[1].components[0].quantityPer: a kit of SET must need more than 0 of CUP'],
    ['a unit that leads nowhere', [{ sku: 'CUP', stockUnit: 'piece', conversions: { dozen: 12 } }, { sku: 'SET', components: [{ sku: 'CUP', quantityPer: 1, unit: 'tray' }] }], '[1].components[0].unit: CUP is counted in piece and converts from dozen, not from tray'],
    ['a unit of a name that every object has', [{ sku: 'CUP', conversions: {} }, { sku: 'SET', components: [{ sku: 'CUP', quantityPer: 1, unit: 'toString' }] }], '[1].components[0].unit'],
    ['a conversion by nothing', [{ sku: 'CUP', conversions: { dozen: 0 } }], '[0].conversions.dozen: one dozen of CUP must be more than 0, not 0'],
    ['a conversion that is no number', [{ sku: 'CUP', conversions: { dozen: 'many' } }], '[0].conversions.dozen: "many" is not a plain decimal number'],
    ['fractions that add up to none of use', [{ sku: 'CUP' }, kit('SET', ...[1_000_003, 1_000_033, 1_000_037, 1_000_039, 1_000_081].map((prime) => ['CUP', `1/${String(prime)}`] as const))], 'at most 24 digits'],
    ['a kit with decimals', [{ sku: 'CUP' }, { ...kit('SET', ['CUP', 1]), scale: 1 }], '[1].scale'],
    ['a kit of nothing', [{ sku: 'SET', components: [] }], '[0].components'],
    ['an unknown property', [{ sku: 'A', colour: 'red' }], 'colour'],
    ['a kit of itself', [kit('A', ['A', 1])], 'kit A > A contains itself'],
    ['a longer circle', [kit('A', ['B', 1]), kit('B', ['C', 1]), kit('C', ['A', 1])], 'kit A > B > C > A contains itself'],
    ['a list that is none', { sku: 'A' }, 'Invalid catalogue'],
    ['kits too deep', [{ sku: 'K0' }, ...Array.from({ length: 17 }, (_, level) => kit(`K${String(level + 1)}`, [`K${String(level)}`, 1]))], 'nests deeper than 16 levels'],
    ['kits too deep, the deepest first', [...Array.from({ length: 17 }, (_, level) => kit(`K${String(level + 1)}`, [`K${String(level)}`, 1])), { sku: 'K0' }].reverse(), 'nests deeper than 16 levels'],
    ['a recipe beyond all bounds', [{ sku: 'K0' }, kit('K1', ['K0', '9'.repeat(20)]), kit('K2', ['K1', '9'.repeat(20)])], 'at most 24 digits'],
  ])('%s', (_, input, message) => {
    expect(() => parseCatalog(input)).toThrow(message);
    expect(diagnoseCatalog(input).some(({ severity }) => severity === 'error')).toBe(true);
  });

  it('names every problem at once', () => {
    expect(() => parseCatalog([kit('SET', ['CUP', 1], ['POT', 1])])).toThrow(/CUP.*POT/);
  });
});

it('refuses a chain of many thousand kits without exhausting the stack', () => {
  const chain = Array.from({ length: 20_000 }, (_, level) => kit(`K${String(level + 1)}`, [`K${String(level)}`, 1]));
  expect(() => parseCatalog([...chain.reverse(), { sku: 'K0' }])).toThrow('nests deeper than 16 levels');
});
