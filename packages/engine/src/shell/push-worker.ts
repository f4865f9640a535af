import { retryAfterMs, type PublishLine, type PublishOutcome } from '@stockwright/adapter';
import { isStockwrightError, StockwrightError, type ChannelId, type QuantityText } from '@stockwright/core';
import { targetKeyText, type TargetKey, type TargetRows } from '../brain/project.ts';
import { assertMark, planPush, raiseWaitsFor, settlePush, type PushStep } from '../brain/push.ts';
import { nextTryMs, soundWaitMs } from '../brain/retry.ts';
import { integer, textOrNull } from '../brain/rows.ts';
import { channelShard, fromPushKey } from '../brain/work.ts';
import type { Claim, RowWrite, Settlement } from '../ports/index.ts';
import { findGround, type Grounds, type Item } from './ground.ts';
import { loadPauses } from './operate.ts';
import { loadTargets } from './projector.ts';
import { compares, doubtTargets, excludesSales, NO_TARGET, RACES_MAX, targetRows } from './targets.ts';
import { called, codeOf, commitSafely, limitName, messageOf, scaleOf, STOPPED, wakeFor, type ChannelSettings, type Runtime } from './runtime.ts';
import { rest } from './turn.ts';

/** How long a claimed write waits for its turn in the vendor's rate; well inside a lease. */
const PATIENCE_MS = 10_000;

type Adapter = ChannelSettings['adapter'];

type Sending = Extract<PushStep, { step: 'send' }>;

/**
 * Works off claimed pushes: each sends the number that is wanted now.
 *
 * @returns Whether it makes sense to go on with the channel at once.
 */
export async function pushClaims(runtime: Runtime, { adapter }: ChannelSettings, claims: readonly Claim[]): Promise<boolean> {
  const items = claims.map((claim): Item => ({ claim, key: { channel: adapter.id, ...fromPushKey(claim.key) } }));
  // The holder of a lease that ran out may still have a request under way: its outcome is unknown. The mark outlives this
  // worker, who may be frozen by now and without a lease himself.
  await doubtTargets(runtime, adapter, { keys: items.flatMap(({ claim, key }) => (claim.takenOver ? [key] : [])), cause: 'taken over' });
  let planned = await planAll(runtime, adapter, { items, grounds: new Map() });
  const unread = planned.filter(({ step }) => step.step === 'read');
  let grounds: Grounds = new Map();
  if (unread.length > 0) {
    try {
      grounds = await findGround(runtime, adapter, unread.map(({ item }) => item));
    } catch (error) {
      await giveBack(runtime, items, { error, nowMs: await runtime.store.now() });
      return false;
    }
    planned = await planAll(runtime, adapter, { items, grounds });
  }
  await settleQuiet(runtime, planned.filter(({ step }) => step.step !== 'send'));
  const sends = sendsOf(planned);
  if (sends.length === 0) return true;
  const paid = await payFor(runtime, adapter, sends.length);
  if (paid === 'atOnce') return send(runtime, adapter, sends);
  const waited = sends.map(({ item }) => item);
  if (paid === 'never') {
    await giveBack(runtime, waited, { error: new StockwrightError(`The rate of ${adapter.capabilities.limits.publish} is used up.`, { code: 'RATE_LIMITED' }), nowMs: await runtime.store.now() });
    return false;
  }
  // What is sent is what is wanted after the wait.
  planned = await planAll(runtime, adapter, { items: waited, grounds });
  await settleQuiet(runtime, planned.filter(({ step }) => step.step !== 'send'));
  const left = sendsOf(planned);
  return left.length === 0 ? true : send(runtime, adapter, left);
}

function sendsOf(planned: readonly Planned[]): Planned<Sending>[] {
  return planned.flatMap(({ item, rows, step }) => (step.step === 'send' ? [{ item, rows, step }] : []));
}

interface Planned<Step extends PushStep = PushStep> {
  readonly item: Item;
  readonly rows: TargetRows;
  readonly step: Step;
}

