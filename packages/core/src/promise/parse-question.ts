import * as z from 'zod';
import { isStockwrightError, invalidInput, type Issue } from '../errors/error.ts';
import { schemaIssues } from '../errors/schema-issues.ts';
import { parseInstant } from '../identity/instant.ts';
import { zoneProblem } from '../identity/zone.ts';
import { once } from '../internal/once.ts';
import { compareQuantities, parseQuantity, quantityProblem, type Quantity } from '../quantity/quantity.ts';
import { daysIn, isDay, type Day } from './day.ts';
import { horizonProblem, MAX_HORIZON_DAYS, type DatedQuantity, type PromiseQuestion } from './promise-by-day.ts';

type Path = readonly (string | number)[];

const questionSchema = /* @__PURE__ */ once(() => {
  const day = z.string().max(10).refine(isDay, 'not a day such as 2026-11-23');
  const moment = z.string().max(64);
  const text = z.union([z.string(), z.number()]);
  const dated = z.array(z.strictObject({ day: day.optional(), at: moment.optional(), quantity: text })).max(100_000);
  return z.strictObject({
    from: day.optional(), asOf: moment.optional(), zone: z.string().max(64).default('UTC'), days: z.number().int().min(1).max(MAX_HORIZON_DAYS), opening: text, supply: dated.default([]), demand: dated.default([]),
    overdue: z.enum(['ignore', 'count']).optional(),
  });
});

/**
 * Reads a question about the days to come from JSON. Days may be named, or told from moments in a business's own zone:
 * the first by `asOf` in place of `from`, that of a supply or demand by `at` in place of `day`. Days there have 23 or 25
 * hours where its clocks change, and what was due before the first of them is overdue.
 *
 * @param input - {@link PromiseQuestion} with quantities as texts or numbers, and `zone`, an IANA time zone; UTC where absent.
 * @param options - `scale`: decimal digits of the sku's step.
 * @throws `INVALID_INPUT` naming every problem with its path.
 * @example
 * ```ts
 * const question = parsePromiseQuestion({
 *   asOf: '2026-11-22T23:30:00Z', zone: 'Europe/Berlin', days: 7, opening: 4, supply: [{ at: '2026-11-24T22:59:00Z', quantity: 6 }],
 * });
 * question.from // => '2026-11-23'
 * ```
 * @public
 */
export function parsePromiseQuestion(input: unknown, { scale = 0 }: { readonly scale?: number } = {}): PromiseQuestion {
  const parsed = questionSchema().safeParse(input);
  if (!parsed.success) throw invalidInput('question', schemaIssues(parsed.error.issues));
  const { zone, supply, demand, opening, overdue, days } = parsed.data;
  const unknown = zoneProblem(zone);
  if (unknown !== undefined) throw invalidInput('question', [{ path: ['zone'], message: unknown }]);
  const reader = new Reader(zone, scale);
  const from = reader.day(parsed.data.from, parsed.data.asOf, { path: [], names: ['from', 'asOf'] });
  const question = { from, days, opening: reader.quantity(opening, ['opening']), supply: reader.dated(supply, 'supply'), demand: reader.dated(demand, 'demand'), overdue };
  const late = reader.issues.length > 0 ? undefined : horizonProblem(from, days);
  const issues = [...reader.issues, ...(late === undefined ? [] : [{ path: ['days'], message: late }])];
  if (issues.length > 0) throw invalidInput('question', issues);
  return question;
}

class Reader {
  readonly issues: Issue[] = [];
  readonly #dayOf: ReturnType<typeof daysIn>;
  readonly #scale: number;

  constructor(zone: string, scale: number) {
    this.#dayOf = daysIn(zone);
    this.#scale = scale;
  }

  dated(all: readonly { readonly day?: Day | undefined; readonly at?: string | undefined; readonly quantity: string | number }[], name: 'supply' | 'demand'): readonly DatedQuantity[] {
    return all.map((one, index) => ({ day: this.day(one.day, one.at, { path: [name, index], names: ['day', 'at'] }), quantity: this.quantity(one.quantity, [name, index, 'quantity'], 0) }));
  }

  quantity(value: string | number, path: Path, least?: 0): Quantity {
    const problem = quantityProblem(value, this.#scale);
    const quantity = problem === undefined ? parseQuantity(value, { scale: this.#scale }) : 0;
    const message = problem ?? (least !== undefined && compareQuantities(quantity, least) < 0 ? `${String(value)} must not be negative` : undefined);
    if (message !== undefined) this.issues.push({ path, message });
    return quantity;
  }

  /** A day that is named, or that of a moment: one of the two must be there. */
  day(named: Day | undefined, at: string | undefined, { path, names: [name, moment] }: { readonly path: Path; readonly names: readonly [string, string] }): Day {
    if (at === undefined && named !== undefined) return named;
    try {
      if (at === undefined || named !== undefined) throw invalidInput('question', [{ path: [...path, name], message: `say ${name} or ${moment}, one of the two` }]);
      return this.#dayOf(parseInstant(at, [...path, moment]));
    } catch (error) {
      if (!isStockwrightError(error)) throw error;
      this.issues.push(...error.issues.map(({ path: where, message }) => ({ path: where.length === 0 ? [...path, moment] : where, message })));
      return named ?? ('' as Day);
    }
  }
}
