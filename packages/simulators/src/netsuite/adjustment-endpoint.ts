import { z } from 'zod';
import type { AccountDatabase } from './account-database.ts';
import type { AdjustmentDraft, AdjustmentLine, AdjustmentRecord, InventoryAdjustments } from './inventory-adjustments.ts';
import { badRequest, invalidContent, methodNotAllowed, notFound } from './problems.ts';

const BODY_PROPERTIES = new Set([
  'externalId', 'account', 'adjLocation', 'subsidiary', 'memo', 'tranDate', 'tranId', 'inventory', 'customer', 'department', 'class', 'postingPeriod',
]);
const LINE_PROPERTIES = new Set([
  'line', 'item', 'location', 'adjustQtyBy', 'newQuantity', 'unitCost', 'units', 'memo', 'description', 'department', 'class', 'inventoryDetail',
]);

const reference = z.object({ id: z.union([z.string(), z.number()]) });
const line = z.looseObject({
  line: z.number().int().optional(),
  item: reference,
  location: reference,
  adjustQtyBy: z.number().optional(),
  newQuantity: z.number().optional(),
});
const body = z.looseObject({
  externalId: z.string().optional(),
  account: reference.optional(),
  memo: z.string().optional(),
  inventory: z.object({ items: z.array(line) }).optional(),
});

/** What the endpoint works with. */
export interface AdjustmentDesk {
  readonly database: AccountDatabase;
  readonly adjustments: InventoryAdjustments;
}

/** Answers `/services/rest/record/v1/inventoryAdjustment`, with what follows it in the path as `key`. */
export async function answerAdjustment(desk: AdjustmentDesk, request: Request, key: string): Promise<Response> {
  if (/respond-async/i.test(request.headers.get('prefer') ?? '')) {
    throw badRequest('INVALID_HEADER', 'Asynchronous execution is not simulated.', { 'o:errorHeader': 'Prefer' });
  }
  const externalId = /^eid:(.+)$/.exec(key)?.[1];
  switch (request.method) {
    case 'GET': return show(desk, request, existing(find(desk, key, externalId)));
    case 'POST': return key === '' ? await create(desk, request) : refuseMethod(request);
    case 'PUT': return externalId === undefined ? refuseMethod(request) : await upsert(desk, request, externalId);
    case 'PATCH': return await change(desk, request, existing(find(desk, key, externalId)));
    default: return refuseMethod(request);
  }
}

async function create(desk: AdjustmentDesk, request: Request): Promise<Response> {
  const draft = await readDraft(desk, request);
  if (draft.externalId !== undefined && desk.adjustments.byExternalId(draft.externalId) !== undefined) {
    throw badRequest('USER_ERROR', 'Error while accessing resource: This record already exists.');
  }
  return located(request, desk.adjustments.create(complete(draft)));
}

async function upsert(desk: AdjustmentDesk, request: Request, externalId: string): Promise<Response> {
  const draft = { ...(await readDraft(desk, request)), externalId };
  // Looked up after the body was read: nothing may come between the question and the write.
  const record = desk.adjustments.byExternalId(externalId);
  if (record === undefined) return located(request, desk.adjustments.create(complete(draft)));
  return located(request, desk.adjustments.update(record, draft, lineMode(request)));
}

async function change(desk: AdjustmentDesk, request: Request, known: AdjustmentRecord): Promise<Response> {
  const draft = await readDraft(desk, request);
  return located(request, desk.adjustments.update(existing(desk.adjustments.byId(known.id)), draft, lineMode(request)));
}

function lineMode(request: Request): 'merge' | 'replace' {
  const replaced = (new URL(request.url).searchParams.get('replace') ?? '').split(',');
  return replaced.includes('inventory') ? 'replace' : 'merge';
}

/** A new adjustment needs what the vendor's form marks as required. */
function complete(draft: AdjustmentDraft): AdjustmentDraft {
  if (draft.fields['account'] === undefined) throw badRequest('USER_ERROR', 'Error while accessing resource: Please enter value(s) for: Account.');
  if (draft.lines.length === 0) throw badRequest('USER_ERROR', 'Error while accessing resource: You must enter at least one line item for this transaction.');
  return draft;
}

async function readDraft({ database }: AdjustmentDesk, request: Request): Promise<AdjustmentDraft> {
  const parsed = body.safeParse(await readJson(request));
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw invalidContent(`Invalid value: ${issue?.message ?? 'not an adjustment'}.`, pathText(issue?.path ?? []));
  }
  const { inventory, externalId, memo, ...fields } = parsed.data;
  if (/^error$/i.test(request.headers.get('x-netsuite-propertynamevalidation') ?? '')) assertPropertiesKnown(parsed.data);
  const lines = (inventory?.items ?? []).map((item, index) => toLine(database, item, index));
  return { externalId, memo, lines, fields: memo === undefined ? fields : { ...fields, memo } };
}

