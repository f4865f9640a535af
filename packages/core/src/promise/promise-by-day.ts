import * as z from 'zod';
import { shown } from '../errors/issue.ts';
import { invalidInput, type Issue } from '../errors/error.ts';
import { schemaIssues } from '../errors/schema-issues.ts';
import { instantFromMs, instantToMs, type Instant } from '../identity/instant.ts';
import type { ExpectedSupply } from '../ledger/documents.ts';
import { addQuantities, compareQuantities, maxQuantity, minQuantity, parseQuantity, quantityProblem, subtractQuantities, ZERO, type Quantity } from '../quantity/quantity.ts';

/** A calendar day, written `2026-11-23`. All days have this form, so they compare as text. @public */
export type Day = string & { readonly '~day': true };

/** The longest horizon that can be asked about: ten years. @public */
export const MAX_HORIZON_DAYS = 3660;
const DAY_MS = 86_400_000;
/** The beginning of 9999-12-31 in milliseconds: later days do not compare as text. */
const LAST_DAY = 253_402_214_400_000;
const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** Something that comes or goes on a day. @public */
export interface DatedQuantity {
  readonly day: Day;
  /** In steps of the sku, `>= 0`. */
  readonly quantity: Quantity;
}

/** What is asked about the days to come. @public */
export interface PromiseQuestion {
  /** The first day that is asked about. */
  readonly from: Day;
  /** How many days, the first included; 1 to {@link MAX_HORIZON_DAYS}. */
  readonly days: number;
  /** What may be sold at the beginning of the first day; signed. */
  readonly opening: Quantity;
  /** Expected; what is expected after the last day is of no use. */
  readonly supply: readonly DatedQuantity[];
  /** Scheduled, such as the deliveries of a subscription. What was due before the first day is still owed on it. */
  readonly demand: readonly DatedQuantity[];
  /** What to make of supply that was due before the first day and has not come: nothing where absent, or as if it came then. */
  readonly overdue?: 'ignore' | 'count' | undefined;
}

/** One day of the projection. @public */
export interface ProjectedDay {
  readonly day: Day;
  readonly supply: Quantity;
  readonly demand: Quantity;
  /** At the end of the day; signed. */
  readonly onHand: Quantity;
}

/**
 * How a promise looks at the days after it.
 *
 * - `lookAhead`: what can be taken on a day so that no later day falls short.
 * - `discrete`: what each supply leaves until the next one; only days of supply, and the first day, have any.
 * - `cumulative`: all that those leave up to a day.
 *
 * Demand that a supply cannot meet is met by the ones before it, the nearest first, and what those lack by the next.
 *
 * @public
 */
export type PromiseMethod = 'lookAhead' | 'discrete' | 'cumulative';

/** What can be promised for a day. In steps of the sku, `>= 0`. @public */
export interface PromisedDay {
  readonly day: Day;
  readonly quantity: Quantity;
}

/**
 * What is on hand at the end of each day, as far as one can know.
 *
 * @throws `INVALID_INPUT` where the number of days is not within bounds.
 * @public
 */
export function projectOnHand(question: PromiseQuestion): readonly ProjectedDay[] {
  const { from, days, opening, overdue = 'ignore' } = question;
  if (!Number.isSafeInteger(days) || days < 1 || days > MAX_HORIZON_DAYS) {
    throw invalidInput('horizon', [{ path: ['days'], message: `${String(days)} is not a number of days from 1 to ${String(MAX_HORIZON_DAYS)}` }]);
  }
  const supply = byDay(question.supply, from, overdue);
  const demand = byDay(question.demand, from, 'count');
  let onHand = opening;
  return Array.from({ length: days }, (_, index) => {
    const day = addDays(from, index);
    const [come, go] = [supply.get(day) ?? ZERO, demand.get(day) ?? ZERO];
    onHand = subtractQuantities(addQuantities(onHand, come), go);
    return { day, supply: come, demand: go, onHand };
  });
}

/**
 * What can be promised for each day.
 *
 * @throws `INVALID_INPUT` as {@link projectOnHand}.
 * @example
 * ```ts
 * availableToPromise({ from: parseDay('2026-11-23'), days: 2, opening: 20, supply: [], demand: [] }, 'lookAhead')
 * ```
 * @public
 */
export function availableToPromise(question: PromiseQuestion, method: PromiseMethod): readonly PromisedDay[] {
  const projection = projectOnHand(question);
  if (method === 'lookAhead') return lookAhead(projection);
  const discrete = leftByBucket(question, projection);
  if (method === 'discrete') return discrete;
  let total: Quantity = 0;
  return discrete.map(({ day, quantity }) => ({ day, quantity: (total = addQuantities(total, quantity)) }));
}

/**
 * The first day for which a quantity can be promised without any later day falling short.
 *
 * @returns Absent where there is none within the horizon.
 * @throws `INVALID_INPUT` as {@link projectOnHand}.
 * @public
 */
export function earliestPromise(question: PromiseQuestion, quantity: Quantity): Day | undefined {
  return availableToPromise(question, 'lookAhead').find((day) => compareQuantities(day.quantity, quantity) >= 0)?.day;
}

/** The dated supply among expected lines; a line without a date promises nothing. Days are those of UTC. @public */
export function datedSupply(lines: Iterable<ExpectedSupply>): readonly DatedQuantity[] {
  const dated: DatedQuantity[] = [];
  for (const { expectedAt, quantity } of lines) if (expectedAt !== undefined) dated.push({ day: dayOf(expectedAt), quantity });
  return dated;
}

