import * as z from 'zod';
import { invalidInput, type Issue, type StockwrightError } from '../errors/error.ts';
import { schemaIssues } from '../errors/schema-issues.ts';
import { identifierProblem, type Sku } from '../identity/ids.ts';
import { addPer, isSome, perText, timesPer, type PerKit } from '../quantity/per-kit.ts';
import { MAX_INTEGER_DIGITS, MAX_SCALE } from '../quantity/quantity.ts';
import { conversionProblems, stepsPer, stepsPerProblem } from './units.ts';

/** A part of a kit, as JSON carries it. @public */
export interface ComponentInput {
  readonly sku: string;
  /** How much one kit takes, greater than zero: a quantity of the component, or a fraction such as `1/3`, which stays exact. */
  readonly quantityPer: string | number;
  /** The unit that this counts: the component's `stockUnit`, which it is where absent, or one of its `conversions`. */
  readonly unit?: string | undefined;
}

/** One thing that is sold, as JSON carries it. @public */
export interface CatalogItemInput {
  readonly sku: string;
  /** Decimal digits of the step, 0 to 12; 0 (whole units) where absent. A kit is always counted in whole kits. */
  readonly scale?: number | undefined;
  /** False: never limits anything, also as a component (drop-shipped goods, services). */
  readonly tracked?: boolean | undefined;
  /** Under which rules may name it, on the same terms as a sku. */
  readonly category?: string | undefined;
  /** What one unit of it is called: a name that recipes may use beside those of `conversions`. */
  readonly stockUnit?: string | undefined;
  /** By other units what one of them is in stock units, also as a fraction: `{ dozen: 12, third: '1/3' }`. */
  readonly conversions?: Readonly<Record<string, string | number>> | undefined;
  /** What a kit is made of; absent for a stocked sku. */
  readonly components?: readonly ComponentInput[] | undefined;
}

/** A stocked part of a kit, nested kits resolved. @public */
export interface Component {
  readonly sku: Sku;
  /** In steps of the component, greater than zero; a whole number or a fraction. */
  readonly quantityPer: PerKit;
}

/** One thing that is sold. @public */
export interface CatalogItem {
  readonly sku: Sku;
  readonly scale: number;
  readonly tracked: boolean;
  readonly category: string | undefined;
  /** Stocked and tracked components of a kit, one per sku, by sku; absent for a stocked sku. */
  readonly components: readonly Component[] | undefined;
}

/** All that is sold. @public */
export interface Catalog {
  readonly items: ReadonlyMap<Sku, CatalogItem>;
  /** The kits that use a stocked sku, directly or through other kits. */
  readonly kitsUsing: ReadonlyMap<Sku, readonly Sku[]>;
}

/** How deep kits may nest, so that a recipe is resolved in bounded time. @public */
export const MAX_KIT_DEPTH = 16;
/** How many stocked components one kit may come to. @public */
export const MAX_KIT_COMPONENTS = 1000;
/** How many parts all recipes of a catalogue may come to, each nested kit counted anew wherever it is named. @public */
export const MAX_RECIPE_PARTS = 2_000_000;

/** One item, of which the parts are still to be looked at. */
export const itemSchema = z.strictObject({
  sku: z.string(),
  scale: z.number().int().min(0).max(MAX_SCALE).optional(),
  tracked: z.boolean().optional(),
  category: z.string().optional(),
  stockUnit: z.string().optional(),
  conversions: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
  components: z.array(z.strictObject({ sku: z.string(), quantityPer: z.union([z.string(), z.number()]), unit: z.string().optional() })).min(1).optional(),
});

/**
 * Reads a catalogue: every sku once, every component known, no kit inside itself.
 *
 * @param input - A list of items; unknown properties are refused.
 * @returns Kits resolved to their stocked, tracked components, with the quantities of nested recipes multiplied and added up,
 *   fractions and units exactly: nothing is rounded before kits are counted.
 * @throws `INVALID_INPUT` naming every problem with its path.
 * @example
 * ```ts
 * const catalog = parseCatalog([{ sku: 'CUP' }, { sku: 'SET', components: [{ sku: 'CUP', quantityPer: 6 }] }]);
 * catalog.items.get(parseSku('SET'))?.components // => [{ sku: 'CUP', quantityPer: 6 }]
 * catalog.kitsUsing.get(parseSku('CUP')) // => ['SET']
 * ```
 * @public
 */
export function parseCatalog(input: unknown): Catalog {
  const parsed = z.array(itemSchema).safeParse(input);
  if (!parsed.success) {
    throw invalidInput('catalogue', schemaIssues(parsed.error.issues));
  }
  const raw = new Map<string, CatalogItemInput>();
  const issues: Issue[] = [];
  parsed.data.forEach((item, index) => {
    const problem = identifierProblem(item.sku, 'sku') ?? (raw.has(item.sku) ? `sku ${item.sku} is listed twice` : undefined);
    if (problem !== undefined) issues.push({ path: [index, 'sku'], message: problem });
    const misnamed = item.category === undefined ? undefined : identifierProblem(item.category, 'category');
    if (misnamed !== undefined) issues.push({ path: [index, 'category'], message: misnamed });
    for (const { unit, message } of conversionProblems(item)) issues.push({ path: [index, 'conversions', unit], message });
    raw.set(item.sku, item);
  });
  // One by one: as arguments of one call they could be too many.
  parsed.data.forEach((item, index) => { for (const issue of componentIssues(item, index, raw)) issues.push(issue); });
  if (issues.length > 0) throw invalidInput('catalogue', issues);
  return resolve(raw);
}

