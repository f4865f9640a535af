import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createTestAccount, itemPath, MARKETPLACE } from '../../test/amazon-fixture.ts';
import { createTokenBuckets } from './usage-plans.ts';

describe('the token buckets', () => {
  it('never let through more than the burst and what came back, and always as much for somebody patient', () => {
    fc.assert(fc.property(fc.array(fc.integer({ min: 0, max: 2000 }), { maxLength: 80 }), (waits) => {
      let clock = 0;
      const buckets = createTokenBuckets(() => clock, {});
      const taken: number[] = [];
      for (const wait of waits) {
        clock += wait;
        if (buckets.take('patchListingsItem')) taken.push(clock);
      }

      for (const [from, start] of taken.entries()) {
        for (const [to, end] of taken.entries()) {
          if (to >= from) expect(to - from + 1).toBeLessThanOrEqual(5 + ((end - start) / 1000) * 5 + 1e-6);
        }
      }
    }));
    let clock = 0;
    const patient = createTokenBuckets(() => clock, {});
    for (let call = 0; call < 1000; call += 1) {
      expect(patient.take('patchListingsItem'), `call ${String(call)}`).toBe(true);
      if (call >= 4) clock += 200;
    }
  });

  it('lose nothing to somebody who asks all the time', () => {
    let clock = 0;
    const buckets = createTokenBuckets(() => clock, {});
    let taken = 0;
    for (; clock <= 10_000; clock += 20) taken += buckets.take('patchListingsItem') ? 1 : 0;

    expect(taken).toBe(5 + 50);
  });

  it('are apart for each operation, and tell their rate', () => {
    const buckets = createTokenBuckets(() => 0, { getOrder: { rate: 7, burst: 1 } });

    expect([buckets.take('getInventorySummaries'), buckets.take('getInventorySummaries'), buckets.take('getInventorySummaries'), buckets.take('getFeed')]).toEqual([true, true, false, true]);
    expect([buckets.take('getOrder'), buckets.take('getOrder')]).toEqual([true, false]);
    expect([buckets.rateText('patchListingsItem'), buckets.rateText('searchOrders'), buckets.rateText('getOrder')]).toEqual(['5.0', '0.0056', '7.0']);
  });
});

describe('the usage plans', () => {
  it('throttle the sixth patch at once, without the rate and without a time to wait', async () => {
    const account = createTestAccount();
    const answers = [];
    for (let quantity = 0; quantity < 6; quantity += 1) answers.push(await account.patch('A', quantity));

    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 429]);
    expect(answers[0]?.headers.get('x-amzn-RateLimit-Limit')).toBe('5.0');
    const last = answers.at(-1);
    expect(last?.body).toEqual({ errors: [{ code: 'QuotaExceeded', message: 'You exceeded your quota for the requested resource.' }] });
    expect(Object.fromEntries(['x-amzn-RateLimit-Limit', 'retry-after', 'x-amzn-ErrorType'].map((name) => [name, last?.headers.get(name)])))
      .toEqual({ 'x-amzn-RateLimit-Limit': null, 'retry-after': null, 'x-amzn-ErrorType': 'TooManyRequestsException' });
    expect(last?.headers.get('x-amzn-RequestId')).toMatch(/^[\da-f-]{36}$/);
    expect(account.simulator.listing('A')?.effective).toBe(4);
    expect(account.simulator.calls()['patchListingsItem']).toEqual({ count: 6, throttled: 1 });
    account.clock.ms += 200;
    expect((await account.patch('A', 9)).status).toBe(200);
  });

  it('tell the rate with 400 and 404 too, and not with 403', async () => {
    const account = createTestAccount();
    const rates = await Promise.all([
      account.call({ path: itemPath('A') }),
      account.call({ path: itemPath('nothing'), query: { marketplaceIds: MARKETPLACE } }),
      account.call({ path: itemPath('A').replace('A3TH', 'OTHER'), query: { marketplaceIds: MARKETPLACE } }),
    ]);

    expect(rates.map(({ status, headers }) => [status, headers.get('x-amzn-RateLimit-Limit')])).toEqual([[400, '5.0'], [404, '5.0'], [403, null]]);
  });

  it('can be switched off', async () => {
    const account = createTestAccount({ usagePlans: 'unlimited' });
    const answers = [];
    for (let quantity = 0; quantity < 50; quantity += 1) answers.push(await account.patch('A', quantity));

    expect(answers.every(({ status, headers }) => status === 200 && !headers.has('x-amzn-RateLimit-Limit'))).toBe(true);
  });
});
