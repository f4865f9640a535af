import type { LevelKey, ObservedLevel, PublishLine } from '@stockwright/adapter';
import { createMapping } from '@stockwright/adapter-kit';
import { parseChannelId, parseSku, type OrderObservation, type QuantityText, type Sku } from '@stockwright/core';
import { createAmazonSimulator, type AmazonRequestFault, type AmazonSimulatorOptions } from '@stockwright/simulators/amazon';
import { seededRandom } from '@stockwright/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createTestContext, createVirtualClock } from '../../../adapter-kit/test/virtual-context.ts';
import { createAmazon, followNotifications, type AmazonSettings, type MessageQueue } from '../../src/index.ts';

const A = parseSku('A');
const B = parseSku('B');
const F = parseSku('F');
const K = parseSku('K');
const AWKWARD = 'k 1/2,5 "+50%';
const SELLER = 'A3TH9S8BH6GOGM';
const MARKET = 'ATVPDKIKX0DER';
const APP = { clientId: 'amzn1.application-oa2-client.test', clientSecret: 'amzn1.oa2-cs.v1.test' };
const MINUTE_MS = 60_000;

/** A channel over a simulated selling account, without HTTP. */
function setUp({ simulator = {}, settings = {} }: { readonly simulator?: Partial<AmazonSimulatorOptions>; readonly settings?: Partial<AmazonSettings> } = {}) {
  const clock = createVirtualClock();
  const context = createTestContext({ clock, forMs: 1e10 });
  const faults: AmazonRequestFault[] = [];
  const amazon = createAmazonSimulator({
    clock,
    random: seededRandom('amazon'),
    sellerId: SELLER,
    marketplaceId: MARKET,
    ...APP,
    refreshToken: 'Atzr|test',
    listings: [
      { sku: 'a', quantity: 3, leadTimeToShipMaxDays: 4 },
      { sku: 'b' },
      { sku: 'f', fulfillmentChannelCode: 'AMAZON_NA', fba: { fulfillable: 50 } },
      { sku: AWKWARD, quantity: 1 },
      { sku: 'nobody mapped', quantity: 1 },
      { sku: 'fba of nobody', fulfillmentChannelCode: 'AMAZON_NA' },
    ],
    requestFaults: (operation) => (operation === 'patchListingsItem' ? faults.shift() : undefined),
    ...simulator,
  });
  const channel = createAmazon({
    id: parseChannelId('amazon'),
    sellerId: SELLER,
    marketplaceId: MARKET,
    ...APP,
    refreshToken: 'Atzr|test',
    mappings: { skus: createMapping([['a', A], ['b', B], ['f', F], [AWKWARD, K]]) },
    fetch: (url, init) => amazon.fetch(new Request(url, init)),
    ...settings,
  });
  const eachPage = async <Item>(read: (page: string | undefined) => Promise<{ items: readonly Item[]; unmapped: readonly string[]; next?: string; resumeFrom?: string }>) => {
    const items: Item[] = [];
    const unmapped: string[] = [];
    for (let page: string | undefined; ; ) {
      const next = await clock.settle(read(page));
      items.push(...next.items);
      unmapped.push(...next.unmapped);
      page = next.next;
      if (page === undefined) return { items, unmapped, resumeFrom: next.resumeFrom };
    }
  };
  return {
    amazon,
    channel,
    context,
    clock,
    faults,
    publish: (...lines: readonly PublishLine[]) => clock.settle(channel.publish({ idempotencyKey: 'k', lines }, context)),
    levels: (keys: readonly LevelKey[] | 'all' = 'all') => eachPage<ObservedLevel>((page) => channel.readLevels(keys, page, context)),
    changed: (since: string | undefined) => eachPage<OrderObservation>((page) => channel.readOrders({ scope: 'changed', since }, page, context)),
    orders: async (...orderIds: readonly string[]) => (await eachPage<OrderObservation>((page) => channel.readOrders({ scope: 'ids', orderIds }, page, context))).items,
    async pass(ms: number) {
      await clock.settle(clock.sleep(ms));
      await amazon.deliverDue();
    },
  };
}

const line = (sku: Sku, quantity: number): PublishLine => ({ sku, quantity: String(quantity) as QuantityText });
const shown = (levels: readonly ObservedLevel[]) => Object.fromEntries(levels.map(({ sku, quantity }) => [sku, quantity]));
const counters = (order: OrderObservation | undefined) => order?.lines.map(({ ordered, fulfilled, cancelled, returned }) => [ordered, fulfilled, cancelled, returned].join('/'));

