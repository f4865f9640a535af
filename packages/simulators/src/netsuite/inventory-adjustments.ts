import { DAY_MS, tidy, type AccountDatabase } from './account-database.ts';
import { insertMovement, insertTransaction } from './transactions.ts';
import type { Warehouse } from './warehouse.ts';

/** One line of an adjustment. */
export interface AdjustmentLine {
  /** The line's key within the record; absent on a line that is new. */
  readonly line?: number;
  readonly item: number;
  readonly locationId: number;
  /** A difference, signed. */
  readonly quantity: number;
}

/** The fields of an adjustment that the account keeps besides its lines, as they came. */
export type AdjustmentFields = Readonly<Record<string, unknown>>;

/** One adjustment as the account keeps it. */
export interface AdjustmentRecord {
  readonly id: number;
  readonly externalId?: string | undefined;
  readonly fields: AdjustmentFields;
  readonly lines: readonly Required<AdjustmentLine>[];
  readonly lastModifiedMs: number;
}

/** What a write brings. */
export interface AdjustmentDraft {
  readonly externalId?: string | undefined;
  readonly memo?: string | undefined;
  readonly fields: AdjustmentFields;
  readonly lines: readonly AdjustmentLine[];
}

/** Inventory adjustments as records. */
export interface InventoryAdjustments {
  byId(id: number): AdjustmentRecord | undefined;
  byExternalId(externalId: string): AdjustmentRecord | undefined;
  create(draft: AdjustmentDraft): AdjustmentRecord;
  /**
   * Changes a record. Lines that name a known key change that line; others are appended, so the same lines sent twice
   * count twice, unless `lines` is `replace`.
   */
  update(record: AdjustmentRecord, draft: AdjustmentDraft, lines: 'merge' | 'replace'): AdjustmentRecord;
}

/** Keeps the records and moves stock by their lines. */
export function createInventoryAdjustments(database: AccountDatabase, warehouse: Warehouse, clock: { now(): number }): InventoryAdjustments {
  const records = new Map<number, AdjustmentRecord>();
  const idsByExternalId = new Map<string, number>();

  function keep(record: AdjustmentRecord): AdjustmentRecord {
    records.set(record.id, record);
    if (record.externalId !== undefined) idsByExternalId.set(record.externalId, record.id);
    return record;
  }

  return {
    byId: (id) => records.get(id),
    byExternalId: (externalId) => records.get(idsByExternalId.get(externalId) ?? -1),
    create: ({ externalId, memo, fields, lines }) => keep(database.atomically(() => {
      const nowMs = clock.now();
      const id = insertTransaction(database, { type: 'InvAdjst', externalId, memo, nowMs });
      const numbered = numberLines(lines);
      for (const { item, locationId, quantity } of numbered) warehouse.move(item, locationId, quantity);
      writeLines(database, { id, lines: numbered, nowMs });
      return { id, externalId, fields, lines: numbered, lastModifiedMs: nowMs };
    })),
    update: (record, { memo, fields, lines }, mode) => keep(database.atomically(() => {
      const nowMs = clock.now();
      const next = mode === 'replace' ? numberLines(lines) : mergeLines(record.lines, lines);
      // The difference per line in one movement, so that nobody's stock is taken away and given back.
      for (const { item, locationId, quantity } of differences(record.lines, next)) warehouse.move(item, locationId, quantity);
      writeLines(database, { id: record.id, lines: next, nowMs });
      database.run('UPDATE "transaction" SET lastmodifieddate = ?, memo = coalesce(?, memo) WHERE id = ?', nowMs / DAY_MS, memo ?? null, record.id);
      return { ...record, fields: { ...record.fields, ...fields }, lines: next, lastModifiedMs: nowMs };
    })),
  };
}

function numberLines(lines: readonly AdjustmentLine[]): Required<AdjustmentLine>[] {
  return lines.map((line, index) => ({ ...line, line: index + 1 }));
}

function mergeLines(known: readonly Required<AdjustmentLine>[], incoming: readonly AdjustmentLine[]): Required<AdjustmentLine>[] {
  const merged = new Map(known.map((line) => [line.line, line]));
  let last = Math.max(0, ...merged.keys());
  for (const line of incoming) {
    const key = line.line !== undefined && merged.has(line.line) ? line.line : (last += 1);
    merged.set(key, { ...line, line: key });
  }
  return [...merged.values()];
}

function differences(before: readonly AdjustmentLine[], after: readonly AdjustmentLine[]): AdjustmentLine[] {
  const sums = new Map<string, AdjustmentLine>();
  const add = (lines: readonly AdjustmentLine[], sign: 1 | -1): void => {
    for (const { item, locationId, quantity } of lines) {
      const key = `${item}:${locationId}`;
      sums.set(key, { item, locationId, quantity: tidy((sums.get(key)?.quantity ?? 0) + sign * quantity) });
    }
  };
  add(before, -1);
  add(after, 1);
  return [...sums.values()].filter(({ quantity }) => quantity !== 0);
}

interface LinesOf {
  readonly id: number;
  readonly lines: readonly AdjustmentLine[];
  readonly nowMs: number;
}

function writeLines(database: AccountDatabase, { id, lines, nowMs }: LinesOf): void {
  database.run('DELETE FROM transactionline WHERE "transaction" = ? AND mainline = \'F\'', id);
  for (const { item, locationId, quantity } of lines) insertMovement(database, { transactionId: id, item, locationId, quantity, nowMs });
}
