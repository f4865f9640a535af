import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createTestAccount, MARKETPLACE, SELLER } from '../../test/amazon-fixture.ts';
import type { Answer, TestAccount } from '../../test/amazon-fixture.ts';

const search = (account: TestAccount, query: Readonly<Record<string, string | number | readonly string[]>>): Promise<Answer> =>
  account.call({ path: `/listings/2021-08-01/items/${SELLER}`, query: { marketplaceIds: MARKETPLACE, ...query } });
const skusOf = ({ body }: Answer): readonly string[] => body.items.map(({ sku }: { sku: string }) => sku);
const many = (count: number): { readonly sku: string }[] => Array.from({ length: count }, (_, index) => ({ sku: `S${String(index).padStart(4, '0')}` }));

describe('searchListingsItems', () => {
  it('pages through every listing once, forth and back', async () => {
    await fc.assert(fc.asyncProperty(fc.integer({ min: 0, max: 45 }), fc.integer({ min: 1, max: 20 }), fc.constantFrom('sku', 'createdDate', 'lastUpdatedDate'), async (count, pageSize, sortBy) => {
      const account = createTestAccount({ listings: many(count), usagePlans: 'unlimited' });
      const seen: string[] = [];
      let page = await search(account, { pageSize, sortBy });
      seen.push(...skusOf(page));
      while (page.body.pagination?.nextToken !== undefined) {
        const previous = page;
        page = await search(account, { pageSize, sortBy, pageToken: page.body.pagination.nextToken });
        seen.push(...skusOf(page));
        const back = await search(account, { pageSize, sortBy, pageToken: page.body.pagination.previousToken });
        expect(skusOf(back)).toEqual(skusOf(previous));
      }

      expect(page.body.numberOfResults).toBe(count);
      expect([...seen].sort()).toEqual(many(count).map(({ sku }) => sku));
    }), { numRuns: 40 });
  });

  it('reads twenty skus back in one call, without those that do not exist', async () => {
    const account = createTestAccount();

    const answer = await search(account, { identifiers: ['A', 'F', 'nothing', 'A'], identifiersType: 'SKU', includedData: 'fulfillmentAvailability', sortBy: 'sku', sortOrder: 'ASC', pageSize: 20 });

    expect(answer.body).toEqual({ numberOfResults: 2, items: [
      { sku: 'A', fulfillmentAvailability: [{ fulfillmentChannelCode: 'DEFAULT', quantity: 10 }] },
      { sku: 'F', fulfillmentAvailability: [{ fulfillmentChannelCode: 'AMAZON_NA' }] },
    ] });
    expect(skusOf(await search(account, { identifiers: 'B07N4M94X4', identifiersType: 'ASIN' }))).toEqual(['A']);
    expect(skusOf(await search(account, { identifiers: '4006381333931', identifiersType: 'EAN' }))).toEqual([]);
  });

  it.each([
    ['twenty-one identifiers', { identifiers: many(21).map(({ sku }) => sku), identifiersType: 'SKU' }],
    ['identifiers of no kind', { identifiers: 'A' }],
    ['a kind without identifiers', { identifiersType: 'SKU' }],
    ['pages of twenty-one', { pageSize: 21 }],
    ['a page of another search', { pageToken: 'e30' }],
    ['an order that does not exist', { sortBy: 'price' }],
    ['a time that is none', { createdAfter: 'yesterday' }],
  ])('refuses %s', async (_name, query) => {
    const account = createTestAccount();

    expect(await search(account, query)).toMatchObject({ status: 400, body: { errors: [{ code: 'BAD_REQUEST' }] } });
  });

  it('cannot name a sku that has a comma', async () => {
    const account = createTestAccount({ listings: [{ sku: 'A,B' }, { sku: 'A' }] });

    expect(skusOf(await search(account, { identifiers: 'A,B', identifiersType: 'SKU' }))).toEqual(['A']);
  });

  it('finds what can be bought and what changed', async () => {
    const account = createTestAccount({ listings: [{ sku: 'A', quantity: 1 }, { sku: 'B' }, { sku: 'E', issues: [{ code: '1', message: 'm', severity: 'ERROR', categories: [] }] }] });
    account.clock.ms += 60_000;
    await account.patch('B', 4);

    expect(skusOf(await search(account, { withStatus: 'BUYABLE', sortBy: 'sku', sortOrder: 'ASC' }))).toEqual(['A', 'B']);
    expect(skusOf(await search(account, { withoutStatus: 'BUYABLE' }))).toEqual(['E']);
    expect(skusOf(await search(account, { withIssueSeverity: 'ERROR' }))).toEqual(['E']);
    expect(skusOf(await search(account, { lastUpdatedAfter: '2026-11-23T10:01:00Z' }))).toEqual(['B']);
    expect(skusOf(await search(account, {}))[0]).toBe('B');
  });

  it('reaches the first thousand of many', async () => {
    const account = createTestAccount({ listings: many(1005), usagePlans: 'unlimited' });
    const seen = new Set<string>();
    let page = await search(account, { pageSize: 20 });
    for (;;) {
      for (const sku of skusOf(page)) seen.add(sku);
      if (page.body.pagination?.nextToken === undefined) break;
      page = await search(account, { pageSize: 20, pageToken: page.body.pagination.nextToken });
    }

    expect([page.body.numberOfResults, seen.size]).toEqual([1005, 1000]);
  });
});
