import { Ajv } from 'ajv';
import addFormatsModule from 'ajv-formats';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { createMapping } from '@stockwright/adapter-kit';
import { parseSku, type QuantityText } from '@stockwright/core';
import { describe, expect, it } from 'vitest';
import { AWKWARD, fakeAmazon, SELLER, SETTINGS, SKU_A, SKU_B, SKU_K, type AmazonRequest } from '../fake-amazon.ts';
import { createAmazon } from '../../src/index.ts';

const repository = resolve(import.meta.dirname, '../../../..');
const shared = process.env['STOCKWRIGHT_SHARED'] ?? resolve(repository, '../shared');
const folder = resolve(shared, 'contracts/amazon');
const isThere = existsSync(folder);

if (!isThere && process.env['CI'] === undefined) {
  console.warn(`Amazon's models are not at ${folder}; their contract is not checked. Name their folder by STOCKWRIGHT_SHARED.`);
}

/** What is used of a model in Swagger 2.0. */
interface Model {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly definitions: Readonly<Record<string, object>>;
}
interface Operation {
  readonly operationId: string;
  readonly parameters: readonly Parameter[];
  readonly responses: Readonly<Record<string, { readonly 'x-amzn-api-sandbox'?: { readonly static?: readonly Sample[] } }>>;
}
interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly type?: string;
  readonly items?: object;
  readonly schema?: { readonly $ref: string };
  readonly collectionFormat?: string;
}
interface Sample {
  readonly response: Record<string, unknown>;
}

const read = (file: string): unknown => (isThere ? JSON.parse(readFileSync(resolve(folder, file), 'utf8')) : undefined);
const models = ['listingsItems_2021-08-01.json', 'orders_2026-01-01.json'].map((file, index) => ({ key: `m${String(index)}`, model: read(file) as Model | undefined }));
const ajv = new Ajv({ strict: false, allErrors: true });
(addFormatsModule as unknown as (ajv: Ajv) => void)(ajv);
for (const { key, model } of models) if (model !== undefined) ajv.addSchema({ $id: key, definitions: model.definitions });

const operations = models.flatMap(({ key, model }) =>
  Object.entries(model?.paths ?? {}).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, operation]) => ('operationId' in operation ? [{ key, path, method: method.toUpperCase(), operation }] : [])),
  ),
);

/** What the models have against a request. */
function problemsOf({ method, url, text }: AmazonRequest): readonly string[] {
  const match = operations.find((one) => one.method === method && new RegExp(`^${one.path.replace(/\{\w+\}/g, '[^/]+')}$`).test(url.pathname));
  if (match === undefined) return [`${method} ${url.pathname} is not in the models`];
  const parameters = match.operation.parameters;
  const problems = [...url.searchParams.keys()].filter((name) => !parameters.some((one) => one.in === 'query' && one.name === name)).map((name) => `${name} is no parameter`);
  for (const parameter of parameters) {
    const value = parameter.in === 'query' ? url.searchParams.get(parameter.name) : null;
    if (parameter.in === 'query' && parameter.required === true && value === null) problems.push(`${parameter.name} is missing`);
    if (value !== null) problems.push(...schemaProblems(parameter, valueOf(parameter, value)).map((problem) => `${parameter.name}: ${problem}`));
    if (parameter.in === 'body') problems.push(...schemaProblems({ $ref: `${match.key}${parameter.schema?.$ref ?? ''}` }, JSON.parse(text)));
  }
  return problems;
}

function valueOf({ type }: Parameter, text: string): unknown {
  if (type === 'array') return text.split(',');
  return type === 'integer' ? Number(text) : text;
}

function schemaProblems({ name: _name, in: _in, required: _required, collectionFormat: _format, ...schema }: Partial<Parameter> & { readonly $ref?: string }, value: unknown): readonly string[] {
  const validate = ajv.compile(schema);
  return validate(value) ? [] : (validate.errors ?? []).map(({ instancePath, message = '' }) => `${instancePath} ${message}`);
}

/** The documented answers of an operation. */
function samplesOf(operationId: string, status: string): readonly Sample[] {
  const found = operations.find(({ operation }) => operation.operationId === operationId);
  return found?.operation.responses[status]?.['x-amzn-api-sandbox']?.static ?? [];
}

const line = (sku: typeof SKU_A, quantity: string) => ({ sku, quantity: quantity as QuantityText });

