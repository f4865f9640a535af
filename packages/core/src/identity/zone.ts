import { shown } from '../errors/issue.ts';
import { addMs, instantFromMs, instantToMs, parseInstant, type Instant } from './instant.ts';

const LOCAL = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?$/;
const OFFSET = /^[+-]/;
/** Past these the clocks of a place may show a year that cannot be written; none of them change there. */
const [FIRST_MS, LAST_MS] = [instantToMs('0001-01-02T00:00:00.000Z' as Instant), instantToMs('9999-12-30T00:00:00.000Z' as Instant)];
const DAY_MS = 86_400_000;

/** Whether a text is a local time without an offset, such as `2026-11-27T00:00`. */
export function isLocalTime(value: string): boolean {
  return LOCAL.test(value);
}

/** Why a text is not the name of a time zone, or nothing where it is one. */
export function zoneProblem(zone: unknown): string | undefined {
  try {
    // An offset has no clocks that change, and only some engines know one; any other value would be the zone of the machine.
    if (typeof zone !== 'string' || OFFSET.test(zone)) throw new TypeError('no name');
    formatterOf(zone);
    return undefined;
  } catch {
    return `${shown(zone)} is not an IANA time zone such as Europe/Berlin`;
  }
}

/**
 * The moment at which clocks in a zone show a local time. Where they skip it in spring, the moment of the jump. Where
 * they show it twice in autumn, the first time for a beginning and the second for an end: what is stated is covered
 * whole.
 *
 * @throws `INVALID_INPUT` where the text is not a local time, its day is not in the calendar, or the moment lies outside
 *   the years 0000 to 9999.
 */
export function instantOfLocal(local: string, zone: string, edge: 'from' | 'until'): Instant {
  const shown = instantToMs(parseInstant(`${local}Z`));
  const before = offsetAt(shown - DAY_MS, zone);
  const after = offsetAt(shown + DAY_MS, zone);
  const fitting = [shown - before, shown - after].filter((ms) => ms + offsetAt(ms, zone) === shown);
  if (fitting.length > 0) return instantFromMs(edge === 'from' ? Math.min(...fitting) : Math.max(...fitting));
  return jumpBetween(shown - after, shown - before, zone);
}

/** The first moment after a jump of the clocks that lies after one moment and not after another. */
function jumpBetween(earliest: number, latest: number, zone: string): Instant {
  const offset = offsetAt(earliest, zone);
  let [low, high] = [earliest, latest];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (offsetAt(middle, zone) === offset) low = middle;
    else high = middle;
  }
  return addMs(instantFromMs(low), 1);
}

/** What the clocks of a zone show at a moment, in milliseconds as if it were UTC. */
export function localMs(ms: number, zone: string): number {
  return ms + offsetAt(ms, zone);
}

/** How far the clocks of a zone are ahead of UTC. */
function offsetAt(at: number, zone: string): number {
  const ms = Math.min(Math.max(at, FIRST_MS), LAST_MS);
  const parts = new Map(formatterOf(zone).formatToParts(ms).map(({ type, value }) => [type, value]));
  const text = `${(parts.get('year') ?? '').padStart(4, '0')}-${parts.get('month') ?? ''}-${parts.get('day') ?? ''}T${parts.get('hour') ?? ''}:${parts.get('minute') ?? ''}:${parts.get('second') ?? ''}Z`;
  return instantToMs(parseInstant(text)) - Math.floor(ms / 1000) * 1000;
}

/** What has been made so far: making one takes a hundred times as long as using it. There are fewer zones than this; a name can be written in many ways. */
const formatters = new Map<string, Intl.DateTimeFormat>();
const MAX_FORMATTERS = 1000;

function formatterOf(zone: string): Intl.DateTimeFormat {
  const known = formatters.get(zone);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat('en-CA', {
    timeZone: zone, hourCycle: 'h23', year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit',
  });
  if (formatters.size >= MAX_FORMATTERS) formatters.clear();
  formatters.set(zone, made);
  return made;
}
