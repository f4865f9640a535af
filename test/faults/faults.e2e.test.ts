import { describe, expect, it } from 'vitest';
import { SCENARIOS } from './scenarios/index.ts';
import { serverMissing } from '../support/postgres-server.ts';
import { unhandledDuring } from './support/report.ts';
import { scale } from './support/scaling.ts';

/** How long each fault is brought about here; `npm run faults -- --minutes 30` takes longer. */
const BUDGET_MS = 4_000;

/** Whether what a test needs is there. In CI it must be. */
async function isThere(name: string, missing: (() => Promise<string | undefined>) | undefined): Promise<boolean> {
  const lacking = await missing?.();
  if (lacking === undefined) return true;
  if (process.env['CI'] === 'true') throw new Error(`The fault ${name} cannot be brought about: ${lacking}.`);
  console.warn(`NOT TESTED, ${name}: ${lacking}.`);
  return false;
}

describe('real faults', () => {
  for (const { name, about, missing, run } of SCENARIOS) {
    it(`[${name}] lose nothing and double nothing: ${about}`, async (context) => {
      if (!(await isThere(name, missing))) context.skip();
      const { value: { wrong }, unhandled } = await unhandledDuring(() => run(BUDGET_MS));
      expect([...wrong, ...unhandled]).toEqual([]);
    });
  }
});

describe('several workers on one PostgreSQL', () => {
  it('write each number once, under leases that never overlap, with one call of each under way', async (context) => {
    if (!(await isThere('workers', serverMissing))) context.skip();
    const shape = { channels: 3, skus: 4 };
    const { wrong, abreast, lines } = await scale(2, { shape, latencyMs: 20, batchMax: 2, rounds: 2 });
    expect({ wrong, abreast, lines }).toEqual({ wrong: [], abreast: 1, lines: 2 * shape.channels * shape.skus });
  });
});
