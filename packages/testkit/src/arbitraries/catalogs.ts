import fc from 'fast-check';
import { parseCatalog, type Catalog, type CatalogItemInput } from '@stockwright/core';
import { scaleOf, STOCKED } from './words.ts';

const perKit = fc.integer({ min: 1, max: 3 });

function recipe(of: readonly string[]): fc.Arbitrary<NonNullable<CatalogItemInput['components']>> {
  return fc.uniqueArray(fc.constantFrom(...of), { minLength: 1, maxLength: 3 })
    .chain((skus) => fc.tuple(...skus.map((sku) => perKit.map((quantityPer) => ({ sku, quantityPer })))));
}

/**
 * Catalogues of three stocked skus `A`, `B` and `C`, the last of them counted in tenths, the untracked `FREE`, the
 * kit `SET` of stocked skus and the kit `BOX`, which may hold sets and untracked goods.
 *
 * @public
 */
export function catalogInputs(): fc.Arbitrary<readonly CatalogItemInput[]> {
  return fc.record({
    set: recipe(STOCKED),
    box: recipe([...STOCKED, 'SET', 'FREE']),
  }).map(({ set, box }) => [
    ...STOCKED.map((sku) => ({ sku, scale: scaleOf(sku), category: sku === 'A' ? 'mugs' : 'plates' })),
    { sku: 'FREE', tracked: false },
    { sku: 'SET', components: set, category: 'sets' },
    { sku: 'BOX', components: box, category: 'sets' },
  ]);
}

/** {@link catalogInputs}, read. @public */
export function catalogs(): fc.Arbitrary<Catalog> {
  return catalogInputs().map((input) => parseCatalog(input));
}
