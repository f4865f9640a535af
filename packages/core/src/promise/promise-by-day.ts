import { count, iterable, moment, oneOf } from '../errors/common-looks.ts';
import { invalidInput } from '../errors/error.ts';
import { shown } from '../errors/issue.ts';
import { list, maybe, parts } from '../errors/looks.ts';
import type { ExpectedSupply } from '../ledger/documents.ts';
import type { Policy } from '../policy/policy.ts';
import { addQuantities, compareQuantities, maxQuantity, minQuantity, subtractQuantities, ZERO, type Quantity } from '../quantity/quantity.ts';
import { addDays, beginningInUtc, DAY_MS, daysIn, LAST_DAY_MS, parseDay, type Day } from './day.ts';

/** The longest horizon that can be asked about: ten years. @public */
export const MAX_HORIZON_DAYS = 3660;

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
  /** What to make of supply that was due before the first day and has not come: nothing, or as if it came then. As the policy says where absent. */
  readonly overdue?: 'ignore' | 'count' | undefined;
}

/** What holds for questions that do not say otherwise. @public */
export interface PromiseTerms {
  /** The policy that decides whether overdue supply counts; without one it does not. */
  readonly policy?: Pick<Policy, 'overdue'> | undefined;
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
 * @param terms - `policy`: decides whether overdue supply counts where the question does not.
 * @throws `INVALID_INPUT` with a path where the number of days is not within bounds, a day is none, a supply or demand is missing or negative, or a quantity is no count of steps.
 * @see A projection by day over dated changes, as Dynamics 365 keeps it: https://learn.microsoft.com/dynamics365/supply-chain/inventory/inventory-visibility-available-to-promise
 * @example
 * ```ts
 * const question = parsePromiseQuestion({ from: '2026-11-23', days: 3, opening: 2, supply: [{ day: '2026-11-24', quantity: 10 }], demand: [{ day: '2026-11-25', quantity: 3 }] });
 * projectOnHand(question).map(({ onHand }) => onHand) // => [2, 12, 9]
 * ```
 * @public
 */
export function projectOnHand(question: PromiseQuestion, terms: PromiseTerms = {}): readonly ProjectedDay[] {
  QUESTION(question, []);
  TERMS(terms, ['terms']);
  const { from, days, opening, overdue = terms.policy?.overdue ?? 'ignore' } = question;
  const problem = horizonProblem(parseDay(from, ['from']), days);
  if (problem !== undefined) throw invalidInput('horizon', [{ path: ['days'], message: problem }]);
  const supply = byDay(question, 'supply', overdue);
  const demand = byDay(question, 'demand', 'count');
  let onHand = opening;
  return Array.from({ length: days }, (_, index) => {
    const day = addDays(from, index);
    const [come, go] = [supply.get(day) ?? ZERO, demand.get(day) ?? ZERO];
    onHand = subtractQuantities(addQuantities(onHand, come), go);
    return { day, supply: come, demand: go, onHand };
  });
}

const overdue = maybe(oneOf('ignore', 'count'));
const QUESTION = parts({ opening: count, supply: list(parts({ quantity: count })), demand: list(parts({ quantity: count })), overdue });
const TERMS = parts({ policy: maybe(parts({ overdue })) });
const METHOD = oneOf('lookAhead', 'discrete', 'cumulative');

/** Why so many days from one on are no horizon, or nothing where they are one. */
export function horizonProblem(from: Day, days: number): string | undefined {
  if (!Number.isSafeInteger(days) || days < 1 || days > MAX_HORIZON_DAYS) return `${shown(days)} is not a number of days from 1 to ${String(MAX_HORIZON_DAYS)}`;
  if (beginningInUtc(from) + (days - 1) * DAY_MS <= LAST_DAY_MS) return undefined;
  return `${String(days)} days from ${from} end after 9999-12-31, the last day that can be written`;
}

/**
 * What can be promised for each day.
 *
 * @param terms - As of {@link projectOnHand}.
 * @returns One line per day of the horizon, in steps of the sku, `>= 0`.
 * @throws `INVALID_INPUT` at `method` where that is none, and as {@link projectOnHand}.
 * @see `lookAhead` as Dynamics 365: https://learn.microsoft.com/dynamics365/supply-chain/inventory/inventory-visibility-available-to-promise; `discrete` and `cumulative` as Oracle Inventory's consumption backward, then forward, without and with accumulation: https://docs.oracle.com/cd/A60725_05/html/comnls/us/inv/atprul05.htm
 * @example
 * ```ts
 * const question = parsePromiseQuestion({ from: '2026-11-23', days: 3, opening: 2, supply: [{ day: '2026-11-24', quantity: 10 }], demand: [{ day: '2026-11-25', quantity: 3 }] });
 * availableToPromise(question, 'lookAhead').map(({ quantity }) => quantity) // => [2, 9, 9]
 * availableToPromise(question, 'discrete').map(({ quantity }) => quantity) // => [2, 7, 0]
 * ```
 * @public
 */
export function availableToPromise(question: PromiseQuestion, method: PromiseMethod, terms: PromiseTerms = {}): readonly PromisedDay[] {
  METHOD(method, ['method']);
  const projection = projectOnHand(question, terms);
  if (method === 'lookAhead') return lookAhead(projection);
  const discrete = leftByBucket(question, projection);
  if (method === 'discrete') return discrete;
  let total: Quantity = 0;
  return discrete.map(({ day, quantity }) => ({ day, quantity: (total = addQuantities(total, quantity)) }));
}

/**
 * The first day for which a quantity can be promised without any later day falling short.
 *
 * @param terms - As of {@link projectOnHand}.
 * @returns Absent where there is none within the horizon.
 * @throws `INVALID_INPUT` at `quantity` where that is no count of steps, and as {@link projectOnHand}.
 * @see the rule of `lookAhead` in {@link availableToPromise}
 * @example
 * ```ts
 * const question = parsePromiseQuestion({ from: '2026-11-23', days: 5, opening: 2, supply: [{ day: '2026-11-25', quantity: 10 }] });
 * earliestPromise(question, 6) // => '2026-11-25'
 * ```
 * @public
 */
export function earliestPromise(question: PromiseQuestion, quantity: Quantity, terms: PromiseTerms = {}): Day | undefined {
  count(quantity, ['quantity']);
  return availableToPromise(question, 'lookAhead', terms).find((day) => compareQuantities(day.quantity, quantity) >= 0)?.day;
}

/**
 * The dated supply among expected lines; a line without a date promises nothing.
 *
 * @param lines - As {@link expectedSupply} tells them.
 * @param options - `zone`: the IANA time zone in which days are counted; UTC where absent.
 * @throws `INVALID_INPUT` at `zone` where there is no such zone, and at a line that is none.
 * @see {@link availableToPromise}: only dated supply counts
 * @example
 * ```ts
 * const place = { source: parseSourceId('erp'), reference: 'PO-7', location: parseLocationId('W1') };
 * const line = { ...place, expectedAt: parseInstant('2026-11-29T23:30:00Z'), quantity: 6 };
 * datedSupply([line], { zone: 'Europe/Berlin' }) // => [{ day: '2026-11-30', quantity: 6 }]
 * ```
 * @public
 */
export function datedSupply(lines: Iterable<ExpectedSupply>, { zone = 'UTC' }: { readonly zone?: string } = {}): readonly DatedQuantity[] {
  iterable(lines, []);
  const day = daysIn(zone);
  const dated: DatedQuantity[] = [];
  let index = 0;
  for (const line of lines) {
    EXPECTED(line, [index]);
    index += 1;
    if (line.expectedAt !== undefined) dated.push({ day: day(line.expectedAt), quantity: line.quantity });
  }
  return dated;
}

const EXPECTED = parts({ quantity: count, expectedAt: maybe(moment) });

/** Sums by day; what was due earlier counts on the first day, or not at all. */
function byDay(question: PromiseQuestion, name: 'supply' | 'demand', overdue: 'ignore' | 'count'): ReadonlyMap<Day, Quantity> {
  const { from } = question;
  const sums = new Map<Day, Quantity>();
  question[name].forEach((one, index) => {
    const day = parseDay(one.day, [name, index, 'day']);
    if (compareQuantities(one.quantity, 0) < 0) throw invalidInput(name, [{ path: [name, index, 'quantity'], message: `${String(one.quantity)} must not be negative` }]);
    if (day < from && overdue === 'ignore') return;
    const when = day < from ? from : day;
    sums.set(when, addQuantities(sums.get(when) ?? 0, one.quantity));
  });
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