describe('Amazon\'s models of listings 2021-08-01 and orders 2026-01-01', () => {
  it.runIf(process.env['CI'] !== undefined)('can be checked', () => {
    expect(isThere, `${folder} is missing`).toBe(true);
  });

  it.skipIf(!isThere)('allow every request', async () => {
    const fake = fakeAmazon(
      {
        searchOrders: ({ url }) => ({ orders: [], ...(url.searchParams.has('paginationToken') ? {} : { pagination: { nextToken: 'more' } }), lastUpdatedBefore: '2026-11-23T09:58:00Z' }),
        getOrder: () => samplesOf('getOrder', '200')[0]?.response,
      },
      { handlingDays: 2 },
    );
    const { channel, settle, context, requests } = fake;
    await settle(channel.publish({ idempotencyKey: 'k', lines: [line(SKU_A, '5'), line(SKU_B, '0'), line(SKU_K, '1')] }, context));
    await settle(channel.readLevels([{ sku: SKU_A }, { sku: SKU_B }], undefined, context));
    await settle(channel.readLevels([{ sku: SKU_K }], undefined, context));
    await settle(channel.readOrders({ scope: 'ids', orderIds: ['114-0000000-0000001'] }, undefined, context));
    for (const since of [undefined, '2026-11-23T09:00:00.000Z']) {
      for (let page: string | undefined, isFirst = true; isFirst || page !== undefined; isFirst = false) {
        page = (await settle(channel.readOrders({ scope: 'changed', since }, page, context))).next;
      }
    }
    const walk = fakeAmazon(
      { searchListingsItems: ({ url }) => ({ numberOfResults: 1, items: [], ...(url.searchParams.has('pageToken') ? {} : { pagination: { nextToken: 'more' } }) }) },
      { mappings: { skus: { toInternal: () => undefined, toExternal: () => undefined } } },
    );
    const { next } = await walk.settle(walk.channel.readLevels('all', undefined, walk.context));
    await walk.settle(walk.channel.readLevels('all', '{"from":"2026-01-01T00:00:00.000Z","seen":0}', walk.context));
    await walk.settle(walk.channel.readLevels('all', next, walk.context));

    const checked = [...requests, ...walk.requests].filter(({ operation }) => operation !== 'token');
    expect(checked.flatMap((request) => problemsOf(request).map((problem) => `${request.operation}: ${problem}`))).toEqual([]);
    expect(new Set(checked.map(({ operation }) => operation))).toEqual(new Set(['searchListingsItems', 'getListingsItem', 'patchListingsItem', 'searchOrders', 'getOrder']));
  });

  it.skipIf(!isThere)('would be noticed where a request broke them', () => {
    const url = new URL(`https://amazon.test/listings/2021-08-01/items/${SELLER}?identifiers=A&pageSize=20&identifiersType=SKUS&colour=blue`);
    const request = { operation: '', method: 'GET', url, headers: new Headers(), text: '' };

    expect(problemsOf(request)).toEqual(expect.arrayContaining(['colour is no parameter', 'marketplaceIds is missing', expect.stringContaining('identifiersType:')]));
    expect(problemsOf({ ...request, method: 'PATCH', url: new URL(`${url.origin}${url.pathname}/A?marketplaceIds=M`), text: '{"patches":[{"op":"remove"}]}' })).not.toEqual([]);
    expect(problemsOf({ ...request, method: 'DELETE' })).not.toEqual([]);
  });
});

