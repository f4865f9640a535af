import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import type { AmazonRequestFault } from '../src/amazon/index.ts';
import type { VendorContract } from './amazon-contract.ts';
import { createTestAccount, itemPath, MARKETPLACE, SELLER } from './amazon-fixture.ts';
import type { Answer, Ask, TestAccount } from './amazon-fixture.ts';

const FEEDS = '/feeds/2021-06-30';
const NOTIFICATIONS = '/notifications/v1';
const SKUS = ['A', 'B', 'F', 'a/b +%', 'new', ''];
const DATA = 'summaries,attributes,issues,offers,fulfillmentAvailability,procurement,relationships,productTypes';
const ORDER_DATA = 'CANCELLATION,FULFILLMENT,PACKAGES';
const TYPES = ['ORDER_CHANGE', 'LISTINGS_ITEM_MFN_QUANTITY_CHANGE', 'FEED_PROCESSING_FINISHED', 'FBA_INVENTORY_AVAILABILITY_CHANGES', 'PRICING_HEALTH'];

/** One thing that is done to an account. */
export type Step =
  | { readonly kind: 'wait'; readonly ms: number }
  | { readonly kind: 'call'; readonly operation: string; readonly ask: Ask; readonly token: 'seller' | 'grantless' | 'wrong' }
  | { readonly kind: 'feed'; readonly feed: unknown; readonly contentType: string }
  | { readonly kind: 'subscribe'; readonly type: string }
  | { readonly kind: 'again'; readonly what: 'order' | 'feed' | 'report' | 'cancelFeed' | 'unsubscribe' | 'destination' | 'page'; readonly pick: number }
  | { readonly kind: 'order'; readonly sku: string; readonly quantity: number }
  | { readonly kind: 'ship' | 'cancel'; readonly pick: number; readonly quantity: number | undefined }
  | { readonly kind: 'fba'; readonly quantity: number }
  | { readonly kind: 'edit'; readonly quantity: number }
  | { readonly kind: 'receive'; readonly deletes: boolean }
  | { readonly kind: 'fault'; readonly fault: AmazonRequestFault };

const sku = fc.constantFrom(...SKUS.slice(0, 5));
const quantity = fc.oneof(fc.nat(30), fc.constantFrom(-1, 1.5, '7'));
const element = fc.oneof(
  fc.record({ fulfillment_channel_code: fc.constantFrom('DEFAULT', 'DEFAULT', 'AMAZON_NA', 'STORE1'), quantity, lead_time_to_ship_max_days: fc.nat(9) }, { requiredKeys: [] }),
  fc.record({ fulfillmentChannelCode: fc.constant('DEFAULT'), quantity }),
);
const operation = fc.record({
  op: fc.constantFrom('merge', 'merge', 'replace', 'add', 'delete', 'remove'),
  path: fc.constantFrom('/attributes/fulfillment_availability', '/attributes/fulfillment_availability', '/attributes/item_name', '/attributes/fake_attribute', '/attributes/fulfillment_availability/0/quantity'),
  value: fc.array(element, { maxLength: 2 }),
}, { requiredKeys: ['op', 'path'] });
/** Half of the patches make sense: their answers are the interesting ones. */
const patchBody = fc.oneof(
  fc.nat(30).map((units) => ({ productType: 'PRODUCT', patches: [{ op: 'merge', path: '/attributes/fulfillment_availability', value: [{ fulfillment_channel_code: 'DEFAULT', quantity: units }] }] })),
  fc.record({ productType: fc.constant('PRODUCT'), patches: fc.array(operation, { maxLength: 2 }) }, { requiredKeys: ['patches'] }),
);
const putBody = fc.record({ productType: fc.constant('PRODUCT'), attributes: fc.record({ fulfillment_availability: fc.array(element, { maxLength: 2 }), fake_attribute: fc.constant([]) }, { requiredKeys: [] }) });
const marketplaceIds = fc.nat(9).map((odd) => (odd === 9 ? 'A1PA6795UKMFR9' : MARKETPLACE));

