/** Commits and settles without end, and says after each which version is safe; meant to be killed meanwhile. */
import { createSqliteStore } from '@stockwright/store-sqlite';

const ROWS = 200;
const store = createSqliteStore({ path: String(process.argv[2]) });
await store.migrate();
const [[first] = []] = await store.load([{ table: 'item', where: { sku: 'S0' } }]);
for (let version = Number(first?.['version'] ?? 0) + 1; ; version += 1) {
  await store.commit({
    commitId: `version-${String(version)}`,
    expect: [{ table: 'item', key: { sku: 'S0' }, version: version - 1 }],
    write: Array.from({ length: ROWS }, (_value, index) => [
      { table: 'item' as const, key: { sku: `S${String(index)}` }, set: { version } },
      { table: 'ledger' as const, key: { sku: `S${String(index)}`, itemVersion: version, ordinal: 0 }, set: { quantity: '1' } },
    ]).flat(),
    marks: Array.from({ length: ROWS }, (_value, index) => ({ kind: 'project' as const, key: `S${String(index)}`, shard: 'projector', priority: 1, notBeforeMs: 0, cause: 'sold' })),
  });
  // The parent hears of it before the next commit begins.
  await new Promise<void>((resolve) => process.send?.(version, () => { resolve(); }));
}
