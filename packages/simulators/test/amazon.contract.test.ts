import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AMAZON_USAGE_PLANS } from '../src/amazon/index.ts';
import { folder, isPresent, readContract } from './amazon-contract.ts';
import { history, replay } from './amazon-histories.ts';
import { createTestAccount } from './amazon-fixture.ts';

if (!isPresent) console.warn(`The vendor's models are not in ${folder}: the Amazon contract is NOT checked. Set STOCKWRIGHT_SHARED to the folder that holds contracts/.`);

it.runIf(process.env['CI'] !== undefined)('has the vendor models at hand in CI', () => {
  expect(isPresent, folder).toBe(true);
});

describe.skipIf(!isPresent)('the simulated Selling Partner API', () => {
  const contract = isPresent ? readContract() : undefined as never;

  it.each(Object.entries(AMAZON_USAGE_PLANS).filter(([operation]) => operation !== 'createFeed'))('gives %s the plan of the model', (operation, { rate, burst }) => {
    const [, modelledRate, modelledBurst] = /\|\s*([\d.]+)\s*\|\s*(\d+)\s*\|/.exec(contract.operations.get(operation)?.description ?? '') ?? [];

    expect([rate, burst]).toEqual([Number(modelledRate), Number(modelledBurst)]);
  });

  it('answers as the models say, whatever happens', async () => {
    const seen = new Map<string, number>();
    await fc.assert(fc.asyncProperty(history(), async (steps) => {
      const problems = await replay(steps, { contract, seen });

      expect(problems).toEqual([]);
    }), { numRuns: 150 });
    if (process.env['SHOW']) console.log([...seen].sort());
    // A check that never meets an answer would pass as well.
    const expected = Object.keys(AMAZON_USAGE_PLANS).filter((operation) => ![...seen.keys()].some((key) => key.startsWith(`${operation} 2`)));
    expect(expected).toEqual([]);
    expect([...seen.keys()].filter((key) => / (400|403|404|409|415|429|500|503)$/.test(key)).length).toBeGreaterThan(20);
    expect([...seen.keys()]).toEqual(expect.arrayContaining(['message ORDER_CHANGE', 'message LISTINGS_ITEM_MFN_QUANTITY_CHANGE', 'message FEED_PROCESSING_FINISHED', 'message FBA_INVENTORY_AVAILABILITY_CHANGES', 'report']));
  });

  it('notices an answer that the models do not know', async () => {
    const account = createTestAccount();
    const { headers } = await account.patch('A', 1);
    const body = { sku: 'A', status: 'ACCEPTED', submissionId: '1', issues: [], surprise: true };

    expect(contract.problemsOf({ operation: 'patchListingsItem', status: 200, headers, body })).toEqual([expect.stringContaining('surprise')]);
    expect(contract.problemsOf({ operation: 'patchListingsItem', status: 404, headers, body })).toEqual(['patchListingsItem has no answer 404 at the vendor']);
    expect(contract.problemsOf({ operation: 'patchListingsItem', status: 200, headers, body: { sku: 'A', status: 'DONE', submissionId: '1' } })).toHaveLength(1);
  });
});