const call = (name: string, ask: fc.Arbitrary<Ask>, token: 'seller' | 'grantless' = 'seller'): fc.Arbitrary<Step> => fc.record({
  kind: fc.constant('call' as const), operation: fc.constant(name), ask,
  token: fc.oneof({ weight: 15, arbitrary: fc.constant(token) }, { weight: 1, arbitrary: fc.constantFrom('seller', 'grantless', 'wrong') } as never) as fc.Arbitrary<'seller' | 'grantless' | 'wrong'>,
});
const onItem = (method: string, more: { readonly query?: fc.Arbitrary<Record<string, string>>; readonly body?: fc.Arbitrary<unknown> }): fc.Arbitrary<Ask> =>
  fc.tuple(sku, marketplaceIds, more.query ?? fc.constant({}), more.body ?? fc.constant(undefined), fc.nat(20)).map(([name, stores, query, body, odd]) => ({
    method, path: itemPath(name), query: { marketplaceIds: stores, ...query }, body, ...(odd === 0 && body !== undefined ? { headers: { 'content-type': 'text/plain' } } : {}),
  }));
const query = (path: string, parameters: fc.Arbitrary<Record<string, string | number>>): fc.Arbitrary<Ask> => parameters.map((given) => ({ path, query: given }));
/** Each parameter now and then: with many of them at once hardly a request would make sense. */
const optional = (shape: Readonly<Record<string, fc.Arbitrary<string | number>>>): fc.Arbitrary<Record<string, string | number>> => fc.record(
  Object.fromEntries(Object.entries(shape).map(([name, value]) => [name, fc.oneof({ weight: 7, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: value })])),
).map((given) => Object.fromEntries(Object.entries(given).filter((entry): entry is [string, string | number] => entry[1] !== undefined)));
const times = fc.constantFrom('2026-11-23T09:00:00Z', '2026-11-23T10:00:00Z', '2020-01-01T00:00:00Z', 'yesterday');

const message = fc.record({
  messageId: fc.oneof(fc.integer({ min: 1, max: 9 }), fc.constant(0)),
  sku: fc.oneof(sku, fc.constant('')),
  operationType: fc.constantFrom('PATCH', 'PATCH', 'PARTIAL_UPDATE', 'UPDATE', 'DELETE', 'NONE'),
  productType: fc.constant('PRODUCT'),
  patches: fc.array(operation, { maxLength: 2 }),
  attributes: fc.record({ fulfillment_availability: fc.array(element, { maxLength: 2 }) }),
}, { requiredKeys: ['messageId', 'sku', 'operationType'] });
/** A feed, or what somebody took for one. */
export const feed: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 5, arbitrary: fc.record({
    header: fc.record({ sellerId: fc.constant(SELLER), version: fc.constant('2.0'), report: fc.constant({ includedData: ['issues', 'fulfillmentAvailability', 'summaries'], apiVersion: '2021-08-01' }) }, { requiredKeys: ['sellerId', 'version'] }),
    messages: fc.array(message, { maxLength: 4 }),
  }) as fc.Arbitrary<unknown> },
  { weight: 1, arbitrary: fc.constantFrom<unknown>('nonsense', { header: { sellerId: 'other', version: '2.0' }, messages: [{}] }) },
);

const fault = fc.constantFrom<AmazonRequestFault>(
  { kind: 'throttle' }, { kind: 'status', status: 503 }, { kind: 'status', status: 403 }, { kind: 'internalError' }, { kind: 'timeoutAfterApply' },
  { kind: 'timeoutBeforeApply' }, { kind: 'timeoutAppliedLate', delayMs: 5000 }, { kind: 'acceptedNeverApplied' },
);
const arn = fc.constantFrom('arn:aws:sqs:us-east-2:444455556666:queue1', 'arn:aws:sqs:us-east-2:444455556666:queue2', 'nowhere');
const destination = fc.oneof(
  fc.record({ name: fc.constant('queue'), resourceSpecification: fc.record({ sqs: fc.record({ arn }) }) }),
  fc.record({ name: fc.constant('bus'), resourceSpecification: fc.record({ eventBridge: fc.constant({ accountId: '444455556666', region: 'us-east-2' }) }) }),
  fc.constant({ name: 'nothing', resourceSpecification: {} }),
);

