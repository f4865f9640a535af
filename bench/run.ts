import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { measure, reaches, type Comparison, type Measured } from './compare.ts';

const FEWEST_ROUNDS = 7;
const HEADER = ['goal', 'comparison', 'ours', 'against', 'theirs', 'ratio', 'range', 'floor', 'aim', ''];

/** What a file `bench/NAME.bench.ts` exports: comparisons in this process, or lines that it measures in its own way. */
interface BenchFile {
  readonly comparisons?: readonly Comparison[];
  readonly measured?: (rounds: number) => Promise<readonly Measured[]>;
  /** It is left out of a run of everything. */
  readonly onlyByName?: boolean;
}

const { values, positionals } = parseArgs({ options: { rounds: { type: 'string', default: '9' }, only: { type: 'string', multiple: true, default: [] }, gc: { type: 'boolean', default: false } }, allowPositionals: true });
const rounds = Number(values.rounds);
if (!Number.isInteger(rounds) || rounds < FEWEST_ROUNDS) throw new Error(`--rounds must be a whole number of at least ${String(FEWEST_ROUNDS)}.`);

const folder = dirname(fileURLToPath(import.meta.url));
const wanted = [...positionals, ...values.only];
const files = readdirSync(folder).filter((file) => file.endsWith('.bench.ts') && (wanted.length === 0 || wanted.some((name) => file.startsWith(name))));
if (files.length === 0) throw new Error(`No bench begins with ${wanted.join(' or ')}; there are ${readdirSync(folder).filter((file) => file.endsWith('.bench.ts')).join(', ')}.`);
const rows: Measured[] = [];
for (const file of files.toSorted()) {
  const { comparisons = [], measured, onlyByName = false } = (await import(pathToFileURL(join(folder, file)).href)) as BenchFile;
  if (onlyByName && wanted.length === 0) continue;
  for (const comparison of comparisons) rows.push(...(await measure(comparison, { rounds, collect: values.gc })));
  if (measured !== undefined) rows.push(...(await measured(rounds)));
}

console.log(`Node ${process.version}, ${String(rounds)} interleaved rounds, medians. x: times faster than; /: times the time of; b: times the bytes of.`);
printTable([HEADER, ...rows.toSorted((a, b) => (a.goal?.goal ?? 99) - (b.goal?.goal ?? 99)).map(cells)]);
const below = rows.filter((row) => row.goal !== undefined && !reaches(row, row.goal.floor));
console.log(below.length === 0 ? 'Every floor that was measured holds.' : `${String(below.length)} below the floor.`);
process.exitCode = below.length === 0 ? 0 : 1;

function cells(row: Measured): readonly string[] {
  const mark = { speed: 'x', time: '/', size: 'b' }[row.kind];
  const number = (value: number): string => value.toFixed(value < 0.1 ? 3 : 2) + mark;
  const verdict = row.goal === undefined ? '' : reaches(row, row.goal.aim) ? 'aim' : reaches(row, row.goal.floor) ? 'floor' : 'BELOW FLOOR';
  const bound = (value: number | undefined): string => (value === undefined ? '-' : `${row.kind === 'speed' ? '>=' : '<='} ${String(value)}`);
  const amount = (value: number): string => `${value.toFixed(1)} ${row.unit}`;
  return [String(row.goal?.goal ?? ''), row.name, amount(row.ours), row.denominator, amount(row.theirs), number(row.ratio), `${number(row.lowest)}..${number(row.highest)}`, bound(row.goal?.floor), bound(row.goal?.aim), verdict];
}

function printTable(lines: readonly (readonly string[])[]): void {
  const widths = HEADER.map((_, column) => Math.max(...lines.map((cell) => cell[column]?.length ?? 0)));
  for (const cell of lines) console.log(cell.map((text, column) => text.padEnd(widths[column] ?? 0)).join('  ').trimEnd());
}
