import { MEASURES } from '@stockwright/core';
import { existsSync, readFileSync } from 'node:fs';
import { join, normalize } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { packageFolders, readManifest, repositoryRoot } from './support/repository.ts';

const read = (file: string): string => readFileSync(join(repositoryRoot, file), 'utf8');
/** Texts that a field of a report may be; filled with the fields. */
const literals = new Set<string>();

/** The rows of the table whose head begins with this word. */
function tableOf(page: string, first: string): readonly (readonly string[])[] {
  const lines = read(page).split('\n');
  const head = lines.findIndex((line) => line.startsWith(`| ${first} |`));
  expect(head, `${page} has no table that begins with ${first}`).toBeGreaterThan(-1);
  const body = lines.slice(head + 2);
  return body.slice(0, body.findIndex((line) => !line.startsWith('|'))).map((line) => line.split('|').slice(1, -1).map((cell) => cell.trim()));
}

describe('docs/architecture.md', () => {
  const rows = tableOf('docs/architecture.md', 'package');
  const listOf = (cell = ''): readonly string[] => cell.split(', ').filter((name) => name !== '' && !name.endsWith(' (bundled)')).map((name) => name.replace(/ \(.*\)$/, '')).sort();

  it('names every package, once', () => {
    expect(rows.map(([name]) => name).sort()).toEqual(packageFolders().map((folder) => `\`${readManifest(folder).name}\``).sort());
  });

  it.each(packageFolders().filter((folder) => readManifest(folder).private !== true))('says what %s imports', (folder) => {
    const names = Object.keys(readManifest(folder).dependencies ?? {});
    const [, , ours, npm] = rows.find(([name]) => name === `\`@stockwright/${folder}\``) ?? [];

    expect([listOf(ours), listOf(npm)]).toEqual([
      names.filter((name) => name.startsWith('@stockwright/')).map((name) => name.slice('@stockwright/'.length)).sort(),
      names.filter((name) => !name.startsWith('@stockwright/')).sort(),
    ]);
  });

  it.each(tableOf('docs/architecture.md', 'law'))('has an enforcer of "%s"', (_law, enforcer = '') => {
    if (enforcer === 'convention') return;
    const files = [...enforcer.matchAll(/\]\(([^)]+)\)/g)].map(([, target = '']) => normalize(join('docs', target)));

    expect(files).not.toEqual([]);
    expect(files.filter((file) => !existsSync(join(repositoryRoot, file)))).toEqual([]);
    expect(files.filter((file) => !/\.test\.ts$|^scripts\/[^/]+\.mjs$|^\.oxlintrc\.json$|^\.dependency-cruiser\.cjs$/.test(file))).toEqual([]);
  });
});

describe('README.md', () => {
  it('lists every published package', () => {
    const listed = tableOf('README.md', 'package').map(([name = '']) => name).join(' ');

    expect(packageFolders().filter((folder) => readManifest(folder).private !== true && !listed.includes(`\`@stockwright/${folder}\``))).toEqual([]);
  });
});

describe('docs/report-format.md', () => {
  const page = 'docs/report-format.md';
  const fields = reportFields();
  const rows = new Map(tableOf(page, 'property').map(([property = '', holds = '']) => [property.replaceAll('`', ''), namesIn(holds)]));
  const happenings = tableOf(page, '`what`');

  it('has a row for every property of a report, and no other', () => {
    expect([...rows.keys()]).toEqual([...fields.keys()]);
  });

  it.each([...fields].filter(([name]) => name !== 'policy' && name !== 'timelines'))('names every field of %s', (name, known) => {
    expect([...known].filter((field) => !rows.get(name)?.has(field))).toEqual([]);
  });

  it('names no field that is not there', () => {
    const known = new Set([...fields.keys(), ...[...fields.values()].flatMap((names) => [...names]), ...literals, ...MEASURES]);

    expect([...rows.values()].flatMap((names) => [...names]).filter((name) => !known.has(name))).toEqual([]);
  });

  it('names every kind of entry of a timeline, and its fields', () => {
    const told = new Set(['at', 'what', ...happenings.flatMap(([, holds = '']) => [...namesIn(holds)])]);

    expect(told).toEqual(fields.get('timelines'));
    expect(happenings.map(([what = '']) => what.replaceAll('`', '')).filter((what) => !literals.has(what))).toEqual([]);
    expect(happenings).toHaveLength(5);
  });
});

/** Words in code of a cell that could be names of fields or values of them. */
function namesIn(cell: string): ReadonlySet<string> {
  return new Set([...cell.matchAll(/`([A-Za-z][A-Za-z0-9/-]*)`/g)].map(([, name = '']) => name));
}

/** The properties of the type `Report`, each with the names of all fields below it. */
function reportFields(): ReadonlyMap<string, ReadonlySet<string>> {
  const file = join(repositoryRoot, 'packages/demo/src/report/report.ts');
  const configuration = ts.readConfigFile(join(repositoryRoot, 'tsconfig.json'), ts.sys.readFile).config as object;
  const { options } = ts.parseJsonConfigFileContent({ ...configuration, include: [], files: [] }, ts.sys, repositoryRoot);
  const program = ts.createProgram([file], options);
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(file);
  const report = source?.statements.filter(ts.isInterfaceDeclaration).find(({ name }) => name.text === 'Report');
  if (source === undefined || report === undefined) throw new Error(`${file} declares no interface Report.`);
  const below = (type: ts.Type): readonly string[] => {
    if (type.isUnion()) return type.types.flatMap(below);
    if (type.isIntersection()) return type.types.some(({ flags }) => flags & ts.TypeFlags.StringLike) ? [] : fieldsOf(type);
    if (type.isStringLiteral()) literals.add(type.value);
    if (!(type.flags & ts.TypeFlags.Object)) return [];
    const inside = type.getNumberIndexType() ?? type.getStringIndexType();
    return inside === undefined ? fieldsOf(type) : below(inside);
  };
  const fieldsOf = (type: ts.Type): readonly string[] => checker.getPropertiesOfType(type).flatMap((field) => [field.name, ...below(checker.getTypeOfSymbolAtLocation(field, source))]);
  return new Map(checker.getPropertiesOfType(checker.getTypeAtLocation(report)).map((property) => [
    property.name,
    new Set(property.name === 'policy' ? [] : below(checker.getTypeOfSymbolAtLocation(property, source))),
  ]));
}