/** Takes the lines that are to be sent from the vendor's rate, and waits a little where it is used up. */
async function payFor({ store, clock, signal }: Runtime, { account, capabilities: { publishRate, limits } }: Adapter, lines: number): Promise<'atOnce' | 'later' | 'never'> {
  if (publishRate === undefined) return 'atOnce';
  for (let waitedMs = 0; waitedMs <= PATIENCE_MS && !signal.aborted;) {
    const taken = await store.takeBudget(limitName(account, limits.publish), lines, publishRate);
    if (taken.ok) return waitedMs === 0 ? 'atOnce' : 'later';
    waitedMs += taken.waitMs;
    if (waitedMs <= PATIENCE_MS) await rest(clock, taken.waitMs, signal);
  }
  return 'never';
}

async function planAll(runtime: Runtime, adapter: Adapter, { items, grounds }: { readonly items: readonly Item[]; readonly grounds: Grounds }): Promise<Planned[]> {
  const found = await loadTargets(runtime, [...new Set(items.map(({ key }) => key.sku))]);
  const nowMs = await runtime.store.now();
  const lowered = [...found.values()].flatMap(({ target }) => (target !== undefined && target['channel'] !== adapter.id && !runtime.paused.has(channelShard(target['channel'] as ChannelId)) ? [target] : []));
  return items.map((item) => {
    const own = found.get(targetKeyText(item.key)) ?? NO_TARGET;
    const { readBack, effectiveWithinMs } = adapter.capabilities;
    const step = stepOf(own, { scale: scaleOf(runtime, item.key.sku), mustRead: compares(adapter) && readBack, ground: grounds.get(targetKeyText(item.key)), effectiveWithinMs, nowMs });
    if (step.step !== 'send') return { item, rows: own, step };
    const channel = raiseWaitsFor(step, lowered.filter((row) => row['sku'] === item.key.sku), { nowMs, dirtySinceMs: item.claim.dirtySinceMs });
    return { item, rows: own, step: channel === undefined ? step : { step: 'wait', channel } };
  });
}

/** One number that cannot be planned keeps no other from being written. */
function stepOf(...given: Parameters<typeof planPush>): PushStep {
  try {
    return planPush(...given);
  } catch (error) {
    return { step: 'unreadable', reason: messageOf(error) };
  }
}

/** When a number that waits for another channel's is looked at again. */
const WAIT_MS = 2_000;

/**
 * Ends claims that need no write; one that waits for the end of a suspicion comes again then. That a number is right is
 * only said of the row that the plan read: a store that continues an older history by now may have it in doubt again. And it is said
 * with a version, so that whoever read the channel before, under a lease that is over, writes nothing down that nobody works on.
 */
async function settleQuiet(runtime: Runtime, planned: readonly Planned[]): Promise<void> {
  if (planned.length === 0) return;
  const nowMs = await runtime.store.now();
  const settlements = planned.map(({ item, rows, step }): Settlement => {
    if (step.step === 'unreadable') return { claim: item.claim, outcome: { status: 'quarantine', reason: step.reason } };
    if (step.step === 'wait') return { claim: item.claim, outcome: { status: 'release', atMs: nowMs + WAIT_MS, reason: `the number of ${step.channel} comes down first` } };
    if (step.step === 'landing') return { claim: item.claim, outcome: { status: 'release', atMs: step.untilMs, reason: 'what was written last may not show yet' } };
    if (step.step === 'read') {
      const unlisted = textOrNull(rows.target, 'problem');
      if (unlisted !== null) return { claim: item.claim, outcome: { status: 'quarantine', reason: unlisted } };
      const atMs = nextTryMs(nowMs, { attempts: item.claim.attempts, random: runtime.random.next() });
      return { claim: item.claim, outcome: { status: 'retry', atMs, reason: 'what the channel shows moved while it was read' } };
    }
    const untilMs = integer(rows.target, 'suspectUntilMs');
    const want = textOrNull(rows.target, 'want');
    // Also where it has ended since the plan was made: the plan did not know, so nobody has asserted anything.
    const marks = untilMs > 0 && want !== null ? [assertMark(item.key, { want, believed: want, untilMs })] : [];
    const { channel, location, sku } = item.key;
    const row = { table: 'target' as const, key: { channel, location, sku } };
    const version = integer(rows.target, 'version');
    return { claim: item.claim, outcome: { status: 'done' }, marks, expect: [{ ...row, version }], write: rows.target === undefined ? [] : [{ ...row, set: { version: version + 1 } }] };
  });
  const results = await runtime.store.settle(settlements);
  const moved = settlements.filter((_settlement, index) => results[index] === 'conflict');
  if (moved.length > 0) await runtime.store.settle(moved.map(({ claim }) => ({ claim, outcome: { status: 'release', atMs: nowMs, reason: 'the number moved meanwhile' } })));
  planned.forEach(({ item: { key }, step }, index) => {
    if (step.step === 'nothing' && results[index] === 'settled') runtime.emit('push-not-owed', { ...key, atMs: nowMs });
  });
  wakeFor(runtime, settlements.flatMap(({ marks = [] }, index) => (results[index] === 'settled' ? marks : [])));
}

