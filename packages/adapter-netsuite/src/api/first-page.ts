import type { CallContext } from '@stockwright/adapter';
import { parseSince, readMoment, wallClock } from '../map/moment.ts';
import type { MomentWire } from '../wire/suiteql-wire.ts';
import { factsOf, type QueryResult, type SuiteQl } from './suiteql.ts';

/** The first page of a read, and what the later pages keep of it. */
export interface FirstPage<Row> {
  readonly result: QueryResult<Row>;
  /** The oldest change that is read, on the session's wall clock; nothing where everything is read. */
  readonly bound: string | undefined;
  /** From where a later read of changes may start; nothing where nobody knows. */
  readonly resume: string | undefined;
}

/** How the first page is read. */
export interface FirstPageRead<Row> {
  /** The cursor of an earlier read, or nothing for everything. */
  readonly since: string | undefined;
  readonly overlapMs: number;
  readonly query: (bound: string | undefined) => Promise<QueryResult<Row>>;
  /** For errors. */
  readonly operation: string;
}

/**
 * Reads the first page of everything, or of what changed since a cursor.
 *
 * @remarks
 * A statement can only compare with the session's wall clock, and that goes back an hour in autumn: what changed at 1:10
 * the second time would be older than a cursor of 1:50 the first time. So the offset of the answer is compared with that
 * of the cursor, and where the clock went back, the page is read once more from the lower reading. An empty answer tells
 * no offset; then the database is asked for its time, and the cursor stays where it was.
 */
export async function readFirstPage<Row extends MomentWire>(read: FirstPageRead<Row>, suiteQl: SuiteQl, context: CallContext): Promise<FirstPage<Row>> {
  if (read.since === undefined) {
    const result = await read.query(undefined);
    return { result, bound: undefined, resume: result.rows[0]?.moment };
  }
  const since = parseSince(read.since);
  const boundAt = (offsetMinutes: number): string => wallClock(since.ms - read.overlapMs, offsetMinutes);
  const bound = boundAt(since.offsetMinutes);
  const result = await read.query(bound);
  const [first] = result.rows;
  const { offsetMinutes } = first === undefined ? await suiteQl.readMoment(context) : readMoment(first.moment, factsOf(read.operation));
  if (offsetMinutes >= since.offsetMinutes) return { result, bound, resume: first?.moment ?? read.since };
  const lowerBound = boundAt(offsetMinutes);
  const lower = await read.query(lowerBound);
  return { result: lower, bound: lowerBound, resume: lower.rows[0]?.moment ?? read.since };
}
