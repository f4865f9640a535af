import { instantFromMs, type Availability, type AvailabilityKey, type ChannelId, type LocationId, type Position, type PositionReader, type QuantityText, type Sku, holdsOf, positionFromBalances } from '@stockwright/core';
import { projectTarget, targetKeyText, uniqueKeys, wakeMarks, wantsOf, type Projected, type TargetKey, type TargetRows } from '../brain/project.ts';
import { balancesFromRows, integer, text } from '../brain/rows.ts';
import { nextTryMs } from '../brain/retry.ts';
import { PROJECT_SHARD } from '../brain/work.ts';
import { holdClaim, recordOf } from '../brain/hold-rows.ts';
import type { Claim, Mark, Query, Row, SettleOutcome, Settlement } from '../ports/index.ts';
import { messageOf, wakeFor, type Runtime } from './runtime.ts';
import { Turn } from './turn.ts';

/** How many marks one pass works off. */
const MARKS_PER_PASS = 100;
/** How often a number that cannot be computed is tried again. */
const FAILURES_MAX = 3;

/** Works off all recompute marks that are due. Returns whether there were any. */
export async function drainProjector(runtime: Runtime): Promise<boolean> {
  let found = false;
  const turn = new Turn(runtime.clock);
  while (!runtime.signal.aborted) {
    const claims = await runtime.store.claim({ shard: PROJECT_SHARD, kinds: ['project'], limit: MARKS_PER_PASS, leaseMs: runtime.times.leaseMs, worker: 'projector' });
    if (claims.length === 0) break;
    found = true;
    await projectClaims(runtime, claims);
    if (turn.isOver) await turn.giveWay();
  }
  return found;
}

/**
 * Targets and positions are read as of one moment: a commit that comes later leaves its mark behind. Where another pass wrote a target meanwhile, the mark stays claimed and is looked at again.
 */
async function projectClaims(runtime: Runtime, claims: readonly Claim[]): Promise<void> {
  const { settings, store } = runtime;
  const { catalog, calculator } = settings;
  const keysOf = new Map(claims.map((claim) => [claim, catalog.items.has(claim.key as Sku) ? runtimeKeys(runtime, claim.key as Sku) : []]));
  const keys = uniqueKeys([...keysOf.values()].flat());
  const skus = [...new Set(keys.map(({ sku }) => sku))];
  const read = [...new Set(skus.flatMap((sku) => calculator.readsOf(sku)))];
  const wanted = targetQueries(skus);
  const { rows, nowMs } = await store.look([...wanted, ...positionQueries(read)]);
  const targets = targetsOf(rows.slice(0, wanted.length));
  const { reader, counted } = positionsOf(runtime, read, rows.slice(wanted.length));
  const asOf = instantFromMs(nowMs);
  const done = new Set<string>();
  const settlements: Settlement[] = [];
  const changed: NonNullable<Projected['changed']>[] = [];
  for (const claim of claims) {
    const results: Projected[] = [];
    const answers: Availability[] = [];
    let failed: unknown;
    for (const key of keysOf.get(claim) ?? []) {
      const keyText = `${key.channel}\u001f${key.sku}`;
      if (done.has(keyText) || !calculator.readsOf(key.sku).every((sku) => counted.has(sku))) continue;
      try {
        const answer = calculator.compute(key, reader, { asOf });
        results.push(...projectAnswer(runtime, answer, { targets, nowMs, cause: claim.cause }));
        answers.push(answer);
        done.add(keyText);
      } catch (error) {
        failed = error;
        runtime.logger.error({ ...key, error: messageOf(error) }, 'a number could not be computed');
      }
    }
    changed.push(...results.flatMap((result) => result.changed ?? []));
    settlements.push({
      claim, outcome: failed === undefined ? { status: 'done' } : notNow(runtime, claim, { reason: messageOf(failed), nowMs }),
      expect: results.flatMap((result) => result.expect), write: results.flatMap((result) => result.write),
      marks: [...results.flatMap((result) => result.marks), ...wakeMarks(answers, nowMs)],
      ...(runtime.keepsFeed ? { tell: results.flatMap(({ changed: one }) => one?.told ?? []) } : {}),
    });
  }
  await settleAll(runtime, settlements, nowMs);
  for (const { target, previous, want, owed } of changed) runtime.emit('target-changed', { ...target, previous, want, owed, atMs: nowMs });
  runtime.emit('targets-computed', { skus, atMs: nowMs });
}

/** What cannot be computed is tried again a few times and then left alone with the reason: the rest of the numbers does not wait for it. */
function notNow({ random }: Runtime, { attempts }: Claim, { reason, nowMs }: { readonly reason: string; readonly nowMs: number }): SettleOutcome {
  if (attempts >= FAILURES_MAX) return { status: 'quarantine', reason };
  return { status: 'retry', atMs: nextTryMs(nowMs, { attempts, random: random.next() }), reason };
}

