import * as z from 'zod';
import { itemSchema, MAX_KIT_COMPONENTS, MAX_KIT_DEPTH, MAX_RECIPE_PARTS } from '../catalog/catalog.ts';
import { conversionProblems, stepsPer, stepsPerProblem } from '../catalog/units.ts';
import { identifierProblem } from '../identity/ids.ts';
import { once } from '../internal/once.ts';
import { addPer, isSome, perText, timesPer, type PerKit } from '../quantity/per-kit.ts';
import { MAX_INTEGER_DIGITS } from '../quantity/quantity.ts';
import { bounded, malformed, type Finding } from './finding.ts';

const itemsSchema = /* @__PURE__ */ once(() => z.array(itemSchema));
type Item = z.infer<ReturnType<typeof itemsSchema>>[number];

/**
 * Looks through a catalogue before anything runs on it, and finds all that is wrong at once.
 *
 * @param input - A list of items, as `parseCatalog` reads it, of any quality.
 * @returns In the order of the input. There is an error among them exactly where `parseCatalog` would refuse.
 * @see stage 6 of the README: recipes that can be exploded, grouped and converted
 * @example
 * ```ts
 * diagnoseCatalog([{ sku: 'SET', components: [{ sku: 'CUP', quantityPer: 6 }] }]).map(({ code, path }) => [code, path]) // => [['UNKNOWN_COMPONENT', [0, 'components', 0, 'sku']]]
 * ```
 * @public
 */
export function diagnoseCatalog(input: unknown): readonly Finding[] {
  const parsed = itemsSchema().safeParse(input);
  if (!parsed.success) return malformed(parsed.error.issues);
  const items = parsed.data;
  const bySku = new Map<string, number>();
  items.forEach(({ sku }, index) => { bySku.set(sku, index); });
  const findings = [...identifierFindings(items), ...items.flatMap((item, index) => itemFindings(item, index, { items, bySku }))];
  return bounded(findings.some(({ severity }) => severity === 'error') ? findings : [...findings, ...recipeFindings(items, bySku)]);
}

interface Shelf {
  readonly items: readonly Item[];
  readonly bySku: ReadonlyMap<string, number>;
}

function identifierFindings(items: readonly Item[]): Finding[] {
  const findings: Finding[] = [];
  const first = new Map<string, number>();
  const similar = new Map<string, string>();
  items.forEach(({ sku, category }, index) => {
    const path = [index, 'sku'];
    const problem = identifierProblem(sku, 'sku');
    if (problem !== undefined) findings.push({ code: 'MALFORMED', severity: 'error', path, message: problem });
    const misnamed = category === undefined ? undefined : identifierProblem(category, 'category');
    if (misnamed !== undefined) findings.push({ code: 'MALFORMED', severity: 'error', path: [index, 'category'], message: misnamed });
    const earlier = first.get(sku);
    if (earlier !== undefined) {
      findings.push({ code: 'DUPLICATE_SKU', severity: 'error', path, message: `sku ${sku} is listed at ${String(earlier)} already; keep one of the two` });
      return;
    }
    first.set(sku, index);
    const plain = sku.normalize('NFKC').toLowerCase().replaceAll(/[\s_-]/g, '');
    const twin = similar.get(plain);
    if (twin === undefined) similar.set(plain, sku);
    else findings.push({ code: 'SIMILAR_SKU', severity: 'warning', path, message: `sku ${sku} differs from ${twin} only in case, dashes or spaces; they are two skus` });
  });
  return findings;
}

