import { DatabaseSync } from 'node:sqlite';
import type { OrderObservation, StockObservation } from '@stockwright/core';
import { ERP, mustBeOpen, SHOP } from './events.ts';

const RESTS = `"state" IN ('settled', 'quarantined')`;
const LEASED = `"leaseUntilMs" IS NOT NULL`;
const NOT_BEFORE = `CASE WHEN ${RESTS} THEN ?2 ELSE min("notBeforeMs", ?2) END`;

interface Known {
  readonly version: number;
  readonly quantity: string;
  readonly asOf: string;
}

/** The same rows as the engine's in a file that the store has laid out and filled, one prepared statement a table, each event or batch in one transaction. */
export function byHandOnSqlite(path: string): { counts(observations: readonly StockObservation[]): number; order(order: OrderObservation): number; sum(): string } {
  const database = new DatabaseSync(path);
  database.exec('PRAGMA synchronous = FULL');
  const done = database.prepare(`INSERT INTO "commitLog" ("namespace", "commitId", "atMs") VALUES ('main', ?, ?)`);
  const known = database.prepare(`SELECT i."version", b."asOf", (SELECT p."quantity" FROM "position" AS p WHERE p."namespace" = 'main' AND p."sku" = i."sku" AND p."account" = 'onHand' AND p."location" = 'W1' AND p."channel" = '') AS "quantity"
    FROM "item" AS i JOIN "sourceBase" AS b ON b."namespace" = 'main' AND b."sku" = i."sku" AND b."location" = 'W1' AND b."measure" = 'onHand' WHERE i."namespace" = 'main' AND i."sku" = ?`);
  const open = database.prepare(`SELECT "channel", "orderId", "state" FROM "claim" INDEXED BY "claim_by_sku_settled" WHERE "namespace" = 'main' AND "sku" = ? AND "settled" = 0`);
  const item = database.prepare(`UPDATE "item" SET "version" = ?, "counted" = 1, "changedAtMs" = ? WHERE "namespace" = 'main' AND "sku" = ?`);
  const base = database.prepare(`UPDATE "sourceBase" SET "source" = '${ERP}', "quantity" = ?, "asOf" = ?, "deltas" = '[]' WHERE "namespace" = 'main' AND "sku" = ? AND "location" = 'W1' AND "measure" = 'onHand'`);
  const position = database.prepare(`INSERT INTO "position" ("namespace", "sku", "account", "location", "channel", "quantity", "isZero") VALUES ('main', ?, 'onHand', 'W1', '', ?, ?)
    ON CONFLICT DO UPDATE SET "quantity" = excluded."quantity", "isZero" = excluded."isZero"`);
  const more = database.prepare(`INSERT INTO "position" ("namespace", "sku", "account", "location", "channel", "quantity", "isZero") VALUES ('main', ?, 'committed', 'W1', '', '1', 0)
    ON CONFLICT DO UPDATE SET "isZero" = "quantity" = '-1', "quantity" = CAST(CAST("quantity" AS INTEGER) + 1 AS TEXT)`);
  const ledger = database.prepare(`INSERT INTO "ledger" ("namespace", "sku", "itemVersion", "ordinal", "fromAccount", "fromLocation", "fromChannel", "toAccount", "toLocation", "toChannel", "quantity", "cause", "reference", "origin", "occurredAt", "recordedAtMs")
    VALUES ('main', ?, ?, 0, ?, '', '', ?, 'W1', '', ?, ?, ?, ?, ?, ?)`);
  const markDue = database.prepare(`UPDATE "work" SET "revision" = "revision" + 1, "attempts" = 0, "reason" = NULL, "cause" = ?3 WHERE "namespace" = 'main' AND "kind" = 'project' AND "shard" = 'project' AND "key" = ?1
    AND "state" = 'due' AND "leaseUntilMs" IS NULL AND "priority" <= 0 AND "notBeforeMs" <= ?2`);
  const markOther = database.prepare(`INSERT INTO "work" ("namespace", "kind", "shard", "key", "priority", "notBeforeMs", "cause", "dirtySinceMs", "revision", "settledRevision", "fence", "attempts", "state", "dueAtMs")
    VALUES ('main', 'project', 'project', ?1, 0, ?2, ?3, ?2, 1, 0, 0, 0, 'due', ?2) ON CONFLICT DO UPDATE SET "revision" = "revision" + 1, "attempts" = 0, "reason" = NULL, "cause" = excluded."cause",
    "notBeforeMs" = ${NOT_BEFORE}, "priority" = CASE WHEN ${RESTS} THEN 0 ELSE min("priority", 0) END, "dirtySinceMs" = CASE "state" WHEN 'settled' THEN ?2 ELSE "dirtySinceMs" END,
    "state" = CASE WHEN ${LEASED} THEN "state" WHEN (${NOT_BEFORE}) <= ?2 THEN 'due' ELSE 'waiting' END, "dueAtMs" = CASE WHEN ${LEASED} THEN "dueAtMs" ELSE (${NOT_BEFORE}) END,
    "markedSinceMs" = CASE WHEN ${LEASED} THEN coalesce("markedSinceMs", ?2) END, "markedNotBeforeMs" = CASE WHEN ${LEASED} THEN min(coalesce("markedNotBeforeMs", ?2), ?2) END,
    "markedPriority" = CASE WHEN ${LEASED} THEN min(coalesce("markedPriority", 0), 0) END`);
  const mark = (sku: string, nowMs: number, cause: string): void => { if (markDue.run(sku, nowMs, cause).changes === 0) markOther.run(sku, nowMs, cause); };
  const order = database.prepare(`INSERT INTO "channelOrder" ("namespace", "channel", "orderId", "revision", "placedAt", "observedAtMs", "lines", "version") VALUES ('main', '${SHOP}', ?1, ?2, ?2, ?3, ?4, 1) ON CONFLICT DO NOTHING`);
  const claim = database.prepare(`INSERT INTO "claim" ("namespace", "channel", "orderId", "sku", "state", "settled") VALUES ('main', '${SHOP}', ?, ?, ?, 0)`);
  const sale = database.prepare(`INSERT INTO "channelSale" ("namespace", "channel", "location", "sku", "sold") VALUES ('main', '${SHOP}', 'W1', ?, '1') ON CONFLICT DO UPDATE SET "sold" = CAST(CAST("sold" AS INTEGER) + 1 AS TEXT)`);
  let made = 0;
  const within = (body: (nowMs: number) => number): number => {
    database.exec('BEGIN IMMEDIATE');
    const nowMs = Date.now();
    done.run(`hand-${String((made += 1))}`, nowMs);
    const count = body(nowMs);
    database.exec('COMMIT');
    return count;
  };
  return {
    counts: (observations) => within((nowMs) => {
      let count = 0;
      for (const { sku, asOf, measures: { onHand = '0' } } of observations) {
        const before = known.get(sku) as unknown as Known;
        if (before.asOf >= asOf) continue;
        for (const { state } of open.all(sku) as unknown as { state: string }[]) mustBeOpen(state);
        const version = before.version + 1;
        item.run(version, nowMs, sku);
        base.run(onHand, asOf, sku);
        position.run(sku, onHand, onHand === '0' ? 1 : 0);
        if (before.quantity !== onHand) ledger.run(sku, version, 'adjustment', 'onHand', String(Number(onHand) - Number(before.quantity)), 'stock', `W1 as of ${asOf}`, ERP, asOf, nowMs);
        mark(sku, nowMs, `stock ${ERP}`);
        count += 1;
      }
      return count;
    }),
    order: ({ orderId, revision, lines }) => within((nowMs) => {
      const [line] = lines;
      if (line === undefined || order.run(orderId, revision, nowMs, JSON.stringify(lines)).changes !== 1) return 0;
      const { sku, location, ordered, fulfilled, cancelled, returned } = line;
      const version = (known.get(sku) as unknown as Known).version + 1;
      item.run(version, nowMs, sku);
      claim.run(orderId, sku, JSON.stringify({ revision, parts: [{ location, ordered, fulfilled, cancelled, returned }], containments: [], seen: [] }));
      sale.run(sku);
      more.run(sku);
      ledger.run(sku, version, 'demand', 'committed', '1', 'order', orderId, SHOP, revision, nowMs);
      mark(sku, nowMs, `order ${orderId}`);
      return 1;
    }),
    sum: () => sumOf(database),
  };
}

/** What a file has come to, without moments and the names of commits. */
export function sumOf(database: DatabaseSync): string {
  const queries = [
    `SELECT "sku", "version", "counted" FROM "item" ORDER BY 1`, `SELECT "sku", "quantity", "asOf", "deltas" FROM "sourceBase" ORDER BY 1`, `SELECT "orderId", "sku", "state", "settled" FROM "claim" ORDER BY 1`,
    `SELECT "sku", "account", "quantity", "isZero" FROM "position" ORDER BY 1, 2`, `SELECT "sku", "itemVersion", "fromAccount", "toAccount", "toLocation", "quantity", "cause", "reference", "origin", "occurredAt" FROM "ledger" ORDER BY 1, 2`,
    `SELECT "orderId", "revision", "lines", "version" FROM "channelOrder" ORDER BY 1`, `SELECT "sku", "sold" FROM "channelSale" ORDER BY 1`, `SELECT "key", "revision", "cause" FROM "work" WHERE "kind" = 'project' ORDER BY 1`,
  ];
  return JSON.stringify(queries.map((query) => database.prepare(query).all()));
}