/** What happens to an account, in order. Much of it is nonsense, as requests of a wrong client are. */
export function history(): fc.Arbitrary<readonly Step[]> {
  const one = (step: fc.Arbitrary<Step>, weight = 1): { weight: number; arbitrary: fc.Arbitrary<Step> } => ({ weight, arbitrary: step });
  return fc.array(fc.oneof(
    one(fc.record({ kind: fc.constant('wait' as const), ms: fc.constantFrom(200, 1000, 31_000, 130_000, 700_000, 4_000_000) }), 6),
    one(call('patchListingsItem', onItem('PATCH', { query: fc.constantFrom<Record<string, string>>({}, {}, { mode: 'VALIDATION_PREVIEW' }, { includedData: 'identifiers' }, { mode: 'x' }), body: patchBody })), 6),
    one(call('putListingsItem', onItem('PUT', { body: putBody }))),
    one(call('deleteListingsItem', onItem('DELETE', {}))),
    one(call('getListingsItem', onItem('GET', { query: fc.constantFrom<Record<string, string>>({}, { includedData: DATA }, { includedData: 'nothing' }) })), 2),
    one(call('searchListingsItems', query(`/listings/2021-08-01/items/${SELLER}`, fc.tuple(marketplaceIds, optional({
      identifiers: fc.constantFrom('A', 'A,B,F,nothing', 'B0N07'), identifiersType: fc.constantFrom('SKU', 'ASIN', 'FNSKU', 'EAN'), includedData: fc.constantFrom(DATA, 'issues'), pageSize: fc.constantFrom(1, 2, 20, 21),
      sortBy: fc.constantFrom('sku', 'createdDate'), sortOrder: fc.constantFrom('ASC', 'DESC'), withStatus: fc.constant('BUYABLE'), lastUpdatedAfter: times, pageToken: fc.constant('x'),
    })).map(([stores, more]) => ({ marketplaceIds: stores, ...more })))), 3),
    one(call('searchOrders', query('/orders/2026-01-01/orders', fc.tuple(
      fc.constantFrom<Record<string, string>>({ createdAfter: '2026-11-23T09:00:00Z' }, { lastUpdatedAfter: '2026-11-23T09:00:00Z' }, { lastUpdatedAfter: '2026-11-23T09:00:00Z' }, {}, { createdAfter: '2026-11-23T09:00:00Z', lastUpdatedAfter: '2026-11-23T09:00:00Z' }, { createdAfter: 'never' }),
      optional({ includedData: fc.constant(ORDER_DATA), maxResultsPerPage: fc.constantFrom(1, 2, 100, 101), fulfillmentStatuses: fc.constantFrom('PENDING,UNSHIPPED', 'SHIPPED', 'LOST'), fulfilledBy: fc.constantFrom('MERCHANT', 'AMAZON'), marketplaceIds: marketplaceIds, lastUpdatedBefore: times, paginationToken: fc.constant('x') }),
    ).map(([start, more]) => ({ ...start, ...more })))), 3),
    one(call('getOrder', fc.constantFrom('114-0000000-0000001', 'TEST_CASE_400').map((id) => ({ path: `/orders/2026-01-01/orders/${id}` })))),
    one(call('getInventorySummaries', query('/fba/inventory/v1/summaries', fc.tuple(marketplaceIds, optional({
      details: fc.constantFrom('true', 'false'), sellerSkus: fc.constantFrom('F', 'A,F'), sellerSku: fc.constant('F'), startDateTime: times, nextToken: fc.constant('x'),
    })).map(([store, more]) => ({ granularityType: 'Marketplace', granularityId: MARKETPLACE, marketplaceIds: store, ...more })))), 2),
    one(call('createDestination', destination.map((body) => ({ method: 'POST', path: `${NOTIFICATIONS}/destinations`, body })), 'grantless'), 2),
    one(call('getDestinations', fc.constant({ path: `${NOTIFICATIONS}/destinations` }), 'grantless')),
    one(call('getDestination', fc.constant({ path: `${NOTIFICATIONS}/destinations/nothing` }), 'grantless')),
    one(call('getSubscription', fc.constantFrom(...TYPES).map((type) => ({ path: `${NOTIFICATIONS}/subscriptions/${type}` })))),
    one(call('getSubscriptions', fc.constantFrom(...TYPES, '').map((type) => ({ path: `${NOTIFICATIONS}/subscriptions`, query: { notificationTypes: type } })))),
    one(call('createSubscription', fc.constantFrom(...TYPES).map((type) => ({ method: 'POST', path: `${NOTIFICATIONS}/subscriptions/${type}`, body: { payloadVersion: '1.0', destinationId: 'nothing' } })))),
    one(call('getFeeds', query(`${FEEDS}/feeds`, optional({ feedTypes: fc.constant('JSON_LISTINGS_FEED'), pageSize: fc.constantFrom(1, 100, 101), processingStatuses: fc.constantFrom('DONE,FATAL', 'LOST'), createdSince: times, nextToken: fc.constant('x') })))),
    one(call('createFeed', fc.constantFrom('JSON_LISTINGS_FEED', 'NONE').map((feedType) => ({ method: 'POST', path: `${FEEDS}/feeds`, body: { feedType, marketplaceIds: [MARKETPLACE], inputFeedDocumentId: 'nothing' } })))),
    one(fc.record({ kind: fc.constant('feed' as const), feed, contentType: fc.constant('application/json; charset=UTF-8') }), 3),
    one(fc.record({ kind: fc.constant('subscribe' as const), type: fc.constantFrom(...TYPES.slice(0, 4)) }), 4),
    one(fc.record({ kind: fc.constant('again' as const), what: fc.constantFrom('order', 'feed', 'report', 'report', 'cancelFeed', 'unsubscribe', 'destination', 'page'), pick: fc.nat(5) }), 6),
    one(fc.record({ kind: fc.constant('order' as const), sku, quantity: fc.integer({ min: 1, max: 6 }) }), 6),
    one(fc.record({ kind: fc.constantFrom('ship' as const, 'cancel' as const), pick: fc.nat(5), quantity: fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined }) }), 5),
    one(fc.record({ kind: fc.constant('fba' as const), quantity: fc.nat(20) })),
    one(fc.record({ kind: fc.constant('edit' as const), quantity: fc.nat(20) })),
    one(fc.record({ kind: fc.constant('receive' as const), deletes: fc.boolean() }), 4),
    one(fc.record({ kind: fc.constant('fault' as const), fault }), 2),
  ), { minLength: 5, maxLength: 60, size: 'max' });
}

