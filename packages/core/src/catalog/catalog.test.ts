import { describe, expect, it } from 'vitest';
import type { Sku } from '../identity/ids.ts';
import { formatQuantity } from '../quantity/quantity.ts';
import { MAX_KIT_DEPTH, parseCatalog, type CatalogItemInput } from './catalog.ts';

const kit = (sku: string, ...components: readonly (readonly [string, string | number])[]): CatalogItemInput =>
  ({ sku, components: components.map(([component, quantityPer]) => ({ sku: component, quantityPer })) });

const componentsOf = (input: readonly CatalogItemInput[], sku: string): unknown =>
  parseCatalog(input).items.get(sku as Sku)?.components?.map((component) => [component.sku, formatQuantity(component.quantityPer)]);

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
  });

  it('names every problem at once', () => {
    expect(() => parseCatalog([kit('SET', ['CUP', 1], ['POT', 1])])).toThrow(/CUP.*POT/);
  });
});

it('refuses a chain of many thousand kits without exhausting the stack', () => {
  const chain = Array.from({ length: 20_000 }, (_, level) => kit(`K${String(level + 1)}`, [`K${String(level)}`, 1]));
  expect(() => parseCatalog([...chain.reverse(), { sku: 'K0' }])).toThrow('nests deeper than 16 levels');
});
