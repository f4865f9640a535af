const { readdirSync, readFileSync } = require('node:fs');

/** Lowest first. A package's source may import the packages and the npm modules of its row, and nothing else. */
const layers = {
  core: { packages: [], npm: ['decimal.js', 'zod'] },
  adapter: { packages: ['core'], npm: [] },
  'adapter-kit': { packages: ['core', 'adapter'], npm: ['p-retry', 'bottleneck', 'zod'] },
  'adapter-[^/]+': { packages: ['core', 'adapter', 'adapter-kit'], npm: ['zod'], except: 'adapter-kit' },
  engine: { packages: ['core', 'adapter'], npm: ['eventemitter3', '@opentelemetry/api'] },
  'store-[^/]+': { packages: ['core', 'engine/src/ports'], npm: [], except: 'store-postgres' },
  'store-postgres': { packages: ['core', 'engine/src/ports'], npm: ['pg'] },
  'dispatcher-pg-boss': { packages: ['engine/src/ports'], npm: ['pg-boss'] },
  simulators: { packages: [], npm: ['zod', 'graphql', 'hono', '@hono/node-server'] },
  testkit: { packages: ['core', 'adapter', 'engine', 'store-memory'], npm: ['fast-check'] },
  demo: { packages: ['[^/]+'], npm: ['[^/]+', '@[^/]+/[^/]+'] },
};

/** Everything that is run by a test runner or a bench, whatever its suffix says before that. */
const TESTS = '\\.(test|bench|test-d)\\.ts$';

/** The files that `exports` maps name: the only doors between packages. */
const entries = readdirSync('packages').flatMap((folder) =>
  Object.values(manifest(folder).exports ?? {})
    .map((target) => target['@stockwright/source'])
    .filter((source) => typeof source === 'string')
    .map((source) => `^packages/${folder}/${escape(source.slice(2))}$`),
);

const forbidden = [
  rule('no-circular', {}, { circular: true }),
  rule('pure-packages-import-no-node-builtins', { path: '^packages/(core|adapter|engine)/src', pathNot: TESTS }, { dependencyTypes: ['core'] }),
  rule('decimal-js-only-in-core-quantity', { path: '^packages/', pathNot: ['^packages/core/src/quantity/', TESTS] }, { path: 'node_modules/decimal\\.js/' }),
  rule('internal-stays-internal', { path: '^packages/([^/]+)/' }, { path: '^packages/[^/]+/src/internal/', pathNot: '^packages/$1/' }),
  rule('cross-package-imports-go-through-entries', { path: '^packages/([^/]+)/' }, { path: '^packages/[^/]+/src/', pathNot: ['^packages/$1/', ...entries] }),
  rule('cross-package-imports-go-by-name', { path: '^packages/([^/]+)/' }, { dependencyTypes: ['local'], path: '^packages/[^/]+/src/', pathNot: '^packages/$1/' }),
  rule('brain-never-imports-shell', { path: '^packages/engine/src/brain/', pathNot: TESTS }, { path: '^packages/engine/src/', pathNot: '^packages/engine/src/(brain|ports|internal)/' }),
  rule('src-never-imports-tests', { path: '^packages/[^/]+/src', pathNot: TESTS }, { path: `${TESTS}|^packages/[^/]+/(test|bench)/` }),
  rule('imports-resolve', { path: '^packages/', pathNot: '\\.config\\.ts$' }, { couldNotResolve: true }),
];

for (const [name, { packages, npm, except }] of Object.entries(layers)) {
  const from = { path: `^packages/(${name})/src`, pathNot: [TESTS, ...(except === undefined ? [] : [`^packages/${except}/`])] };
  forbidden.push(
    rule(`layer:${name}`, from, { path: '^packages/[^/]+/src', pathNot: ['^packages/$1/', ...packages.map((other) => `^packages/${other}/`)] }),
    rule(`npm:${name}`, from, {
      path: '(^|/)node_modules/',
      pathNot: npm.map((module) => `(^|/)node_modules/${module.includes('[') ? module : escape(module)}/`),
    }),
  );
}

function rule(name, from, to) {
  return { name, severity: 'error', from, to };
}

function manifest(folder) {
  try {
    return JSON.parse(readFileSync(`packages/${folder}/package.json`, 'utf8'));
  } catch {
    return {};
  }
}

function escape(text) {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

module.exports = {
  forbidden,
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^packages/[^/]+/(dist|coverage)/' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['@stockwright/source', 'import', 'node', 'default'] },
  },
};