function itemFindings(item: Item, index: number, { items, bySku }: Shelf): Finding[] {
  const findings = conversionProblems(item).map(({ unit, message }): Finding => ({ code: 'CONVERSION_NOT_POSITIVE', severity: 'error', path: [index, 'conversions', unit], message }));
  if (item.components === undefined) return findings;
  if ((item.scale ?? 0) !== 0) findings.push({ code: 'KIT_SCALE', severity: 'error', path: [index, 'scale'], message: `${item.sku} is a kit, and kits are counted in whole units; leave scale out` });
  const seen = new Set<string>();
  let limits = false;
  item.components.forEach((part, position) => {
    const { sku } = part;
    const path = [index, 'components', position];
    const component = items[bySku.get(sku) ?? -1];
    if (seen.has(sku)) findings.push({ code: 'DUPLICATE_COMPONENT', severity: 'warning', path, message: `${item.sku} names ${sku} twice; the quantities are added up` });
    seen.add(sku);
    if (component === undefined) {
      findings.push({ code: 'UNKNOWN_COMPONENT', severity: 'error', path: [...path, 'sku'], message: `component ${sku} of ${item.sku} is not in the catalogue` });
      return;
    }
    if (component.tracked !== false) limits = true;
    const problem = partProblem(part, component);
    if (problem !== undefined) findings.push({ code: problem.at === 'unit' ? 'UNIT_NOT_CONVERTIBLE' : 'COMPONENT_QUANTITY', severity: 'error', path: [...path, problem.at], message: `${sku} in ${item.sku}: ${problem.message}` });
  });
  if (!limits && findings.length === 0) {
    findings.push({ code: 'KIT_WITHOUT_LIMIT', severity: 'warning', path: [index, 'components'], message: `no component of ${item.sku} is tracked, so nothing limits how many can be sold` });
  }
  return findings;
}

function partProblem(part: NonNullable<Item['components']>[number], component: Item): ReturnType<typeof stepsPerProblem> {
  const problem = stepsPerProblem(part, component);
  if (problem !== undefined) return problem;
  return isSome(stepsPer(part, component)) ? undefined : { at: 'quantityPer', message: `a kit must need more than 0, not ${String(part.quantityPer)}` };
}

/** What a kit comes to. */
interface Recipe {
  readonly totals: ReadonlyMap<string, PerKit>;
  readonly depth: number;
}

/** Works kits out from the inside outwards, so that no recipe, however nested, is walked twice or too deep. */
function recipeFindings(items: readonly Item[], bySku: ReadonlyMap<string, number>): Finding[] {
  const findings: Finding[] = [];
  const waiting = new Map<number, number>();
  const users = new Map<number, number[]>();
  const ready: number[] = [];
  items.forEach((item, index) => {
    const inner = innerKits(item, { items, bySku });
    if (item.components !== undefined) waiting.set(index, inner.length);
    if (item.components !== undefined && inner.length === 0) ready.push(index);
    for (const kit of inner) {
      const known = users.get(kit);
      if (known === undefined) users.set(kit, [index]);
      else known.push(index);
    }
  });
  const working: Working = { items, bySku, findings, recipes: new Map(), work: { parts: 0 } };
  for (let index = ready.pop(); index !== undefined; index = ready.pop()) {
    waiting.delete(index);
    working.recipes.set(index, recipeOf(index, working));
    for (const user of users.get(index) ?? []) {
      const left = (waiting.get(user) ?? 0) - 1;
      waiting.set(user, left);
      if (left === 0) ready.push(user);
    }
  }
  return [...findings, ...cycleFindings([...waiting.keys()], { items, bySku })].sort((a, b) => Number(a.path[0]) - Number(b.path[0]));
}

/** The tracked kits inside a kit, each once. */
function innerKits({ components = [] }: Item, { items, bySku }: Shelf): readonly number[] {
  const inner = new Set<number>();
  for (const { sku } of components) {
    const index = bySku.get(sku) ?? -1;
    if (items[index]?.components !== undefined && items[index].tracked !== false) inner.add(index);
  }
  return [...inner];
}

/** Recipes that are known already, what was found in them, and how many parts have been added up so far. */
interface Working extends Shelf {
  readonly recipes: Map<number, Recipe | undefined>;
  readonly findings: Finding[];
  readonly work: { parts: number };
}

