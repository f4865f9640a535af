import fc from 'fast-check';
import { parseSku, type ChannelId, type FulfilmentRequest, type LocationId, type MappingsInput, type Policy, type PublishedNumber, type Quantity, type Sku, type Target } from '@stockwright/core';
import { identifiers, quantities } from './values.ts';
import { LOCATIONS, STOCKED } from './words.ts';

const ALL: readonly Sku[] = [...STOCKED, ...['SET', 'BOX', 'FREE'].map((name) => parseSku(name))];

/** A question for a plan, and what the locations could give. @public */
export interface DrawnFulfilment {
  readonly request: FulfilmentRequest;
  readonly supply: (sku: Sku, location: LocationId) => Quantity | undefined;
}

/**
 * What is to be shipped and what there is, over {@link catalogInputs}: kits and untracked goods, skus on several lines, locations named
 * twice or with hostile names, every order, and supplies below zero, of nothing, without limit and far beyond safe integers.
 *
 * @example
 * ```ts
 * const [asked] = fc.sample(fulfilments(), { numRuns: 1, seed: 1 });
 * const [catalog] = fc.sample(catalogs(), { numRuns: 1, seed: 1 });
 * const plan = planFulfilment(asked!.request, { catalog: catalog!, supply: asked!.supply });
 * plan.isComplete === (plan.missing.length === 0) // => true
 * ```
 * @public
 */
export function fulfilments(): fc.Arbitrary<DrawnFulfilment> {
  const line = fc.record({ sku: fc.constantFrom(...ALL), quantity: quantities({ least: 1 }) });
  const location = fc.oneof({ arbitrary: fc.constantFrom(...LOCATIONS), weight: 5 }, { arbitrary: identifiers<LocationId>(), weight: 1 });
  const order = fc.constantFrom<FulfilmentRequest['order']>(undefined, 'priority', 'highestSupply', (a, b) => (a.location < b.location ? 1 : -1));
  return fc.record({
    lines: fc.array(line, { maxLength: 5 }), locations: fc.array(location, { maxLength: 5 }), order,
    there: fc.array(fc.option(quantities(), { nil: undefined, freq: 8 }), { minLength: 7, maxLength: 7 }),
  }).chain(({ there, ...request }) => fc.option(fc.subarray(request.locations), { nil: undefined }).map((mayBackorder) => ({
    request: { ...request, mayBackorder },
    supply: (sku, at) => there[(STOCKED.indexOf(sku) * 3 + request.locations.indexOf(at)) % there.length],
  })));
}

/**
 * Numbers that the channels of a policy show, of skus and kits of {@link catalogInputs}, each key once: nothing, a few, far too
 * many, with and without what may have been sold unseen.
 *
 * @example
 * ```ts
 * const [policy] = fc.sample(policies(), { numRuns: 1, seed: 1 });
 * const [catalog] = fc.sample(catalogs(), { numRuns: 1, seed: 1 });
 * const [published = []] = fc.sample(publishedNumbers(policy!), { numRuns: 1, seed: 1 });
 * publicationRisk({ policy: policy!, catalog: catalog! }, published, { positions, asOf }).every(({ oversell }) => compareQuantities(oversell, 0) >= 0) // => true
 * ```
 * @public
 */
export function publishedNumbers(policy: Pick<Policy, 'channels'>): fc.Arbitrary<readonly PublishedNumber[]> {
  const number = fc.record({ channel: fc.constantFrom<ChannelId[]>(...policy.channels.map(({ id }) => id)), sku: fc.constantFrom(...ALL), shown: quantities({ least: 0 }), unseen: quantities({ least: 0 }) }, { requiredKeys: ['channel', 'sku', 'shown'] });
  return fc.uniqueArray(number, { selector: ({ channel, sku }) => JSON.stringify([channel, sku]), maxLength: 10 });
}

/**
 * What somebody wants to keep of too little, for {@link giveUpExcess}: wants and weights of nothing, a few and very many.
 *
 * @example
 * ```ts
 * const [wanted = []] = fc.sample(targets(), { numRuns: 1, seed: 1 });
 * giveUpExcess(0, wanted).every(({ quantity }) => quantity === 0) // => true
 * ```
 * @public
 */
export function targets(): fc.Arbitrary<readonly Target[]> {
  return fc.uniqueArray(fc.record({ id: identifiers<ChannelId>(), quantity: quantities({ least: 0 }), weight: quantities({ least: 0 }) }), { selector: ({ id }) => id, maxLength: 6 });
}

/**
 * Pairs of a vendor's identifier and ours, one to one, as `createMapping` of the adapter kit takes them.
 *
 * @example
 * ```ts
 * fc.sample(mappings(), { numRuns: 50, seed: 1 }).every((pairs) => new Map(pairs).size === pairs.length) // => true
 * ```
 * @public
 */
export function mappings(): fc.Arbitrary<readonly (readonly [external: string, internal: Sku])[]> {
  const external = fc.oneof(identifiers<Sku>(), fc.nat().map((id) => `gid://shopify/InventoryItem/${String(id)}`));
  return fc.tuple(fc.uniqueArray(external, { maxLength: 8 }), fc.uniqueArray(identifiers<Sku>(), { maxLength: 8 })).map(([theirs, ours]) => theirs.slice(0, ours.length).map((one, index) => [one, ours[index] ?? ('' as Sku)] as const));
}

/**
 * The same as `diagnoseMappings` takes it, of an account where each was met: nothing is wrong with it.
 *
 * @example
 * ```ts
 * fc.sample(soundMappings(), { numRuns: 50, seed: 1 }).every((input) => diagnoseMappings(input).length === 0) // => true
 * ```
 * @public
 */
export function soundMappings(): fc.Arbitrary<MappingsInput> {
  return fc.tuple(identifiers<ChannelId>(), mappings()).map(([account, pairs]) => ({
    skus: pairs.map(([, sku]) => sku),
    mappings: pairs.map(([external, target]) => ({ account, kind: 'sku' as const, external, target })),
    seen: pairs.map(([external]) => ({ account, kind: 'sku' as const, external })),
  }));
}
