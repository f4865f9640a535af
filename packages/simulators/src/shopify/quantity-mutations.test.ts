import { describe, expect, it } from 'vitest';
import { ADJUST, createTestShop, EAST, SET, setInput, STORE, WEST } from '../../test/shopify-fixture.ts';

describe('inventorySetQuantities', () => {
  it('writes, mirrors into on_hand and says nothing about the quantity afterwards', async () => {
    const shop = createTestShop();

    const { status, body } = await shop.set('k1', { sku: 'A', at: EAST, to: 5, from: 0 });

    expect(status).toBe(200);
    expect(body.data.inventorySetQuantities).toMatchObject({ userErrors: [], inventoryAdjustmentGroup: { reason: 'correction', createdAt: '2026-11-23T10:00:00Z' } });
    const item = { id: shop.itemGid('A') };
    const location = { id: `gid://shopify/Location/${String(EAST)}` };
    expect(body.data.inventorySetQuantities.inventoryAdjustmentGroup.changes).toEqual([
      { name: 'available', delta: 5, quantityAfterChange: null, item, location },
      { name: 'on_hand', delta: 5, quantityAfterChange: null, item, location },
    ]);
    expect(shop.simulator.level('A', EAST)).toMatchObject({ available: 5, onHand: 5 });
  });

  it('fails the whole call when one row is stale, with one error that names no field', async () => {
    const shop = createTestShop();
    await shop.set('k1', { sku: 'A', at: EAST, to: 5, from: 0 });

    const { body } = await shop.set('k2', { sku: 'B', at: EAST, to: 9, from: 0 }, { sku: 'A', at: EAST, to: 7, from: 4 });

    expect(body.data.inventorySetQuantities).toEqual({
      inventoryAdjustmentGroup: null,
      userErrors: [{ code: 'CHANGE_FROM_QUANTITY_STALE', field: null, message: 'The changeFromQuantity argument no longer matches the persisted quantity.' }],
    });
    expect(shop.simulator.level('A', EAST)?.available).toBe(5);
    expect(shop.simulator.level('B', EAST)?.available).toBe(0);
  });

  it('points at every stale row where it is asked to', async () => {
    const shop = createTestShop({ staleErrorField: 'row' });

    const { body } = await shop.set('k', { sku: 'A', at: EAST, to: 7, from: 1 }, { sku: 'B', at: EAST, to: 7, from: 0 }, { sku: 'C', at: EAST, to: 7, from: 2 });

    expect(body.data.inventorySetQuantities.userErrors.map((error: { field: string[] }) => error.field.join('.')))
      .toEqual(['input.quantities.0.changeFromQuantity', 'input.quantities.2.changeFromQuantity']);
  });

  it('answers a write that changes nothing with success and no group, and tells nobody', async () => {
    const shop = createTestShop();
    const { body } = await shop.set('k', { sku: 'A', at: EAST, to: 0, from: null });

    expect(body.data.inventorySetQuantities).toEqual({ inventoryAdjustmentGroup: null, userErrors: [] });
    expect(shop.simulator.nextDueAtMs()).toBeUndefined();
  });

  it('sets on_hand by moving what is on sale and leaving what is committed', async () => {
    const shop = createTestShop();
    await shop.set('k1', { sku: 'A', at: EAST, to: 10, from: null });
    shop.simulator.placeOrder({ lines: [{ sku: 'A', quantity: 3 }] });

    await shop.call(SET, { key: 'k2', input: { ...setInput(shop.itemGid, [{ sku: 'A', at: EAST, to: 8, from: 10 }]), name: 'on_hand' } });

    expect(shop.simulator.level('A', EAST)).toMatchObject({ available: 5, committed: 3, onHand: 8 });
  });

  it('asks for changeFromQuantity before it asks for the directive, and accepts an explicit null', async () => {
    const shop = createTestShop();
    const bare = SET.replace(' @idempotent(key: $key)', '').replace(', $key: String!', '');
    const input = (from?: null) => setInput(shop.itemGid, [{ sku: 'A', at: EAST, to: 1, ...(from === undefined ? {} : { from }) }]);

    const without = await shop.call(bare, { input: input() });
    const withNull = await shop.call(bare, { input: input(null) });

    expect(without.body.errors).toMatchObject([{
      message: 'InventoryQuantityInput must include the following argument: changeFromQuantity.',
      extensions: { code: 'INVALID_FIELD_ARGUMENTS' }, path: ['inventorySetQuantities'],
    }]);
    expect(without.body.data).toEqual({ inventorySetQuantities: null });
    expect(without.body.extensions.cost).toMatchObject({ requestedQueryCost: 13, actualQueryCost: 10 });
    expect(withNull.body.errors).toMatchObject([{
      message: 'The @idempotent directive is required for this mutation but was not provided.', extensions: { code: 'BAD_REQUEST' },
    }]);
    expect(shop.simulator.level('A', EAST)?.available).toBe(0);
  });

  it('names each mistake with code, field and message', async () => {
    const shop = createTestShop();
    const rows = setInput(shop.itemGid, [{ sku: 'A', at: 99, to: 1, from: null }, { sku: 'A', at: EAST, to: 1_000_000_001, from: null }, { sku: 'B', at: EAST, to: 1, from: null }, { sku: 'B', at: EAST, to: 2, from: null }]);

    const { body } = await shop.call(SET, { key: 'k', input: { ...rows, reason: 'mood' } });
    const unknownName = await shop.call(SET, { key: 'k2', input: { ...setInput(shop.itemGid, [{ sku: 'A', at: EAST, to: 1, from: null }]), name: 'damaged' } });
    const negative = await shop.call(SET, { key: 'k3', input: { ...setInput(shop.itemGid, [{ sku: 'A', at: EAST, to: -1, from: null }]), name: 'on_hand' } });

    const shortOf = (answer: typeof body): string[] => answer.data.inventorySetQuantities.userErrors
      .map((error: { code: string; field: string[] }) => `${error.code} ${error.field.join('.')}`);
    expect(shortOf(body)).toEqual([
      'INVALID_REASON input.reason',
      'INVALID_LOCATION input.quantities.0.locationId',
      'INVALID_QUANTITY_TOO_HIGH input.quantities.1.quantity',
      'NO_DUPLICATE_INVENTORY_ITEM_ID_GROUP_ID_PAIR input.quantities.2.locationId',
      'NO_DUPLICATE_INVENTORY_ITEM_ID_GROUP_ID_PAIR input.quantities.3.locationId',
    ]);
    expect(body.data.inventorySetQuantities.userErrors[2].message).toBe("The quantity can't be higher than 1,000,000,000.");
    expect(shortOf(unknownName.body)).toEqual(['INVALID_NAME input.name']);
    expect(shortOf(negative.body)).toEqual(['INVALID_QUANTITY_NEGATIVE input.quantities.0.quantity']);
  });

  it('refuses more than 250 rows before anything else', async () => {
    const shop = createTestShop();
    const row = { sku: 'A', at: EAST, to: 1 };

    const { status, body } = await shop.set('k', ...Array.from({ length: 251 }, () => row));

    expect(status).toBe(200);
    expect(body).toEqual({ errors: [{
      message: 'The input array size of 251 is greater than the maximum allowed of 250.',
      path: ['inventorySetQuantities', 'input', 'quantities'], extensions: { code: 'MAX_INPUT_SIZE_EXCEEDED' },
    }] });
  });

  it('writes to a pair that never was stocked without putting it on sale, and before 2026-10 refuses to', async () => {
    const shop = createTestShop();
    const input = setInput(shop.itemGid, [{ sku: 'N', at: WEST, to: 4, from: 0 }]);

    const before = await shop.call(SET, { key: 'k1', input }, '2026-07');
    const after = await shop.call(SET, { key: 'k2', input }, '2026-10');

    expect(before.body.data.inventorySetQuantities.userErrors).toMatchObject([{ code: 'ITEM_NOT_STOCKED_AT_LOCATION' }]);
    expect(after.body.data.inventorySetQuantities.userErrors).toEqual([]);
    expect(shop.simulator.level('N', WEST)).toMatchObject({ available: 4, isActive: false });
    expect(shop.simulator.placeOrder({ lines: [{ sku: 'N', quantity: 1 }] }).lines).toEqual([{ sku: 'N', accepted: 0, refused: 1, reason: 'soldOut' }]);
  });
});

