import { adapterError } from '@stockwright/adapter';
import type { CallFacts } from '@stockwright/adapter-kit';
import { instantFromMs, invalidInput, type Instant } from '@stockwright/core';

/** How a statement renders a time; without it, NetSuite gives the user's date format and no time of day. */
export const MOMENT_FORMAT = 'YYYY-MM-DD HH24:MI:SS TZH:TZM';
/** How a statement reads a time: as the clock on the wall of the session's time zone shows it. */
export const WALL_CLOCK_FORMAT = 'YYYY-MM-DD HH24:MI:SS';

const MOMENT = /^(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}:\d{2}) ([+-])(\d{2}):(\d{2})$/;
const SECOND_MS = 1000;
const MINUTE_MS = 60_000;

/** A whole second as the database told it. */
export interface Moment {
  readonly ms: number;
  readonly offsetMinutes: number;
  /** The text it was read from; a cursor keeps it whole, since the offset counts. */
  readonly text: string;
}

/** @throws `MALFORMED_RESPONSE` where the database did not answer in {@link MOMENT_FORMAT}. */
export function readMoment(text: string, facts: CallFacts): Moment {
  const moment = parse(text);
  if (moment !== undefined) return moment;
  throw adapterError('MALFORMED_RESPONSE', `NetSuite answered ${facts.operation} with a time that is not in the format ${MOMENT_FORMAT}`, facts);
}

/** @throws `INVALID_INPUT` where a caller hands over a cursor that this adapter did not give. */
export function parseSince(since: string): Moment {
  const moment = parse(since);
  if (moment !== undefined) return moment;
  throw invalidInput('cursor', [{ path: ['since'], message: `${JSON.stringify(since)} is not a cursor that a read of NetSuite gave` }]);
}

function parse(text: string): Moment | undefined {
  const [, date, time, sign, hours, minutes] = MOMENT.exec(text) ?? [];
  const ms = Date.parse(`${String(date)}T${String(time)}${String(sign)}${String(hours)}:${String(minutes)}`);
  if (Number.isNaN(ms)) return undefined;
  return { ms, offsetMinutes: (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)), text };
}

/** What the clock on the wall shows so many milliseconds before a moment, in a time zone with this offset. */
export function wallClock(ms: number, offsetMinutes: number): string {
  return instantFromMs(ms + offsetMinutes * MINUTE_MS).slice(0, 19).replace('T', ' ');
}

/** The instant at which an order carries its last change. */
export function revisionOf(moment: Moment): Instant {
  return instantFromMs(moment.ms);
}

/**
 * The instant whose state a page of stock certainly shows: one second before the database's own moment.
 *
 * @remarks
 * Acknowledgements carry whole seconds as well. A page read at 10:00:00.3 and an order imported at 10:00:00.7 both say
 * 10:00:00, and the page does not contain the order; had it that time, the order would count as contained and the same
 * units could be sold again. A page of 10:00:00 therefore only vouches for what happened up to the end of 09:59:59. The
 * price is that an order of that very second is subtracted until the next read.
 *
 * @param commitLagMs - So much longer a save may take from its stamp until others see it.
 */
export function stockAsOf(moment: Moment, commitLagMs: number): Instant {
  return instantFromMs(moment.ms - SECOND_MS - commitLagMs);
}
