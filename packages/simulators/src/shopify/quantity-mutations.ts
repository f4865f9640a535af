import { parseGid } from './gid.ts';
import type { MutationOutcome, UserError } from './idempotency.ts';
import type { ShopifyApiVersion } from './options.ts';
import { startDeed } from './shop.ts';
import type { AdjustmentChange, AdjustmentGroup, Item, Level, Location, QuantityName, Shop, StoredQuantityName } from './shop.ts';
import { findLevel, moveStock, obtainLevel, readQuantity } from './stock.ts';

/** `InventorySetQuantitiesInput`. */
export interface SetInput {
  readonly name: string;
  readonly reason: string;
  readonly referenceDocumentUri?: string | null;
  readonly quantities: readonly {
    readonly inventoryItemId: string;
    readonly locationId: string;
    readonly quantity: number;
    readonly changeFromQuantity?: number | null;
  }[];
}

/** `InventoryAdjustQuantitiesInput`. */
export interface AdjustInput {
  readonly name: string;
  readonly reason: string;
  readonly referenceDocumentUri?: string | null;
  readonly changes: readonly {
    readonly inventoryItemId: string;
    readonly locationId: string;
    readonly delta: number;
    readonly changeFromQuantity?: number | null;
    readonly ledgerDocumentUri?: string | null;
  }[];
}

const REASONS: readonly string[] = [
  'correction', 'cycle_count_available', 'damaged', 'movement_canceled', 'movement_created', 'movement_received', 'movement_updated',
  'other', 'promotion', 'quality_control', 'received', 'reservation_created', 'reservation_deleted', 'reservation_updated', 'restock',
  'safety_stock', 'shrinkage',
];
const ADJUSTABLE: readonly StoredQuantityName[] = ['available', 'damaged', 'incoming', 'quality_control', 'reserved', 'safety_stock'];
const SET_MAX = 1_000_000_000;
const ADJUST_MAX = 2_000_000_000;
const URI = /^[a-z][a-z0-9+.-]*:\S+$/i;

/** One row of a mutation: which pair, how far it moves, and what the caller believes to be there. */
interface Row {
  readonly path: readonly string[];
  readonly item: Item;
  readonly location: Location;
  readonly expected: number | null | undefined;
  readonly amount: number;
  readonly ledgerDocumentUri: string | undefined;
}

/** Writes absolute quantities, all rows or none. */
export function setQuantities(shop: Shop, input: SetInput, version: ShopifyApiVersion): MutationOutcome<AdjustmentGroup | null> {
  const { name } = input;
  const errors = commonErrors(input);
  if (name !== 'available' && name !== 'on_hand') {
    errors.push({ code: 'INVALID_NAME', field: ['input', 'name'], message: "The quantity name must be either 'available' or 'on_hand'." });
  }
  const rows = input.quantities.flatMap((row, index) => {
    const path = ['input', 'quantities', String(index)];
    errors.push(...setAmountErrors(name, row.quantity, [...path, 'quantity']));
    return readRow(shop, { ...row, amount: row.quantity }, path, errors);
  });
  errors.push(...duplicateErrors(rows));
  if (errors.length > 0 || (name !== 'available' && name !== 'on_hand')) return { errors };
  const refusals = [...notStockedErrors(shop, rows, version), ...staleErrors(shop, rows, name)];
  if (refusals.length > 0) return { errors: refusals };
  return apply(shop, input, rows.map((row) => {
    const delta = row.amount - (levelQuantity(shop, row, name) ?? 0);
    // Setting the physical total moves what is on sale: the other parts of it are the shop's own business.
    return { row, moved: 'available', delta };
  }));
}

