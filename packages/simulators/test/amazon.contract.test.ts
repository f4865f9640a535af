import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readFeed } from '../src/amazon/feed-messages.ts';
import { AMAZON_USAGE_PLANS } from '../src/amazon/index.ts';
import { folder, isPresent, readContract } from './amazon-contract.ts';
import { createTestAccount, SELLER } from './amazon-fixture.ts';
import { feed, history, replay } from './amazon-histories.ts';

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
    await fc.assert(fc.asyncProperty(history(), async (steps) => {
      expect(await replay(steps, { contract, seen: new Map() })).toEqual([]);
    }), { numRuns: 100 });
  });

  // A check that never meets an answer would pass as well. The seed is fixed, so that this does not depend on luck.
  it('is asked everything, and answers in every way', async () => {
    const seen = new Map<string, number>();
    for (const steps of fc.sample(history(), { numRuns: 200, seed: 20_261_123 })) expect(await replay(steps, { contract, seen })).toEqual([]);
    const keys = [...seen.keys()];

    expect(Object.keys(AMAZON_USAGE_PLANS).filter((operation) => !keys.some((key) => key.startsWith(`${operation} 2`)))).toEqual([]);
    expect([...new Set(keys.flatMap((key) => / (\d+)$/.exec(key)?.[1] ?? []))].sort()).toEqual(['200', '201', '202', '400', '403', '404', '409', '415', '429', '500', '503']);
    expect(keys.filter((key) => !/ \d+$/.test(key)).sort()).toEqual([
      'message FBA_INVENTORY_AVAILABILITY_CHANGES', 'message FEED_PROCESSING_FINISHED', 'message LISTINGS_ITEM_MFN_QUANTITY_CHANGE', 'message ORDER_CHANGE', 'report',
    ]);
  });

  it('processes every feed that the schema allows, Amazon\'s example too', () => {
    const example: unknown = JSON.parse(readFileSync(join(folder, 'schemas/feeds/listings-feed-schema-v2.example.json'), 'utf8').replaceAll('AXXXXXXXXXXXX', SELLER));
    const isRead = (content: unknown): boolean => readFeed(SELLER, new TextEncoder().encode(JSON.stringify(content))) !== undefined;
    expect([contract.problemsOfFeed(example), isRead(example)]).toEqual([[], true]);
    // What a whole feed is refused for, the schema refuses too.
    fc.assert(fc.property(feed, (content) => {
      expect(isRead(content) || contract.problemsOfFeed(content).length > 0).toBe(true);
    }));
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
