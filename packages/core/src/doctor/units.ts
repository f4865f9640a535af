import * as z from 'zod';
import { identifierSchema } from '../identity/identifier-schema.ts';
import { once } from '../internal/once.ts';
import { formatQuantity, MAX_SCALE, parseQuantity, quantityProblem } from '../quantity/quantity.ts';
import { malformed, type Finding } from './finding.ts';

const unitsSchema = /* @__PURE__ */ once(() => {
  const identifier = identifierSchema();
  const amount = z.union([z.string(), z.number()]).check((context) => {
    const problem = quantityProblem(context.value, MAX_SCALE);
    if (problem !== undefined) context.issues.push({ code: 'custom', message: problem, input: context.value });
  });
  return z.strictObject({
    conversions: z.array(z.strictObject({ from: identifier, to: identifier, numerator: amount, denominator: amount.optional() })).default([]),
    items: z.array(z.strictObject({ sku: identifier, stockUnit: identifier, sellUnit: identifier.optional(), scale: z.number().int().min(0).max(MAX_SCALE).optional() })).default([]),
  });
});

/** Units and what one is in terms of another, as JSON carries them. One `from` is `numerator / denominator` of `to`. @public */
export interface UnitsInput {
  readonly conversions?: readonly { readonly from: string; readonly to: string; readonly numerator: string | number; readonly denominator?: string | number | undefined }[] | undefined;
  /** What each sku is counted in, and sold in where that is another unit. */
  readonly items?: readonly { readonly sku: string; readonly stockUnit: string; readonly sellUnit?: string | undefined; readonly scale?: number | undefined }[] | undefined;
}

/** A fraction in lowest terms, greater than zero. */
interface Rational {
  readonly top: bigint;
  readonly bottom: bigint;
}

const ONE: Rational = { top: 1n, bottom: 1n };
/** Past so many digits a chain of conversions is nonsense, and slow. */
const MAX_DIGITS = 200;

/**
 * Looks through units: conversions that contradict each other, in circles too, and skus that are sold in a unit that
 * does not lead to the one they are counted in. Exact: thirds stay thirds.
 *
 * @param input - {@link UnitsInput}, of any quality.
 * @returns What is no such input is found `MALFORMED`; nothing is thrown.
 * @see `parseCatalog`: units convert by fractions and nothing is rounded on the way
 * @example
 * ```ts
 * const conversions = [{ from: 'case', to: 'each', numerator: 12 }];
 * diagnoseUnits({ conversions, items: [{ sku: 'MUG', stockUnit: 'case', sellUnit: 'each' }] }).map(({ code, severity }) => [code, severity]) // => [['UNEVEN_UNIT', 'warning']]
 * ```
 * @public
 */
export function diagnoseUnits(input: unknown): readonly Finding[] {
  const parsed = unitsSchema().safeParse(input);
  if (!parsed.success) return malformed(parsed.error.issues);
  const findings: Finding[] = [];
  const graph = new Map<string, { to: string; factor: Rational }[]>();
  const pairs = new Map<string, number>();
  const edges: { index: number; from: string; to: string; factor: Rational }[] = [];
  parsed.data.conversions.forEach(({ from, to, numerator, denominator = 1 }, index) => {
    const path = ['conversions', index];
    const [top, bottom] = [fraction(numerator), fraction(denominator)];
    if (top.top <= 0n || bottom.top <= 0n) {
      findings.push({ code: 'CONVERSION_NOT_POSITIVE', severity: 'error', path, message: `one ${from} cannot be ${String(numerator)}/${String(denominator)} ${to}; both numbers must be greater than 0` });
      return;
    }
    const factor = reduced(top.top * bottom.bottom, top.bottom * bottom.top);
    const key = JSON.stringify([from, to].sort());
    const earlier = pairs.get(key);
    if (earlier !== undefined) findings.push({ code: 'DUPLICATE_CONVERSION', severity: 'warning', path, message: `${from} and ${to} are converted at ${String(earlier)} already` });
    pairs.set(key, index);
    edges.push({ index, from, to, factor });
    link(graph, from, { to, factor });
    link(graph, to, { to: from, factor: { top: factor.bottom, bottom: factor.top } });
  });
  const { inRoot, tooLong } = walk(graph);
  for (const { index, from, to, factor } of edges) {
    const [a, b] = [inRoot.get(from), inRoot.get(to)];
    if (a === undefined || b === undefined) continue;
    const expected = reduced(a.value.top * b.value.bottom, a.value.bottom * b.value.top);
    if (expected.top === factor.top && expected.bottom === factor.bottom) continue;
    findings.push({ code: 'CONTRADICTORY_CONVERSIONS', severity: 'error', path: ['conversions', index], message: `one ${from} is ${text(factor)} ${to} here and ${text(expected)} ${to} by the other conversions` });
  }
  for (const unit of tooLong) findings.push({ code: 'CONVERSION_TOO_LONG', severity: 'error', path: ['conversions'], message: `the conversions that lead to ${unit} multiply to numbers of more than ${String(MAX_DIGITS)} digits` });
  return [...findings, ...itemFindings(parsed.data.items, inRoot)];
}

