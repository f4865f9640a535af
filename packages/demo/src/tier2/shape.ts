import { parseCatalog, parseChannelId, parseLocationId, parsePolicy, parseSku, parseSourceId, type Catalog, type ChannelId, type LocationId, type Policy, type Sku, type SourceId } from '@stockwright/core';

/** One stocked sku in one unit of a listing. */
export interface Part {
  readonly sku: Sku;
  readonly per: number;
}

/** A listing, and the number by which the shop knows it. */
export interface Listing {
  readonly sku: Sku;
  readonly itemNumber: number;
  readonly parts: readonly Part[];
}

/** What all worlds of the second tier sell: eight listings, a kit among them, in two shops, over seven skus at one place of the ERP. */
export interface Shape {
  readonly shopify: ChannelId;
  readonly amazon: ChannelId;
  readonly source: SourceId;
  readonly location: LocationId;
  /** The number by which the ERP and the shop know the place. */
  readonly locationNumber: number;
  readonly stocked: readonly Sku[];
  readonly listings: readonly Listing[];
  readonly catalog: Catalog;
  /** A policy that shows at most so many at Amazon. */
  policy(cap: number | undefined): Policy;
}

const stocked = ['A', 'B', 'C', 'D', 'E', 'F', 'G'].map((sku) => parseSku(sku));
const [A, B] = stocked as [Sku, Sku];
const KIT = parseSku('KIT');
const kitParts: readonly Part[] = [{ sku: A, per: 1 }, { sku: B, per: 2 }];
const [shopify, amazon] = [parseChannelId('shopify'), parseChannelId('amazon')];
const location = parseLocationId('W1');

export const SHAPE: Shape = {
  shopify, amazon, location, stocked,
  source: parseSourceId('netsuite'),
  locationNumber: 1,
  listings: [...stocked.map((sku) => ({ sku, parts: [{ sku, per: 1 }] })), { sku: KIT, parts: kitParts }].map((listing, index) => ({ ...listing, itemNumber: 501 + index })),
  catalog: parseCatalog([
    ...stocked.map((sku) => ({ sku })),
    { sku: KIT, components: kitParts.map(({ sku, per }) => ({ sku, quantityPer: String(per) })) },
  ]),
  policy: (cap) => parsePolicy({
    version: '1',
    channels: [{ id: shopify, locations: [location], publish: 'perLocation' }, { id: amazon, locations: [location] }],
    rules: cap === undefined ? [] : [{ id: 'few-at-most', kind: 'cap', owner: 'sales', reason: 'never show more', scope: { channel: amazon }, most: cap }],
  }),
};

/** What one unit of a listing takes of each stocked sku. */
export function partsOf(sku: string): readonly Part[] {
  return SHAPE.listings.find((listing) => listing.sku === sku)?.parts ?? [];
}
