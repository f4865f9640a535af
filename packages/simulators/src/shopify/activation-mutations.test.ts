import { describe, expect, it } from 'vitest';
import { createTestShop, EAST, HOOK, WEST } from '../../test/shopify-fixture.ts';
import type { TestShop } from '../../test/shopify-fixture.ts';

const ACTIVATE = `mutation Act($i: ID!, $l: ID!, $a: Int, $key: String!) { inventoryActivate(inventoryItemId: $i, locationId: $l, available: $a) @idempotent(key: $key) {
  inventoryLevel { id isActive quantities(names: ["available", "on_hand"]) { name quantity } } userErrors { field message } } }`;
const DEACTIVATE = 'mutation D($id: ID!) { inventoryDeactivate(inventoryLevelId: $id) { userErrors { field message } } }';
const LEVEL_ID = 'query Q($i: ID!, $l: ID!) { inventoryItem(id: $i) { inventoryLevel(locationId: $l, includeInactive: true) { id } } }';

const location = (id: number): string => `gid://shopify/Location/${String(id)}`;
const activate = (shop: TestShop, key: string, sku: string, at: number, available?: number) => shop.call(ACTIVATE, { key, i: shop.itemGid(sku), l: location(at), ...(available === undefined ? {} : { a: available }) });
const deactivate = async (shop: TestShop, sku: string, at: number) => {
  const found = await shop.call(LEVEL_ID, { i: shop.itemGid(sku), l: location(at) });
  return shop.call(DEACTIVATE, { id: found.body.data.inventoryItem.inventoryLevel.id });
};

describe('levels that are switched off', () => {
  it('keep their quantities and sell nothing until they are switched on', async () => {
    const shop = createTestShop();
    await shop.set('k', { sku: 'A', at: EAST, to: 5, from: 0 }, { sku: 'A', at: WEST, to: 7, from: 0 });
    const variant = async (): Promise<unknown> => (await shop.call('{ inventoryItems(first: 1) { nodes { variants(first: 1) { nodes { inventoryQuantity sellableOnlineQuantity } } } } }')).body.data.inventoryItems.nodes[0].variants.nodes[0];

    await deactivate(shop, 'A', WEST);

    expect(shop.simulator.level('A', WEST)).toMatchObject({ available: 7, isActive: false });
    expect(await variant()).toEqual({ inventoryQuantity: 5, sellableOnlineQuantity: 5 });
    expect(shop.simulator.placeOrder({ lines: [{ sku: 'A', quantity: 6 }] }).lines).toMatchObject([{ accepted: 0 }]);
    const { body } = await activate(shop, 'a1', 'A', WEST);
    expect(body.data.inventoryActivate).toMatchObject({ userErrors: [], inventoryLevel: { isActive: true, quantities: [{ name: 'available', quantity: 7 }, { name: 'on_hand', quantity: 7 }] } });
    expect(await variant()).toEqual({ inventoryQuantity: 12, sellableOnlineQuantity: 12 });
  });

  it('can be made with a quantity, and refuse one once they are active', async () => {
    const shop = createTestShop();

    const made = await activate(shop, 'a1', 'N', WEST, 3);
    const again = await activate(shop, 'a2', 'N', WEST, 4);
    const replay = await activate(shop, 'a1', 'N', WEST, 3);
    const nowhere = await activate(shop, 'a3', 'N', 99);

    expect(made.body.data.inventoryActivate.userErrors).toEqual([]);
    expect(replay.body.data.inventoryActivate.userErrors).toEqual([]);
    expect(shop.simulator.level('N', WEST)).toMatchObject({ available: 3, isActive: true });
    expect(again.body.data.inventoryActivate).toEqual({ inventoryLevel: null, userErrors: [{ field: ['available'], message: 'Not allowed to set available quantity when the item is already active at the location.' }] });
    expect(nowhere.body.data.inventoryActivate.userErrors).toEqual([{ field: ['locationId'], message: "The product couldn't be stocked because the location wasn't found." }]);
  });

  it('leave one location at least', async () => {
    const shop = createTestShop();

    const { body } = await deactivate(shop, 'N', EAST);
    const toggled = await shop.call(`mutation T($i: ID!, $u: [InventoryBulkToggleActivationInput!]!) { inventoryBulkToggleActivation(inventoryItemId: $i, inventoryItemUpdates: $u) {
      inventoryLevels { location { id } } userErrors { code field message } } }`, { i: shop.itemGid('N'), u: [{ locationId: location(EAST), activate: false }, { locationId: location(WEST), activate: true }] });

    expect(body.data.inventoryDeactivate.userErrors).toEqual([{ field: null, message: "The product couldn't be unstocked from East because products need to be stocked at a minimum of 1 location." }]);
    expect(toggled.body.data.inventoryBulkToggleActivation).toEqual({ inventoryLevels: [{ location: { id: location(WEST) } }], userErrors: [] });
    expect(shop.simulator.level('N', EAST)?.isActive).toBe(false);
  });

  it('are told of, as is a switch of tracking', async () => {
    const shop = createTestShop();
    for (const topic of ['INVENTORY_LEVELS_CONNECT', 'INVENTORY_LEVELS_DISCONNECT', 'INVENTORY_ITEMS_UPDATE']) await shop.call(HOOK, { topic, s: { uri: 'https://shop.example/hooks' } });

    await activate(shop, 'a1', 'N', WEST);
    await deactivate(shop, 'N', EAST);
    const { body } = await shop.call('mutation T($id: ID!, $input: InventoryItemInput!) { inventoryItemUpdate(id: $id, input: $input) { inventoryItem { tracked } userErrors { field message } } }', { id: shop.itemGid('U'), input: { tracked: true } });
    await shop.settle();

    expect(body.data.inventoryItemUpdate).toEqual({ inventoryItem: { tracked: true }, userErrors: [] });
    expect(shop.received.map(({ headers }) => headers.get('x-shopify-topic'))).toEqual(['inventory_levels/connect', 'inventory_levels/disconnect', 'inventory_items/update']);
    expect(JSON.parse(shop.received[1]?.body ?? '')).toEqual({ inventory_item_id: shop.simulator.level('N', EAST)?.inventoryItemId, location_id: EAST });
  });
});
