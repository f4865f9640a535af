// The programs that use the packed packages as a user's project would.

/** What both module systems run. Each block is there only where its package is checked. */
const BLOCKS = {
  '@stockwright/core': {
    names: ['createAvailability', 'formatQuantity', 'parseCatalog', 'parseChannelId', 'parseInstant', 'parseLocationId', 'parsePolicy', 'parseQuantity', 'parseSku'],
    body: `
  const sku = parseSku('MUG');
  const position = {
    sku, scale: 0, unrouted: new Map(), holds: [],
    locations: new Map([[parseLocationId('W1'), { onHand: parseQuantity('10'), unavailable: 0, committed: 3, incoming: 0, inTransit: 0 }]]),
  };
  const calculator = createAvailability({
    catalog: parseCatalog([{ sku: 'MUG' }]),
    policy: parsePolicy({ version: '1', channels: [{ id: 'shop', locations: ['W1'] }] }),
  });
  const answer = calculator.compute({ channel: parseChannelId('shop'), sku }, { position: () => position }, { asOf: parseInstant('2026-01-01T00:00:00Z') });
  equal(formatQuantity(answer.immediate), '7', 'availability');`,
  },
  '@stockwright/store-memory': { names: ['createMemoryStore'], body: `\n  await tryStore('memory', createMemoryStore({ clock }));` },
  '@stockwright/store-sqlite': { names: ['createSqliteStore'], body: `\n  await tryStore('sqlite', createSqliteStore({ path: ':memory:', clock }));` },
};

const SHARED = `
const clock = { now: () => Date.now(), sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)) };

function equal(actual, expected, what) {
  if (actual !== expected) throw new Error(what + ': expected ' + String(expected) + ', found ' + String(actual));
}

async function tryStore(name, store) {
  await store.migrate();
  const key = { sku: 'MUG' };
  const change = { commitId: 'c1', expect: [{ table: 'item', key, version: 0 }], write: [{ table: 'item', key, set: { version: 1 } }], marks: [] };
  equal((await store.commit(change)).status, 'committed', name + ' commits');
  equal((await store.commit(change)).status, 'already', name + ' remembers');
  const [rows] = await store.load([{ table: 'item', where: key }]);
  equal(rows[0].version, 1, name + ' loads');
  await store.close();
}
`;

const specifiers = (packages) => packages.flatMap(({ entries }) => entries.map(({ specifier }) => specifier));
const blocks = (packages) => packages.flatMap(({ name }) => (name in BLOCKS ? [{ name, ...BLOCKS[name] }] : []));
const main = (packages, loads) => `${SHARED}
async function main() {
${loads}${blocks(packages).map(({ body }) => `\n  {${body}\n  }`).join('')}
}

main().catch((error) => { console.error(error); process.exitCode = 1; });
`;
const nonEmpty = (specifier) => `if (Object.keys(loaded['${specifier}']).length === 0) throw new Error('${specifier} exports nothing');`;

/** Imports every entry and uses the stores and the calculation. */
export function esmProgram(packages) {
  const imports = blocks(packages).map(({ name, names }) => `import { ${names.join(', ')} } from '${name}';`);
  const all = specifiers(packages).map((specifier, index) => `import * as entry${String(index)} from '${specifier}';`);
  const loaded = `  const loaded = { ${specifiers(packages).map((specifier, index) => `'${specifier}': entry${String(index)}`).join(', ')} };\n`;
  return `${[...imports, ...all].join('\n')}\n${main(packages, loaded + checks(packages))}`;
}

/** The same through require. */
export function commonJsProgram(packages) {
  const requires = blocks(packages).map(({ name, names }) => `const { ${names.join(', ')} } = require('${name}');`);
  const loaded = `  const loaded = { ${specifiers(packages).map((specifier) => `'${specifier}': require('${specifier}')`).join(', ')} };\n`;
  return `${requires.join('\n')}\n${main(packages, loaded + checks(packages))}`;
}

/** `@stockwright/adapter` is mostly types, but even it exports its errors. */
function checks(packages) {
  return specifiers(packages).map((specifier) => `  ${nonEmpty(specifier)}`).join('\n');
}

/** Names every entry, so that its declarations are read and checked whole. */
export function typeProgram(packages) {
  const imports = specifiers(packages).map((specifier, index) => `import * as entry${String(index)} from '${specifier}';`);
  const uses = blocks(packages).some(({ name }) => name === '@stockwright/core')
    ? [`import { parseSku, type Sku } from '@stockwright/core';`, `export const sku: Sku = parseSku('MUG');`, `// @ts-expect-error a plain text is not a sku`, `export const notSku: Sku = 'MUG';`]
    : [];
  return `${[...imports, ...uses].join('\n')}\nexport const entries: readonly object[] = [${specifiers(packages).map((_, index) => `entry${String(index)}`).join(', ')}];\n`;
}
