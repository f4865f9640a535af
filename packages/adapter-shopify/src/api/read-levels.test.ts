import type { ObservedLevel, Page } from '@stockwright/adapter';
import { parseLocationId, parseSku } from '@stockwright/core';
import { describe, expect, it } from 'vitest';
import { fakeShop, ITEM, partPage, PLACE, SKU_A, SKU_B, W1, W2, wholePage } from '../../test/fake-shop.ts';

const level = (quantity: number, isActive = true) => ({ isActive, quantities: [{ name: 'available', quantity }] });
const observedAt = '2026-11-23T10:00:00.000Z';

/** Reads page after page. */
async function readAll(read: (page: string | undefined) => Promise<Page<ObservedLevel>>) {
  const pages: Page<ObservedLevel>[] = [];
  for (let page: string | undefined, isLast = false; !isLast; ) {
    const next: Page<ObservedLevel> = await read(page);
    pages.push(next);
    page = next.next;
    isLast = page === undefined;
  }
  return { count: pages.length, items: pages.flatMap(({ items }) => items), unmapped: pages.flatMap(({ unmapped }) => unmapped) };
}

describe('readLevels of some pairs', () => {
  it('reads each location in one call, whatever the number of items', async () => {
    const { channel, requests, context, settle } = fakeShop({
      LevelsOfItems: ({ variables }) => ({
        nodes: (variables['items'] as string[]).map((id) => ({ id, inventoryLevel: level(id === ITEM(1) ? 7 : -2) })),
      }),
    });
    const keys = [
      { sku: SKU_A, location: W1 },
      { sku: SKU_A, location: W2 },
      { sku: SKU_B, location: W1 },
    ];

    const { items, count } = await readAll((page) => settle(channel.readLevels(keys, page, context)));

    expect(items).toEqual([
      { sku: 'A', location: 'W1', quantity: '7', observedAt },
      { sku: 'B', location: 'W1', quantity: '-2', observedAt },
      { sku: 'A', location: 'W2', quantity: '7', observedAt },
    ]);
    expect(count).toBe(2);
    expect(requests.map(({ variables }) => variables)).toEqual([
      { items: [ITEM(1), ITEM(2)], location: PLACE(1) },
      { items: [ITEM(1)], location: PLACE(2) },
    ]);
  });

  it('reads 0 where the pair was never stocked or is stocked no more, whatever number Shopify keeps', async () => {
    const { channel, context, settle } = fakeShop({
      LevelsOfItems: () => ({ nodes: [{ id: ITEM(1), inventoryLevel: level(7, false) }, { id: ITEM(2), inventoryLevel: null }] }),
    });

    const page = await settle(channel.readLevels([{ sku: SKU_A, location: W1 }, { sku: SKU_B, location: W1 }], undefined, context));

    expect(page.items.map(({ quantity }) => quantity)).toEqual(['0', '0']);
  });

  it('says nothing about an item that is gone, and warns', async () => {
    const { channel, context, settle } = fakeShop({ LevelsOfItems: () => ({ nodes: [null] }) });

    const page = await settle(channel.readLevels([{ sku: SKU_A, location: W1 }], undefined, context));

    expect(page.items).toEqual([]);
    expect(context.warnings).toHaveLength(1);
  });

  it('names what nobody mapped and calls nobody for it', async () => {
    const { channel, context, requests } = fakeShop({});

    const page = await channel.readLevels([{ sku: parseSku('X'), location: parseLocationId('Y') }], undefined, context);

    expect(page).toEqual({ items: [], unmapped: ['X', 'Y'] });
    expect(requests).toHaveLength(0);
  });

  it('refuses a cursor that is not its own', async () => {
    const { channel, context } = fakeShop({});

    await expect(channel.readLevels([], 'elsewhere', context)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  });
});

describe('readLevels of everything', () => {
  it('walks the mapped locations page by page and reports the rest', async () => {
    const { channel, context, settle, requests } = fakeShop({
      Locations: () => ({ locations: wholePage({ id: PLACE(1) }, { id: PLACE(9) }, { id: PLACE(2) }) }),
      LevelsOfLocation: ({ variables }) => {
        const row = (item: number, ...rest: Parameters<typeof level>) => ({ id: ITEM(item), inventoryLevel: level(...rest) });
        if (variables['location'] === PLACE(2)) return { inventoryItems: wholePage<unknown>(row(2, 3, false), { id: ITEM(1), inventoryLevel: null }) };
        return { inventoryItems: variables['after'] === null ? partPage<unknown>('more', row(1, 4)) : wholePage<unknown>(row(77, 1), row(2, 5)) };
      },
    });

    const { items, unmapped, count } = await readAll((page) => settle(channel.readLevels('all', page, context)));

    expect(items).toEqual([
      { sku: 'A', location: 'W1', quantity: '4', observedAt },
      { sku: 'B', location: 'W1', quantity: '5', observedAt },
      { sku: 'B', location: 'W2', quantity: '0', observedAt },
      { sku: 'A', location: 'W2', quantity: '0', observedAt },
    ]);
    expect(unmapped).toEqual([PLACE(9), ITEM(77)]);
    expect(count).toBe(3);
    expect(requests).toHaveLength(4);
  });

  it('ends at once in a shop without a mapped location', async () => {
    const { channel, context, settle } = fakeShop({ Locations: () => ({ locations: wholePage({ id: PLACE(9) }) }) });

    expect(await settle(channel.readLevels('all', undefined, context))).toEqual({ items: [], unmapped: [PLACE(9)] });
  });
});

describe('ensureStocked', () => {
  it('activates what is not active, each with a key of its own', async () => {
    const { channel, context, settle, requests } = fakeShop({
      LevelsOfItems: ({ variables }) => ({
        nodes: (variables['items'] as string[]).map((id) => ({ id, inventoryLevel: id === ITEM(1) ? level(7) : level(3, false) })),
      }),
      Activate: ({ variables }) => ({
        inventoryActivate:
          variables['location'] === PLACE(1)
            ? { inventoryLevel: { isActive: true }, userErrors: [] }
            : { inventoryLevel: null, userErrors: [{ field: null, message: 'The product was deleted.' }] },
      }),
    });
    const keys = [
      { sku: SKU_B, location: W2 },
      { sku: parseSku('X'), location: W1 },
      { sku: SKU_A, location: W1 },
      { sku: SKU_B, location: W1 },
    ];

    const outcomes = await settle(channel.ensureStocked(keys, context));

    expect(outcomes).toMatchObject([
      { sku: 'B', location: 'W2', status: 'rejected', reason: 'The product was deleted.' },
      { sku: 'X', location: 'W1', status: 'rejected' },
      { sku: 'A', location: 'W1', status: 'active' },
      { sku: 'B', location: 'W1', status: 'activated' },
    ]);
    const activations = requests.filter(({ name }) => name === 'Activate');
    expect(activations.map(({ variables }) => [variables['item'], variables['location']])).toEqual([
      [ITEM(2), PLACE(2)],
      [ITEM(2), PLACE(1)],
    ]);
    expect(new Set(activations.map(({ variables }) => variables['key'])).size).toBe(2);
  });
});
