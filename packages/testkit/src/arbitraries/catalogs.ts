import fc from 'fast-check';
import { parseCatalog, type Catalog, type CatalogItemInput } from '@stockwright/core';
import { scaleOf, STOCKED } from './words.ts';

type Part = NonNullable<CatalogItemInput['components']>[number];

/** Mostly whole numbers; fractions, and of `A`, which knows them, also packs of three and halves. */
const perKit = (sku: string): fc.Arbitrary<Omit<Part, 'sku'>> => fc.oneof(
  { arbitrary: fc.integer({ min: 1, max: 3 }).map((quantityPer) => ({ quantityPer })), weight: 6 },
  { arbitrary: fc.constantFrom('1/2', '1/3', '2/3', '5/3').map((quantityPer) => ({ quantityPer })), weight: 1 },
  { arbitrary: fc.constantFrom({ quantityPer: 1, unit: 'pack' }, { quantityPer: '2/3', unit: 'pack' }, { quantityPer: 3, unit: 'half' }).map((part) => (sku === 'A' ? part : { quantityPer: 1 })), weight: 1 },
);

function recipe(of: readonly string[]): fc.Arbitrary<NonNullable<CatalogItemInput['components']>> {
  return fc.uniqueArray(fc.constantFrom(...of), { minLength: 1, maxLength: 3 })
    .chain((skus) => fc.tuple(...skus.map((sku) => perKit(sku).map((part) => ({ sku, ...part })))));
}

/**
 * Catalogues of three stocked skus `A`, `B` and `C`, the last of them counted in tenths, the untracked `FREE`, the
 * kit `SET` of stocked skus and the kit `BOX`, which may hold sets and untracked goods. Some recipes take fractions, or `A` in
 * another unit.
 *
 * @public
 */
export function catalogInputs(): fc.Arbitrary<readonly CatalogItemInput[]> {
  return fc.record({
    set: recipe(STOCKED),
    box: recipe([...STOCKED, 'SET', 'FREE']),
  }).map(({ set, box }) => [
    ...STOCKED.map((sku) => ({ sku, scale: scaleOf(sku), category: sku === 'A' ? 'mugs' : 'plates', ...(sku === 'A' ? { stockUnit: 'piece', conversions: { pack: 3, half: '1/2' } } : {}) })),
    { sku: 'FREE', tracked: false },
    { sku: 'SET', components: set, category: 'sets' },
    { sku: 'BOX', components: box, category: 'sets' },
  ]);
}

/** {@link catalogInputs}, read. @public */
export function catalogs(): fc.Arbitrary<Catalog> {
  return catalogInputs().map((input) => parseCatalog(input));
}