interface Run {
  readonly account: TestAccount;
  readonly contract: VendorContract;
  readonly seen: Map<string, number>;
  readonly problems: string[];
  readonly orderIds: string[];
  readonly feedIds: string[];
  readonly subscriptions: { readonly type: string; readonly id: string }[];
  readonly destinations: Map<string, string>;
  /** Searches that had another page. */
  readonly pages: { readonly operation: string; readonly ask: Ask }[];
}

/** Does it all, and tells what was not as the models say. */
export async function replay(steps: readonly Step[], around: Pick<Run, 'contract' | 'seen'>): Promise<readonly string[]> {
  const faults: AmazonRequestFault[] = [];
  let turn = 0;
  const rotate = (values: readonly number[]): number => values[(turn += 1) % values.length] ?? 0;
  const account = createTestAccount({
    listings: [
      { sku: 'A', quantity: 10, leadTimeToShipMaxDays: 3, issues: [{ code: '90220', message: "'size' is required but not supplied.", severity: 'ERROR', attributeNames: ['size'], categories: ['MISSING_ATTRIBUTE'] }] },
      { sku: 'B' }, { sku: 'F', fulfillmentChannelCode: 'AMAZON_NA', fba: { fulfillable: 5 } }, { sku: 'a/b +%', quantity: 3 },
    ],
    applyDelayMs: () => rotate([0, 500, 60_000]),
    orderPendingMs: () => rotate([0, 1000, 120_000]),
    gzipFeedReports: steps.length % 2 === 0,
    feedFaults: () => (rotate([0, 0, 0, 0, 1]) === 1 ? 'fatal' : 'process'),
    notificationFaults: () => (['deliver', 'duplicate', 'deliver', { delayMs: 4000 }, 'lose'] as const)[rotate([0, 1, 2, 3, 4])] ?? 'deliver',
    requestFaults: (operation) => (operation.startsWith('get') && operation.endsWith('Token') ? undefined : faults.pop()),
  });
  const run: Run = { account, ...around, problems: [], orderIds: [], feedIds: [], subscriptions: [], destinations: new Map(), pages: [] };
  for (const step of steps) {
    if (step.kind === 'fault') faults.push(step.fault);
    else await take(run, step);
  }
  await account.settle();
  receive(run, true);
  return run.problems;
}