/** Moves quantities by deltas, all rows or none. */
export function adjustQuantities(shop: Shop, input: AdjustInput, version: ShopifyApiVersion): MutationOutcome<AdjustmentGroup | null> {
  const errors = commonErrors(input);
  const name = ADJUSTABLE.find((each) => each === input.name);
  if (name === undefined) {
    errors.push({ code: 'INVALID_QUANTITY_NAME', field: ['input', 'name'], message: `The specified quantity name is invalid. Valid values are: ${ADJUSTABLE.join(', ')}.` });
  }
  const rows = input.changes.flatMap((row, index) => {
    const path = ['input', 'changes', String(index)];
    errors.push(...boundErrors(row.delta, ADJUST_MAX, [...path, 'delta']));
    if (name !== undefined) errors.push(...ledgerErrors(name, row.ledgerDocumentUri, [...path, 'ledgerDocumentUri']));
    return readRow(shop, { ...row, amount: row.delta }, path, errors);
  });
  if (new Set(input.changes.map(({ ledgerDocumentUri }) => ledgerDocumentUri ?? '')).size > 1) {
    errors.push({
      code: 'MAX_ONE_LEDGER_DOCUMENT', field: ['input', 'changes'],
      message: 'All changes must have the same ledger document URI or, in the case of adjusting available, no ledger document URI.',
    });
  }
  if (errors.length > 0 || name === undefined) return { errors };
  const refusals = [...notStockedErrors(shop, rows, version), ...staleErrors(shop, rows, name)];
  if (refusals.length > 0) return { errors: refusals };
  return apply(shop, input, rows.map((row) => ({ row, moved: name, delta: row.amount })));
}

interface Movement {
  readonly row: Row;
  readonly moved: StoredQuantityName;
  readonly delta: number;
}

/** Books the movements; each physical one is mirrored in `on_hand`. Nothing moved is a success without a group. */
function apply(shop: Shop, input: SetInput | AdjustInput, movements: readonly Movement[]): MutationOutcome<AdjustmentGroup | null> {
  const deed = startDeed(shop, 'write');
  const changes: AdjustmentChange[] = [];
  for (const { row, moved, delta } of movements) {
    const level = obtainLevel(shop, row.item, row.location);
    if (delta === 0) continue;
    moveStock(deed, level, { [moved]: delta });
    const booked = { delta, item: row.item, location: row.location, ledgerDocumentUri: row.ledgerDocumentUri };
    changes.push({ name: moved, ...booked });
    if (moved !== 'incoming') changes.push({ name: 'on_hand', ...booked });
  }
  if (changes.length === 0) return { rebuild: () => null };
  const group: AdjustmentGroup = {
    id: shop.nextId(), createdAtMs: shop.now(), reason: input.reason,
    referenceDocumentUri: input.referenceDocumentUri ?? undefined, changes,
  };
  return { rebuild: () => group };
}

function commonErrors(input: SetInput | AdjustInput): UserError[] {
  const errors: UserError[] = [];
  if (!REASONS.includes(input.reason)) {
    errors.push({ code: 'INVALID_REASON', field: ['input', 'reason'], message: `The specified reason is invalid. Valid values are: ${REASONS.join(', ')}.` });
  }
  const reference = input.referenceDocumentUri;
  if (typeof reference === 'string' && !URI.test(reference)) {
    errors.push({ code: 'INVALID_REFERENCE_DOCUMENT', field: ['input', 'referenceDocumentUri'], message: 'The reference document must be a valid URI.' });
  }
  return errors;
}

interface RowInput {
  readonly inventoryItemId: string;
  readonly locationId: string;
  readonly changeFromQuantity?: number | null;
  readonly ledgerDocumentUri?: string | null;
  readonly amount: number;
}

// oxlint-disable-next-line max-params -- a row, where it stood, and where its errors go
function readRow(shop: Shop, row: RowInput, path: readonly string[], errors: UserError[]): readonly Row[] {
  const item = shop.items.get(parseGid('InventoryItem', row.inventoryItemId) ?? Number.NaN);
  const locationId = parseGid('Location', row.locationId);
  const location = shop.locations.find(({ id }) => id === locationId);
  if (item === undefined) {
    errors.push({ code: 'INVALID_INVENTORY_ITEM', field: [...path, 'inventoryItemId'], message: 'The specified inventory item could not be found.' });
  }
  if (location === undefined) {
    errors.push({ code: 'INVALID_LOCATION', field: [...path, 'locationId'], message: 'The specified location could not be found.' });
  }
  if (item === undefined || location === undefined) return [];
  return [{ path, item, location, expected: row.changeFromQuantity, amount: row.amount, ledgerDocumentUri: row.ledgerDocumentUri ?? undefined }];
}