describe('idempotency keys', () => {
  it('run a mutation once and answer again from the same group', async () => {
    const shop = createTestShop();
    const first = await shop.set('k', { sku: 'A', at: EAST, to: 5, from: 0 });
    shop.simulator.placeOrder({ lines: [{ sku: 'A', quantity: 2 }] });

    const again = await shop.set('k', { sku: 'A', at: EAST, to: 5, from: 0 });

    expect(again.body.data).toEqual(first.body.data);
    expect(shop.simulator.level('A', EAST)?.available).toBe(3);
  });

  it('refuse other parameters, also the same ones in another order', async () => {
    const shop = createTestShop();
    await shop.set('k', { sku: 'A', at: EAST, to: 5, from: 0 });
    const { name, ...rest } = setInput(shop.itemGid, [{ sku: 'A', at: EAST, to: 5, from: 0 }]);

    const other = await shop.set('k', { sku: 'A', at: EAST, to: 6, from: 5 });
    const reordered = await shop.call(SET, { key: 'k', input: { ...rest, name } });

    for (const { body } of [other, reordered]) {
      expect(body.data.inventorySetQuantities.userErrors).toEqual([{
        code: 'IDEMPOTENCY_KEY_PARAMETER_MISMATCH', field: null, message: 'The same idempotency key cannot be used with different operation parameters.',
      }]);
    }
    expect(shop.simulator.level('A', EAST)?.available).toBe(5);
  });

  it('are spent by a failure, and forgotten after a day', async () => {
    const shop = createTestShop();
    await shop.set('k', { sku: 'A', at: EAST, to: 5, from: 1 });

    const retried = await shop.set('k', { sku: 'A', at: EAST, to: 5, from: 1 });
    shop.clock.ms += 24 * 60 * 60 * 1000;
    const nextDay = await shop.set('k', { sku: 'A', at: EAST, to: 5, from: 0 });

    expect(retried.body.data.inventorySetQuantities.userErrors).toMatchObject([{ code: 'IDEMPOTENCY_PREVIOUS_ATTEMPT_FAILED', field: null }]);
    expect(nextDay.body.data.inventorySetQuantities.userErrors).toEqual([]);
    expect(shop.simulator.level('A', EAST)?.available).toBe(5);
  });
});

