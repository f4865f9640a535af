import { parseCatalog, parseChannelId, parseLocationId, parsePolicy, parseSku, parseSourceId, type Catalog, type ChannelId, type LocationId, type Policy, type Sku, type SourceId } from '@stockwright/core';

/** What a kit is made of. */
export interface Recipe {
  readonly sku: Sku;
  readonly parts: readonly { readonly sku: Sku; readonly per: number }[];
}

/** What all worlds of the first tier sell: ten listings on each of two channels, over eight stocked skus at one place or two. */
export interface Shape {
  readonly shops: readonly [ChannelId, ChannelId];
  readonly source: SourceId;
  readonly places: readonly LocationId[];
  readonly stocked: readonly Sku[];
  readonly recipes: readonly Recipe[];
  readonly listed: readonly Sku[];
  readonly catalog: Catalog;
  /** A policy that shows at most so many on the second channel. */
  policy(cap: number | undefined): Policy;
}

const stocked = ['A', 'B', 'C', 'D', 'E', 'F', 'G', 'H'].map((sku) => parseSku(sku));
const [A, B, C] = stocked as [Sku, Sku, Sku];
const recipes: readonly Recipe[] = [
  { sku: parseSku('KIT1'), parts: [{ sku: A, per: 1 }, { sku: B, per: 2 }] },
  { sku: parseSku('KIT2'), parts: [{ sku: B, per: 1 }, { sku: C, per: 1 }] },
];
const shops = [parseChannelId('shop'), parseChannelId('market')] as const;
const [W1, W2] = [parseLocationId('W1'), parseLocationId('W2')];
const policies = new Map<string, Policy>();

const SOLD: Omit<Shape, 'places' | 'policy'> = {
  shops, stocked, recipes,
  source: parseSourceId('erp'),
  listed: [...stocked, ...recipes.map(({ sku }) => sku)],
  catalog: parseCatalog([
    ...stocked.map((sku) => ({ sku })),
    ...recipes.map(({ sku, parts }) => ({ sku, components: parts.map((part) => ({ sku: part.sku, quantityPer: String(part.per) })) })),
  ]),
};

/** Parsed once: every world of a kind reads the same. */
export const ONE_PLACE: Shape = { ...SOLD, places: [W1], policy: (cap) => policyOf([W1], cap) };
/** Both channels draw on two places, and the first shows a number for each. */
export const TWO_PLACES: Shape = { ...SOLD, places: [W1, W2], policy: (cap) => policyOf([W1, W2], cap) };

function policyOf(locations: readonly LocationId[], cap: number | undefined): Policy {
  const id = `${String(locations.length)} ${String(cap)}`;
  const known = policies.get(id);
  if (known !== undefined) return known;
  const policy = parsePolicy({
    version: '1', channels: shops.map((shop, index) => ({ id: shop, locations: [...locations], ...(index === 0 && locations.length > 1 ? { publish: 'perLocation' as const } : {}) })),
    rules: cap === undefined ? [] : [{ id: 'few-at-most', kind: 'cap', owner: 'sales', reason: 'never show more', scope: { channel: shops[1] }, most: cap }],
  });
  policies.set(id, policy);
  return policy;
}

/** What one unit of a listing takes of each stocked sku. */
export function partsOf(sku: Sku): Recipe['parts'] {
  return recipes.find((recipe) => recipe.sku === sku)?.parts ?? [{ sku, per: 1 }];
}