describe('publishing to a selling account', () => {
  it('writes what it reads back, once Amazon has applied it', async () => {
    const { publish, levels, pass, amazon } = setUp({ simulator: { applyDelayMs: () => 5 * MINUTE_MS } });

    const outcomes = await publish(line(A, 5), line(B, 9), line(K, 0));

    expect(outcomes.map(({ status }) => status)).toEqual(['applied', 'applied', 'applied']);
    expect(amazon.listing('a')).toMatchObject({ submitted: 5, effective: 3 });
    expect(shown((await levels()).items)).toEqual({ A: '3', B: '0', K: '1' });
    await pass(5 * MINUTE_MS);
    expect(shown((await levels()).items)).toEqual({ A: '5', B: '9', K: '0' });
  });

  it('keeps the handling time of a listing, and writes one that the settings name', async () => {
    const keeping = setUp();
    const setting = setUp({ settings: { handlingDays: 2 } });
    const leadTime = async ({ amazon, clock }: ReturnType<typeof setUp>): Promise<unknown> => {
      const grant = new URLSearchParams({ grant_type: 'refresh_token', refresh_token: 'Atzr|test', client_id: APP.clientId, client_secret: APP.clientSecret });
      const token = (await (await amazon.fetch(new Request('https://api.amazon.com/auth/o2/token', { method: 'POST', body: grant }))).json()) as { access_token: string };
      const url = `https://sellingpartnerapi-na.amazon.com/listings/2021-08-01/items/${SELLER}/a?marketplaceIds=${MARKET}&includedData=attributes`;
      const answer = await clock.settle(amazon.fetch(new Request(url, { headers: { 'x-amz-access-token': token.access_token } })));
      return ((await answer.json()) as { attributes: { fulfillment_availability: readonly { lead_time_to_ship_max_days?: number }[] } }).attributes.fulfillment_availability[0];
    };
    await keeping.publish(line(A, 5));
    await setting.publish(line(A, 5));

    expect(await leadTime(keeping)).toMatchObject({ quantity: 5, lead_time_to_ship_max_days: 4 });
    expect(await leadTime(setting)).toMatchObject({ quantity: 5, lead_time_to_ship_max_days: 2 });
  });

  it('never touches what Amazon ships, and never takes it for zero', async () => {
    const { publish, levels, amazon } = setUp();

    expect(await publish(line(F, 5), line(A, 5))).toMatchObject([{ status: 'rejected', reason: expect.stringContaining('AMAZON_NA') }, { status: 'applied' }]);
    expect(amazon.listing('f')).toMatchObject({ fulfillmentChannelCode: 'AMAZON_NA', submitted: undefined });
    const all = await levels();
    expect(Object.keys(shown(all.items))).toEqual(['A', 'B', 'K']);
    expect(all.unmapped).toEqual(['f']);
  });

  it('finds by reading what was accepted and never applied', async () => {
    const { publish, levels, faults, pass } = setUp();
    faults.push({ kind: 'acceptedNeverApplied' });

    expect(await publish(line(A, 5))).toMatchObject([{ status: 'applied' }]);
    await pass(60 * MINUTE_MS);
    expect(shown((await levels([{ sku: A }])).items)).toEqual({ A: '3' });
  });

  it('is told by Amazon how fast it may write', async () => {
    const { publish, context, amazon, pass } = setUp();
    const five = [line(A, 5), line(B, 5), line(K, 5), line(F, 5)];

    expect((await publish(...five)).filter(({ status }) => status === 'applied')).toHaveLength(3);
    const again = await publish(line(A, 6), line(B, 6), line(K, 6));

    expect(again.map(({ status }) => status)).toEqual(['applied', 'applied', 'notSent']);
    expect(again[2]).toMatchObject({ retryAfterMs: 200 });
    expect(amazon.listing(AWKWARD)).toMatchObject({ effective: 5 });
    expect(context.reports.at(-1)).toMatchObject({ bucket: 'patchListingsItem', pauseUntil: expect.any(String) });
    await pass(200);
    expect(await publish(line(K, 6))).toMatchObject([{ status: 'applied' }]);
  });

  it.each([
    ['a throttled answer', { kind: 'throttle' }, 'notSent', 3],
    ['a 503 of the service', { kind: 'status', status: 503 }, 'notSent', 3],
    ['a 502 of a gateway', { kind: 'status', status: 502 }, 'unknown', 3],
    ['a failure inside', { kind: 'internalError' }, 'unknown', 3],
    ['a connection that breaks before', { kind: 'timeoutBeforeApply' }, 'unknown', 3],
    ['a connection that breaks after', { kind: 'timeoutAfterApply' }, 'unknown', 5],
    ['a body too large', { kind: 'status', status: 413 }, 'rejected', 3],
  ] as const)('says truly what it knows after %s, and writes the same again without harm', async (_what, fault, status, effective) => {
    const { publish, amazon, faults } = setUp();
    faults.push(fault);

    expect(await publish(line(A, 5))).toMatchObject([{ status }]);
    expect(amazon.listing('a')).toMatchObject({ effective });
    expect(await publish(line(A, 5))).toMatchObject([{ status: 'applied' }]);
    expect(amazon.listing('a')).toMatchObject({ effective: 5 });
    expect(amazon.calls()['patchListingsItem']?.count).toBe(2);
  });

  it('lets a late twin land within the time that its capabilities name', async () => {
    const { publish, amazon, faults, channel, pass } = setUp();
    faults.push({ kind: 'timeoutAppliedLate', delayMs: 30_000 });

    expect(await publish(line(A, 5))).toMatchObject([{ status: 'unknown' }]);
    expect(await publish(line(A, 4))).toMatchObject([{ status: 'applied' }]);
    await pass(channel.capabilities.lateRequestMsMax);
    expect(amazon.listing('a')).toMatchObject({ effective: 5 });
  });

  it('goes on when a token ends', async () => {
    const { publish, amazon, pass } = setUp();
    await publish(line(A, 5));
    await pass(2 * 60 * MINUTE_MS);

    expect(await publish(line(A, 6))).toMatchObject([{ status: 'applied' }]);
    expect(amazon.calls()['getAccessToken']?.count).toBe(2);
  });

  it('says what to do where the seller took the authorisation back', async () => {
    const { publish } = setUp({ settings: { refreshToken: 'Atzr|gone' } });

    await expect(publish(line(A, 5))).rejects.toMatchObject({ code: 'UNAUTHENTICATED', message: expect.stringContaining('authorise the application again') });
  });

  it('may not write for another seller', async () => {
    const { publish } = setUp({ settings: { sellerId: 'A0OTHER0OTHER' } });

    await expect(publish(line(A, 5))).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
  });
});

