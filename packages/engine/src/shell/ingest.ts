import { invalidInput, isStockwrightError, type Observation } from '@stockwright/core';
import { causeOf } from '../brain/book.ts';
import { observationIssues, originOf, referenceOf, refuseUnsoundObservations } from '../brain/observation-edge.ts';
import { hostTransactionOf } from '../brain/options-edge.ts';
import type { CommitOptions, RowWrite } from '../ports/index.ts';
import { commitInside } from './commit-units.ts';
import { commitSafely, isOfTheStore, messageOf, type Call, type Outcome, type Runtime } from './runtime.ts';

/** How many rows of snapshots are kept or refused together. */
const ROWS_PER_UNIT = 200;

/** Something that a read found and the ledger cannot take. */
interface Refusal {
  readonly observation: unknown;
  readonly reason: string;
}

/**
 * Takes observations into the ledger. Each order is kept as a whole; rows of snapshots share units. Whatever was
 * committed before a failure stays, and telling the same again changes nothing.
 */
export async function ingest(runtime: Runtime, observations: readonly Observation[], options?: CommitOptions): Promise<void> {
  refuseUnsoundObservations(observations);
  const tx = hostTransactionOf(options);
  const units = unitsOf(observations);
  if (tx !== undefined) {
    const { outcomes } = await commitInside(runtime, units.map((unit) => ({ kind: 'observations', observations: unit })), { tx });
    for (const outcome of outcomes) if (outcome.status === 'failed') throw outcome.error;
    return;
  }
  const call: Call = {};
  await allOf(units.map((unit) => takeIn(runtime, unit, call)));
}

/**
 * Takes what a read found. An observation that the ledger cannot take is kept as refused, with its reason, and stands
 * in nobody else's way.
 */
export async function ingestRead(runtime: Runtime, observations: readonly Observation[]): Promise<void> {
  const refusals: Refusal[] = [];
  const sound: Observation[] = [];
  for (const observation of observations) {
    const issues = observationIssues(observation);
    if (issues.length === 0) sound.push(observation);
    else refusals.push({ observation, reason: messageOf(invalidInput('observation', issues)) });
  }
  await allOf(unitsOf(sound).map((unit) => takeOrRefuse(runtime, unit, refusals)));
  await keepRefused(runtime, refusals);
}

/** One that cannot be taken in, for whatever reason, would be read again for ever and keep the rest of its page from being taken. Only a store that is away is waited for. */
async function takeOrRefuse(runtime: Runtime, unit: readonly Observation[], refusals: Refusal[]): Promise<void> {
  try {
    await takeIn(runtime, unit);
  } catch (error) {
    if (!isStockwrightError(error) || isOfTheStore(error)) throw error;
    if (unit.length > 1) await allOf(unit.map((observation) => takeOrRefuse(runtime, [observation], refusals)));
    else for (const observation of unit) refusals.push({ observation, reason: error.message });
  }
}

/** Waits for all, also where one fails, so that nothing goes on unseen. @throws What the first that failed threw. */
async function allOf(work: readonly Promise<void>[]): Promise<void> {
  for (const result of await Promise.allSettled(work)) if (result.status === 'rejected') throw result.reason;
}

async function takeIn(runtime: Runtime, observations: readonly Observation[], call?: Call): Promise<void> {
  const outcome = await runtime.committer.submit({ kind: 'observations', observations }, call);
  announce(runtime, observations, outcome);
}

async function keepRefused(runtime: Runtime, refusals: readonly Refusal[]): Promise<void> {
  if (refusals.length === 0) return;
  const nowMs = await runtime.store.now();
  const writes = new Map<string, RowWrite>();
  for (const { observation, reason } of refusals) {
    const key = { origin: originOf(observation), reference: referenceOf(observation) };
    writes.set(JSON.stringify(key), { table: 'refused', key, set: { reason, lastSeenMs: nowMs } });
    runtime.logger.warn({ ...key, reason }, 'an observation was refused');
  }
  const write = [...writes.values()];
  for (let from = 0; from < write.length; from += ROWS_PER_UNIT) {
    await commitSafely(runtime, { commitId: runtime.random.uuid(), expect: [], marks: [], write: write.slice(from, from + ROWS_PER_UNIT) });
  }
}

function unitsOf(observations: readonly Observation[]): readonly (readonly Observation[])[] {
  const units: Observation[][] = [];
  let batch: Observation[] = [];
  for (const observation of observations) {
    if (observation.kind === 'order') {
      if (batch.length > 0) units.push(batch);
      batch = [];
      units.push([observation]);
      continue;
    }
    batch.push(observation);
    if (batch.length < ROWS_PER_UNIT) continue;
    units.push(batch);
    batch = [];
  }
  if (batch.length > 0) units.push(batch);
  return units;
}

function announce(runtime: Runtime, unit: readonly Observation[], outcome: Outcome): void {
  if (outcome.status !== 'observed' || !outcome.news) return;
  const atMs = runtime.clock.now();
  for (const observation of unit) {
    if (observation.kind === 'order') {
      const { channel, orderId, revision } = observation;
      runtime.emit('order-observed', { channel, orderId, revision, atMs });
    } else if (observation.kind === 'acknowledgement') {
      const { source, channel, orderId } = observation;
      runtime.emit('order-acknowledged', { source, channel, orderId, atMs });
    }
  }
  if (outcome.moved.length > 0) runtime.emit('positions-moved', { skus: outcome.moved, cause: causeOf(unit), atMs });
}
