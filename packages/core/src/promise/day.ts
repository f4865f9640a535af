import { moment } from '../errors/common-looks.ts';
import { shown } from '../errors/issue.ts';
import { invalidInput } from '../errors/error.ts';
import { instantFromMs, instantToMs, type Instant } from '../identity/instant.ts';
import { instantOfLocal, localMs, zoneProblem } from '../identity/zone.ts';

/** A calendar day, written `2026-11-23`. All days have this form, so they compare as text. @public */
export type Day = string & { readonly '~day': true };

/** A stretch of time: from its beginning up to its end, which is not inside. @public */
export interface DayBounds {
  readonly from: Instant;
  readonly until: Instant;
}

const UTC = 'UTC';
export const DAY_MS = 86_400_000;
/** The beginning of 9999-12-31 in milliseconds: later days do not compare as text. */
export const LAST_DAY_MS = 253_402_214_400_000;
const DAY = /^\d{4}-\d{2}-\d{2}$/;

/**
 * The day of a moment, as the clocks of a place count days. Every moment is in exactly one day, that of which
 * {@link boundsOfDay} contains it; so a day that clocks fall back into after midnight is not begun a second time.
 *
 * @param zone - An IANA time zone such as `Europe/Berlin`.
 * @throws `INVALID_INPUT` at `zone` where it is none, where the moment is no instant, and where the day there lies before 0000-01-01 or after 9999-12-31.
 * @example
 * ```ts
 * dayOf(parseInstant('2026-11-22T23:30:00Z'), 'Europe/Berlin') // => '2026-11-23'
 * ```
 * @public
 */
export function dayOf(instant: Instant, zone: string = UTC): Day {
  moment(instant, []);
  return zone === UTC ? dayInUtc(instant) : daysIn(zone)(instant);
}

/** Tells days of one zone, of many moments: where each day begins is worked out once. @throws `INVALID_INPUT` where there is no such zone. */
export function daysIn(zone: string): (instant: Instant) => Day {
  if (zone === UTC) return dayInUtc;
  refuseZone(zone);
  const begins = new Map<Day, Instant | undefined>();
  return (instant) => {
    const onTheClock = dayInUtc(instantFromMs(localMs(instantToMs(instant), zone)));
    if (!begins.has(onTheClock)) begins.set(onTheClock, endOf(onTheClock, zone));
    const end = begins.get(onTheClock);
    return end === undefined || instant < end ? onTheClock : addDays(onTheClock, 1);
  };
}

/**
 * When a day begins and ends in a place. One on which clocks are put forward has 23 hours, one on which they are put back
 * 25, and one that a place left out has none.
 *
 * @param day - As {@link parseDay} gives it.
 * @param zone - An IANA time zone such as `Europe/Berlin`; UTC where absent.
 * @throws `INVALID_INPUT` at `zone` where it is none, and where an end of the day lies outside the years 0000 to 9999.
 * @example
 * ```ts
 * boundsOfDay(parseDay('2026-10-25'), 'Europe/Berlin').from // => '2026-10-24T22:00:00.000Z'
 * ```
 * @public
 */
export function boundsOfDay(day: Day, zone: string = UTC): DayBounds {
  refuseZone(zone);
  const until = endOf(parseDay(day, ['day']), zone);
  if (until === undefined) throw invalidInput('day', [{ path: ['day'], message: `the end of ${day} in ${zone} lies after 9999-12-31, the last day that can be written` }]);
  return { from: beginningOf(day, zone), until };
}

function beginningOf(day: Day, zone: string): Instant {
  return zone === UTC ? (`${day}T00:00:00.000Z` as Instant) : instantOfLocal(`${day}T00:00`, zone, 'from');
}

/** Absent for the last day that can be written. */
function endOf(day: Day, zone: string): Instant | undefined {
  return beginningInUtc(day) >= LAST_DAY_MS ? undefined : beginningOf(addDays(day, 1), zone);
}

/** @throws `INVALID_INPUT` at `zone` */
function refuseZone(zone: string): void {
  const problem = zoneProblem(zone);
  if (problem !== undefined) throw invalidInput('zone', [{ path: ['zone'], message: problem }]);
}

/**
 * Reads a calendar day.
 *
 * @param path - Where the value stood in the caller's input, for the message.
 * @throws `INVALID_INPUT` where the value is not a day of the calendar, written `2026-11-23`.
 * @example
 * ```ts
 * parseDay('2026-11-23') // => '2026-11-23'
 * ```
 * @public
 */
export function parseDay(value: unknown, path: readonly (string | number)[] = []): Day {
  if (isDay(value)) return value;
  throw invalidInput('day', [{ path, message: `${shown(value)} is not a day such as 2026-11-23` }]);
}

/** Whether a value is a day of the calendar. */
export function isDay(value: unknown): value is Day {
  if (typeof value !== 'string' || !DAY.test(value)) return false;
  const ms = instantToMs(`${value}T00:00:00.000Z` as Instant);
  return !Number.isNaN(ms) && dayInUtc(instantFromMs(ms)) === value;
}

/** The day so many days later. */
export function addDays(from: Day, count: number): Day {
  return dayInUtc(instantFromMs(beginningInUtc(from) + count * DAY_MS));
}

/** In milliseconds since 1970. */
export function beginningInUtc(day: Day): number {
  return instantToMs(`${day}T00:00:00.000Z` as Instant);
}

function dayInUtc(instant: Instant): Day {
  return instant.slice(0, 10) as Day;
}