describe('reading the levels of a selling account', () => {
  it('reads a large catalogue 20 to a call', async () => {
    const skus = Array.from({ length: 45 }, (_none, index) => `s${String(index)}`);
    const listings = skus.map((sku, index) => ({ sku, quantity: index }));
    const { levels, amazon } = setUp({
      simulator: { listings, usagePlans: 'unlimited' },
      settings: { mappings: { skus: createMapping(skus.map((sku) => [sku, parseSku(sku)] as const)) } },
    });

    expect((await levels()).items.map(({ quantity }) => Number(quantity))).toEqual(listings.map(({ quantity }) => quantity));
    expect(amazon.calls()['searchListingsItems']?.count).toBe(3);
  });

  it('goes through the catalogue where the mapping cannot be listed', async () => {
    const { skus } = { skus: createMapping([['a', A], ['f', F], [AWKWARD, K]]) };
    const { levels } = setUp({ settings: { mappings: { skus: { toInternal: skus.toInternal, toExternal: skus.toExternal } } } });

    const { items, unmapped } = await levels();

    expect(shown(items)).toEqual({ A: '3', K: '1' });
    expect(unmapped.toSorted()).toEqual(['b', 'f', 'nobody mapped']);
  });
});

describe('reading the orders of a selling account', () => {
  it('follows an order from its payment to its end', async () => {
    const { amazon, orders, pass } = setUp({ simulator: { orderPendingMs: () => 10 * MINUTE_MS, usagePlans: 'unlimited' } });
    amazon.setQuantity('b', 10);
    const { orderId = '' } = amazon.placeOrder({ lines: [{ sku: 'a', quantity: 3 }, { sku: 'b', quantity: 5 }] });
    const now = async () => counters((await orders(orderId))[0]);

    // Amazon has taken the units off the offer, so they are demand before they are paid.
    expect(amazon.listing('b')).toMatchObject({ effective: 5 });
    expect(await now()).toEqual(['3/0/0/0', '5/0/0/0']);
    await pass(10 * MINUTE_MS);
    expect(await now()).toEqual(['3/0/0/0', '5/0/0/0']);
    amazon.cancelOrder(orderId, { lines: [{ sku: 'b', quantity: 1 }] });
    expect(await now()).toEqual(['3/0/0/0', '5/0/1/0']);
    amazon.shipOrder(orderId, { lines: [{ sku: 'b', quantity: 2 }] });
    expect(await now()).toEqual(['3/0/0/0', '5/2/1/0']);
    amazon.shipOrder(orderId);
    expect(await now()).toEqual(['3/3/0/0', '5/4/1/0']);
  });

  it('gives everything back that was cancelled, paid or not', async () => {
    const { amazon, orders } = setUp({ simulator: { orderPendingMs: () => 10 * MINUTE_MS } });
    const { orderId = '' } = amazon.placeOrder({ lines: [{ sku: 'a', quantity: 3 }] });
    amazon.cancelOrder(orderId);

    expect(await orders(orderId)).toMatchObject([{ channel: 'amazon', orderId, lines: [{ sku: 'A', ordered: '3', cancelled: '3' }] }]);
  });

  it('leaves alone what Amazon ships, and knows nothing of an order that is not there', async () => {
    const { amazon, orders, changed, pass } = setUp();
    const { orderId = '' } = amazon.placeOrder({ lines: [{ sku: 'f', quantity: 3 }] });
    await pass(10 * MINUTE_MS);

    expect(await orders(orderId, '114-9999999-9999999')).toEqual([]);
    expect((await changed(undefined)).items).toEqual([]);
  });

  it('begins with what is open, however old, and goes on without a gap', async () => {
    const { amazon, changed, pass } = setUp({ simulator: { usagePlans: 'unlimited' } });
    amazon.setQuantity('b', 1000);
    const place = () => amazon.placeOrder({ lines: [{ sku: 'b', quantity: 1 }] }).orderId ?? '';
    const [open, closed] = [place(), place()];
    amazon.shipOrder(closed);
    await pass(30 * 24 * 60 * MINUTE_MS);
    const recent = Array.from({ length: 250 }, place);
    amazon.shipOrder(recent[0] ?? '');
    await pass(5 * MINUTE_MS);

    const first = await changed(undefined);
    const hidden = place();
    amazon.shipOrder(recent[1] ?? '');
    const second = await changed(first.resumeFrom);
    await pass(5 * MINUTE_MS);
    const third = await changed(second.resumeFrom);

    const ids = (read: { items: readonly OrderObservation[] }) => new Set(read.items.map(({ orderId }) => orderId));
    expect(ids(first)).toEqual(new Set([open, ...recent]));
    expect(ids(second)).not.toContain(hidden);
    expect(ids(third)).toEqual(new Set([hidden, recent[1]]));
  });

  it('sees every state of every order in the end, whenever it looks', async () => {
    const step = fc.record({
      what: fc.constantFrom('place', 'ship', 'cancel', 'read'),
      which: fc.nat({ max: 20 }),
      waitMs: fc.integer({ min: 0, max: 4 * MINUTE_MS }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        const { amazon, changed, orders, pass } = setUp({ simulator: { usagePlans: 'unlimited', orderPendingMs: () => 3 * MINUTE_MS } });
        amazon.setQuantity('b', 1000);
        const known = new Map<string, OrderObservation>();
        let since: string | undefined;
        const read = async () => {
          const { items, resumeFrom } = await changed(since);
          since = resumeFrom;
          for (const order of items) if ((known.get(order.orderId)?.revision ?? '') <= order.revision) known.set(order.orderId, order);
        };
        for (const { what, which, waitMs } of steps) {
          const open = amazon.orders().filter(({ status }) => status !== 'CANCELLED' && status !== 'SHIPPED' && (status !== 'PENDING' || what === 'cancel'));
          const one = open[which % Math.max(1, open.length)];
          if (what === 'read') await read();
          else if (what === 'place') amazon.placeOrder({ lines: [{ sku: 'b', quantity: 1 + which }, { sku: 'b', quantity: 1 }] });
          else if (one !== undefined) {
            const units = one.lines.find(({ unfulfilledQuantity }) => unfulfilledQuantity > 0);
            const lines = units === undefined ? [] : [{ orderItemId: units.orderItemId, quantity: 1 }];
            if (what === 'ship') amazon.shipOrder(one.orderId, { lines });
            else amazon.cancelOrder(one.orderId, { lines });
          }
          await pass(waitMs);
        }
        await pass(10 * MINUTE_MS);
        await read();

        expect([...known.values()].toSorted((a, b) => (a.orderId < b.orderId ? -1 : 1))).toEqual(
          (await orders(...amazon.orders().map(({ orderId }) => orderId))).toSorted((a, b) => (a.orderId < b.orderId ? -1 : 1)),
        );
        for (const { orderId, lines } of amazon.orders()) {
          expect(counters(known.get(orderId))).toEqual(lines.map(({ quantity, shipped, cancelled }) => [quantity, shipped, cancelled, 0].join('/')));
        }
      }),
      { numRuns: 60 },
    );
  });

  it('names what nobody mapped', async () => {
    const { amazon, channel, context, clock } = setUp();
    const { orderId = '' } = amazon.placeOrder({ lines: [{ sku: 'nobody mapped', quantity: 1 }] });

    expect(await clock.settle(channel.readOrders({ scope: 'ids', orderIds: [orderId] }, undefined, context))).toMatchObject({ items: [{ lines: [] }], unmapped: ['nobody mapped'] });
  });
});

