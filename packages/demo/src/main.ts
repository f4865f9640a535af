import { readFileSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { isStockwrightError, parsePolicy, StockwrightError, type Policy } from '@stockwright/core';
import { Command, InvalidArgumentError, Option } from 'commander';
import { checkReport } from './report/check.ts';
import type { FaultLevel } from './faults/weather.ts';
import { parseSplit, type Split } from './input/split.ts';
import { checkReportPath, writeReport } from './report/report.ts';
import { playScenes } from './scenes/play-scenes.ts';
import { prepare, type RunOptions } from './run/prepare.ts';
import { run } from './run/run.ts';
import { summaryText } from './view/summary.ts';
import { plainView, terminalView } from './view/view.ts';

interface Flags {
  readonly orders?: string;
  readonly stock?: string;
  readonly seed: string;
  readonly policy?: string;
  readonly store?: string;
  readonly speed?: number;
  readonly split: Split;
  readonly faults: FaultLevel;
  readonly port?: number;
  readonly report?: string;
  readonly exit: boolean;
  readonly scenes: boolean;
}

/** How wide a pipe or a file is taken to be. */
const ROOMY = 120;
/** In a terminal a day passes in about a minute, so that a person can follow it. */
const WATCHABLE_SPEED = 900;

function parseSpeed(text: string): number {
  const speed = Number(text);
  if (!(speed > 0) || !Number.isFinite(speed)) throw new InvalidArgumentError('give virtual seconds per real second, greater than zero, such as 600.');
  return speed;
}

function parsePort(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > 65_532) throw new InvalidArgumentError('give a whole number from 1 to 65532.');
  return port;
}

function parseStore(text: string): string {
  if (text === 'memory' || (text.startsWith('sqlite:') && text.length > 'sqlite:'.length)) return text;
  throw new InvalidArgumentError('give memory, or sqlite:PATH such as sqlite:./stock.db.');
}

function readSplit(text: string): Split {
  const split = parseSplit(text);
  if (split === undefined) throw new InvalidArgumentError('give hash:N with N from 0 to 100, such as hash:50, or country.');
  return split;
}

function readPolicy(path: string): Policy {
  try {
    return parsePolicy(JSON.parse(readFileSync(path, 'utf8')));
  } catch (error) {
    throw new StockwrightError(`${basename(path)}: ${error instanceof Error ? error.message : String(error)}`, { code: 'INVALID_POLICY', cause: error });
  }
}

function command(): Command {
  return new Command('npm start --')
    .description('Runs NetSuite, a Shopify shop and an Amazon account on this machine, keeps both at the right numbers while customers buy, and shows what a batch copier would have made of it.')
    .option('--orders <file>', 'replay real orders: invoice,sku,quantity,occurred_at,country')
    .option('--stock <file>', 'stock before the first order: sku,location,on_hand (a rule gives it otherwise; see docs/report-format.md)')
    .option('--seed <text>', 'repeats a run exactly', '1')
    .option('--policy <file>', 'the policy as JSON')
    .option('--split <rule>', 'which orders go to Amazon: hash:N (N percent of the invoices) or country (those from abroad)', readSplit, { by: 'hash', percent: 50 } as Split)
    .addOption(new Option('--faults <level>', 'what goes wrong on purpose, by seed').choices(['none', 'mild', 'hostile']).default('none'))
    .option('--store <kind>', 'memory, or sqlite:PATH of a new file (one in the temporary folder, removed at the end, otherwise)', parseStore)
    .option('--speed <n>', `virtual seconds per real second (${String(WATCHABLE_SPEED)} in a terminal without --orders, as fast as it goes otherwise)`, parseSpeed)
    .option('--port <n>', 'the first of four ports in a row for NetSuite, Shopify, Amazon and the webhooks (free ones otherwise)', parsePort)
    .option('--report <file>', 'write everything that is needed to check the run, as JSON')
    .option('--no-scenes', 'begin with the replay')
    .option('--exit', 'end after the summary also in a terminal', false)
    .helpOption('--help', 'show this and end')
    .showHelpAfterError('Run with --help for the options.')
    .allowExcessArguments(false);
}

async function main(): Promise<void> {
  const program = command();
  program.parse();
  const flags = program.opts<Flags>();
  const terminal = process.stdout.isTTY;
  const scratch = flags.store === undefined ? mkdtempSync(join(tmpdir(), 'stockwright-')) : undefined;
  const clean = (): void => { if (scratch !== undefined) rmSync(scratch, { recursive: true, force: true }); };
  // Ctrl-C in the middle leaves nothing behind; sockets end with the process.
  const interrupted = (): void => {
    clean();
    process.exit(130);
  };
  process.once('SIGINT', interrupted).once('SIGTERM', interrupted);
  try {
    const speed = flags.speed ?? (terminal && flags.orders === undefined ? WATCHABLE_SPEED : undefined);
    const options: RunOptions = {
      seed: flags.seed, store: flags.store ?? `sqlite:${join(scratch ?? '.', 'stock.db')}`, durability: scratch === undefined ? 'full' : 'normal',
      split: flags.split, faults: flags.faults,
      view: terminal ? terminalView(process.stdout) : plainView(process.stdout),
      ...(flags.orders === undefined ? {} : { orders: flags.orders }), ...(flags.stock === undefined ? {} : { stock: flags.stock }),
      ...(flags.policy === undefined ? {} : { policy: readPolicy(flags.policy) }), ...(speed === undefined ? {} : { speed }),
      ...(flags.port === undefined ? {} : { port: flags.port }),
    };
    if (flags.report !== undefined) checkReportPath(flags.report);
    const prepared = prepare(options);
    if (flags.scenes) await playScenes(options.view);
    const { replay } = prepared;
    options.view.line(`Stockwright replays ${replay.name}: ${String(replay.events.length)} events, ${String(replay.leftOut.length)} lines left out${replay.leftOut.length === 0 ? '' : ` (${[...new Set(replay.leftOut.map(({ sku }) => sku))].join(', ')})`}.`);
    const report = await run(options, prepared);
    if (flags.report !== undefined) writeReport(flags.report, report);
    const problems = checkReport(report);
    options.view.line(summaryText(report, { adds: problems.length === 0 ? 'yes, for every sku' : `no: ${problems[0] ?? ''}`, columns: process.stdout.columns || ROOMY }));
    if (flags.report !== undefined) options.view.line(`The report is in ${flags.report}.`);
    if (problems.length > 0 || report.summary.outOfSync > 0) process.exitCode = 1;
    process.off('SIGINT', interrupted).off('SIGTERM', interrupted);
    if (terminal && !flags.exit) await untilInterrupted();
  } finally {
    process.off('SIGINT', interrupted).off('SIGTERM', interrupted);
    clean();
  }
}

/** Keeps the summary on the screen. */
async function untilInterrupted(): Promise<void> {
  process.stdout.write('Press Ctrl-C to end.\n');
  const alive = setInterval(() => undefined, 60_000);
  await new Promise<void>((resolve) => process.once('SIGINT', () => { resolve(); }));
  clearInterval(alive);
}

main().catch((error: unknown) => {
  process.exitCode = 1;
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`${isStockwrightError(error) ? message : `Unexpected: ${error instanceof Error ? (error.stack ?? message) : message}`}\n`);
});
