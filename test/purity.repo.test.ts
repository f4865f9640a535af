import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { repositoryRoot, runTool } from './support/repository.ts';

interface Report {
  readonly diagnostics: readonly { readonly code: string; readonly filename: string; readonly severity: string }[];
}

/** One impure line each; the folder decides whether it is one. */
const IMPURE: readonly (readonly [name: string, source: string, rule: string])[] = [
  ['date', 'export const at: string = new Date().toISOString();', 'eslint(no-restricted-globals)'],
  ['now', 'export const at: number = Date.now();', 'eslint(no-restricted-globals)'],
  ['timeout', 'export const timer: unknown = setTimeout(() => undefined, 1);', 'eslint(no-restricted-globals)'],
  ['interval', 'export const timer: unknown = setInterval(() => undefined, 1);', 'eslint(no-restricted-globals)'],
  ['fetch', "export const answer: unknown = fetch('https://example.com');", 'eslint(no-restricted-globals)'],
  ['process', 'export const home: unknown = process.env;', 'eslint(no-restricted-globals)'],
  ['crypto', 'export const id: string = crypto.randomUUID();', 'eslint(no-restricted-globals)'],
  ['performance', 'export const at: number = performance.now();', 'eslint(no-restricted-globals)'],
  ['global', 'export const at: unknown = globalThis;', 'eslint(no-restricted-globals)'],
  ['random', 'export const chance: number = Math.random();', 'eslint(no-restricted-properties)'],
  ['deadline', 'export const signal: AbortSignal = AbortSignal.timeout(1);', 'eslint(no-restricted-properties)'],
  ['builtin', "export { readFileSync } from 'node:fs';", 'eslint(no-restricted-imports)'],
  ['console', "console.log('here');", 'eslint(no-console)'],
];

const PURE_FOLDERS = ['packages/core/src/rules', 'packages/core/src/identity', 'packages/adapter/src/v1', 'packages/engine/src/brain', 'packages/engine/src/shell'];
const lines = (count: number, line: string): string => Array.from({ length: count }, (_, index) => line.replaceAll('#', String(index))).join('\n');

const PLANTS: readonly (readonly [file: string, source: string, rule: string])[] = [
  ...PURE_FOLDERS.flatMap((folder) => IMPURE.map(([name, source, rule]) => [`${folder}/${name}.ts`, source, rule] as const)),
  ['packages/core/src/rules/name.ts', 'export const available: number = 1;', 'eslint(id-denylist)'],
  ['packages/engine/src/brain/name.ts', 'export function left(available: number): number {\n  return available;\n}', 'eslint(id-denylist)'],
  ['packages/adapter-kit/src/any.ts', 'export function read(value: any): unknown {\n  return value;\n}', 'typescript(no-explicit-any)'],
  ['packages/adapter-kit/src/cast.ts', 'export const first = (values: string[]): string => values[0]!;', 'typescript(no-non-null-assertion)'],
  ['packages/adapter-kit/src/default.ts', 'export default 1;', 'import(no-default-export)'],
  ['packages/adapter-kit/src/params.ts', 'export const sum = (a: number, b: number, c: number, d: number): number => a + b + c + d;', 'eslint(max-params)'],
  ['packages/adapter-kit/src/branches.ts', `export function pick(n: number): number {\n${lines(13, '  if (n === #) return #;')}\n  return n;\n}`, 'eslint(complexity)'],
];

const HARMLESS: readonly (readonly [file: string, source: string])[] = [
  ['packages/core/src/identity/instant.ts', 'export const instantFromMs = (ms: number): string => new Date(ms).toISOString();'],
  ['packages/core/src/rules/clock.test.ts', 'console.log(Date.now(), Math.random(), process.env);'],
  ['packages/core/test/property/clock.property.test.ts', "import 'node:fs';\nexport const available = Date.now();"],
  ['packages/adapter-shopify/src/wire/quantity.ts', 'export const available: number = Date.now();'],
  ['bench/clock.bench.ts', 'export const at: number = performance.now();'],
];

describe('the code style', () => {
  it('holds in this repository', async () => {
    const { diagnostics } = await lint(repositoryRoot, ['packages', 'bench', 'scripts', 'test']);

    expect(diagnostics.filter(({ severity }) => severity === 'error').map(({ filename, code }) => `${filename} ${code}`)).toEqual([]);
  });
});

describe('the linter', () => {
  let root = '';
  let reported: readonly string[] = [];

  beforeAll(async () => {
    root = mkdtempSync(join(tmpdir(), 'stockwright-purity-'));
    cpSync(join(repositoryRoot, '.oxlintrc.json'), join(root, '.oxlintrc.json'));
    for (const [file, source] of [...PLANTS, ...HARMLESS]) {
      mkdirSync(dirname(join(root, file)), { recursive: true });
      writeFileSync(join(root, file), `${source}\n`);
    }
    reported = (await lint(root, ['packages', 'bench'])).diagnostics.map(({ filename, code }) => `${filename} ${code}`);
  });
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  it.each(PLANTS)('reports %s', (file, _source, rule) => {
    expect(reported).toContain(`${file} ${rule}`);
  });

  it.each(HARMLESS)('allows %s', (file) => {
    expect(reported.filter((line) => line.startsWith(file))).toEqual([]);
  });
});

async function lint(root: string, folders: readonly string[]): Promise<Report> {
  const { stdout } = await runTool('oxlint/bin/oxlint', ['--format', 'json', ...folders], root);
  return JSON.parse(stdout) as Report;
}
