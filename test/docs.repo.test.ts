import type { Clock, Random } from '@stockwright/adapter';
import { ERROR_CODES, parseCatalog, parseChannelId, parseInstant, parsePolicy } from '@stockwright/core';
import { createEngine } from '@stockwright/engine';
import { createMemoryStore } from '@stockwright/store-memory';
import { execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { packageFolders, publicEntries, readManifest, repositoryRoot } from './support/repository.ts';
import { typeProblems } from './support/typed-examples.ts';

const read = (file: string): string => readFileSync(join(repositoryRoot, file), 'utf8');
const pages = filesUnder('', ['node_modules', 'dist', '.git', '.changeset']).filter((file) => file.endsWith('.md'));

describe('docs/errors.md', () => {
  const sections = new Map(read('docs/errors.md').split(/^## /m).slice(1).map((section) => [section.slice(0, section.indexOf('\n')), section]));

  it.each(ERROR_CODES)('says what %s means, what causes it and what to do', (code) => {
    expect(sections.get(code)).toMatch(/^- Meaning: .+\.\n- Cause: .+\.\n- Remedy: .+\.$/m);
  });

  it('has no code that nothing throws', () => {
    expect([...sections.keys()]).toEqual([...ERROR_CODES]);
  });
});

describe('the pages', () => {
  it.each(pages)('%s links to what is there', (page) => {
    const links = [...read(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target).filter((target) => !/^[a-z]+:/.test(target));

    expect(links.filter((target) => !isThere(page, target))).toEqual([]);
  });
});

describe('the code in the pages', () => {
  const shown = pages.filter((page) => page === 'README.md' || page.startsWith('docs/')).flatMap((page) => [...read(page).matchAll(/^```ts\n(.*?)^```$(?:\n+prints\n+```text\n(.*?)^```$)?/gms)].map(([, code = '', printed]) => ({ page, code, printed })));
  const snippets = [...filesUnder('docs/snippets', []), ...filesUnder('examples', ['node_modules'])].filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'));

  it('has a page for every snippet', () => {
    expect(snippets.filter((file) => file.startsWith('docs/') && !shown.some(({ code }) => code === read(file)))).toEqual([]);
  });

  // Type-checked where it stands, since tsconfig.json names both folders.
  it.each(shown)('of $page is a file, and prints and gives what the page says', ({ code, printed }) => {
    const file = snippets.find((each) => read(each) === code);
    expect(file, 'no file of docs/snippets or examples is this code').toBeDefined();

    const program = `import { deepStrictEqual as expectEqual } from 'node:assert/strict';\n${withAssertions(code)}`;
    const told = execFileSync(process.execPath, ['--disable-warning=ExperimentalWarning', '--conditions=@stockwright/source', '--input-type=module-typescript', '-'], { cwd: repositoryRoot, input: program, encoding: 'utf8' });
    expect(told.trimEnd()).toBe((printed ?? '').trimEnd());
  });
});

describe('the examples in the comments', () => {
  const examples = packageFolders()
    .filter((folder) => readManifest(folder).private !== true)
    .flatMap((folder) => filesUnder(join('packages', folder, 'src'), []).filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts')).flatMap((file) => examplesOf(folder, file)));

  it('are found', () => {
    expect(examples.length).toBeGreaterThan(3);
  });

  // Once, since a key takes long to make.
  const given = placeholders();

  it('are what the compiler takes where a reader pastes them', async () => {
    const typed = await Promise.all(examples.map(async ({ folder, file, line, code }) => {
      const words = new Set(code.match(/\w+/g));
      const own = new Set([...code.matchAll(/\b(?:const|let|function|class) (\w+)/g)].map(([, name]) => name));
      const imports = new Map<string, readonly string[]>();
      const met = new Set<string>();
      for (const { specifier, exported } of (await entriesFor(folder)).toReversed()) {
        const names = Object.keys(exported).filter((name) => words.has(name) && !own.has(name) && !met.has(name));
        for (const name of names) met.add(name);
        if (names.length > 0) imports.set(specifier, names);
      }
      return { name: `${file.replaceAll('/', ' ').replace(/\.ts$/, '')} ${String(line)}`, code, imports };
    }));

    expect([...typeProblems(typed)].flatMap(([name, problems]) => problems.map((problem) => `${name}: ${problem}`))).toEqual([]);
  }, 120_000);

  it.each(examples)('of $file:$line give what they say', async ({ folder, code }) => {
    const scope = Object.assign({}, given, ...(await entriesFor(folder)).map(({ exported }) => exported)) as Readonly<Record<string, unknown>>;

    const { outputText, diagnostics = [] } = ts.transpileModule(withAssertions(code), { reportDiagnostics: true, compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext } });
    // What does not parse is mended by the compiler as it likes, and then compares nothing.
    expect(diagnostics.map(({ messageText }) => messageText)).toEqual([]);
    const run = new Function('expectEqual', ...Object.keys(scope), `return (async () => {${outputText}})();`) as (...args: readonly unknown[]) => Promise<void>;
    await run((actual: unknown, expected: unknown) => expect(actual).toEqual(expected), ...Object.values(scope));
  });
});

interface Example {
  readonly folder: string;
  readonly file: string;
  readonly line: number;
  readonly code: string;
}

/** What an example of a package may use: all that its package and those that this needs export. */
function entriesFor(folder: string): Promise<readonly { readonly specifier: string; readonly exported: Readonly<Record<string, unknown>> }[]> {
  const folders = [...Object.keys(readManifest(folder).dependencies ?? {}).filter((name) => name.startsWith('@stockwright/')).map((name) => name.slice('@stockwright/'.length)), folder];
  return Promise.all(folders.flatMap((one) => publicEntries(one)).map(async ({ specifier, source }) => ({ specifier, exported: (await import(source)) as Readonly<Record<string, unknown>> })));
}

/** What examples leave to the reader. */
function placeholders(): Readonly<Record<string, unknown>> {
  const clock: Clock = { now: () => Date.UTC(2026, 10, 23, 10), sleep: () => Promise.resolve() };
  const random: Random = { next: () => 0.5, uuid: () => '00000000-0000-4000-8000-000000000000' };
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 3072 });
  return {
    fc,
    clock,
    random,
    engine: createEngine({ store: createMemoryStore(), clock, random, catalog: parseCatalog([]), policy: parsePolicy({ version: '1', channels: [{ id: 'shop', locations: ['W1'] }] }), sources: [], channels: [], owners: [] }),
    clientId: 'client',
    certificateId: 'certificate',
    publicKey: publicKey.export({ type: 'spki', format: 'pem' }),
    privateKeyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }),
    shop: parseChannelId('shop'),
    asOf: parseInstant('2026-11-23T10:00:00Z'),
    positions: { position: () => undefined },
  };
}

