import type { PublishOutcome } from '@stockwright/adapter';
import { quantityProblem } from '@stockwright/core';
import type { Expectation, Mark, Row, RowWrite, SettleOutcome } from '../ports/index.ts';
import { believedOf, ownMoves, pushMark, type OwnMoves, type TargetKey, type TargetRows } from './project.ts';
import { integer, textOrNull } from './rows.ts';

/** What is to be done about one claimed push. */
export type PushStep =
  /** The channel shows what it should. */
  | { readonly step: 'nothing' }
  /** Nobody knows what the channel shows: read it first. */
  | { readonly step: 'read' }
  /** What is kept of it cannot be read. */
  | { readonly step: 'unreadable'; readonly reason: string }
  /** Another channel comes first. */
  | { readonly step: 'wait'; readonly channel: string }
  /** A write that the channel accepted may not show yet, and whoever reads now takes the number before it for the one after. */
  | { readonly step: 'landing'; readonly untilMs: number }
  | { readonly step: 'send'; readonly want: string; readonly expected: string | null; readonly movesAtSend: OwnMoves };

/**
 * Decides about one claimed push from the rows as they are now: the newest want, never the one that caused the claim.
 *
 * @param mustRead - Whether a number that nobody knows is read first, so that the write can compare; otherwise it is
 *   written unconditionally.
 * @param ground - What was read just now, where a sale that became known meanwhile may have come before or after it. The
 *   write compares with it, also where it is what is wanted: only so anybody knows.
 * @param effectiveWithinMs - How long an accepted write may take until a read shows it.
 */
export function planPush(
  rows: TargetRows,
  { scale, mustRead, ground, effectiveWithinMs, nowMs }: { scale: number; mustRead: boolean; ground?: string | undefined; effectiveWithinMs: number; nowMs: number },
): PushStep {
  const { target, sale } = rows;
  const want = textOrNull(target, 'want');
  if (want === null) return { step: 'nothing' };
  const suspectUntil = integer(target, 'suspectUntilMs');
  const assertNow = suspectUntil > 0 && nowMs >= suspectUntil;
  const believed = believedOf(rows, scale);
  if (mustRead && believed === null && !assertNow && ground !== undefined) return { step: 'send', want, expected: ground, movesAtSend: ownMoves(sale) };
  if (mustRead && (believed === null || assertNow)) return isLanding(target, { effectiveWithinMs, readAtMs: nowMs }) ? { step: 'landing', untilMs: integer(target, 'ackedAtMs') + effectiveWithinMs + 1 } : { step: 'read' };
  if (believed === want && !assertNow) return { step: 'nothing' };
  return { step: 'send', want, expected: believed, movesAtSend: ownMoves(sale) };
}

/** Whether a read that begins then may still show the number from before the last accepted write. */
export function isLanding(target: Row | undefined, { effectiveWithinMs, readAtMs }: { effectiveWithinMs: number; readAtMs: number }): boolean {
  return effectiveWithinMs > 0 && integer(target, 'ackedAtMs') + effectiveWithinMs >= readAtMs;
}

/** How long a number that would be raised waits for one that is to be lowered. */
const RAISE_WAITS_MS = 60_000;

/**
 * The channel whose number of the same sku must come down before this one goes up: otherwise both offer the same
 * units meanwhile. Nobody waits for longer than a minute, or for a number that cannot be written.
 *
 * @param rivals - The sku's targets on other channels.
 */
export function raiseWaitsFor({ want, expected }: Extract<PushStep, { step: 'send' }>, rivals: readonly Row[], { nowMs, dirtySinceMs }: { nowMs: number; dirtySinceMs: number }): string | undefined {
  // Only an order of work hangs on these comparisons, so the nearest double is exact enough.
  if (expected === null || Number(want) <= Number(expected) || nowMs - dirtySinceMs >= RAISE_WAITS_MS) return undefined;
  const rival = rivals.find((row) => {
    const [wanted, believed] = [textOrNull(row, 'want'), textOrNull(row, 'believed')];
    const lowers = wanted !== null && believed !== null && Number(believed) > Number(wanted);
    return integer(row, 'differs') === 1 && lowers && textOrNull(row, 'problem') === null && nowMs - integer(row, 'dirtySinceMs') < RAISE_WAITS_MS;
  });
  return rival === undefined ? undefined : textOrNull(rival, 'channel') ?? undefined;
}

