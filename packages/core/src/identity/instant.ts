import { shown } from '../errors/issue.ts';
import { invalidInput } from '../errors/error.ts';

/**
 * A moment, written as ISO 8601 in UTC with milliseconds: `2026-11-23T10:00:00.000Z`.
 * All instants have this one form, so they compare as text.
 *
 * @public
 */
export type Instant = string & { readonly '~instant': true };

/** Outside four-digit years instants would not compare as text. */
const YEAR_0 = Date.parse('0000-01-01T00:00:00Z');
const YEAR_10000 = Date.parse('9999-12-31T23:59:59.999Z') + 1;
/** How every instant is written. */
const FORM = '2026-11-23T10:00:00.000Z';
const ISO = /^(\d{4})-(\d{2})-(\d{2})T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})$/;

/**
 * Reads a moment with its offset and returns it in UTC; digits finer than milliseconds are cut.
 *
 * @param value - ISO 8601 with an offset or `Z`. A time without an offset is refused: nobody can say when it is.
 * @param path - Where the value stood in the caller's input, for the message.
 * @throws `INVALID_INPUT` where the value is anything else.
 * @example
 * ```ts
 * parseInstant('2026-11-23T11:00:00+01:00') // => '2026-11-23T10:00:00.000Z'
 * ```
 * @public
 */
export function parseInstant(value: unknown, path: readonly (string | number)[] = []): Instant {
  const match = typeof value === 'string' ? ISO.exec(value) : null;
  const ms = match === null || !isCalendarDay(match) ? Number.NaN : Date.parse(match[0]);
  if (Number.isNaN(ms) || ms < YEAR_0 || ms >= YEAR_10000) {
    const message = `${shown(value)} is not an ISO 8601 time with an offset, such as 2026-11-23T10:00:00Z`;
    throw invalidInput('time', [{ path, message }]);
  }
  return instantFromMs(ms);
}

/** Why a value is not an instant in the one form that compares, or nothing where it is one. */
export function instantProblem(value: unknown): string | undefined {
  if (typeof value === 'string' && value.length === FORM.length && ISO.test(value)) {
    const ms = Date.parse(value);
    if (!Number.isNaN(ms) && instantFromMs(ms) === value) return undefined;
  }
  return `${shown(value)} is not an instant such as ${FORM}; read it with parseInstant`;
}

/** @throws `INVALID_INPUT` naming every moment that would not compare with others. */
export function refuseNoInstants(what: string, moments: Readonly<Record<string, unknown>>): void {
  const issues = Object.entries(moments).flatMap(([name, value]) => {
    const message = instantProblem(value);
    return message === undefined ? [] : [{ path: [name], message }];
  });
  if (issues.length > 0) throw invalidInput(what, issues);
}

/** Whether a month has such a day: `Date` would take 30 February for 2 March. */
function isCalendarDay([, year, month, day]: RegExpExecArray): boolean {
  const lastDay = new Date(Date.UTC(2000 + (Number(year) % 400), Number(month), 0)).getUTCDate();
  return Number(day) <= lastDay;
}

/**
 * The instant of a count of milliseconds since 1970-01-01T00:00:00Z.
 *
 * @param ms - A fraction of a millisecond is cut.
 * @throws `INVALID_INPUT` where that is no number or lies outside the years 0000 to 9999, in which instants compare as text.
 * @example
 * ```ts
 * instantFromMs(Date.UTC(2026, 10, 23, 10)) // => '2026-11-23T10:00:00.000Z'
 * ```
 * @public
 */
export function instantFromMs(ms: number): Instant {
  if (typeof ms !== 'number' || !(ms >= YEAR_0 && ms < YEAR_10000)) throw invalidInput('time', [{ path: [], message: `${shown(ms)} milliseconds since 1970 is no moment of the years 0000 to 9999` }]);
  return new Date(ms).toISOString() as Instant;
}

/**
 * Milliseconds since 1970-01-01T00:00:00Z.
 *
 * @returns A whole number; `NaN` where there is no such moment.
 * @example
 * ```ts
 * instantToMs(parseInstant('1970-01-02T00:00:00Z')) // => 86_400_000
 * ```
 * @public
 */
export function instantToMs(instant: Instant): number {
  return typeof instant === 'string' ? Date.parse(instant) : Number.NaN;
}

/**
 * The instant that lies so many milliseconds later (or earlier, where negative).
 *
 * @param ms - A fraction of a millisecond in the sum is cut.
 * @throws `INVALID_INPUT` where the instant is none, and as {@link instantFromMs}.
 * @example
 * ```ts
 * addMs(asOf, 600_000) // => '2026-11-23T10:10:00.000Z'
 * ```
 * @public
 */
export function addMs(instant: Instant, ms: number): Instant {
  return instantFromMs(instantToMs(instant) + ms);
}
