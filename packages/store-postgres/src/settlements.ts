import { storable, type Mark, type Settlement } from '@stockwright/engine/ports';
import { pack, packMarks, type Packed, type Part } from './change.ts';

/** Settlements as the routine takes them. */
export interface PackedSettlements {
  /** The rows of all of them, which are locked before anything is done. */
  readonly locks: readonly Part[];
  /** The work rows of all of them: those that are claimed, and those that are marked. */
  readonly works: readonly unknown[];
  readonly settlements: readonly unknown[];
}

/** Packs settlements: first all locks, in the order in which everybody takes them, then each settlement by itself. */
export function packSettlements(settlements: readonly Settlement[]): PackedSettlements {
  const packed = settlements.map(({ expect = [], write = [], marks = [], tell = [] }) => pack({ expect, write, marks, tell }));
  return {
    locks: locksOf(settlements),
    works: packWorks(settlements.flatMap(({ claim, marks = [] }) => [claim, ...marks])),
    settlements: settlements.map(({ claim: { kind, shard, key, revision, fence }, outcome }, index) => ({
      ...withoutIdleLocks(packed[index]),
      claim: { kind, shard, key, revision, fence },
      outcome: 'reason' in outcome ? { ...outcome, reason: storable(outcome.reason) } : outcome,
    })),
  };
}

/** The names of work rows, in the order in which everybody locks them. */
export function packWorks(works: readonly Pick<Mark, 'kind' | 'shard' | 'key'>[]): readonly unknown[] {
  return packMarks(works.map(({ kind, shard, key }) => ({ kind, shard, key, priority: 0, notBeforeMs: 0, cause: '' }))).map((cells) => cells.slice(0, 3));
}

/** All rows to lock, without what is expected of them: one settlement may write what the next expects. */
function locksOf(settlements: readonly Settlement[]): readonly Part[] {
  const expect = settlements.flatMap((settlement) => settlement.expect ?? []);
  const write = settlements.flatMap((settlement) => settlement.write ?? []);
  return pack({ expect, write, marks: [] }).locks.map(({ table, rows }) => ({ table, rows: rows.map(([n, , ...key]) => [n ?? 0, null, ...key]) }));
}

/** What expects nothing need not look again at what is locked already. */
function withoutIdleLocks(packed: Packed | undefined): Partial<Packed> {
  if (packed === undefined) return {};
  const { locks, ...rest } = packed;
  const compared = locks.map(({ table, rows }) => ({ table, rows: rows.filter(([, expected]) => expected !== null) })).filter(({ rows }) => rows.length > 0);
  return compared.length === 0 ? rest : { ...rest, locks: compared };
}