/** What one outcome does to its claim and target. */
export interface PushResult {
  readonly outcome: SettleOutcome;
  readonly expect: readonly Expectation[];
  readonly write: readonly RowWrite[];
  readonly marks: readonly Mark[];
}

/** What was sent for one target. */
export interface SentLine {
  readonly key: TargetKey;
  readonly want: string;
  readonly movesAtSend: OwnMoves;
  readonly sentAtMs: number;
  readonly attempts: number;
}

/** What the push brain knows of the channel. */
export interface PushRules {
  readonly lateRequestMsMax: number;
  /** Whether the write compared and shows at once, so that what is sold later is sold of what it wrote. */
  readonly excludesSales: boolean;
  readonly scale: number;
  readonly nowMs: number;
  /** When a failed write is tried again. */
  readonly retryAtMs: number;
}

/** The end of one sent line. Reads the rows as they are after the answer came. */
export function settlePush(sent: SentLine, rows: TargetRows, { outcome, rules }: { outcome: PublishOutcome; rules: PushRules }): PushResult {
  const { key } = sent;
  const version = integer(rows.target, 'version');
  const rowKey = { channel: key.channel, location: key.location, sku: key.sku };
  const result = (set: Record<string, string | number | null>, settled: SettleOutcome, marks: readonly Mark[] = []): PushResult => ({
    outcome: settled,
    expect: [{ table: 'target', key: rowKey, version }],
    write: [{ table: 'target', key: rowKey, set: { version: version + 1, sentAtMs: sent.sentAtMs, ...set } }],
    marks,
  });
  // At once the first time, since the number may be wrong now; then with patience.
  const patient = sent.attempts === 0 ? rules.nowMs : rules.retryAtMs;
  switch (outcome.status) {
    case 'applied':
      return applied(sent, rows, { rules, result });
    case 'conflict':
      return result({ acked: null, ackedSold: null, believed: null, differs: 1 }, { status: 'retry', atMs: patient, reason: 'the channel shows another number than expected' });
    case 'rejected':
      return result({ problem: outcome.reason, problemSinceMs: integer(rows.target, 'problemSinceMs') || rules.nowMs }, { status: 'quarantine', reason: `${outcome.code}: ${outcome.reason}` });
    case 'notSent':
      // What the vendor asks for is the least: who is refused again and again waits longer each time.
      return result({}, { status: 'retry', atMs: Math.max(rules.retryAtMs, rules.nowMs + Math.ceil(outcome.retryAfterMs ?? 0)), reason: outcome.reason });
    case 'unknown':
      // From when it was given up: a process that stood still after its last look at the clock may have sent it just before.
      return result(
        { ...suspicion(rows.target, rules.nowMs + rules.lateRequestMsMax), acked: null, ackedSold: null, believed: null, differs: 1 },
        { status: 'retry', atMs: patient, reason: outcome.reason },
      );
  }
}

/** A late twin of a request may land until then; an earlier suspicion is never shortened. */
export function suspicion(target: Row | undefined, untilMs: number): { readonly suspectUntilMs: number } {
  return { suspectUntilMs: Math.max(integer(target, 'suspectUntilMs'), untilMs) };
}

interface Ending {
  readonly rules: PushRules;
  readonly result: (set: Record<string, string | number | null>, settled: SettleOutcome, marks?: readonly Mark[]) => PushResult;
}