async function send(runtime: Runtime, adapter: Adapter, planned: readonly Planned<Sending>[]): Promise<boolean> {
  const attemptId = runtime.random.uuid();
  const sentAtMs = await runtime.store.now();
  // A lease that has run out may be somebody else's by now, who sends by himself.
  const sends = planned.filter(({ item }) => item.claim.leaseUntilMs > sentAtMs);
  if (sends.length === 0) return true;
  const lines = sends.map(({ item: { key }, step: { want, expected } }): PublishLine => ({
    sku: key.sku,
    ...(key.location === '' ? {} : { location: key.location }),
    quantity: want as QuantityText,
    ...(expected === null || !compares(adapter) ? {} : { expected: expected as QuantityText }),
  }));
  const attempt = { table: 'attempt' as const, key: { channel: adapter.id, attemptId } };
  // Frozen before it is sent: whoever finds the process dead can see what may still be under way. In the same commit nobody
  // may have stopped the channel, in whatever process: what was claimed before may have waited for its turn since.
  const pause = { table: 'pause' as const, key: { scope: channelShard(adapter.id) }, version: 0 };
  const frozen = await commitSafely(runtime, { commitId: runtime.random.uuid(), expect: [pause], marks: [], write: [{ ...attempt, set: { lines: JSON.stringify(lines), sentAtMs, finishedAtMs: null, outcome: null } }] });
  if (frozen.status === 'conflict') {
    await runtime.store.settle(sends.map(({ item: { claim } }) => ({ claim, outcome: { status: 'release', atMs: sentAtMs, reason: 'the channel was paused' } })));
    await loadPauses(runtime);
    return false;
  }
  let outcomes: readonly PublishOutcome[];
  try {
    outcomes = await called(runtime, adapter, { writes: true, call: (context) => adapter.publish({ idempotencyKey: attemptId, lines }, context) });
  } catch (error) {
    outcomes = lines.map(() => outcomeOfError(error));
  }
  return settleSent(runtime, adapter, { sends, outcomes, attempt, sentAtMs });
}

/** A publish that failed as a whole; what is not known to be unsent may have been written. */
function outcomeOfError(error: unknown): PublishOutcome {
  const code = codeOf(error);
  if (code === 'UNAUTHENTICATED' || code === 'PERMISSION_DENIED' || code === 'ABORTED' || code === 'UNAVAILABLE' || code === 'RATE_LIMITED') {
    const wait = retryAfterMs(error);
    return { status: 'notSent', reason: messageOf(error), ...(wait === undefined ? {} : { retryAfterMs: wait }) };
  }
  return isStockwrightError(error) && code === 'UNSUPPORTED' ? { status: 'rejected', code, reason: messageOf(error) } : { status: 'unknown', reason: messageOf(error) };
}

/** What an adapter said of a line, as the engine can work with it. */
function soundOutcome(outcome: PublishOutcome | undefined): PublishOutcome {
  if (outcome === undefined) return { status: 'unknown', reason: 'the adapter gave no outcome for this line' };
  if (outcome.status !== 'notSent') return outcome;
  const waitMs = soundWaitMs(outcome.retryAfterMs);
  return { status: 'notSent', reason: outcome.reason, ...(waitMs === undefined ? {} : { retryAfterMs: waitMs }) };
}

interface Sent {
  readonly sends: readonly Planned<Sending>[];
  readonly outcomes: readonly PublishOutcome[];
  readonly attempt: { readonly table: 'attempt'; readonly key: { readonly channel: ChannelId; readonly attemptId: string } };
  readonly sentAtMs: number;
}

