import type { Catalog, Component } from '../catalog/catalog.ts';
import { callable, identifier, items, oneOf } from '../errors/common-looks.ts';
import { invalidInput } from '../errors/error.ts';
import { shown } from '../errors/issue.ts';
import { list, maybe, parts, refuse, type Look } from '../errors/looks.ts';
import { named, type LocationId, type Sku } from '../identity/ids.ts';
import { kitsFrom, unitsTaken } from '../quantity/per-kit.ts';
import { addQuantities, compareQuantities, formatQuantity, isQuantity, maxQuantity, minQuantity, subtractQuantities, type Quantity } from '../quantity/quantity.ts';

/** A location that could serve something. @public */
export interface FulfilmentCandidate {
  readonly location: LocationId;
  readonly sku: Sku;
  /** How much of the sku it could still give, in steps; whole kits of a kit. Absent where nothing limits it. */
  readonly supply: Quantity | undefined;
}

/** Which of two locations is asked first: less than zero for `a`. Equal ones keep the order of the request. Candidates are frozen. @public */
export type CompareCandidates = (a: FulfilmentCandidate, b: FulfilmentCandidate) => number;

/** What is to be shipped, and from where it may be. @public */
export interface FulfilmentRequest {
  /** In steps of the sku, greater than zero. Lines of one sku are added up. */
  readonly lines: readonly { readonly sku: Sku; readonly quantity: Quantity }[];
  /** The most preferred location first; one that is named again is passed over. */
  readonly locations: readonly LocationId[];
  /** In the order of `locations` where absent; or the location that has most left first; or as the caller says. */
  readonly order?: 'priority' | 'highestSupply' | CompareCandidates | undefined;
  /** Those of `locations` that may take what nobody has; the first of them in the order takes it all. */
  readonly mayBackorder?: readonly LocationId[] | undefined;
}

/** What a plan is made over. @public */
export interface FulfilmentWorld {
  readonly catalog: Catalog;
  /** What a location could give of a stocked sku, as `locationSupply` tells it; absent where nothing limits it. */
  readonly supply: (sku: Sku, location: LocationId) => Quantity | undefined;
}

/** A part of a sku at a location, greater than zero. @public */
export interface Allocation {
  readonly sku: Sku;
  readonly location: LocationId;
  readonly quantity: Quantity;
}

/** Where each part comes from. @public */
export interface FulfilmentPlan {
  /** By sku in the order of the request, then in the order in which locations were asked. */
  readonly allocations: readonly Allocation[];
  /** The same in stocked skus, kits in their parts: what is taken from the shelves, by location in the order in which they first gave something. */
  readonly picks: readonly Allocation[];
  /** The locations that ship something, each once, in the same order: one package comes from each at least. */
  readonly shipsFrom: readonly LocationId[];
  /** What is promised at a location that does not have it. */
  readonly backordered: readonly Allocation[];
  /** What nobody has and nobody may take. */
  readonly missing: readonly { readonly sku: Sku; readonly quantity: Quantity }[];
  /** Whether everything is allocated or backordered. */
  readonly isComplete: boolean;
}

/**
 * Plans from which locations something is shipped: each location in turn gives what it can of what the earlier ones left,
 * a kit in whole kits with all its parts from one place, and nothing is given twice. What is there anywhere goes before a
 * backorder at a preferred place.
 *
 * @throws `INVALID_INPUT` with a path where a quantity is not greater than zero, the catalogue lacks a sku, `order` is none, `mayBackorder` names a location that is not
 *   in `locations`, or `supply` tells what is no count of steps.
 * @see By priority as Magento selects sources: https://developer.adobe.com/commerce/webapi/rest/inventory/manage-source-selection/; by most left as Saleor's strategy for high stock; kits in whole ones, stage 6 of the README
 * @example
 * ```ts
 * const [near, far] = [parseLocationId('near'), parseLocationId('far')];
 * const request = { lines: [{ sku: parseSku('MUG'), quantity: 5 }], locations: [near, far] };
 * const plan = planFulfilment(request, { catalog: parseCatalog([{ sku: 'MUG' }]), supply: (_sku, location) => (location === near ? 3 : 9) });
 * plan.allocations.map(({ location, quantity }) => [location, quantity]) // => [['near', 3], ['far', 2]]
 * ```
 * @public
 */
export function planFulfilment(request: FulfilmentRequest, world: FulfilmentWorld): FulfilmentPlan {
  const locations = askedLocations(request, world);
  const shelves = new Shelves(world);
  const [allocations, backordered]: [Allocation[], Allocation[]] = [[], []];
  const missing: { sku: Sku; quantity: Quantity }[] = [];
  for (const [sku, wanted] of accumulated(request, world)) {
    const components = shelves.partsOf(sku);
    // A comparator is shown what is planned with, and must not be able to change it.
    const candidates = locations.map((location): FulfilmentCandidate => Object.freeze({ location, sku, supply: shelves.room(components, location) }));
    if (request.order !== undefined && request.order !== 'priority') candidates.sort(request.order === 'highestSupply' ? mostFirst : request.order);
    let left = wanted;
    for (const { location, supply } of candidates) {
      const quantity = supply === undefined ? left : minQuantity(left, supply);
      if (compareQuantities(quantity, 0) <= 0) continue;
      shelves.take(components, location, quantity);
      allocations.push({ sku, location, quantity });
      left = subtractQuantities(left, quantity);
    }
    if (compareQuantities(left, 0) <= 0) continue;
    const taker = candidates.find(({ location }) => request.mayBackorder?.includes(location) === true);
    if (taker === undefined) missing.push({ sku, quantity: left });
    else backordered.push({ sku, location: taker.location, quantity: left });
  }
  return { allocations, ...shelves.taken(), backordered, missing, isComplete: missing.length === 0 };
}