describe('notifications of a selling account', () => {
  /** Subscribes as the seller's own program would do once. */
  async function subscribe(amazon: ReturnType<typeof setUp>['amazon']): Promise<void> {
    const post = async (path: string, body: URLSearchParams | object, token?: string): Promise<Record<string, string>> => {
      const isForm = body instanceof URLSearchParams;
      const headers = { ...(isForm ? {} : { 'content-type': 'application/json' }), ...(token === undefined ? {} : { 'x-amz-access-token': token }) };
      const answer = await amazon.fetch(new Request(`https://amazon.test${path}`, { method: 'POST', headers, body: isForm ? body : JSON.stringify(body) }));
      const content = (await answer.json()) as { payload?: Record<string, string> } & Record<string, string>;
      if (answer.status !== 200) throw new Error(JSON.stringify(content));
      return content.payload ?? content;
    };
    const app = { client_id: APP.clientId, client_secret: APP.clientSecret };
    const { access_token: grantless } = await post('/auth/o2/token', new URLSearchParams({ grant_type: 'client_credentials', scope: 'sellingpartnerapi::notifications', ...app }));
    const { access_token: own } = await post('/auth/o2/token', new URLSearchParams({ grant_type: 'refresh_token', refresh_token: 'Atzr|test', ...app }));
    const queue = await post('/notifications/v1/destinations', { name: 'queue', resourceSpecification: { sqs: { arn: 'arn:aws:sqs:us-east-2:444455556666:queue1' } } }, grantless);
    const bus = await post('/notifications/v1/destinations', { name: 'bus', resourceSpecification: { eventBridge: { accountId: '444455556666', region: 'us-east-1' } } }, grantless);
    await post('/notifications/v1/subscriptions/ORDER_CHANGE', { payloadVersion: '1.0', destinationId: queue['destinationId'] }, own);
    await post('/notifications/v1/subscriptions/LISTINGS_ITEM_MFN_QUANTITY_CHANGE', { payloadVersion: '1.0', destinationId: bus['destinationId'] }, own);
    await post('/notifications/v1/subscriptions/FBA_INVENTORY_AVAILABILITY_CHANGES', { payloadVersion: '1.0', destinationId: queue['destinationId'] }, own);
  }

  it('lead back to the order and the level, through the queue, doubled or not', async () => {
    const { amazon, channel, clock, context, publish, pass, orders } = setUp({ simulator: { notificationFaults: () => 'duplicate' } });
    await subscribe(amazon);
    await publish(line(A, 5));
    const { orderId = '' } = amazon.placeOrder({ lines: [{ sku: 'a', quantity: 2 }] });
    amazon.placeOrder({ lines: [{ sku: 'f', quantity: 2 }] });
    amazon.setQuantity('nobody mapped', 7);
    await pass(MINUTE_MS);
    const abort = new AbortController();
    const hints: string[] = [];
    const ids = new Set<string>();
    let failures = 0;
    const queue: MessageQueue = {
      async receive({ max, signal }) {
        const messages = amazon.queue.receive({ max });
        if (messages.length === 0 && amazon.queue.size() === 0) abort.abort();
        if (messages.length === 0 && !signal.aborted) await clock.sleep(20_000, signal);
        return messages;
      },
      delete: async (receiptHandle) => amazon.queue.delete(receiptHandle),
    };

    await clock.settle(followNotifications({
      queue, clock, signal: abort.signal, logger: context.logger,
      receive: async (request) => {
        // Every third message meets a host that is busy: it comes again.
        failures += 1;
        if (failures % 3 === 0) throw new Error('busy');
        const result = channel.receive(request);
        if (result.status === 'refused') return result;
        ids.add(result.messageId);
        hints.push(...result.hints.map((hint) => (hint.kind === 'order' ? hint.orderId : hint.sku)));
        return { httpStatus: 200 };
      },
    }));

    expect(amazon.queue.size()).toBe(0);
    expect(new Set(hints)).toEqual(new Set([orderId, 'A']));
    // The write and the sale of A, its order, the order and the stock that Amazon ships, and the edit of what nobody mapped.
    expect(ids.size).toBe(6);
    expect(await orders(orderId)).toMatchObject([{ lines: [{ sku: 'A', ordered: '2' }] }]);
  });
});
