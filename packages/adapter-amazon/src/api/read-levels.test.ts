import { createMapping } from '@stockwright/adapter-kit';
import { parseSku } from '@stockwright/core';
import { describe, expect, it } from 'vitest';
import { AWKWARD, fakeAmazon, found, listing, MARKET, refusal, SETTINGS, SKU_A, SKU_B, SKU_K, type FakeAmazon } from '../../test/fake-amazon.ts';

const numbered = Array.from({ length: 45 }, (_none, index) => `S${String(index)}`);
const skusOf = (request: { url: URL } | undefined) => request?.url.searchParams.get('identifiers')?.split(',');

/** Reads all pages. */
async function readAll({ channel, settle, context }: FakeAmazon, keys: Parameters<FakeAmazon['channel']['readLevels']>[0]) {
  const items = [];
  const unmapped: string[] = [];
  for (let page: string | undefined, isFirst = true; isFirst || page !== undefined; isFirst = false) {
    const next = await settle(channel.readLevels(keys, page, context));
    items.push(...next.items);
    unmapped.push(...next.unmapped);
    page = next.next;
  }
  return { items, unmapped };
}

describe('reading levels', () => {
  it('asks what is really offered, and not what was submitted', async () => {
    const fake = fakeAmazon({ searchListingsItems: () => found({ ...listing('MUG-A', 4), attributes: { fulfillment_availability: [{ fulfillment_channel_code: 'DEFAULT', quantity: 9 }] } }) });

    expect(await readAll(fake, [{ sku: SKU_A }])).toEqual({ items: [{ sku: 'A', quantity: '4', observedAt: '2026-11-23T10:00:00.000Z' }], unmapped: [] });
    expect(fake.sent('searchListingsItems')[0]?.url.search).toBe(`?marketplaceIds=${MARKET}&identifiersType=SKU&identifiers=MUG-A&includedData=fulfillmentAvailability&pageSize=20`);
  });

  it('takes 20 skus in a call', async () => {
    const skus = createMapping(numbered.map((text) => [text, parseSku(text)] as const));
    const some = fakeAmazon({}, { mappings: { skus } });
    const all = fakeAmazon({}, { mappings: { skus } });

    expect((await readAll(some, [...numbered, ...numbered].map((sku) => ({ sku: parseSku(sku) })))).items.map(({ sku }) => sku)).toEqual(numbered);
    expect((await readAll(all, 'all')).items.map(({ sku }) => sku)).toEqual(numbered);
    for (const { sent } of [some, all]) expect(sent('searchListingsItems').map((request) => skusOf(request)?.length)).toEqual([20, 20, 5]);
  });

  it('asks by itself for a sku that a list could not hold', async () => {
    const fake = fakeAmazon();

    const { items } = await readAll(fake, [{ sku: SKU_K }, { sku: SKU_A }, { sku: SKU_B }]);

    expect(items.map(({ sku }) => sku)).toEqual(['A', 'B', 'K']);
    expect(skusOf(fake.sent('searchListingsItems')[0])).toEqual(['MUG-A', 'MUG-B']);
    const [single] = fake.sent('getListingsItem');
    expect(decodeURIComponent(single?.url.pathname.split('/').at(-1) ?? '')).toBe(AWKWARD);
    expect(single?.url.search).toBe(`?marketplaceIds=${MARKET}&includedData=fulfillmentAvailability`);
  });

  it('never takes what Amazon ships for zero', async () => {
    const rows = [
      listing('MUG-A', undefined, 'AMAZON_NA'),
      { sku: 'MUG-B', fulfillmentAvailability: [{ fulfillmentChannelCode: 'DEFAULT', quantity: 3 }, { fulfillmentChannelCode: 'AMAZON_NA' }] },
    ];
    const fake = fakeAmazon({ searchListingsItems: () => found(...rows) });

    expect(await readAll(fake, [{ sku: SKU_A }, { sku: SKU_B }])).toEqual({ items: [], unmapped: ['MUG-A', 'MUG-B'] });
  });

  it('knows nothing of what has no listing or tells no quantity, and says so', async () => {
    const fake = fakeAmazon({ searchListingsItems: () => found(listing('MUG-B')), getListingsItem: () => refusal(404, 'NOT_FOUND') });

    expect(await readAll(fake, [{ sku: SKU_A }, { sku: SKU_B }, { sku: SKU_K }])).toEqual({ items: [], unmapped: [] });
    expect(fake.context.warnings).toEqual([
      expect.stringContaining('has no listing'),
      expect.stringContaining('no quantity'),
      expect.stringContaining('has no listing'),
    ]);
  });

  it('names the skus that nobody mapped, once', async () => {
    const fake = fakeAmazon();

    expect(await readAll(fake, [{ sku: parseSku('Z') }, { sku: SKU_K }, { sku: parseSku('Z') }, { sku: SKU_A }])).toMatchObject({ unmapped: ['Z'], items: [{ sku: 'A' }, { sku: 'K' }] });
  });

  it('passes over listings that were not asked for, and follows pages', async () => {
    const fake = fakeAmazon({
      searchListingsItems: ({ url }) =>
        url.searchParams.has('pageToken')
          ? { numberOfResults: 2, items: [listing('MUG-B', 2)] }
          : { numberOfResults: 2, pagination: { nextToken: 'more' }, items: [listing('MUG-A', 1), listing('mug-b', 9)] },
    });

    expect((await readAll(fake, [{ sku: SKU_A }, { sku: SKU_B }])).items.map(({ quantity }) => quantity)).toEqual(['1', '2']);
  });

  it('refuses a page that it did not give', async () => {
    const { channel, context } = fakeAmazon();

    await expect(channel.readLevels([{ sku: SKU_A }], 'page 2', context)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    await expect(channel.readLevels([{ sku: SKU_A }], '7', context)).resolves.toEqual({ items: [], unmapped: [] });
  });
});

describe('reading all levels with a mapping that does not list them', () => {
  const { skus } = SETTINGS.mappings;
  const mappings = { skus: { toInternal: skus.toInternal, toExternal: skus.toExternal } };
  const dated = (sku: string, createdDate: string, channel = 'DEFAULT') => ({
    ...listing(sku, channel === 'DEFAULT' ? 1 : undefined, channel),
    summaries: [{ marketplaceId: 'OTHER', createdDate: '2030-01-01T00:00:00Z' }, { marketplaceId: MARKET, createdDate }],
  });

  it('goes through the catalogue and names merchant listings that nobody mapped', async () => {
    const pages = [
      { numberOfResults: 4, pagination: { nextToken: 't1' }, items: [dated('MUG-A', '2026-01-01T00:00:00Z'), dated('OTHER', '2026-01-02T00:00:00Z')] },
      { numberOfResults: 4, items: [dated('MUG-B', '2026-01-03T00:00:00Z', 'AMAZON_NA'), dated('FBA', '2026-01-04T00:00:00Z', 'AMAZON_NA')] },
    ];
    const fake = fakeAmazon({ searchListingsItems: ({ url }) => pages[url.searchParams.get('pageToken') === 't1' ? 1 : 0] }, { mappings });

    expect(await readAll(fake, 'all')).toMatchObject({ items: [{ sku: 'A' }], unmapped: ['OTHER', 'MUG-B'] });
    expect(fake.sent('searchListingsItems')[0]?.url.search).toBe(
      `?marketplaceIds=${MARKET}&includedData=summaries,fulfillmentAvailability&sortBy=createdDate&sortOrder=ASC&pageSize=20`,
    );
  });

  /** A catalogue of so many listings, a second apart, searched as Amazon does: 1000 at most, from a creation date on. */
  function catalogue(size: number, createdAt: (index: number) => number = (index) => index * 1000) {
    const all = Array.from({ length: size }, (_none, index) => dated(`X${String(index)}`, new Date(Date.UTC(2026, 0, 1) + createdAt(index)).toISOString()));
    return ({ url }: { readonly url: URL }) => {
      const from = Date.parse(url.searchParams.get('createdAfter') ?? '2000-01-01T00:00:00Z');
      const matching = all.filter(({ summaries }) => Date.parse(summaries[1]?.createdDate ?? '') >= from);
      const start = Number(url.searchParams.get('pageToken') ?? '0');
      const end = Math.min(start + 20, 1000, matching.length);
      return { numberOfResults: matching.length, items: matching.slice(start, end), ...(end < Math.min(1000, matching.length) ? { pagination: { nextToken: String(end) } } : {}) };
    };
  }

  it.each([0, 999, 1000, 1001, 2500])('finds all of %d listings, although a search ends at 1000', async (size) => {
    const fake = fakeAmazon({ searchListingsItems: catalogue(size) }, { mappings });

    expect(new Set((await readAll(fake, 'all')).unmapped).size).toBe(size);
  });

  it('says so where more than a search can hold are of one moment', async () => {
    const fake = fakeAmazon({ searchListingsItems: catalogue(1500, () => 0) }, { mappings });

    await expect(readAll(fake, 'all')).rejects.toMatchObject({ code: 'UNSUPPORTED', message: expect.stringContaining('createMapping') });
  });
});