type InRoot = ReadonlyMap<string, { readonly root: string; readonly value: Rational }>;

function itemFindings(items: NonNullable<z.infer<ReturnType<typeof unitsSchema>>['items']>, inRoot: InRoot): Finding[] {
  return items.flatMap(({ sku, stockUnit, sellUnit = stockUnit, scale = 0 }, index): Finding[] => {
    if (sellUnit === stockUnit) return [];
    const path = ['items', index, 'sellUnit'];
    const [sold, counted] = [inRoot.get(sellUnit), inRoot.get(stockUnit)];
    if (sold === undefined || counted === undefined || sold.root !== counted.root) {
      return [{ code: 'UNIT_NOT_CONVERTIBLE', severity: 'error', path, message: `${sku} is sold in ${sellUnit} and counted in ${stockUnit}, and no conversion leads from one to the other` }];
    }
    const steps = reduced(sold.value.top * counted.value.bottom * 10n ** BigInt(scale), sold.value.bottom * counted.value.top);
    if (steps.bottom === 1n) return [];
    return [{ code: 'UNEVEN_UNIT', severity: 'warning', path, message: `one ${sellUnit} of ${sku} is ${text(steps)} steps of its stock, no whole number; what is offered is rounded down` }];
  });
}

/** Every unit in terms of the first one that it is connected with. */
function walk(graph: ReadonlyMap<string, readonly { to: string; factor: Rational }[]>): { readonly inRoot: InRoot; readonly tooLong: readonly string[] } {
  const inRoot = new Map<string, { root: string; value: Rational }>();
  const tooLong: string[] = [];
  for (const root of graph.keys()) {
    if (inRoot.has(root)) continue;
    inRoot.set(root, { root, value: ONE });
    const open = [root];
    for (let unit = open.pop(); unit !== undefined; unit = open.pop()) {
      const value = inRoot.get(unit)?.value ?? ONE;
      for (const { to, factor } of graph.get(unit) ?? []) {
        if (inRoot.has(to)) continue;
        // One `unit` is `value` roots and `factor` of `to`, so one `to` is value / factor roots.
        const next = reduced(value.top * factor.bottom, value.bottom * factor.top);
        if (digits(next) > MAX_DIGITS) {
          tooLong.push(to);
          inRoot.set(to, { root: to, value: ONE });
        } else {
          inRoot.set(to, { root, value: next });
          open.push(to);
        }
      }
    }
  }
  return { inRoot: withoutCut(inRoot, tooLong), tooLong };
}

/** Units past which a chain was cut say nothing about the others. */
function withoutCut(inRoot: InRoot, cut: readonly string[]): InRoot {
  if (cut.length === 0) return inRoot;
  const gone = new Set(cut);
  return new Map([...inRoot].filter(([unit]) => !gone.has(unit)));
}

function link(graph: Map<string, { to: string; factor: Rational }[]>, from: string, edge: { to: string; factor: Rational }): void {
  const edges = graph.get(from);
  if (edges === undefined) graph.set(from, [edge]);
  else edges.push(edge);
}

/** An exact fraction of a decimal text or number. */
function fraction(value: string | number): Rational {
  return { top: BigInt(formatQuantity(parseQuantity(value, { scale: MAX_SCALE }))), bottom: 10n ** BigInt(MAX_SCALE) };
}

function reduced(top: bigint, bottom: bigint): Rational {
  let [a, b] = [top, bottom];
  while (b !== 0n) [a, b] = [b, a % b];
  return { top: top / a, bottom: bottom / a };
}

function digits({ top, bottom }: Rational): number {
  return Math.max(top.toString().length, bottom.toString().length);
}

function text({ top, bottom }: Rational): string {
  return bottom === 1n ? top.toString() : `${top.toString()}/${bottom.toString()}`;
}