function runtimeKeys({ settings, channels }: Runtime, sku: Sku): readonly AvailabilityKey[] {
  return settings.calculator.affectedKeys(sku).filter(({ channel }) => channels.has(channel));
}

/** What a channel that is not there could show. */
const UNBOUNDED = '9007199254740991' as QuantityText;

function projectAnswer(runtime: Runtime, answer: Availability, { targets, nowMs, cause }: { targets: ReadonlyMap<string, TargetRows>; nowMs: number; cause: string }): Projected[] {
  const scale = runtime.settings.catalog.items.get(answer.sku)?.scale ?? 0;
  const reads = runtime.settings.calculator.readsOf(answer.sku);
  const severalMarks = reads.length !== 1 || reads[0] !== answer.sku;
  const most = runtime.channels.get(answer.channel)?.adapter.capabilities.quantityMax ?? UNBOUNDED;
  return [...wantsOf(answer, { scale, most })].map(([location, want]) => {
    const key: TargetKey = { channel: answer.channel, location, sku: answer.sku };
    return projectTarget(key, targets.get(targetKeyText(key)) ?? { target: undefined, sale: undefined }, { want, scale, nowMs, answer, cause, severalMarks });
  });
}

async function settleAll(runtime: Runtime, settlements: readonly Settlement[], nowMs: number): Promise<void> {
  const results = await runtime.store.settle(settlements);
  const marks: Mark[] = [];
  const again: Settlement[] = [];
  results.forEach((result, index) => {
    const settlement = settlements[index];
    if (settlement === undefined) return;
    if (result === 'settled') marks.push(...(settlement.marks ?? []));
    else if (result === 'conflict') {
      again.push({ claim: settlement.claim, outcome: { status: 'release', atMs: nowMs, reason: 'a target moved meanwhile' } });
    }
  });
  if (again.length > 0) await runtime.store.settle(again);
  wakeFor(runtime, marks);
}

/** The targets and sales of skus, by the text of their keys. */
export async function loadTargets({ store }: Runtime, skus: readonly Sku[]): Promise<ReadonlyMap<string, TargetRows>> {
  return targetsOf(await store.load(targetQueries(skus)));
}

/** The positions of skus, which of them their owner has counted, and the moment at which they were looked at. */
export async function lookAtPositions(runtime: Runtime, skus: readonly Sku[]): Promise<Positions & { readonly nowMs: number }> {
  const { rows, nowMs } = await runtime.store.look(positionQueries(skus));
  return { ...positionsOf(runtime, skus, rows), nowMs };
}

/** Where skus stand. */
interface Positions {
  readonly reader: PositionReader;
  readonly counted: ReadonlySet<Sku>;
}

type Found = readonly (readonly Row[])[];

function targetQueries(skus: readonly Sku[]): readonly Query[] {
  return skus.flatMap((sku) => [{ table: 'target' as const, where: { sku } }, { table: 'channelSale' as const, where: { sku } }]);
}

function positionQueries(skus: readonly Sku[]): readonly Query[] {
  return skus.flatMap((sku) => (['item', 'position', 'holdLine'] as const).map((table) => ({ table, where: { sku } })));
}

function targetsOf(found: Found): ReadonlyMap<string, TargetRows> {
  const rows = new Map<string, TargetRows>();
  found.flat().forEach((row) => {
    const key = targetKeyText({ channel: text(row, 'channel') as ChannelId, location: text(row, 'location') as LocationId | '', sku: text(row, 'sku') as Sku });
    const known = rows.get(key) ?? { target: undefined, sale: undefined };
    rows.set(key, 'sold' in row ? { ...known, sale: row } : { ...known, target: row });
  });
  return rows;
}

/** Whoever asks for a sku of which the rows cannot be read hears why; the others are not to suffer from it. */
function positionsOf({ settings }: Runtime, skus: readonly Sku[], found: Found): Positions {
  const positions = new Map<Sku, Position>();
  const unreadable = new Map<Sku, unknown>();
  const counted = new Set<Sku>();
  skus.forEach((sku, index) => {
    const scale = settings.catalog.items.get(sku)?.scale ?? 0;
    const item: Row | undefined = found[index * 3]?.[0];
    try {
      const holds = (found[index * 3 + 2] ?? []).flatMap((row) => holdsOf(sku, [recordOf(holdClaim(row, settings))], () => false));
      positions.set(sku, positionFromBalances({ sku, scale }, balancesFromRows(found[index * 3 + 1] ?? [], scale), holds));
    } catch (error) {
      unreadable.set(sku, error);
    }
    if (integer(item, 'counted') === 1 || settings.catalog.items.get(sku)?.tracked === false) counted.add(sku);
  });
  const position = (sku: Sku): Position | undefined => {
    if (unreadable.has(sku)) throw unreadable.get(sku);
    return positions.get(sku);
  };
  return { reader: { position }, counted };
}
