import { accessSync, constants, existsSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { instantFromMs, StockwrightError, type Policy } from '@stockwright/core';
import type { Row } from '@stockwright/engine/ports';
import { COPY_EVERY_MS, type CopierLane } from '../compare/copier.ts';
import type { Flight, FlightOversold, Happening } from '../compare/flight.ts';
import type { LaneResult, Watch } from '../compare/watch.ts';
import type { FaultLevel, Weather } from '../faults/weather.ts';
import type { OpeningStock, Replay } from '../input/replay.ts';
import type { Split } from '../input/split.ts';
import type { Prepared } from '../run/prepare.ts';
import type { World } from '../world/world.ts';
import type { Ledgerbook, OfferedLine } from './ledgerbook.ts';

/** Everything that anyone needs to check a run without our code; docs/report-format.md describes it. */
export interface Report {
  readonly format: 'stockwright-replay/2';
  readonly seed: string;
  readonly split: Split;
  /** What went wrong on purpose, and how often. */
  readonly faults: { readonly level: FaultLevel; readonly counts: Readonly<Record<string, number>>; readonly blows: Weather['blows'] };
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
  /** Lines that took units which were not there, each with what was in flight. */
  readonly oversold: readonly FlightOversold[];
  /** For each sku with such a line, everything that happened around it, in order. */
  readonly timelines: Readonly<Record<string, readonly Happening[]>>;
  readonly lanes: { readonly stockwright: LaneResult; readonly copier: LaneResult & { readonly everyMinutes: number } };
  /** The same for the copier, each with what the copied number still contained. */
  readonly copierOversold: readonly CopierOversoldLine[];
  readonly summary: Summary;
}

/** A line that the copier's lane oversold. */
export interface CopierOversoldLine {
  readonly line: number;
  readonly order: string;
  readonly channel: string;
  readonly sku: string;
  readonly at: string;
  readonly units: number;
  readonly copiedAt: string;
  /** What the copied number still contained, the newest first, as many as it takes to explain the units; without a channel a correction. */
  readonly contained: readonly { readonly order: string; readonly channel?: string; readonly units: number; readonly at: string }[];
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
  /** By channel: how many numbers were brought there, and how long it took from the change of the number to the channel's word. */
  readonly freshness: Readonly<Record<string, { readonly numbers: number; readonly medianMs: number; readonly slowestMs: number }>>;
}

/** What a run leaves behind. */
export interface Outcome {
  readonly world: World;
  readonly book: Ledgerbook;
  readonly summary: Summary;
  readonly weather: Weather;
  readonly flight: Flight;
  readonly watch: Watch;
  readonly result: LaneResult;
  readonly copier: CopierLane;
}

/** Gathers the report from what was written down, from the shops, and from the store's tables. */
export async function gather(
  { seed, split, prepared: { replay, policy, stock }, startedAt, endedAt }: { seed: string; split: Split; prepared: Prepared; startedAt: string; endedAt: string },
  { world, book, summary, weather, flight, watch, result, copier }: Outcome,
): Promise<Report> {
  const { tables } = world.engine;
  const shown: Report['shown'][number][] = [];
  for await (const row of tables.scan({ table: 'target', where: {} })) {
    const [channel, location, sku] = [String(row['channel']), String(row['location']), String(row['sku'])];
    shown.push({ channel, location, sku, want: String(row['want']), shown: world.shops.get(channel)?.shows(sku, location) ?? 'absent' });
  }
  const ledger: Report['ledger'][number][] = [];
  for await (const row of tables.scan({ table: 'position', where: {} })) ledger.push(positionOf(row));
  const amazon = Object.entries(world.amazon.calls()).flatMap(([operation, { count, throttled }]) => [[operation, count] as const, ...(throttled === 0 ? [] : [[`${operation} throttled`, throttled] as const])]);
  return {
    format: 'stockwright-replay/2', seed, split, faults: { level: weather.level, counts: weather.counts, blows: weather.blows },
    input: { name: replay.name, lines: replay.lines, leftOut: replay.leftOut, foldedSkus: replay.foldedSkus },
    policy, startedAt, endedAt, initial: stock, offered: book.lines, adjustments: book.adjustments, cancellations: book.cancellations, returns: book.returns,
    shown, ledger, calls: { netsuite: world.netsuite.calls(), shopify: world.shopify.calls(), amazon: Object.fromEntries(amazon) },
    oversold: flight.explain(watch.oversold),
    timelines: Object.fromEntries([...new Set(watch.oversold.map(({ sku }) => sku))].sort().map((sku) => [sku, flight.timeline(sku)])),
    lanes: { stockwright: result, copier: { everyMinutes: COPY_EVERY_MS / 60_000, ...copier.result } },
    copierOversold: copier.oversold.map(copierLine), summary,
  };
}

function copierLine({ line, order, channel, sku, atMs, units, copiedAtMs, contained }: CopierLane['oversold'][number]): CopierOversoldLine {
  let open = units;
  const needed = contained.filter((each) => {
    if (open <= 0) return false;
    open -= each.units;
    return true;
  });
  return {
    line, order, channel, sku, at: instantFromMs(atMs), units, copiedAt: instantFromMs(copiedAtMs),
    contained: needed.map(({ order: by, channel: where, units: taken, atMs: whenMs }) => ({ order: by, ...(where === undefined ? {} : { channel: where }), units: taken, at: instantFromMs(whenMs) })),
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
