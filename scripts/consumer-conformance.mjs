// The program that holds the packed stores to the packed conformance suite, in either module system and without a test runner.

/** What the program needs to be there. */
export const CONFORMANCE_PACKAGES = ['@stockwright/testkit', '@stockwright/store-memory', '@stockwright/store-sqlite', '@stockwright/store-postgres'];

const BODY = `
const cases = [];
const group = [];
const runner = {
  describe(name, body) { group.push(name); body(); group.pop(); },
  it: Object.assign((name, body) => { cases.push({ name: [...group, name].join(' '), body }); }, {
    skip: (name) => { cases.push({ name: [...group, name].join(' ') }); },
    fails: (name, body) => { cases.push({ name: [...group, name].join(' '), body: async () => { let failed = false; try { await body(); } catch { failed = true; } if (!failed) throw new Error('a known gap has closed'); } }); },
  }),
};

function movableClock() {
  let nowMs = 1_000_000;
  return { now: () => nowMs, set: (ms) => { nowMs = ms; } };
}

const alone = { multiProcess: false, joinsHostTransaction: false };

function registerEmbedded(folder) {
  registerConformance(runner, STORE_CASES, { name: 'store-memory', capabilities: { ...alone, durable: false }, setup: async () => {
    const clock = movableClock();
    return { subject: { store: createMemoryStore({ clock }), clock } };
  } });
  let made = 0;
  registerConformance(runner, STORE_CASES, { name: 'store-sqlite', capabilities: { ...alone, durable: true }, setup: async () => {
    const clock = movableClock();
    made += 1;
    const path = join(folder, String(made) + '.db');
    let store = createSqliteStore({ path, clock });
    await store.migrate();
    const reopen = async (namespace = 'main') => {
      await store.close();
      store = createSqliteStore({ path, clock, namespace });
      return store;
    };
    return { subject: { store, clock, reopen, second: async () => createSqliteStore({ path, clock }) }, teardown: () => store.close() };
  } });
}

/** The cases that need one connection at a time; races and cuts are the repository's own tests. */
function registerServer(connectionString) {
  let made = 0;
  const cases = STORE_CASES.filter(({ key }) => key !== 'cut-between-statements' && !key.startsWith('host-transaction-'));
  registerConformance(runner, cases, { name: 'store-postgres', capabilities: { durable: true, multiProcess: true, joinsHostTransaction: true }, setup: async () => {
    const clock = movableClock();
    made += 1;
    const opened = [];
    const own = 'case-' + String(made);
    const open = (namespace) => {
      const store = createPostgresStore({ connectionString, clock, namespace, maxConnections: 3 });
      opened.push(store);
      return store;
    };
    const store = open(own);
    await store.migrate();
    // Buckets belong to no namespace, and the cases begin with full ones.
    await onServer(connectionString, (client) => client.query('DELETE FROM stockwright.bucket'));
    return {
      subject: { store, clock, reopen: async (beside) => open(beside === undefined ? own : own + '-' + beside), second: async () => open(own), host: (body) => inTransaction(connectionString, body) },
      teardown: async () => { for (const each of opened) await each.close(); },
    };
  } });
}

function inTransaction(connectionString, body) {
  return onServer(connectionString, async (client) => {
    await client.query('BEGIN');
    try {
      await body(client);
      await client.query('COMMIT');
    } catch (error) {
      await client.query('ROLLBACK');
      throw error;
    }
  });
}

async function run() {
  const failures = [];
  let skipped = 0;
  for (const { name, body } of cases) {
    if (body === undefined) { skipped += 1; continue; }
    try {
      await body();
    } catch (error) {
      failures.push(name + ': ' + String(error && error.stack));
    }
  }
  console.log(String(cases.length - skipped - failures.length) + ' cases kept, ' + String(skipped) + ' of no concern');
  if (failures.length > 0) throw new Error(failures.join('\\n'));
}

async function onServer(server, body) {
  const client = new pg.Client({ connectionString: server, connectionTimeoutMillis: 3_000 });
  await client.connect();
  try {
    return await body(client);
  } finally {
    await client.end();
  }
}

async function main() {
  const folder = mkdtempSync(join(tmpdir(), 'stockwright-conformance-'));
  const server = process.env.STOCKWRIGHT_POSTGRES ?? 'postgres://postgres@127.0.0.1:5432/postgres';
  const database = 'stockwright_packed_' + String(process.pid);
  let isThere = true;
  try {
    await onServer(server, (client) => client.query('CREATE DATABASE ' + database));
  } catch (error) {
    if (process.env.CI !== undefined) throw error;
    isThere = false;
    console.log('NOT TESTED on a PostgreSQL server: none answers at ' + server);
  }
  try {
    registerEmbedded(folder);
    if (isThere) registerServer(Object.assign(new URL(server), { pathname: database }).href);
    await run();
  } finally {
    rmSync(folder, { recursive: true, force: true });
    if (isThere) await onServer(server, (client) => client.query('DROP DATABASE ' + database + ' WITH (FORCE)'));
  }
}

main().catch((error) => { console.error(error); process.exitCode = 1; });
`;

const IMPORTS = [
  ['{ mkdtempSync, rmSync }', 'node:fs'], ['{ tmpdir }', 'node:os'], ['{ join }', 'node:path'], ['pg', 'pg'],
  ['{ registerConformance, STORE_CASES }', '@stockwright/testkit'], ['{ createMemoryStore }', '@stockwright/store-memory'],
  ['{ createSqliteStore }', '@stockwright/store-sqlite'], ['{ createPostgresStore }', '@stockwright/store-postgres'],
];

/** Holds the stores to the suite as ES modules. */
export function conformanceEsm() {
  return `${IMPORTS.map(([names, from]) => `import ${names} from '${from}';`).join('\n')}\n${BODY}`;
}

/** The same through require. */
export function conformanceCommonJs() {
  return `${IMPORTS.map(([names, from]) => `const ${names} = require('${from}');`).join('\n')}\n${BODY}`;
}