/** Absent where the recipe, or one inside it, is too large to go on, and once all recipes together are. */
function recipeOf(index: number, { items, bySku, recipes, findings, work }: Working): Recipe | undefined {
  const item = items[index];
  if (item === undefined || work.parts > MAX_RECIPE_PARTS) return undefined;
  const totals = new Map<string, PerKit>();
  let depth = 1;
  const found = (code: 'KIT_TOO_DEEP' | 'HUGE_RECIPE', message: string): undefined => {
    findings.push({ code, severity: 'error', path: [index, 'components'], message: `kit ${item.sku} ${message}` });
  };
  const huge = (part: string, sum: PerKit): undefined => found('HUGE_RECIPE', `comes to ${perText(sum)} of ${part}; at most ${String(MAX_INTEGER_DIGITS)} digits are accepted`);
  const { needed: all, tooLong } = neededBy(item, { items, bySku });
  if (tooLong !== undefined) return huge(...tooLong);
  for (const [position, needed] of all) {
    const inner = items[position]?.components === undefined ? stockedRecipe(items[position]) : recipes.get(position);
    if (inner === undefined) return undefined;
    work.parts += inner.totals.size;
    if (work.parts > MAX_RECIPE_PARTS) return found('HUGE_RECIPE', `takes the recipes of the catalogue past ${String(MAX_RECIPE_PARTS)} parts in all`);
    depth = Math.max(depth, inner.depth + 1);
    for (const [part, each] of inner.totals) {
      const sum = addPer(totals, part, timesPer(each, needed));
      if (sum !== undefined) return huge(part, sum);
    }
    if (totals.size > MAX_KIT_COMPONENTS) return found('HUGE_RECIPE', `comes to more than ${String(MAX_KIT_COMPONENTS)} stocked components`);
  }
  if (depth > MAX_KIT_DEPTH) return found('KIT_TOO_DEEP', `nests deeper than ${String(MAX_KIT_DEPTH)} levels`);
  return { totals, depth };
}

function stockedRecipe(item: Item | undefined): Recipe | undefined {
  return item === undefined ? undefined : { totals: new Map([[item.sku, 1]]), depth: 0 };
}

/** The tracked components of a kit, each once by its place in the catalogue, with how many of it one kit needs. */
function neededBy({ components = [] }: Item, { items, bySku }: Shelf): { readonly needed: ReadonlyMap<number, PerKit>; readonly tooLong: readonly [sku: string, sum: PerKit] | undefined } {
  const needed = new Map<number, PerKit>();
  for (const part of components) {
    const position = bySku.get(part.sku) ?? -1;
    const component = items[position];
    if (component === undefined || component.tracked === false) continue;
    const sum = addPer(needed, position, stepsPer(part, component));
    if (sum !== undefined) return { needed, tooLong: [part.sku, sum] };
  }
  return { needed, tooLong: undefined };
}

/** Kits that never became ready contain themselves, or a kit that does; each circle is told once. */
function cycleFindings(stuck: readonly number[], { items, bySku }: Shelf): Finding[] {
  const findings: Finding[] = [];
  const open = new Set(stuck);
  const done = new Set<number>();
  for (const start of stuck) {
    const trail: number[] = [];
    const places = new Map<number, number>();
    let index: number | undefined = start;
    while (index !== undefined && !done.has(index) && !places.has(index)) {
      places.set(index, trail.length);
      trail.push(index);
      const item: Item | undefined = items[index];
      index = item === undefined ? undefined : innerKits(item, { items, bySku }).find((kit) => open.has(kit));
    }
    const circle = index === undefined || done.has(index) ? [] : trail.slice(places.get(index));
    for (const walked of trail) done.add(walked);
    if (circle.length === 0) continue;
    const names = circle.slice(0, MAX_KIT_DEPTH).map((kit) => items[kit]?.sku ?? '');
    const more = circle.length > names.length ? [`${String(circle.length - names.length)} more`] : [];
    findings.push({ code: 'KIT_CYCLE', severity: 'error', path: [circle[0] ?? 0, 'components'], message: `kit ${[...names, ...more, names[0]].join(' > ')} contains itself` });
  }
  return findings;
}
