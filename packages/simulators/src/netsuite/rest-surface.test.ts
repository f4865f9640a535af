import { describe, expect, it } from 'vitest';
import { assertion, openTestAccount, ORIGIN, tokenRequest, type TestAccount } from '../../test/netsuite-account.ts';
import type { NetSuiteFault } from './index.ts';

const QUERY = '/services/rest/query/v1/suiteql';
const RECORD = '/services/rest/record/v1/inventoryAdjustment';

const adjustment = (adjustQtyBy: number, more: Readonly<Record<string, unknown>> = {}): Record<string, unknown> => ({
  account: { id: '1' },
  adjLocation: { id: '1' },
  memo: 'cycle count',
  inventory: { items: [{ item: { id: '20' }, location: { id: '1' }, adjustQtyBy }] },
  ...more,
});
const logIn = async ({ account, clock }: TestAccount): Promise<string> => {
  const granted = await account.fetch(tokenRequest(assertion(clock.ms)));
  return ((await granted.json()) as { access_token: string }).access_token;
};
const onHand = ({ account }: TestAccount): number | undefined => account.stock('MUG', 1)?.onHand;

describe('inventory adjustments', () => {
  it('are created, found by both ids, and move stock', async () => {
    const test = await openTestAccount();

    const created = await test.send('POST', RECORD, adjustment(5, { externalId: 'sync-1' }));

    const location = created.headers.get('location') ?? '';
    expect([created.status, onHand(test)]).toEqual([204, 15]);
    expect(location).toMatch(new RegExp(`^${ORIGIN}/services/rest/record/v1/inventoryadjustment/\\d+$`));
    const found = await (await test.send('GET', `${RECORD}/eid:sync-1?expandSubResources=true`)).json();
    expect(found).toMatchObject({
      externalId: 'sync-1', memo: 'cycle count', lastModifiedDate: '2026-09-30T10:00:00Z',
      inventory: { items: [{ line: 1, item: { id: '20', refName: 'MUG' }, location: { id: '1' }, adjustQtyBy: 5 }], totalResults: 1 },
    });
    expect((await test.send('GET', location.slice(ORIGIN.length))).status).toBe(200);
    expect(await test.query("SELECT type, externalid, memo FROM transaction WHERE type = 'InvAdjst'")).toEqual([{ type: 'InvAdjst', externalid: 'sync-1', memo: 'cycle count' }]);
  });

  it('are refused the second time under one external id', async () => {
    const test = await openTestAccount();
    await test.send('POST', RECORD, adjustment(5, { externalId: 'sync-1' }));

    const second = await test.send('POST', RECORD, adjustment(5, { externalId: 'sync-1' }));

    expect([second.status, onHand(test)]).toEqual([400, 15]);
  });

  it('converge under a repeated PUT that replaces the lines, and only under that one', async () => {
    const test = await openTestAccount();
    const path = `${RECORD}/eid:sync-1`;

    for (const _ of [1, 2]) expect((await test.send('PUT', `${path}?replace=inventory`, adjustment(5))).status).toBe(204);
    expect(onHand(test)).toBe(15);
    await test.send('PUT', `${path}?replace=inventory`, adjustment(2));
    expect(onHand(test)).toBe(12);
    await test.send('PUT', path, adjustment(2));
    expect(onHand(test)).toBe(14);
    await test.send('PATCH', path, { inventory: { items: [{ line: 1, item: { id: 20 }, location: { id: 1 }, adjustQtyBy: 1 }] } });
    expect(onHand(test)).toBe(13);
  });

  it('name the field that is wrong', async () => {
    const { send } = await openTestAccount();

    const response = await send('POST', RECORD, adjustment(1, { inventory: { items: [{ item: { id: '9999' }, location: { id: '1' }, adjustQtyBy: 1 }] } }));

    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({
      type: 'https://www.w3.org/Protocols/rfc2616/rfc2616-sec10.html#sec10.4.1', title: 'Bad Request', status: 400,
      'o:errorDetails': [{
        detail: 'Error while accessing resource: You have entered an Invalid Field Value 9999 for the following field: item',
        'o:errorPath': 'inventory.items[0].item', 'o:errorCode': 'INVALID_CONTENT',
      }],
    });
  });

  it('ignore unknown properties unless the caller asks for an error', async () => {
    const test = await openTestAccount();
    const strict = { 'x-netsuite-propertynamevalidation': 'Error' };

    expect((await test.send('POST', RECORD, adjustment(1, { memmo: 'x' }), strict)).status).toBe(400);
    expect((await test.send('POST', RECORD, adjustment(1, { memo: 'x' }), strict)).status).toBe(204);
    expect((await test.send('POST', RECORD, adjustment(1, { memmo: 'x' }))).status).toBe(204);
    expect(onHand(test)).toBe(12);
  });

  it('set an absolute quantity', async () => {
    const test = await openTestAccount();

    await test.send('POST', RECORD, adjustment(0, { inventory: { items: [{ item: { id: '20' }, location: { id: '1' }, newQuantity: 3 }] } }));

    expect(onHand(test)).toBe(3);
  });

  it.each([
    ['a record that does not exist', 'GET', `${RECORD}/eid:none`, undefined, 404],
    ['a missing account', 'POST', RECORD, adjustment(1, { account: undefined }), 400],
    ['a missing line', 'POST', RECORD, adjustment(1, { inventory: { items: [] } }), 400],
    ['a quantity that is no number', 'POST', RECORD, adjustment(1, { inventory: { items: [{ item: { id: '20' }, location: { id: '1' }, adjustQtyBy: '5' }] } }), 400],
    ['a method that is not there', 'DELETE', RECORD, undefined, 405],
    ['a path that is not there', 'GET', '/services/rest/record/v1/customer/1', undefined, 404],
  ])('refuse %s', async (_what, method, path, body, status) => {
    const test = await openTestAccount();

    const response = await test.send(method, path, body);

    expect([response.status, onHand(test)]).toEqual([status, 10]);
  });
});