function applied(sent: SentLine, rows: TargetRows, { rules, result }: Ending): PushResult {
  const { sold, givenBack } = sent.movesAtSend;
  const acked = { acked: sent.want, ackedSold: sold, ackedGivenBack: givenBack, ackedBlind: rules.excludesSales ? 0 : 1 };
  const believed = believedOf({ target: { ...rows.target, ...acked }, sale: rows.sale }, rules.scale);
  const want = textOrNull(rows.target, 'want') ?? sent.want;
  const differs = believed === want ? 0 : 1;
  const suspectUntil = integer(rows.target, 'suspectUntilMs');
  const asserted = suspectUntil > 0 && sent.sentAtMs >= suspectUntil;
  const marks: Mark[] = [];
  if (differs === 1) marks.push(pushMark(sent.key, { want, believed, nowMs: rules.nowMs, cause: 'moved while it was sent' }));
  if (suspectUntil > 0 && !asserted) marks.push(assertMark(sent.key, { want, believed, untilMs: suspectUntil }));
  const dirtySinceMs = differs === 0 ? null : integer(rows.target, 'dirtySinceMs') || rules.nowMs;
  const set = { ...acked, ackedAtMs: rules.nowMs, believed, differs, dirtySinceMs, problem: null, problemSinceMs: null, ...(asserted ? { suspectUntilMs: null } : {}) };
  return result(set, { status: 'done' }, marks);
}

/** At the end of a suspicion the want of that moment is asserted. */
export function assertMark(key: TargetKey, { want, believed, untilMs }: { want: string; believed: string | null; untilMs: number }): Mark {
  return { ...pushMark(key, { want, believed, nowMs: untilMs, cause: 'end of a suspicion' }) };
}

/** The problem of a number that the channel did not tell when it was asked. */
export const UNLISTED = 'the channel does not list this';

/**
 * What a read-back does to a target: the number that was read is the new ground that the next write stands on. A sale
 * that became known while it was read may be in it or not, and then nobody knows what the channel shows.
 *
 * @param readAtMs - When the read began, by the store's clock.
 * @param movesBefore - What the channel had done by itself when the read began, as far as known then.
 */
export function settleRead(
  key: TargetKey,
  rows: TargetRows,
  { observed, observedAt, readAtMs, movesBefore, scale, compares, nowMs }: { observed: string; observedAt: string; readAtMs: number; movesBefore: OwnMoves; scale: number; compares: boolean; nowMs: number },
): Omit<PushResult, 'outcome'> {
  const version = integer(rows.target, 'version');
  const rowKey = { channel: key.channel, location: key.location, sku: key.sku };
  // A number that the sku cannot have, edited in by hand, is no ground to count sales on; it is only replaced.
  const isCounted = quantityProblem(observed, scale) === undefined;
  const isSure = compares && movesBefore.sold === ownMoves(rows.sale).sold;
  const acked = { acked: observed, ackedSold: isCounted ? movesBefore.sold : null, ackedGivenBack: movesBefore.givenBack, ackedBlind: isSure ? 0 : 1 };
  const believed = believedOf({ target: { ...rows.target, ...acked }, sale: rows.sale }, scale);
  const want = textOrNull(rows.target, 'want');
  const differs = want !== null && believed !== want ? 1 : 0;
  // What lands after the read began is not in it, however late this is written down. By the store's clock: the host's may be anything.
  const over = integer(rows.target, 'suspectUntilMs') > 0 && readAtMs >= integer(rows.target, 'suspectUntilMs');
  const listedAgain = textOrNull(rows.target, 'problem') === UNLISTED;
  const dirtySinceMs = differs === 0 ? null : integer(rows.target, 'dirtySinceMs') || nowMs;
  return {
    expect: [{ table: 'target', key: rowKey, version }],
    write: [{
      table: 'target', key: rowKey,
      set: { version: version + 1, ...acked, observed, observedAt, readAtMs, believed, differs, dirtySinceMs, ...(over ? { suspectUntilMs: null } : {}), ...(listedAgain ? { problem: null, problemSinceMs: null } : {}) },
    }],
    marks: differs === 1 && want !== null ? [pushMark(key, { want, believed, nowMs, cause: 'the channel was read' })] : [],
  };
}
