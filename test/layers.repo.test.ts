import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageFolders, publicEntries, repositoryRoot, runTool } from './support/repository.ts';

interface Report {
  readonly summary: {
    readonly totalCruised: number;
    readonly violations: readonly { readonly from: string; readonly rule: { readonly name: string } }[];
  };
}

interface Plant {
  readonly file: string;
  readonly source: string;
  readonly rules: readonly string[];
}

const imports = (file: string, specifier: string, ...rules: string[]): Plant => ({ file: `packages/${file}`, source: `import '${specifier}';\n`, rules });
const importsType = (file: string, specifier: string, ...rules: string[]): Plant => ({
  file: `packages/${file}`,
  source: `import type { planted } from '${specifier}';\nexport type Planted = typeof planted;\n`,
  rules,
});

/** Each file breaks exactly the rules that stand beside it. */
const VIOLATIONS: readonly Plant[] = [
  imports('core/src/rules/up.ts', '@stockwright/adapter', 'layer:core'),
  imports('core/src/rules/engine.ts', '@stockwright/engine/ports', 'layer:core'),
  imports('core/src/rules/demo.ts', '@stockwright/demo', 'layer:core'),
  imports('core/src/rules/file.ts', 'node:fs', 'pure-packages-import-no-node-builtins'),
  imports('core/src/rules/emitter.ts', 'eventemitter3', 'npm:core'),
  imports('core/src/rules/decimal.ts', 'decimal.js', 'decimal-js-only-in-core-quantity'),
  imports('core/src/rules/test.ts', './shares.test.ts', 'src-never-imports-tests'),
  imports('core/src/rules/world.ts', '../../test/world.ts', 'src-never-imports-tests'),
  imports('core/src/rules/typo.ts', './nowhere.ts', 'imports-resolve'),
  imports('core/src/rules/one.ts', './two.ts', 'no-circular'),
  importsType('adapter/src/engine.ts', '@stockwright/engine', 'layer:adapter'),
  imports('adapter/src/zod.ts', 'zod', 'npm:adapter'),
  imports('adapter/src/crypto.ts', 'node:crypto', 'pure-packages-import-no-node-builtins'),
  imports('adapter/src/relative.ts', '../../core/src/index.ts', 'cross-package-imports-go-by-name'),
  imports('adapter/src/deep.ts', '../../core/src/rules/shares.ts', 'cross-package-imports-go-by-name', 'cross-package-imports-go-through-entries'),
  imports('adapter/src/internal.ts', '../../core/src/internal/assert.ts', 'cross-package-imports-go-by-name', 'cross-package-imports-go-through-entries', 'internal-stays-internal'),
  imports('adapter-kit/src/engine.ts', '@stockwright/engine', 'layer:adapter-kit'),
  imports('adapter-kit/src/graphql.ts', 'graphql', 'npm:adapter-kit'),
  imports('adapter-shopify/src/sibling.ts', '@stockwright/adapter-netsuite', 'layer:adapter-[^/]+'),
  imports('adapter-shopify/src/engine.ts', '@stockwright/engine/ports', 'layer:adapter-[^/]+'),
  imports('adapter-netsuite/src/simulator.ts', '@stockwright/simulators/netsuite', 'layer:adapter-[^/]+'),
  imports('adapter-netsuite/src/queue.ts', 'bottleneck', 'npm:adapter-[^/]+'),
  imports('engine/src/shell/kit.ts', '@stockwright/adapter-kit', 'layer:engine'),
  imports('engine/src/shell/vendor.ts', '@stockwright/adapter-shopify', 'layer:engine'),
  imports('engine/src/shell/store.ts', '@stockwright/store-memory', 'layer:engine'),
  imports('engine/src/shell/zod.ts', 'zod', 'npm:engine'),
  imports('engine/src/shell/timers.ts', 'node:timers/promises', 'pure-packages-import-no-node-builtins'),
  imports('engine/src/brain/loop.ts', '../shell/open.ts', 'brain-never-imports-shell'),
  imports('store-memory/src/engine.ts', '@stockwright/engine', 'layer:store-[^/]+'),
  importsType('store-memory/src/table.ts', '../../engine/src/ports/tables.ts', 'cross-package-imports-go-by-name', 'cross-package-imports-go-through-entries'),
  imports('store-sqlite/src/adapter.ts', '@stockwright/adapter', 'layer:store-[^/]+'),
  imports('store-sqlite/src/sibling.ts', '@stockwright/store-memory', 'layer:store-[^/]+'),
  imports('store-sqlite/src/queue.ts', 'bottleneck', 'npm:store-[^/]+'),
  imports('simulators/src/shopify/core.ts', '@stockwright/core', 'layer:simulators'),
  imports('simulators/src/shopify/emitter.ts', 'eventemitter3', 'npm:simulators'),
  imports('testkit/src/kit.ts', '@stockwright/adapter-kit', 'layer:testkit'),
  imports('testkit/src/runner.ts', 'vitest', 'npm:testkit'),
];

