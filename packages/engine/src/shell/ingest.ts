import { isStockwrightError, type Observation } from '@stockwright/core';
import { causeOf } from '../brain/book.ts';
import type { CommitOptions } from '../ports/index.ts';
import { commitInside } from './committer.ts';
import { commitSafely, type Call, type Outcome, type Runtime } from './runtime.ts';

/** How many rows of snapshots are kept or refused together. */
const ROWS_PER_UNIT = 200;

/**
 * Takes observations into the ledger. Each order is kept as a whole; rows of snapshots share units. Whatever was
 * committed before a failure stays, and telling the same again changes nothing.
 */
export async function ingest(runtime: Runtime, observations: readonly Observation[], options: CommitOptions = {}): Promise<void> {
  const units = unitsOf(observations);
  if (options.tx !== undefined) {
    const { outcomes } = await commitInside(runtime, units.map((unit) => ({ kind: 'observations', observations: unit })), options);
    for (const outcome of outcomes) if (outcome.status === 'failed') throw outcome.error;
    return;
  }
  const call: Call = {};
  const ended = await Promise.allSettled(units.map((unit) => takeIn(runtime, unit, call)));
  for (const result of ended) if (result.status === 'rejected') throw result.reason;
}

/**
 * Takes what a read found. An observation that the ledger cannot take is kept as refused, with its reason, and stands
 * in nobody else's way.
 */
export async function ingestRead(runtime: Runtime, observations: readonly Observation[]): Promise<void> {
  const ended = await Promise.allSettled(unitsOf(observations).map((unit) => takeOrRefuse(runtime, unit)));
  for (const result of ended) if (result.status === 'rejected') throw result.reason;
}

async function takeOrRefuse(runtime: Runtime, unit: readonly Observation[]): Promise<void> {
  try {
    await takeIn(runtime, unit);
  } catch (error) {
    if (!isStockwrightError(error) || error.code !== 'INVALID_INPUT') throw error;
    if (unit.length > 1) for (const observation of unit) await ingestRead(runtime, [observation]);
    else for (const observation of unit) await keepRefused(runtime, observation, error.message);
  }
}

async function takeIn(runtime: Runtime, observations: readonly Observation[], call?: Call): Promise<void> {
  const outcome = await runtime.committer.submit({ kind: 'observations', observations }, call);
  announce(runtime, observations, outcome);
}

async function keepRefused(runtime: Runtime, observation: Observation, reason: string): Promise<void> {
  const origin = 'source' in observation ? observation.source : observation.channel;
  const reference = 'orderId' in observation ? `order ${observation.orderId}` : `${observation.kind} ${observation.sku} at ${observation.location}`;
  const nowMs = await runtime.store.now();
  await commitSafely(runtime, {
    commitId: runtime.random.uuid(), expect: [], marks: [],
    write: [{ table: 'refused', key: { origin, reference }, set: { reason, lastSeenMs: nowMs } }],
  });
  runtime.logger.warn({ origin, reference, reason }, 'an observation was refused');
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