async function settleSent(runtime: Runtime, adapter: Adapter, { sends, outcomes, attempt, sentAtMs }: Sent): Promise<boolean> {
  let open = sends.map((each, index) => ({ ...each, outcome: soundOutcome(outcomes[index]) }));
  await pauseIfAsked(runtime, adapter, open.map(({ outcome }) => outcome));
  const tally = JSON.stringify(countBy(open.map(({ outcome }) => outcome.status)));
  // With its moment: one that stood still for so long that its row is forgotten makes it anew, and it is to be forgotten again.
  const finished: RowWrite = { ...attempt, set: { sentAtMs, finishedAtMs: await runtime.store.now(), outcome: tally } };
  const zombies: TargetKey[] = [];
  let isFinished = false;
  for (let tried = 0; tried < RACES_MAX && open.length > 0; tried += 1) {
    const rows = await targetRows(runtime, open.map(({ item }) => item.key));
    const nowMs = await runtime.store.now();
    const settlements = open.map(({ item: { claim, key }, step, outcome }, index): Settlement => {
      const retryAtMs = nextTryMs(nowMs, { attempts: claim.attempts, random: runtime.random.next() });
      const rules = { lateRequestMsMax: adapter.capabilities.lateRequestMsMax, excludesSales: step.expected !== null && excludesSales(adapter), scale: scaleOf(runtime, key.sku), nowMs, retryAtMs };
      const result = settlePush({ key, want: step.want, movesAtSend: step.movesAtSend, sentAtMs, attempts: claim.attempts }, rows(key), { outcome, rules });
      const finish: RowWrite[] = index === 0 ? [finished] : [];
      return { claim, outcome: result.outcome, expect: result.expect, write: [...result.write, ...finish], marks: result.marks };
    });
    const results = await runtime.store.settle(settlements);
    isFinished ||= results[0] === 'settled';
    zombies.push(...open.filter(({ outcome }, index) => results[index] === 'leaseLost' && outcome.status !== 'notSent' && outcome.status !== 'rejected').map(({ item }) => item.key));
    results.forEach((result, index) => {
      const each = open[index];
      if (result === 'settled' && each !== undefined) tell(runtime, each, nowMs);
    });
    wakeFor(runtime, settlements.flatMap(({ marks }, index) => (results[index] === 'settled' ? (marks ?? []) : [])));
    open = open.filter((_each, index) => results[index] === 'conflict');
  }
  // A write whose lease ran out may have landed after the next holder's, whose suspicion may be over by now.
  await doubtTargets(runtime, adapter, { keys: zombies, cause: 'a late write came home' });
  if (!isFinished) await commitSafely(runtime, { commitId: runtime.random.uuid(), expect: [], marks: [], write: [finished] });
  if (open.length > 0) runtime.logger.error({ channel: adapter.id, lines: open.length }, 'outcomes could not be kept; the leases run out and the numbers are read again');
  return outcomes.some(({ status }) => status === 'applied' || status === 'conflict' || status === 'unknown');
}

function tell(runtime: Runtime, { item: { claim, key }, step, outcome }: Planned<Sending> & { outcome: PublishOutcome }, atMs: number): void {
  if (outcome.status === 'applied') runtime.emit('published', { ...key, quantity: step.want, atMs, dirtyForMs: atMs - claim.dirtySinceMs });
  else runtime.emit('publish-failed', { ...key, status: outcome.status, reason: 'reason' in outcome ? outcome.reason : 'the channel shows another number', atMs });
}

async function pauseIfAsked(runtime: Runtime, { account, capabilities: { limits } }: Adapter, outcomes: readonly PublishOutcome[]): Promise<void> {
  const waits = outcomes.flatMap((outcome) => (outcome.status === 'notSent' && outcome.retryAfterMs !== undefined ? [outcome.retryAfterMs] : []));
  if (waits.length > 0) await runtime.store.pauseBucket(limitName(account, limits.publish), (await runtime.store.now()) + Math.max(...waits), 'the vendor asked to wait');
}

function countBy(values: readonly string[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
}

async function giveBack(runtime: Runtime, items: readonly Item[], { error, nowMs }: { error: unknown; nowMs: number }): Promise<void> {
  if (runtime.signal.aborted) {
    await runtime.store.settle(items.map(({ claim }) => ({ claim, outcome: { status: 'release', atMs: nowMs, reason: STOPPED } })));
    return;
  }
  await runtime.store.settle(items.map(({ claim }) => ({
    claim,
    outcome: { status: 'retry', atMs: nextTryMs(nowMs, { attempts: claim.attempts, random: runtime.random.next(), askedMs: retryAfterMs(error) }), reason: messageOf(error) },
  })));
}
