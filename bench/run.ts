import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { measure, reaches, type Comparison, type Measured } from './compare.ts';

const FEWEST_ROUNDS = 7;
const HEADER = ['comparison', 'ours ns', 'against', 'ns', 'ratio', 'range', 'floor', 'aim', ''];

const { values, positionals } = parseArgs({ options: { rounds: { type: 'string', default: '9' } }, allowPositionals: true });
const rounds = Number(values.rounds);
if (!Number.isInteger(rounds) || rounds < FEWEST_ROUNDS) throw new Error(`--rounds must be a whole number of at least ${String(FEWEST_ROUNDS)}.`);

const folder = dirname(fileURLToPath(import.meta.url));
const files = readdirSync(folder).filter((file) => file.endsWith('.bench.ts') && (positionals.length === 0 || positionals.some((name) => file.startsWith(name))));
const rows: Measured[] = [];
for (const file of files.toSorted()) {
  const { comparisons } = (await import(pathToFileURL(join(folder, file)).href)) as { readonly comparisons: readonly Comparison[] };
  for (const comparison of comparisons) rows.push(...measure(comparison, rounds));
}

console.log(`Node ${process.version}, ${String(rounds)} interleaved rounds, medians. x: times faster than; /: times the time of.`);
printTable([HEADER, ...rows.map(cells)]);

function cells(row: Measured): readonly string[] {
  const mark = row.kind === 'speed' ? 'x' : '/';
  const number = (value: number): string => value.toFixed(2) + mark;
  const verdict = row.goal === undefined ? '' : reaches(row, row.goal.aim) ? 'aim' : reaches(row, row.goal.floor) ? 'floor' : 'BELOW FLOOR';
  const bound = (value: number | undefined): string => (value === undefined ? '-' : `${row.kind === 'speed' ? '>=' : '<='} ${String(value)}`);
  return [row.name, row.oursNs.toFixed(1), row.denominator, row.denominatorNs.toFixed(1), number(row.ratio), `${number(row.lowest)}..${number(row.highest)}`, bound(row.goal?.floor), bound(row.goal?.aim), verdict];
}

function printTable(lines: readonly (readonly string[])[]): void {
  const widths = HEADER.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  for (const line of lines) console.log(line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ').trimEnd());
}
