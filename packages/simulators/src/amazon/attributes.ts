import { z } from 'zod';
import { isVendorChannel, MERCHANT_CHANNEL } from './account.ts';
import type { AttributeElement, Attributes, Offer } from './account.ts';
import type { AmazonListingIssue } from './options.ts';

/** The attribute that says what is on offer. */
export const AVAILABILITY = 'fulfillment_availability';

/** One operation of a patch. */
export interface PatchOperation {
  readonly op: 'add' | 'replace' | 'merge' | 'delete';
  /** The name of a top-level attribute. */
  readonly attribute: string;
  readonly value: readonly AttributeElement[] | undefined;
}

/** Attributes that every product type of this account has. The vendor's own lists have hundreds for each type. */
const KNOWN_ATTRIBUTES = new Set([
  AVAILABILITY, 'item_name', 'brand', 'bullet_point', 'condition_type', 'item_type_keyword', 'list_price', 'merchant_shipping_group',
  'product_description', 'purchasable_offer', 'skip_offer', 'supplier_declared_dg_hz_regulation',
]);
const AVAILABILITY_FIELDS = new Set([
  'fulfillment_channel_code', 'quantity', 'lead_time_to_ship_max_days', 'restock_date', 'is_inventory_available', 'marketplace_id',
]);
const COUNT = z.number().int().min(0);
const AVAILABILITY_VALUES = z.object({
  quantity: COUNT.optional(), lead_time_to_ship_max_days: COUNT.optional(), restock_date: z.string().regex(/^\d{4}-\d\d-\d\d/).optional(),
});

/** The attributes after some operations, in their order. */
export function patchAttributes(attributes: Attributes, operations: readonly PatchOperation[], marketplaceId: string): Attributes {
  let patched = attributes;
  for (const { op, attribute, value } of operations) {
    const before = patched[attribute] ?? [];
    const given = (value ?? []).map((element) => ({ marketplace_id: marketplaceId, ...element }));
    const after = op === 'merge' ? mergeElements(attribute, before, given) : op === 'delete' ? deleteElements(attribute, before, value) : given;
    const { [attribute]: _, ...others } = patched;
    patched = after.length === 0 ? others : { ...others, [attribute]: after };
  }
  return patched;
}

/** Fields that the given elements do not name stay as they were. */
function mergeElements(attribute: string, before: readonly AttributeElement[], given: readonly AttributeElement[]): readonly AttributeElement[] {
  const merged = [...before];
  for (const element of given) {
    const index = merged.findIndex((other) => selectorOf(attribute, other) === selectorOf(attribute, element));
    if (index === -1) merged.push(element);
    else merged[index] = { ...merged[index], ...element };
  }
  return merged;
}

function deleteElements(attribute: string, before: readonly AttributeElement[], named: readonly AttributeElement[] | undefined): readonly AttributeElement[] {
  if (named === undefined) return [];
  const selectors = new Set(named.map((element) => selectorOf(attribute, element)));
  return before.filter((element) => !selectors.has(selectorOf(attribute, element)));
}

/** What tells the elements of an attribute apart. */
function selectorOf(attribute: string, element: AttributeElement): unknown {
  return attribute === AVAILABILITY ? element['fulfillment_channel_code'] : element['language_tag'];
}

/**
 * The offer that follows from a submission; nothing where it does not speak of availability.
 *
 * @remarks
 * The channel that was written decides: a network of the vendor turns the listing over to the vendor, `DEFAULT` turns it
 * back. Both in one submission end at the vendor's. What is left after a deletion is an empty offer of the seller.
 */
export function offerOf(attributes: Attributes, operations: readonly PatchOperation[]): Offer | undefined {
  const writes = operations.filter(({ attribute }) => attribute === AVAILABILITY);
  if (writes.length === 0) return undefined;
  const written = writes.flatMap(({ op, value }) => (op === 'delete' ? [] : value ?? [])).map(channelOf);
  const elements = attributes[AVAILABILITY] ?? [];
  const candidates = written.length > 0 ? written : elements.map(channelOf);
  const vendors = candidates.findLast((code) => typeof code === 'string' && isVendorChannel(code));
  if (typeof vendors === 'string') return { channel: vendors, quantity: undefined };
  return { channel: MERCHANT_CHANNEL, quantity: merchantQuantity(attributes) ?? 0 };
}

/** The quantity that stands in the attributes for goods that the seller ships. */
export function merchantQuantity(attributes: Attributes): number | undefined {
  const quantity = attributes[AVAILABILITY]?.find((element) => channelOf(element) === MERCHANT_CHANNEL)?.['quantity'];
  return typeof quantity === 'number' ? quantity : undefined;
}

function channelOf(element: AttributeElement): unknown {
  return element['fulfillment_channel_code'];
}

/** What is wrong with a submission; nothing where it can be accepted. */
export function submissionIssues(operations: readonly PatchOperation[]): readonly AmazonListingIssue[] {
  return operations.flatMap(({ op, attribute, value }) => {
    if (!KNOWN_ATTRIBUTES.has(attribute)) return [invalidAttribute([attribute])];
    if (op === 'delete' || attribute !== AVAILABILITY) return [];
    return (value ?? []).flatMap(availabilityIssues);
  });
}

function availabilityIssues(element: AttributeElement): readonly AmazonListingIssue[] {
  const unknown = Object.keys(element).filter((name) => !AVAILABILITY_FIELDS.has(name));
  // A camelCase key is a field that does not exist.
  if (unknown.length > 0) return [invalidAttribute([AVAILABILITY])];
  const code = channelOf(element);
  if (code === undefined) return [missingField('fulfillment_channel_code')];
  if (typeof code !== 'string' || (code !== MERCHANT_CHANNEL && !isVendorChannel(code))) return [invalidAttribute([AVAILABILITY])];
  if (code === MERCHANT_CHANNEL && element['quantity'] === undefined) return [missingField('quantity')];
  return AVAILABILITY_VALUES.safeParse(element).success ? [] : [invalidAttribute([AVAILABILITY])];
}

/** The vendor's issue for attributes that it cannot take. */
export function invalidAttribute(attributeNames: readonly string[]): AmazonListingIssue {
  return { code: '90000900', message: 'The attributes are invalid.', severity: 'ERROR', attributeNames, categories: ['INVALID_ATTRIBUTE'] };
}

function missingField(name: string): AmazonListingIssue {
  return { code: '90220', message: `'${name}' is required but not supplied.`, severity: 'ERROR', attributeNames: [AVAILABILITY], categories: ['MISSING_ATTRIBUTE'] };
}