/** Sends a request and checks the answer; nothing where the connection broke. */
async function ask(run: Run, operation: string, { token = 'seller', ...wanted }: Omit<Ask, 'token'> & { readonly token?: 'seller' | 'grantless' | 'wrong' }): Promise<Answer | undefined> {
  try {
    const answer = token === 'grantless' ? await run.account.grantless(wanted) : await run.account.call({ ...wanted, ...(token === 'wrong' ? { token: 'Atza|wrong' } : {}) });
    note(run, `${operation} ${String(answer.status)}`);
    run.problems.push(...run.contract.problemsOf({ operation, ...answer }));
    const next: unknown = answer.body?.pagination?.nextToken ?? answer.body?.nextToken;
    if (typeof next === 'string') run.pages.push({ operation, ask: { ...wanted, query: pageQuery(operation, wanted.query ?? {}, next) } });
    return answer;
  } catch (error) {
    if (error instanceof TypeError && error.message === 'fetch failed') return undefined;
    throw error;
  }
}

const PAGE_PARAMETERS: Readonly<Record<string, string>> = { searchListingsItems: 'pageToken', searchOrders: 'paginationToken', getInventorySummaries: 'nextToken' };

function pageQuery(operation: string, before: NonNullable<Ask['query']>, token: string): NonNullable<Ask['query']> {
  const name = PAGE_PARAMETERS[operation];
  return name === undefined ? { nextToken: token } : { ...before, [name]: token };
}

async function take(run: Run, step: Exclude<Step, { kind: 'fault' }>): Promise<void> {
  const { simulator, clock } = run.account;
  switch (step.kind) {
    case 'wait': clock.ms += step.ms; return;
    case 'call': await ask(run, step.operation, { ...step.ask, token: step.token }); return;
    case 'feed': return sendFeed(run, step);
    case 'subscribe': return subscribe(run, step.type);
    case 'again': return askAgain(run, step);
    case 'order': attempt(() => {
      const { orderId } = simulator.placeOrder({ lines: [{ sku: step.sku, quantity: step.quantity }] });
      if (orderId !== undefined) run.orderIds.push(orderId);
    }); return;
    case 'ship': case 'cancel': attempt(() => {
      const orderId = run.orderIds[step.pick % run.orderIds.length] ?? '';
      const first = simulator.order(orderId)?.lines[0];
      const lines = step.quantity === undefined || first === undefined ? {} : { lines: [{ sku: first.sku, quantity: step.quantity }] };
      if (step.kind === 'ship') simulator.shipOrder(orderId, lines);
      else simulator.cancelOrder(orderId, { ...lines, by: step.pick === 0 ? 'MERCHANT' : 'BUYER' });
    }); return;
    case 'fba': attempt(() => {
      simulator.setFbaStock('F', { fulfillable: step.quantity, inboundShipped: step.quantity });
    }); return;
    case 'edit': attempt(() => {
      simulator.setQuantity('A', step.quantity);
    }); return;
    case 'receive': receive(run, step.deletes);
  }
}

async function sendFeed(run: Run, step: Extract<Step, { kind: 'feed' }>): Promise<void> {
  const created = await ask(run, 'createFeedDocument', { method: 'POST', path: `${FEEDS}/documents`, body: { contentType: step.contentType } });
  if (created?.status !== 201) return;
  try {
    const text = JSON.stringify(step.feed);
    await run.account.simulator.fetch(new Request(created.body.url, { method: 'PUT', headers: { 'content-type': step.contentType }, body: text }));
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
  }
  const body = { feedType: 'JSON_LISTINGS_FEED', marketplaceIds: [MARKETPLACE], inputFeedDocumentId: created.body.feedDocumentId };
  const accepted = await ask(run, 'createFeed', { method: 'POST', path: `${FEEDS}/feeds`, body });
  if (accepted?.status === 202) run.feedIds.push(accepted.body.feedId);
}

async function subscribe(run: Run, type: string): Promise<void> {
  const isBus = type.startsWith('LISTINGS_');
  const kind = isBus ? 'eventBridge' : 'sqs';
  if (!run.destinations.has(kind)) {
    const resource = isBus ? { eventBridge: { accountId: '444455556666', region: 'us-east-2' } } : { sqs: { arn: 'arn:aws:sqs:us-east-2:444455556666:stockwright' } };
    const made = await ask(run, 'createDestination', { method: 'POST', path: `${NOTIFICATIONS}/destinations`, body: { name: 'ours', resourceSpecification: resource }, token: 'grantless' });
    if (made?.status === 200) run.destinations.set(kind, made.body.payload.destinationId);
  }
  const destinationId = run.destinations.get(kind);
  if (destinationId === undefined) return;
  const payloadVersion = type === 'FEED_PROCESSING_FINISHED' ? '2020-09-04' : '1.0';
  const processingDirective = type === 'ORDER_CHANGE' ? { eventFilter: { eventFilterType: 'ORDER_CHANGE', orderChangeTypes: ['OrderStatusChange', 'BuyerRequestedChange'] } } : undefined;
  const made = await ask(run, 'createSubscription', { method: 'POST', path: `${NOTIFICATIONS}/subscriptions/${type}`, body: { payloadVersion, destinationId, processingDirective } });
  if (made?.status === 200) run.subscriptions.push({ type, id: made.body.payload.subscriptionId });
}

