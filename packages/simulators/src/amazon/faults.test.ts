import { describe, expect, it } from 'vitest';
import { createTestAccount, itemPath, MARKETPLACE } from '../../test/amazon-fixture.ts';
import type { TestAccount } from '../../test/amazon-fixture.ts';
import type { AmazonOperation, AmazonRequestFault } from './options.ts';

/** An account whose first patch meets a fault. */
function faulty(fault: AmazonRequestFault, operation: AmazonOperation = 'patchListingsItem'): TestAccount {
  let isOver = false;
  return createTestAccount({
    requestFaults: (name) => {
      if (isOver || name !== operation) return undefined;
      isOver = true;
      return fault;
    },
  });
}

const effective = (account: TestAccount): number | undefined => account.simulator.listing('A')?.effective;

describe('a request fault', () => {
  it.each([
    [{ kind: 'throttle' }, 429, 'QuotaExceeded'],
    [{ kind: 'status', status: 503 }, 503, 'ServiceUnavailable'],
    [{ kind: 'status', status: 403 }, 403, 'Unauthorized'],
    [{ kind: 'internalError' }, 500, 'InternalFailure'],
  ] as const)('answers %j and applies nothing', async (fault, status, code) => {
    const account = faulty(fault);

    expect(await account.patch('A', 3)).toMatchObject({ status, body: { errors: [{ code }] } });
    expect(effective(account)).toBe(10);
    expect((await account.patch('A', 4)).status).toBe(200);
    expect(account.simulator.calls()['patchListingsItem']).toEqual({ count: 2, throttled: status === 429 ? 1 : 0 });
  });

  it('answers in HTML where a gateway would, with a time to wait where that is wanted', async () => {
    const answer = await faulty({ kind: 'status', status: 504, retryAfterSeconds: 7 }).patch('A', 3);

    expect([answer.status, answer.headers.get('content-type'), answer.headers.get('retry-after')]).toEqual([504, 'text/html', '7']);
  });

  it('can lose the request', async () => {
    const account = faulty({ kind: 'timeoutBeforeApply' });

    await expect(account.patch('A', 3)).rejects.toThrow(new TypeError('fetch failed'));
    expect(effective(account)).toBe(10);
  });

  it('can lose the answer', async () => {
    const account = faulty({ kind: 'timeoutAfterApply' });

    await expect(account.patch('A', 3)).rejects.toThrow('fetch failed');
    expect(effective(account)).toBe(3);
  });

  it('can let the request arrive late, on top of what was sent after it', async () => {
    const account = faulty({ kind: 'timeoutAppliedLate', delayMs: 60_000 });

    await expect(account.patch('A', 3)).rejects.toThrow('fetch failed');
    await account.patch('A', 5);
    expect(effective(account)).toBe(5);
    expect(account.simulator.nextDueAtMs()).toBe(account.clock.ms + 60_000);
    account.clock.ms += 60_000;
    expect(await account.simulator.deliverDue()).toBe(2);
    expect(effective(account)).toBe(3);
    expect(account.shown.map(({ quantity }) => quantity)).toEqual([5, 3]);
  });

  it('can accept what is never on offer, and lets older and newer submissions land', async () => {
    const account = createTestAccount({
      applyDelayMs: () => 1000,
      requestFaults: (_operation, { body }) => (JSON.stringify(body ?? '').includes('"quantity":4') ? { kind: 'acceptedNeverApplied' } : undefined),
    });
    await account.patch('A', 3);
    const answer = await account.patch('A', 4);
    await account.settle();

    expect(answer.body.status).toBe('ACCEPTED');
    expect(account.simulator.listing('A')).toMatchObject({ submitted: 4, effective: 3, pendingSubmissions: 0 });
    await account.patch('A', 5);
    await account.settle();
    expect(effective(account)).toBe(5);
  });

  it('meets the login too', async () => {
    const account = faulty({ kind: 'timeoutBeforeApply' }, 'getAccessToken');

    await expect(account.login()).rejects.toThrow('fetch failed');
    expect((await account.login()).status).toBe(200);
  });

  it('sees what is asked', async () => {
    const seen: unknown[] = [];
    const account = createTestAccount({ requestFaults: (operation, { parameters, query }) => {
      seen.push([operation, parameters, query.get('marketplaceIds')]);
      return undefined;
    } });
    await account.call({ path: itemPath('A'), query: { marketplaceIds: MARKETPLACE } });

    expect(seen).toEqual([['getAccessToken', {}, null], ['getListingsItem', { sellerId: 'A3TH9S8BH6GOGM', sku: 'A' }, MARKETPLACE]]);
  });
});