async function readJson(request: Request): Promise<unknown> {
  try {
    return JSON.parse(await request.text());
  } catch {
    throw badRequest('INVALID_CONTENT', 'The body is not JSON.');
  }
}

function toLine(database: AccountDatabase, incoming: z.infer<typeof line>, index: number): AdjustmentLine {
  const path = `inventory.items[${index}]`;
  const [item, locationId] = [Number(incoming.item.id), Number(incoming.location.id)];
  const { itemtype } = database.get('SELECT itemtype FROM item WHERE id = ?', item) ?? {};
  if (itemtype !== 'InvtPart' && itemtype !== 'Assembly') throw invalidField(incoming.item.id, 'item', path);
  if (database.get('SELECT id FROM location WHERE id = ?', locationId) === undefined) throw invalidField(incoming.location.id, 'location', path);
  return { item, locationId, quantity: difference(database, incoming, path), ...(incoming.line === undefined ? {} : { line: incoming.line }) };
}

function difference(database: AccountDatabase, { item, location, adjustQtyBy, newQuantity }: z.infer<typeof line>, path: string): number {
  if (adjustQtyBy !== undefined) return adjustQtyBy;
  if (newQuantity === undefined) throw invalidContent('Please enter value(s) for: Adjust Qty. By', `${path}.adjustQtyBy`);
  const row = database.get('SELECT quantityonhand FROM aggregateitemlocation WHERE item = ? AND location = ?', Number(item.id), Number(location.id));
  return newQuantity - Number(row?.['quantityonhand'] ?? 0);
}

function invalidField(value: string | number, field: string, path: string): Error {
  return invalidContent(`You have entered an Invalid Field Value ${value} for the following field: ${field}`, `${path}.${field}`);
}

function assertPropertiesKnown(adjustment: z.infer<typeof body>): void {
  const refuseUnknown = (names: readonly string[], known: ReadonlySet<string>, path: string): void => {
    const unknown = names.find((name) => !known.has(name) && !name.startsWith('cust'));
    if (unknown !== undefined) throw invalidContent(`Unknown reference or field name '${unknown}'.`, path + unknown);
  };
  refuseUnknown(Object.keys(adjustment), BODY_PROPERTIES, '');
  for (const [index, item] of (adjustment.inventory?.items ?? []).entries()) refuseUnknown(Object.keys(item), LINE_PROPERTIES, `inventory.items[${index}].`);
}

function show({ database }: AdjustmentDesk, request: Request, record: AdjustmentRecord): Response {
  const self = recordUrl(request, record);
  const isExpanded = new URL(request.url).searchParams.get('expandSubResources') === 'true';
  const items = record.lines.map(({ line: key, item, locationId, quantity }) => ({
    line: key,
    item: { id: String(item), refName: String(database.get('SELECT itemid FROM item WHERE id = ?', item)?.['itemid']) },
    location: { id: String(locationId) },
    adjustQtyBy: quantity,
  }));
  const links = [{ rel: 'self', href: `${self}/inventory` }];
  return Response.json({
    links: [{ rel: 'self', href: self }],
    id: String(record.id),
    externalId: record.externalId,
    ...record.fields,
    lastModifiedDate: new Date(record.lastModifiedMs).toISOString().replace(/\.\d+/, ''),
    inventory: isExpanded ? { links, items, totalResults: items.length } : { links },
  });
}

function find({ adjustments }: AdjustmentDesk, key: string, externalId: string | undefined): AdjustmentRecord | undefined {
  if (externalId !== undefined) return adjustments.byExternalId(externalId);
  return /^\d+$/.test(key) ? adjustments.byId(Number(key)) : undefined;
}

function existing(record: AdjustmentRecord | undefined): AdjustmentRecord {
  if (record === undefined) throw notFound();
  return record;
}

function refuseMethod(request: Request): never {
  throw methodNotAllowed(request.method);
}

function located(request: Request, record: AdjustmentRecord): Response {
  return new Response(null, { status: 204, headers: { location: recordUrl(request, record) } });
}

/** The vendor writes the record's name in lower case here. */
function recordUrl(request: Request, record: AdjustmentRecord): string {
  return `${new URL(request.url).origin}/services/rest/record/v1/inventoryadjustment/${record.id}`;
}

function pathText(path: readonly PropertyKey[]): string {
  return path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('').replace(/^\./, '');
}