async function askAgain(run: Run, { what, pick }: Extract<Step, { kind: 'again' }>): Promise<void> {
  const orderId = run.orderIds[pick % run.orderIds.length];
  const feedId = run.feedIds[pick % run.feedIds.length];
  const subscription = run.subscriptions[pick % run.subscriptions.length];
  const destinationId = [...run.destinations.values()][pick % run.destinations.size];
  const page = run.pages.pop();
  if (what === 'order' && orderId !== undefined) await ask(run, 'getOrder', { path: `/orders/2026-01-01/orders/${orderId}`, query: { includedData: ORDER_DATA } });
  if (what === 'feed' && feedId !== undefined) await ask(run, 'getFeed', { path: `${FEEDS}/feeds/${feedId}` });
  if (what === 'cancelFeed' && feedId !== undefined) await ask(run, 'cancelFeed', { method: 'DELETE', path: `${FEEDS}/feeds/${feedId}` });
  if (what === 'report' && feedId !== undefined) await readReport(run, feedId);
  if (what === 'page' && page !== undefined) await ask(run, page.operation, { path: page.ask.path, query: page.ask.query ?? {} });
  if (what === 'destination' && destinationId !== undefined) {
    await ask(run, 'getDestination', { path: `${NOTIFICATIONS}/destinations/${destinationId}`, token: 'grantless' });
    const gone = await ask(run, 'deleteDestination', { method: 'DELETE', path: `${NOTIFICATIONS}/destinations/${destinationId}`, token: 'grantless' });
    if (gone?.status !== 409) run.destinations.clear();
  }
  if (what === 'unsubscribe' && subscription !== undefined) {
    const path = `${NOTIFICATIONS}/subscriptions/${subscription.type}/${subscription.id}`;
    await ask(run, 'getSubscriptionById', { path, token: 'grantless' });
    await ask(run, 'getSubscription', { path: `${NOTIFICATIONS}/subscriptions/${subscription.type}` });
    await ask(run, 'deleteSubscriptionById', { method: 'DELETE', path, token: 'grantless' });
  }
}

async function readReport(run: Run, feedId: string): Promise<void> {
  const answer = await ask(run, 'getFeed', { path: `${FEEDS}/feeds/${feedId}` });
  const documentId: unknown = answer?.body?.resultFeedDocumentId;
  if (typeof documentId !== 'string') return;
  const found = await ask(run, 'getFeedDocument', { path: `${FEEDS}/documents/${documentId}` });
  if (found?.status !== 200) return;
  try {
    const response = await run.account.simulator.fetch(new Request(found.body.url));
    if (response.status !== 200) return;
    const bytes = Buffer.from(await response.arrayBuffer());
    note(run, 'report');
    run.problems.push(...run.contract.problemsOfReport(JSON.parse((found.body.compressionAlgorithm === 'GZIP' ? gunzipSync(bytes) : bytes).toString())));
  } catch (error) {
    if (!(error instanceof TypeError && error.message === 'fetch failed')) throw error;
  }
}

function receive(run: Run, deletes: boolean): void {
  const { queue } = run.account.simulator;
  for (const { body, receiptHandle } of queue.receive({ max: 10 })) {
    note(run, `message ${/"[Nn]otificationType":"(\w+)"/.exec(body)?.[1] ?? '?'}`);
    run.problems.push(...run.contract.problemsOfMessage(body));
    if (deletes) queue.delete(receiptHandle);
  }
}

function note({ seen }: Run, key: string): void {
  seen.set(key, (seen.get(key) ?? 0) + 1);
}

/** What a host may not do throws; here it just does not happen. */
function attempt(work: () => void): void {
  try {
    work();
  } catch (error) {
    if (!(error instanceof Error) || error instanceof TypeError) throw error;
  }
}
