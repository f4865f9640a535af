import { accessSync, constants, existsSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { StockwrightError, type Policy } from '@stockwright/core';
import type { Row } from '@stockwright/engine/ports';
import type { OpeningStock, Replay } from '../input/replay.ts';
import type { World } from '../world/world.ts';
import type { Ledgerbook, OfferedLine } from './ledgerbook.ts';

/** Everything that anyone needs to check a run without our code; docs/report-format.md describes it. */
export interface Report {
  readonly format: 'stockwright-replay/1';
  readonly seed: string;
  readonly input: { readonly name: string; readonly lines: number; readonly leftOut: Replay['leftOut']; readonly foldedSkus: readonly string[] };
  readonly policy: Policy;
  readonly startedAt: string;
  readonly endedAt: string;
  readonly initial: readonly OpeningStock[];
  readonly offered: readonly OfferedLine[];
  readonly adjustments: Ledgerbook['adjustments'];
  readonly cancellations: Ledgerbook['cancellations'];
  readonly returns: Ledgerbook['returns'];
  readonly shown: readonly { readonly channel: string; readonly location: string; readonly sku: string; readonly want: string; readonly shown: string }[];
  readonly ledger: readonly { readonly sku: string; readonly location: string; readonly channel: string; readonly account: string; readonly quantity: string }[];
  readonly calls: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly summary: Summary;
}

/** The run in a few figures. Units are of the skus, moments of virtual time. */
export interface Summary {
  readonly orders: number;
  readonly linesOffered: number;
  readonly unitsOffered: number;
  readonly unitsAccepted: number;
  readonly unitsRefused: number;
  readonly unitsCancelled: number;
  readonly unitsReturned: number;
  readonly unitsAdjusted: number;
  readonly skusSoldOut: number;
  readonly publishedNumbers: number;
  readonly compareConflicts: number;
  readonly outOfSync: number;
  readonly medianSyncMs: number;
  readonly slowestSyncMs: number;
}

/** Gathers the report from what was written down, from the shop, and from the store's tables. */
export async function gather(
  { seed, replay, policy, stock, startedAt, endedAt }: { seed: string; replay: Replay; policy: Policy; stock: readonly OpeningStock[]; startedAt: string; endedAt: string },
  { world, book, summary }: { world: World; book: Ledgerbook; summary: Summary },
): Promise<Report> {
  const shown: Report['shown'][number][] = [];
  for await (const row of world.engine.tables.scan({ table: 'target', where: {} })) {
    const level = world.shop.level(String(row['sku']), world.locationNumber(String(row['location'])));
    shown.push({ channel: String(row['channel']), location: String(row['location']), sku: String(row['sku']), want: String(row['want']), shown: String(level?.available ?? 'absent') });
  }
  const ledger: Report['ledger'][number][] = [];
  for await (const row of world.engine.tables.scan({ table: 'position', where: {} })) ledger.push(positionOf(row));
  return {
    format: 'stockwright-replay/1', seed,
    input: { name: replay.name, lines: replay.lines, leftOut: replay.leftOut, foldedSkus: replay.foldedSkus },
    policy, startedAt, endedAt, initial: stock, offered: book.lines, adjustments: book.adjustments, cancellations: book.cancellations, returns: book.returns,
    shown, ledger, calls: { netsuite: world.netsuite.calls(), shopify: world.shop.calls() }, summary,
  };
}

function positionOf(row: Row): Report['ledger'][number] {
  return { sku: String(row['sku']), location: String(row['location']), channel: String(row['channel']), account: String(row['account']), quantity: String(row['quantity']) };
}

/** Finds out before a run whether its report can be written afterwards. @throws `INVALID_INPUT` */
export function checkReportPath(path: string): void {
  const refuse = (reason: string): never => {
    throw new StockwrightError(`The report cannot be written to ${path}: ${reason}`, { code: 'INVALID_INPUT' });
  };
  const folder = dirname(path);
  if (!existsSync(folder)) refuse(`the folder ${folder} does not exist.`);
  if (existsSync(path) && statSync(path).isDirectory()) refuse('it is a folder; name a file in it.');
  try {
    accessSync(folder, constants.W_OK);
  } catch {
    refuse(`the folder ${folder} may not be written to.`);
  }
}

/** Writes the report whole or not at all. */
export function writeReport(path: string, report: Report): void {
  const half = `${path}.part`;
  try {
    writeFileSync(half, `${JSON.stringify(report, null, 1)}\n`);
    renameSync(half, path);
  } catch (error) {
    rmSync(half, { force: true });
    throw new StockwrightError(`The report could not be written to ${path}: ${error instanceof Error ? error.message : String(error)}`, { code: 'INVALID_INPUT', cause: error });
  }
}
