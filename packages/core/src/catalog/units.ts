import { isSome, parsePer, perProblem, timesPer, type PerKit } from '../quantity/per-kit.ts';
import { listed } from '../errors/issue.ts';
import { named } from '../identity/ids.ts';
import { MAX_SCALE, parseQuantity } from '../quantity/quantity.ts';

/** What a recipe takes of a component. */
interface Part {
  readonly sku: string;
  readonly quantityPer: string | number;
  readonly unit?: string | undefined;
}

/** What an item is counted in. */
interface Counted {
  readonly sku: string;
  readonly scale?: number | undefined;
  readonly stockUnit?: string | undefined;
  readonly conversions?: Readonly<Record<string, string | number>> | undefined;
}

/** What is wrong with an item's conversions. */
export function conversionProblems({ sku, conversions = {} }: Counted): readonly { readonly unit: string; readonly message: string }[] {
  return Object.entries(conversions).flatMap(([unit, value]) => {
    const message = perProblem(value, MAX_SCALE) ?? (isSome(parsePer(value)) ? undefined : `one ${named(unit)} of ${sku} must be more than 0, not ${String(value)}`);
    return message === undefined ? [] : [{ unit, message }];
  });
}

/** Why nobody can tell how much a recipe takes of a component, and which property is wrong. */
export function stepsPerProblem({ quantityPer, unit }: Part, component: Counted): { readonly at: 'quantityPer' | 'unit'; readonly message: string } | undefined {
  const problem = perProblem(quantityPer, unit === undefined ? (component.scale ?? 0) : MAX_SCALE);
  if (problem !== undefined) return { at: 'quantityPer', message: problem };
  if (unit === undefined || oneOf(unit, component) !== undefined) return undefined;
  const { sku, stockUnit = 'no unit with a name', conversions = {} } = component;
  return { at: 'unit', message: `${sku} is counted in ${stockUnit} and converts from ${listed(Object.keys(conversions))}, not from ${named(unit)}` };
}

/** How many steps of a component a recipe takes, exactly; it has no problem. */
export function stepsPer({ quantityPer, unit }: Part, component: Counted): PerKit {
  const scale = component.scale ?? 0;
  if (unit === undefined && !String(quantityPer).includes('/')) return parseQuantity(quantityPer, { scale });
  const one = unit === undefined ? 1 : oneOf(unit, component);
  return timesPer(timesPer(parsePer(quantityPer), one ?? 1), 10 ** scale);
}

/** What one of a unit is in stock units; absent where it converts to nothing that could be counted. */
function oneOf(unit: string, { stockUnit, conversions = {} }: Counted): PerKit | undefined {
  if (unit === stockUnit) return 1;
  const value = Object.hasOwn(conversions, unit) ? conversions[unit] : undefined;
  return value === undefined || perProblem(value, MAX_SCALE) !== undefined ? undefined : parsePer(value);
}