describe('every documented answer', () => {
  const publish = async (response: unknown, status = 200) => {
    const { channel, settle, context } = fakeAmazon({ patchListingsItem: () => Response.json(response, { status }) });
    return (await settle(channel.publish({ idempotencyKey: 'k', lines: [line(SKU_A, '5')] }, context)))[0];
  };

  it.skipIf(!isThere)('to a patch is an outcome', async () => {
    const statuses = { ACCEPTED: 'applied', INVALID: 'rejected', VALID: 'unknown' };
    const samples = samplesOf('patchListingsItem', '200');
    for (const { response } of samples) {
      expect(await publish(response)).toMatchObject({ status: statuses[response['status'] as keyof typeof statuses] });
    }
    expect(samples.length).toBeGreaterThanOrEqual(3);
    for (const { response } of samplesOf('patchListingsItem', '400')) {
      expect(await publish(response, 400)).toMatchObject({ status: 'rejected', reason: expect.stringContaining('BAD_REQUEST, Invalid input') });
    }
  });

  it.skipIf(!isThere)('about listings is a level', async () => {
    const [item] = samplesOf('getListingsItem', '200');
    const [search] = samplesOf('searchListingsItems', '200');
    const items = search?.response['items'] as readonly { sku: string; fulfillmentAvailability?: readonly { quantity?: number }[] }[];
    const pairs = items.map(({ sku }) => [sku, parseSku(sku)] as const);
    const mappings = { skus: createMapping([...pairs, [AWKWARD, SKU_K]]) };
    const settings = { ...SETTINGS, mappings };
    const fake = fakeAmazon({ searchListingsItems: ({ url }) => (url.searchParams.has('pageToken') ? { numberOfResults: 3, items: [] } : search?.response), getListingsItem: () => ({ ...item?.response, sku: AWKWARD }) }, settings);
    const read = (keys: readonly { sku: typeof SKU_A }[]) => fake.settle(fake.channel.readLevels(keys, undefined, fake.context));

    expect((await read([{ sku: SKU_K }])).items).toMatchObject([{ sku: 'K', quantity: '100' }]);
    const shown = items.flatMap(({ sku, fulfillmentAvailability = [] }) => fulfillmentAvailability.flatMap(({ quantity }) => (quantity === undefined ? [] : [{ sku, quantity: String(quantity) }])));
    expect((await read(pairs.map(([, sku]) => ({ sku })))).items.map(({ sku, quantity }) => ({ sku, quantity }))).toEqual(shown);
  });

  it.skipIf(!isThere)('about orders is a state', async () => {
    const answers = samplesOf('getOrder', '200').map(({ response }) => response['order']);
    const searches = samplesOf('searchOrders', '200').flatMap(({ response }) => response['orders'] as readonly unknown[]);
    for (const wire of [...answers, ...searches] as readonly { orderId: string; fulfillment: { fulfilledBy: string }; salesChannel: { marketplaceId: string }; orderItems: readonly { product: { sellerSku: string }; quantityOrdered: number }[] }[]) {
      const skus = createMapping([...new Set(wire.orderItems.map(({ product }) => product.sellerSku))].map((sku) => [sku, parseSku(sku)] as const));
      const { channel, settle, context } = fakeAmazon({ getOrder: () => ({ order: wire }) }, { marketplaceId: wire.salesChannel.marketplaceId, mappings: { skus } });

      const { items, unmapped } = await settle(channel.readOrders({ scope: 'ids', orderIds: [wire.orderId] }, undefined, context));

      expect(unmapped).toEqual([]);
      expect(items.map(({ orderId, lines }) => [orderId, lines.map(({ ordered }) => Number(ordered))])).toEqual(
        wire.fulfillment.fulfilledBy === 'AMAZON' ? [] : [[wire.orderId, wire.orderItems.map(({ quantityOrdered }) => quantityOrdered)]],
      );
    }
    expect(answers.length + searches.length).toBeGreaterThanOrEqual(6);
  });

  it.skipIf(!isThere)('to a search for orders is a page', async () => {
    for (const { response } of samplesOf('searchOrders', '200')) {
      const { channel, settle, context } = fakeAmazon({ searchOrders: () => response });
      const { next, resumeFrom } = await settle(channel.readOrders({ scope: 'changed', since: '2026-11-23T09:00:00Z' }, undefined, context));

      expect(next === undefined).toBe(response['pagination'] === undefined);
      expect(resumeFrom === undefined).toBe(response['pagination'] !== undefined);
    }
    for (const { response } of [...samplesOf('searchOrders', '400'), ...samplesOf('getOrder', '400')]) {
      const { channel, settle, context } = fakeAmazon({ searchOrders: () => Response.json(response, { status: 400 }) });
      await expect(settle(channel.readOrders({ scope: 'changed', since: '2026-11-23T09:00:00Z' }, undefined, context))).rejects.toMatchObject({ code: 'REJECTED', message: expect.stringContaining('InvalidInput') });
    }
  });
});

describe('every documented notification', () => {
  const files = isThere ? readdirSync(resolve(folder, 'schemas/notifications')) : [];
  const examples = files.flatMap((file) => ((read(`schemas/notifications/${file}`) as { examples?: readonly object[] }).examples ?? []).map((example, index) => ({ name: `${file} ${String(index)}`, example })));
  const receive = (message: object, sellerId: string) =>
    createAmazon({ ...SETTINGS, sellerId, mappings: { skus: createMapping([['NLS-SHOES-03', SKU_A]]) } }).receive({ headers: {}, body: new TextEncoder().encode(JSON.stringify(message)) });

  it.skipIf(!isThere)('is there for each file', () => {
    expect(examples.length).toBeGreaterThanOrEqual(files.length);
  });

  it.skipIf(!isThere).each(examples)('of $name is accepted where it is ours, and refused where it is not', ({ name, example }) => {
    const sellerId = /"sellerId":"(\w+)"/i.exec(JSON.stringify(example))?.[1];
    const hints = name.startsWith('OrderChange') ? [{ kind: 'order', orderId: '903-8868176-2219830' }] : name.startsWith('ListingsItemMfn') ? [{ kind: 'level', sku: 'A' }] : [];

    expect(receive(example, sellerId ?? SELLER)).toMatchObject({ status: 'accepted', messageId: expect.stringMatching(/^[0-9a-f-]{20,}$/), hints });
    if (sellerId !== undefined) expect(receive(example, 'A0OTHER0OTHER')).toMatchObject({ status: 'refused', httpStatus: 401 });
  });
});