/** The fenced examples of a file that promise a result with `// =>`. */
function examplesOf(folder: string, file: string): readonly Example[] {
  const text = read(file);
  return [...text.matchAll(/^ *\* ```ts\n((?: *\*.*\n)*?) *\* ```$/gm)].flatMap((match) => {
    const code = (match[1] ?? '').replace(/^ *\* ?/gm, '');
    return code.includes('// =>') ? [{ folder, file, line: text.slice(0, match.index).split('\n').length, code }] : [];
  });
}

/** `expression // => value` becomes a comparison. */
function withAssertions(code: string): string {
  return code.replace(/^(.*?);?\s*\/\/ => (.*)$/gm, (_line, expression: string, value: string) => `expectEqual(${expression}, (${value}));`);
}

function isThere(page: string, link: string): boolean {
  const [path = '', anchor] = link.split('#');
  const target = path === '' ? page : join(dirname(page), path);
  if (!existsSync(join(repositoryRoot, target))) return false;
  if (anchor === undefined || !target.endsWith('.md')) return true;
  const anchors = [...read(target).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => heading.toLowerCase().replace(/[^\p{L}\p{N} _-]/gu, '').replaceAll(' ', '-'));
  return anchors.includes(anchor);
}

function filesUnder(folder: string, without: readonly string[]): readonly string[] {
  return readdirSync(join(repositoryRoot, folder), { withFileTypes: true }).flatMap((entry) => {
    if (without.includes(entry.name)) return [];
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesUnder(path, without) : [path];
  });
}
