import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { execFile } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { checkReport } from '../src/report/check.ts';
import type { Between } from '../src/host/in-process.ts';
import type { Report } from '../src/report/report.ts';
import { BURSTS, busyRun, distant, RUSH, withoutCompare, withoutSuspicion, withoutVersionGate, type Shape } from './ablations.ts';

const folder = mkdtempSync(join(tmpdir(), 'stockwright-ablations-'));
afterAll(() => { rmSync(folder, { recursive: true }); });

/** What the check that knows nothing of the packages says. */
async function independent(report: Report): Promise<{ readonly code: number; readonly said: string }> {
  const file = join(folder, 'report.json');
  writeFileSync(file, JSON.stringify(report));
  const script = fileURLToPath(new URL('../../../scripts/check-report.mjs', import.meta.url));
  return new Promise((resolve) => {
    execFile(process.execPath, [script, file], (error, _out, said) => { resolve({ code: typeof error?.code === 'number' ? error.code : 0, said }); });
  });
}

// Nobody reads the channels back here, so that what each mechanism prevents stays to be seen. The seeds were looked for.
describe('a hostile hour without a read-back', () => {
  it.each([['bursts', BURSTS, {}], ['a rush, with a store that is far away', RUSH, { store: distant }]] as const)('of %s ends right with everything in place', async (_name, shape, between) => {
    const report = await busyRun('2', between, shape);
    expect(checkReport(report)).toEqual([]);
    expect(await independent(report)).toEqual({ code: 0, said: '' });
  }, 120_000);

  it.each([
    ['the suspicion window', '2', BURSTS, { channel: withoutSuspicion }, /at amazon: should show \d+, shows \d+/],
    ['the compare of a port that says it compares', '2', BURSTS, { channel: withoutCompare }, /at shopify MAIN: should show \d+, shows \d+/],
    ['the version gate', '2', RUSH, { store: (store, clock) => distant(withoutVersionGate(store), clock) }, /what happened comes to -?\d+, the ledger to -?\d+/],
  ] satisfies readonly (readonly [string, string, Shape, Between, RegExp])[])('ends wrong without %s (seed %s), and the check says where', async (_what, seed, shape, between, said) => {
    const report = await busyRun(seed, between, shape);
    const found = await independent(report);
    expect(found.code).toBe(1);
    expect(found.said).toMatch(said);
  }, 120_000);
});