/**
 * The locations that could serve a whole request alone, in its order and each once.
 *
 * @throws `INVALID_INPUT` as {@link planFulfilment}.
 * @example
 * ```ts
 * const request = { lines: [{ sku: parseSku('MUG'), quantity: 5 }], locations: ['near', 'far'].map((id) => parseLocationId(id)) };
 * coveringLocations(request, { catalog: parseCatalog([{ sku: 'MUG' }]), supply: (_sku, location) => (location === 'near' ? 3 : 9) }) // => ['far']
 * ```
 * @public
 */
export function coveringLocations(request: FulfilmentRequest, world: FulfilmentWorld): readonly LocationId[] {
  return askedLocations(request, world).filter((location) => planFulfilment({ lines: request.lines, locations: [location] }, world).isComplete);
}

const order: Look = (value, path) => {
  if (typeof value !== 'function') oneOf('priority', 'highestSupply')(value, path);
};
const REQUEST = parts({ lines: list(parts({})), locations: list(identifier), order: maybe(order), mayBackorder: maybe(list(identifier)) });
const WORLD = parts({ catalog: items, supply: callable });

/** What a location has is there once, however often it is named. */
function askedLocations(request: FulfilmentRequest, world: FulfilmentWorld): readonly LocationId[] {
  REQUEST(request, []);
  WORLD(world, []);
  const locations = new Set(request.locations);
  request.mayBackorder?.forEach((location, index) => {
    if (!locations.has(location)) throw invalidInput('request for a plan', [{ path: ['mayBackorder', index], message: `${named(location)} is not among the locations that are asked; list it last in locations where it shall take what no other has` }]);
  });
  return [...locations];
}

function accumulated({ lines }: FulfilmentRequest, { catalog }: FulfilmentWorld): ReadonlyMap<Sku, Quantity> {
  const sums = new Map<Sku, Quantity>();
  lines.forEach(({ sku, quantity }, index) => {
    if (!catalog.items.has(sku)) throw invalidInput('request for a plan', [{ path: ['lines', index, 'sku'], message: `the catalogue has no sku ${named(sku)}` }]);
    if (!isQuantity(quantity)) throw invalidInput('request for a plan', [{ path: ['lines', index, 'quantity'], message: `${shown(quantity)} is no whole count of steps, as parseQuantity gives it` }]);
    if (compareQuantities(quantity, 0) <= 0) {
      throw invalidInput('request for a plan', [{ path: ['lines', index, 'quantity'], message: `${formatQuantity(quantity)} of ${sku} cannot be shipped; ask for more than 0` }]);
    }
    sums.set(sku, addQuantities(sums.get(sku) ?? 0, quantity));
  });
  return sums;
}

function mostFirst(a: FulfilmentCandidate, b: FulfilmentCandidate): number {
  if (a.supply === undefined || b.supply === undefined) return Number(b.supply === undefined) - Number(a.supply === undefined);
  return compareQuantities(b.supply, a.supply);
}

/** What is left at each location while a plan is made. */
class Shelves {
  readonly #world: FulfilmentWorld;
  readonly #taken = new Map<LocationId, Map<Sku, Quantity>>();

  constructor(world: FulfilmentWorld) {
    this.#world = world;
  }

  /** The stocked parts of a sku: itself, or those of the kit. */
  partsOf(sku: Sku): readonly Component[] {
    const item = this.#world.catalog.items.get(sku);
    if (item?.tracked !== true) return [];
    return item.components ?? [{ sku, quantityPer: 1 }];
  }

  /** How many whole units a location could still give; absent where nothing limits it. */
  room(components: readonly Component[], location: LocationId): Quantity | undefined {
    let least: Quantity | undefined;
    for (const { sku, quantityPer } of components) {
      const supply = this.#world.supply(sku, location);
      if (supply === undefined) continue;
      if (!isQuantity(supply)) refuse('a whole count of steps, or undefined where nothing limits it', supply, ['supply', sku, location]);
      const left = maxQuantity(subtractQuantities(supply, this.#taken.get(location)?.get(sku) ?? 0), 0);
      const units = kitsFrom(quantityPer, left);
      least = least === undefined ? units : minQuantity(least, units);
    }
    return least;
  }

  take(components: readonly Component[], location: LocationId, units: Quantity): void {
    const here = this.#taken.get(location) ?? new Map<Sku, Quantity>();
    this.#taken.set(location, here);
    for (const { sku, quantityPer } of components) here.set(sku, addQuantities(here.get(sku) ?? 0, unitsTaken(quantityPer, units)));
  }

  /** All that was taken, and where. */
  taken(): Pick<FulfilmentPlan, 'picks' | 'shipsFrom'> {
    const picks = [...this.#taken].flatMap(([location, skus]) => [...skus].map(([sku, quantity]): Allocation => ({ sku, location, quantity })));
    return { picks, shipsFrom: [...this.#taken.keys()] };
  }
}