describe('inventoryAdjustQuantities', () => {
  const adjust = (shop: ReturnType<typeof createTestShop>, key: string, name: string, delta: number, extra: object = {}) => shop.call(ADJUST, {
    key, input: { name, reason: 'correction', changes: [{ inventoryItemId: shop.itemGid('A'), locationId: `gid://shopify/Location/${String(STORE)}`, delta, changeFromQuantity: null, ...extra }] },
  });

  it('moves by deltas and mirrors all but incoming', async () => {
    const shop = createTestShop();
    const ledgerDocumentUri = 'gid://stockwright/Receipt/1';

    const available = await adjust(shop, 'k1', 'available', 4);
    const damaged = await adjust(shop, 'k2', 'damaged', 2, { ledgerDocumentUri });
    const incoming = await adjust(shop, 'k3', 'incoming', 9, { ledgerDocumentUri });
    const nothing = await adjust(shop, 'k4', 'available', 0);

    const names = (answer: typeof available): string[] => answer.body.data.inventoryAdjustQuantities.inventoryAdjustmentGroup.changes.map((change: { name: string }) => change.name);
    expect(names(available)).toEqual(['available', 'on_hand']);
    expect(names(damaged)).toEqual(['damaged', 'on_hand']);
    expect(names(incoming)).toEqual(['incoming']);
    expect(nothing.body.data.inventoryAdjustQuantities).toEqual({ inventoryAdjustmentGroup: null, userErrors: [] });
    expect(shop.simulator.level('A', STORE)).toMatchObject({ available: 4, damaged: 2, incoming: 9, onHand: 6 });
  });

  it('wants a ledger document exactly where the quantity is not available', async () => {
    const shop = createTestShop();

    const codes = await Promise.all([
      adjust(shop, 'k1', 'damaged', 1), adjust(shop, 'k2', 'available', 1, { ledgerDocumentUri: 'x:1' }),
      adjust(shop, 'k3', 'damaged', 1, { ledgerDocumentUri: 'gid://shopify/Order/1' }), adjust(shop, 'k4', 'on_hand', 1), adjust(shop, 'k5', 'available', 1, { changeFromQuantity: 8 }),
    ]);

    expect(codes.map(({ body }) => body.data.inventoryAdjustQuantities.userErrors[0].code))
      .toEqual(['INVALID_QUANTITY_DOCUMENT', 'INVALID_AVAILABLE_DOCUMENT', 'INTERNAL_LEDGER_DOCUMENT', 'INVALID_QUANTITY_NAME', 'CHANGE_FROM_QUANTITY_STALE']);
    expect(shop.simulator.level('A', STORE)).toMatchObject({ available: 0, damaged: 0 });
  });
});