function setAmountErrors(name: string, quantity: number, field: readonly string[]): readonly UserError[] {
  if (name === 'on_hand' && quantity < 0) return [{ code: 'INVALID_QUANTITY_NEGATIVE', field, message: "The quantity can't be negative." }];
  return boundErrors(quantity, SET_MAX, field);
}

function boundErrors(amount: number, max: number, field: readonly string[]): readonly UserError[] {
  const shown = max.toLocaleString('en-US');
  if (amount < -max) return [{ code: 'INVALID_QUANTITY_TOO_LOW', field, message: `The quantity can't be lower than -${shown}.` }];
  if (amount > max) return [{ code: 'INVALID_QUANTITY_TOO_HIGH', field, message: `The quantity can't be higher than ${shown}.` }];
  return [];
}

function ledgerErrors(name: StoredQuantityName, uri: string | null | undefined, field: readonly string[]): readonly UserError[] {
  if (name === 'available') {
    if (typeof uri !== 'string') return [];
    return [{ code: 'INVALID_AVAILABLE_DOCUMENT', field, message: 'A ledger document URI is not allowed when adjusting available.' }];
  }
  if (typeof uri !== 'string') return [{ code: 'INVALID_QUANTITY_DOCUMENT', field, message: 'A ledger document URI is required except when adjusting available.' }];
  if (!uri.startsWith('gid://shopify/')) return [];
  return [{ code: 'INTERNAL_LEDGER_DOCUMENT', field, message: 'Internal (gid://shopify/) ledger documents are not allowed to be adjusted via API.' }];
}

function duplicateErrors(rows: readonly Row[]): readonly UserError[] {
  const counts = new Map<string, number>();
  const pairOf = (row: Row): string => `${String(row.item.id)}@${String(row.location.id)}`;
  for (const row of rows) counts.set(pairOf(row), (counts.get(pairOf(row)) ?? 0) + 1);
  return rows.filter((row) => (counts.get(pairOf(row)) ?? 0) > 1).map((row) => ({
    code: 'NO_DUPLICATE_INVENTORY_ITEM_ID_GROUP_ID_PAIR', field: [...row.path, 'locationId'],
    message: 'The combination of inventoryItemId and locationId must be unique.',
  }));
}

/** Before 2026-10 a pair that never was stocked could not be written; since then the write stands, and sells nothing. */
function notStockedErrors(shop: Shop, rows: readonly Row[], version: ShopifyApiVersion): readonly UserError[] {
  if (version === '2026-10') return [];
  return rows.filter((row) => findLevel(shop, row.item, row.location) === undefined).map((row) => ({
    code: 'ITEM_NOT_STOCKED_AT_LOCATION', field: [...row.path, 'locationId'], message: 'The specified inventory item is not stocked at the location.',
  }));
}

function staleErrors(shop: Shop, rows: readonly Row[], name: QuantityName): readonly UserError[] {
  const stale = rows.filter((row) => typeof row.expected === 'number' && row.expected !== (levelQuantity(shop, row, name) ?? 0));
  const isByRow = shop.options.staleErrorField === 'row';
  return (isByRow ? stale : stale.slice(0, 1)).map((row) => ({
    code: 'CHANGE_FROM_QUANTITY_STALE', field: isByRow ? [...row.path, 'changeFromQuantity'] : null,
    message: 'The changeFromQuantity argument no longer matches the persisted quantity.',
  }));
}

function levelQuantity(shop: Shop, row: Row, name: QuantityName): number | undefined {
  const level: Level | undefined = findLevel(shop, row.item, row.location);
  return level === undefined ? undefined : readQuantity(level, name);
}
