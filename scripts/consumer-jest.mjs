// The tests that a user's Jest would run over the packed packages.

/** Exact, so that the same Jest runs everywhere and npm finds it in its cache. */
export const JEST = { jest: '30.5.2' };

/** What the tests load, by package. */
const LOADS = {
  '@stockwright/core': ['instantFromMs', 'parseCatalog', 'parseChannelId', 'parseLocationId', 'parsePolicy', 'parseSku', 'parseSourceId'],
  '@stockwright/engine': ['createEngine'],
  '@stockwright/store-memory': ['createMemoryStore'],
  '@stockwright/store-sqlite': ['createSqliteStore'],
};

/** The packages without which there is nothing to test here. */
export const JEST_PACKAGES = Object.keys(LOADS);

const BODY = `
const clock = {
  now: () => Date.now(),
  sleep: (ms, signal) => new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    if (signal) signal.addEventListener('abort', () => { clearTimeout(timer); reject(new Error('called off')); }, { once: true });
  }),
};
const sku = parseSku('MUG');
const catalog = parseCatalog([{ sku: 'MUG' }]);
const policy = parsePolicy({ version: '1', channels: [{ id: 'portal', locations: ['W1'] }] });
const warehouse = parseSourceId('warehouse');
const limits = { publish: 'page', readLevels: 'page', readOrders: 'page', readOrdersById: 'page' };

/** A warehouse that counts twelve, and a page that shows what it is told. */
function world() {
  const page = new Map();
  const now = () => instantFromMs(Date.now());
  const source = {
    kind: 'source', contractVersion: 'v1', id: warehouse, account: 'warehouse',
    capabilities: { changedRows: false, acknowledgements: false, measures: ['onHand'] },
    readStock: async () => ({ unmapped: [], items: [{ kind: 'stock', source: warehouse, sku, location: parseLocationId('W1'), asOf: now(), measures: { onHand: '12' } }] }),
    readAcknowledgements: async () => ({ items: [], unmapped: [] }),
  };
  const channel = {
    kind: 'channel', contractVersion: 'v1', id: parseChannelId('portal'), account: 'portal',
    capabilities: { locations: false, compareAndSet: 'none', idempotencyKeys: false, readBack: true, readOrders: false, publishBatchMax: 100, lateRequestMsMax: 0, effectiveWithinMs: 0, limits, quantityMax: '1000000' },
    publish: async ({ lines }) => lines.map((line) => { page.set(line.sku, line.quantity); return { status: 'applied', at: now() }; }),
    readLevels: async (keys) => ({ unmapped: [], items: (keys === 'all' ? [{ sku }] : keys).map((key) => ({ sku: key.sku, quantity: page.get(key.sku) ?? '0', observedAt: now() })) }),
    readOrders: async () => ({ items: [], unmapped: [] }),
    receive: () => ({ status: 'refused', httpStatus: 400, reason: 'no webhooks' }),
  };
  return { page, source, channel };
}

test.each([
  ['memory', () => createMemoryStore({ clock })],
  ['sqlite', () => createSqliteStore({ path: ':memory:', clock })],
])('brings a number to a channel on the %s store', async (_name, open) => {
  const { page, source, channel } = world();
  const store = open();
  const engine = createEngine({
    store, clock, random: { next: Math.random, uuid: randomUUID }, catalog, policy,
    sources: [{ adapter: source }], channels: [{ adapter: channel }], owners: [{ source: warehouse, measures: ['onHand'] }],
  });
  const published = new Promise((resolve) => { engine.events.on('published', resolve); });
  await engine.start();
  await published;
  await engine.stop();
  await store.close();
  expect(page.get('MUG')).toBe('12');
});

test('refuses wrong input with an error that Jest can show', () => {
  expect(() => parseSku('')).toThrow(expect.objectContaining({ name: 'StockwrightError', code: 'INVALID_INPUT' }));
});
`;

/** pg-boss has no CommonJS, which Node reads all the same and Jest's own loader does not. */
const ESM_ONLY_INSIDE = ['@stockwright/dispatcher-pg-boss'];

/** A CommonJS test, as `jest` runs it without any setting. */
export function jestCommonJs(packages) {
  return `'use strict';
const { randomUUID } = require('node:crypto');
${Object.entries(LOADS).map(([name, names]) => `const { ${names.join(', ')} } = require('${name}');`).join('\n')}
${BODY}
const others = ${JSON.stringify(specifiersOf(packages).filter((specifier) => !ESM_ONLY_INSIDE.includes(specifier)))};
test.each(others)('loads %s', (specifier) => {
  expect(Object.keys(require(specifier))).not.toEqual([]);
});
`;
}

/** An ES module as a test. */
export function jestEsm(packages) {
  return `import { randomUUID } from 'node:crypto';
${Object.entries(LOADS).map(([name, names]) => `import { ${names.join(', ')} } from '${name}';`).join('\n')}
${BODY}
const others = ${JSON.stringify(specifiersOf(packages))};
test.each(others)('loads %s', async (specifier) => {
  expect(Object.keys(await import(specifier))).not.toEqual([]);
});
`;
}

const specifiersOf = (packages) => packages.flatMap(({ entries }) => entries.map(({ specifier }) => specifier));