describe('the REST surface', () => {
  it('refuses what exceeds the concurrency of the account', async () => {
    let release = (): void => {};
    const gate = new Promise<void>((resolve) => (release = resolve));
    const { account, send } = await openTestAccount({ concurrencyLimit: 2, latency: (operation) => (operation === 'token' ? Promise.resolve() : gate) });
    const ask = (): Promise<Response> => send('POST', QUERY, { q: 'SELECT id FROM item' });

    const running = [ask(), ask()];
    const refused = await ask();
    release();

    expect(refused.status).toBe(429);
    expect(refused.headers.has('retry-after')).toBe(false);
    expect(await refused.json()).toMatchObject({ title: 'Bad Request', status: 429, 'o:errorCode': 'USER_ERROR', 'o:errorDetails': [{ 'o:errorCode': 'CONCURRENCY_LIMIT_EXCEEDED' }] });
    expect((await Promise.all(running)).map(({ status }) => status)).toEqual([200, 200]);
    expect((await ask()).status).toBe(200);
    expect(account.calls()).toEqual({ token: 1, suiteql: 4, inventoryAdjustment: 0, governanceLimits: 0, other: 0 });
  });

  it('tells its limit', async () => {
    const { send } = await openTestAccount({ concurrencyLimit: 15 });

    expect(await (await send('GET', '/services/rest/system/v1/governanceLimits')).json()).toMatchObject({ accountConcurrencyLimit: 15, integrationLimitType: 'accountLimit' });
  });

  it('refuses strangers', async () => {
    const { account, send } = await openTestAccount();

    expect((await send('POST', QUERY, { q: 'SELECT id FROM item' }, { authorization: 'Bearer other' })).status).toBe(401);
    expect((await account.fetch(new Request(ORIGIN + QUERY, { method: 'POST' }))).status).toBe(401);
  });

  it('breaks the connection before or after it did what was asked', async () => {
    let fault: NetSuiteFault | undefined;
    const test = await openTestAccount({ requestFaults: (operation) => (operation === 'inventoryAdjustment' ? fault : undefined) });

    fault = { kind: 'timeoutBeforeApply' };
    await expect(test.send('POST', RECORD, adjustment(5, { externalId: 'lost' }))).rejects.toThrow(TypeError);
    expect(onHand(test)).toBe(10);
    fault = { kind: 'timeoutAfterApply' };
    await expect(test.send('POST', RECORD, adjustment(5, { externalId: 'done' }))).rejects.toThrow('fetch failed');
    expect(onHand(test)).toBe(15);
    fault = undefined;
    expect((await test.send('GET', `${RECORD}/eid:lost`)).status).toBe(404);
    expect((await test.send('GET', `${RECORD}/eid:done`)).status).toBe(200);
  });

  it.each([401, 429, 500, 503] as const)('answers %i when told to', async (status) => {
    const { send } = await openTestAccount({ requestFaults: (operation) => (operation === 'suiteql' ? { kind: 'status', status } : undefined) });

    const response = await send('POST', QUERY, { q: 'SELECT id FROM item' });

    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ status, 'o:errorDetails': [{}] });
  });

  it('does what it was asked although the caller gave up', async () => {
    let release = (): void => {};
    const gate = new Promise<void>((resolve) => (release = resolve));
    const test = await openTestAccount({ latency: (operation) => (operation === 'token' ? Promise.resolve() : gate) });
    const controller = new AbortController();
    const token = await logIn(test);

    const answer = test.account.fetch(new Request(ORIGIN + RECORD, {
      method: 'POST', signal: controller.signal, headers: { authorization: `Bearer ${token}` }, body: JSON.stringify(adjustment(5)),
    }));
    controller.abort();

    await expect(answer).rejects.toThrow('aborted');
    release();
    await expect.poll(() => onHand(test)).toBe(15);
  });
});