/** The day of a moment in UTC. @public */
export function dayOf(instant: Instant): Day {
  return instant.slice(0, 10) as Day;
}

/**
 * Reads a calendar day.
 *
 * @throws `INVALID_INPUT` where the value is not a day of the calendar, written `2026-11-23`.
 * @public
 */
export function parseDay(value: unknown, path: readonly (string | number)[] = []): Day {
  if (isDay(value)) return value;
  throw invalidInput('day', [{ path, message: `${shown(value)} is not a day such as 2026-11-23` }]);
}

const day = z.string().max(10).refine(isDay, 'not a day such as 2026-11-23');
const text = z.union([z.string(), z.number()]);
const dated = z.array(z.strictObject({ day, quantity: text })).max(100_000);
const questionSchema = z.strictObject({
  from: day, days: z.number().int().min(1).max(MAX_HORIZON_DAYS), opening: text, supply: dated.default([]), demand: dated.default([]), overdue: z.enum(['ignore', 'count']).optional(),
});

/**
 * Reads a question about the days to come from JSON.
 *
 * @param options - `scale`: decimal digits of the sku's step.
 * @throws `INVALID_INPUT` naming every problem with its path.
 * @public
 */
export function parsePromiseQuestion(input: unknown, { scale = 0 }: { readonly scale?: number } = {}): PromiseQuestion {
  const parsed = questionSchema.safeParse(input);
  if (!parsed.success) throw invalidInput('question', schemaIssues(parsed.error.issues));
  const issues: Issue[] = [];
  const read = (value: string | number, path: readonly (string | number)[], least?: 0): Quantity => {
    const problem = quantityProblem(value, scale);
    const quantity = problem === undefined ? parseQuantity(value, { scale }) : 0;
    const message = problem ?? (least !== undefined && compareQuantities(quantity, least) < 0 ? `${String(value)} must not be negative` : undefined);
    if (message !== undefined) issues.push({ path, message });
    return quantity;
  };
  const { supply, demand, opening, overdue, ...rest } = parsed.data;
  const all = (name: 'supply' | 'demand') => (name === 'supply' ? supply : demand).map((one, index) => ({ day: one.day as Day, quantity: read(one.quantity, [name, index, 'quantity'], 0) }));
  if (instantToMs(`${rest.from}T00:00:00.000Z` as Instant) + (rest.days - 1) * DAY_MS > LAST_DAY) issues.push({ path: ['days'], message: `${String(rest.days)} days from ${rest.from} end after 9999-12-31, the last day that can be written` });
  const question = { ...rest, from: rest.from as Day, opening: read(opening, ['opening']), supply: all('supply'), demand: all('demand'), overdue };
  if (issues.length > 0) throw invalidInput('question', issues);
  return question;
}

function isDay(value: unknown): value is Day {
  if (typeof value !== 'string' || !DAY.test(value)) return false;
  const ms = instantToMs(`${value}T00:00:00.000Z` as Instant);
  return !Number.isNaN(ms) && dayOf(instantFromMs(ms)) === value;
}

function addDays(from: Day, count: number): Day {
  return dayOf(instantFromMs(instantToMs(`${from}T00:00:00.000Z` as Instant) + count * DAY_MS));
}

/** Sums by day; what was due earlier counts on the first day, or not at all. */
function byDay(all: readonly DatedQuantity[], from: Day, overdue: 'ignore' | 'count'): ReadonlyMap<Day, Quantity> {
  const sums = new Map<Day, Quantity>();
  for (const one of all) {
    if (one.day < from && overdue === 'ignore') continue;
    const when = one.day < from ? from : one.day;
    sums.set(when, addQuantities(sums.get(when) ?? 0, one.quantity));
  }
  return sums;
}

function lookAhead(projection: readonly ProjectedDay[]): readonly PromisedDay[] {
  let least: Quantity | undefined;
  const reversed = projection.toReversed().map(({ day: when, onHand }) => {
    least = least === undefined ? onHand : minQuantity(least, onHand);
    return { day: when, quantity: maxQuantity(least, 0) };
  });
  return reversed.toReversed();
}

/** What each supply leaves until the next, shortages taken from the nearest one before. */
function leftByBucket({ opening }: PromiseQuestion, projection: readonly ProjectedDay[]): readonly PromisedDay[] {
  const left: Quantity[] = projection.map(() => 0);
  let bucket = 0;
  projection.forEach(({ supply, demand }, index) => {
    if (compareQuantities(supply, 0) > 0) bucket = index;
    left[bucket] = subtractQuantities(addQuantities(left[bucket] ?? 0, addQuantities(supply, index === 0 ? opening : 0)), demand);
  });
  for (let index = left.length - 1; index > 0; index -= 1) {
    const short = left[index] ?? 0;
    if (compareQuantities(short, 0) >= 0) continue;
    left[index - 1] = addQuantities(left[index - 1] ?? 0, short);
    left[index] = 0;
  }
  // What no earlier supply could meet is owed, and the next supplies pay it first.
  let owed: Quantity = 0;
  return projection.map(({ day: when }, index) => {
    const rest = addQuantities(left[index] ?? 0, owed);
    owed = minQuantity(rest, 0);
    return { day: when, quantity: maxQuantity(rest, 0) };
  });
}