function componentIssues(item: CatalogItemInput, index: number, raw: ReadonlyMap<string, CatalogItemInput>): Issue[] {
  if (item.components === undefined) return [];
  const issues: Issue[] = [];
  if ((item.scale ?? 0) !== 0) issues.push({ path: [index, 'scale'], message: `${item.sku} is a kit, and kits are counted in whole units` });
  item.components.forEach((part, position) => {
    const path = [index, 'components', position];
    const component = raw.get(part.sku);
    if (component === undefined) {
      issues.push({ path: [...path, 'sku'], message: `component ${part.sku} is not in the catalogue` });
      return;
    }
    const problem = stepsPerProblem(part, component);
    if (problem !== undefined) issues.push({ path: [...path, problem.at], message: problem.message });
    else if (!isSome(stepsPer(part, component))) {
      issues.push({ path: [...path, 'quantityPer'], message: `a kit of ${item.sku} must need more than 0 of ${part.sku}, not ${String(part.quantityPer)}` });
    }
  });
  return issues;
}

function resolve(raw: ReadonlyMap<string, CatalogItemInput>): Catalog {
  const items = new Map<Sku, CatalogItem>();
  const kitsUsing = new Map<Sku, Sku[]>();
  const exploding: Exploding = { raw, recipes: new Map(), trail: [], work: { parts: 0 } };
  for (const item of raw.values()) {
    const sku = item.sku as Sku;
    const components = item.components === undefined ? undefined : componentsOf(explodeRecipe(item, exploding));
    items.set(sku, { sku, scale: item.scale ?? 0, tracked: item.tracked ?? true, category: item.category, components });
    for (const component of components ?? []) {
      const users = kitsUsing.get(component.sku);
      if (users === undefined) kitsUsing.set(component.sku, [sku]);
      else users.push(sku);
    }
  }
  return { items, kitsUsing };
}

/** What one kit comes to, and how many levels of kits it has. */
interface Recipe {
  readonly totals: ReadonlyMap<Sku, PerKit>;
  readonly depth: number;
}

/** Recipes that are known already, and the kits that are being worked out. */
interface Exploding {
  readonly raw: ReadonlyMap<string, CatalogItemInput>;
  readonly recipes: Map<string, Recipe>;
  readonly trail: readonly string[];
  /** How many parts have been added up so far. */
  readonly work: { parts: number };
}

/** Each kit is worked out once, so that a recipe which names the same kit many times stays cheap. */
function explodeRecipe(kit: CatalogItemInput, exploding: Exploding): Recipe {
  const { raw, recipes, trail, work } = exploding;
  const known = recipes.get(kit.sku);
  if (known !== undefined) return known;
  refuseTrail(kit.sku, trail);
  const path = [...trail, kit.sku];
  const totals = new Map<Sku, PerKit>();
  let depth = 1;
  for (const [component, needed] of neededBy(kit, raw)) {
    const inner = component.components === undefined ? stockedRecipe(component) : explodeRecipe(component, { ...exploding, trail: path });
    depth = Math.max(depth, inner.depth + 1);
    work.parts += inner.totals.size;
    if (work.parts > MAX_RECIPE_PARTS) throw recipeRefused(`kit ${kit.sku} takes the recipes of the catalogue past ${String(MAX_RECIPE_PARTS)} parts in all`);
    for (const [part, each] of inner.totals) refuseLong(kit, part, addPer(totals, part, timesPer(each, needed)));
  }
  const recipe = { totals, depth };
  refuseExcess(kit, recipe);
  recipes.set(kit.sku, recipe);
  return recipe;
}

/** The tracked components of a kit, each once, with how many of it one kit needs. */
function neededBy(kit: CatalogItemInput, raw: ReadonlyMap<string, CatalogItemInput>): ReadonlyMap<CatalogItemInput, PerKit> {
  const needed = new Map<CatalogItemInput, PerKit>();
  for (const part of kit.components ?? []) {
    const component = raw.get(part.sku);
    if (component === undefined || component.tracked === false) continue;
    refuseLong(kit, part.sku, addPer(needed, component, stepsPer(part, component)));
  }
  return needed;
}

function stockedRecipe({ sku }: CatalogItemInput): Recipe {
  return { totals: new Map([[sku as Sku, 1]]), depth: 0 };
}

function refuseTrail(sku: string, trail: readonly string[]): void {
  if (trail.includes(sku)) throw recipeRefused(`kit ${[...trail, sku].join(' > ')} contains itself`);
  if (trail.length > MAX_KIT_DEPTH) throw recipeRefused(`kit ${trail[0] ?? ''} nests deeper than ${String(MAX_KIT_DEPTH)} levels`);
}

function refuseExcess({ sku }: CatalogItemInput, { totals, depth }: Recipe): void {
  if (depth > MAX_KIT_DEPTH) throw recipeRefused(`kit ${sku} nests deeper than ${String(MAX_KIT_DEPTH)} levels`);
  if (totals.size > MAX_KIT_COMPONENTS) throw recipeRefused(`kit ${sku} comes to more than ${String(MAX_KIT_COMPONENTS)} stocked components`);
}

function refuseLong({ sku }: CatalogItemInput, part: string, sum: PerKit | undefined): void {
  if (sum !== undefined) throw recipeRefused(`kit ${sku} comes to ${perText(sum)} of ${part}; at most ${String(MAX_INTEGER_DIGITS)} digits are accepted`);
}

function componentsOf({ totals }: Recipe): readonly Component[] {
  return [...totals].sort(([a], [b]) => (a < b ? -1 : 1)).map(([sku, quantityPer]) => ({ sku, quantityPer }));
}

function recipeRefused(message: string): StockwrightError {
  return invalidInput('catalogue', [{ path: [], message }]);
}