/** What the table allows, so that a rule which refuses everything is noticed too. */
const ALLOWED: readonly Plant[] = [
  imports('core/src/rules/shares.ts', 'zod'),
  imports('core/src/rules/shares.test.ts', 'node:fs'),
  imports('core/src/rules/two.ts', './one.ts'),
  imports('core/src/quantity/decimal.ts', 'decimal.js'),
  imports('core/test/world.ts', '@stockwright/testkit'),
  imports('adapter/src/core.ts', '@stockwright/core'),
  imports('adapter-kit/src/retry.ts', 'p-retry'),
  imports('adapter-shopify/src/kit.ts', '@stockwright/adapter-kit'),
  imports('engine/src/shell/open.ts', '../brain/decide.ts'),
  imports('engine/src/shell/events.ts', 'eventemitter3'),
  imports('engine/src/brain/decide.ts', '@stockwright/core'),
  imports('store-memory/src/ports.ts', '@stockwright/engine/ports'),
  imports('store-sqlite/src/driver.ts', 'node:sqlite'),
  imports('simulators/src/netsuite/shape.ts', 'zod'),
  imports('testkit/src/world.ts', '@stockwright/store-memory'),
  imports('demo/src/compose.ts', '@stockwright/simulators/shopify'),
  imports('demo/src/amazon.ts', '@stockwright/simulators/amazon'),
  imports('demo/src/table.ts', 'cli-table3'),
];

/** The doors themselves, so that every package can be imported by its name. */
const ENTRIES: readonly Plant[] = [
  { file: 'packages/core/src/internal/assert.ts', source: 'export {};\n', rules: [] },
  { file: 'packages/engine/src/ports/tables.ts', source: 'export const planted = 1;\n', rules: [] },
  ...packageFolders().flatMap((folder) => [join('packages', folder, 'src/index.ts'), ...publicEntries(folder).map(({ source }) => relative(repositoryRoot, source))].map((file) => ({ file, source: 'export const planted = 1;\n', rules: [] }))),
];

describe('the layers', () => {
  it('hold in this repository', async () => {
    const report = await cruise(repositoryRoot);

    expect(found(report)).toEqual([]);
    expect(report.summary.totalCruised).toBeGreaterThan(20);
  });

  it('have exactly one row for every package', async () => {
    const { default: configuration } = (await import('../.dependency-cruiser.cjs' as string)) as {
      readonly default: { readonly forbidden: readonly { readonly name: string; readonly from: { readonly path?: string; readonly pathNot?: readonly string[] } }[] };
    };
    const rows = configuration.forbidden.filter(({ name }) => name.startsWith('layer:'));
    const rowsOf = (folder: string): readonly string[] =>
      rows
        .filter(({ from: { path = '', pathNot = [] } }) => {
          const file = `packages/${folder}/src/index.ts`;
          return new RegExp(path).test(file) && !pathNot.some((pattern) => new RegExp(pattern).test(file));
        })
        .map(({ name }) => name);

    expect(packageFolders().filter((folder) => rowsOf(folder).length !== 1)).toEqual([]);
  });
});

describe('the linter of layers', () => {
  let root = '';
  let report: Report;

  beforeAll(async () => {
    root = plantedRepository([...ENTRIES, ...ALLOWED, ...VIOLATIONS]);
    report = await cruise(root);
  });
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  it.each(VIOLATIONS)('reports $file: $rules', ({ file, rules }) => {
    expect(found(report).filter(([from]) => from === file).map(([, rule]) => rule)).toEqual(expect.arrayContaining([...rules]));
  });

  it('says nothing of what the table allows', () => {
    const planted = new Set(VIOLATIONS.map(({ file }) => file));

    expect(found(report).filter(([from]) => !planted.has(from))).toEqual([]);
  });

  it('reports no rule that was not broken', () => {
    const expected = VIOLATIONS.flatMap(({ file, rules }) => rules.map((rule) => `${file} ${rule}`));

    expect(found(report).map((pair) => pair.join(' ')).filter((line) => !expected.includes(line))).toEqual([]);
  });
});

/** Which file breaks which rule, without repetition. */
function found(report: Report): readonly (readonly [string, string])[] {
  const pairs = new Set(report.summary.violations.map(({ from, rule }) => `${from} ${rule.name}`));
  return [...pairs].sort().map((pair) => [pair.slice(0, pair.indexOf(' ')), pair.slice(pair.indexOf(' ') + 1)] as const);
}

async function cruise(root: string): Promise<Report> {
  const { stdout } = await runTool('dependency-cruiser/bin/dependency-cruiser.mjs', ['--config', '.dependency-cruiser.cjs', '--output-type', 'json', 'packages'], root);
  return JSON.parse(stdout) as Report;
}

/** A repository of the same shape with these files, and the same third-party modules. */
function plantedRepository(plants: readonly Plant[]): string {
  const root = mkdtempSync(join(tmpdir(), 'stockwright-layers-'));
  for (const file of ['.dependency-cruiser.cjs', 'tsconfig.json', 'tsconfig.base.json', 'package.json']) cpSync(join(repositoryRoot, file), join(root, file));
  mkdirSync(join(root, 'node_modules/@stockwright'), { recursive: true });
  for (const module of readdirSync(join(repositoryRoot, 'node_modules'))) {
    if (module !== '@stockwright') symlinkSync(join(repositoryRoot, 'node_modules', module), join(root, 'node_modules', module));
  }
  for (const folder of packageFolders()) {
    cpSync(join(repositoryRoot, 'packages', folder, 'package.json'), join(root, 'packages', folder, 'package.json'));
    symlinkSync(join(root, 'packages', folder), join(root, 'node_modules/@stockwright', folder));
  }
  for (const { file, source } of plants) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), source);
  }
  return root;
}
