import { followNotifications, type MessageQueue } from '@stockwright/adapter-amazon';
import type { AmazonSimulator } from '@stockwright/simulators/amazon';
import type { VirtualClock } from '@stockwright/testkit';
import { AMAZON_LOGIN } from './vendors.ts';

/** What a seller's administrator does once: names the queue, and subscribes it to what happens to orders. */
export async function subscribeToOrders(amazon: AmazonSimulator): Promise<void> {
  const { clientId, clientSecret, refreshToken } = AMAZON_LOGIN;
  const post = async (path: string, headers: Readonly<Record<string, string>>, body: string): Promise<Record<string, unknown>> => {
    const response = await amazon.fetch(new Request(`http://amazon.invalid${path}`, { method: 'POST', headers, body }));
    if (!response.ok) throw new Error(`POST ${path} was answered with ${String(response.status)}: ${await response.text()}`);
    return (await response.json()) as Record<string, unknown>;
  };
  const login = async (grant: Readonly<Record<string, string>>): Promise<Record<string, string>> => {
    const form = new URLSearchParams({ ...grant, client_id: clientId, client_secret: clientSecret });
    const answer = await post('/auth/o2/token', { 'content-type': 'application/x-www-form-urlencoded;charset=UTF-8' }, form.toString());
    return { 'x-amz-access-token': String(answer['access_token']), 'content-type': 'application/json', 'user-agent': 'setup/1.0 (Language=TypeScript)' };
  };
  const own = await login({ grant_type: 'client_credentials', scope: 'sellingpartnerapi::notifications' });
  const sqs = { arn: 'arn:aws:sqs:eu-west-1:444455556666:orders' };
  const { payload } = await post('/notifications/v1/destinations', own, JSON.stringify({ name: 'orders', resourceSpecification: { sqs } }));
  const { destinationId } = payload as { destinationId: string };
  const seller = await login({ grant_type: 'refresh_token', refresh_token: refreshToken });
  await post('/notifications/v1/subscriptions/ORDER_CHANGE', seller, JSON.stringify({ payloadVersion: '1.0', destinationId }));
}

/**
 * Follows the account's queue and hands each message to the engine's endpoint, as a small forwarder beside a queue does.
 * While nobody answers there, messages stay in the queue and come again.
 *
 * @returns What to call when a message may have come.
 */
export function forwardNotifications(amazon: AmazonSimulator, { url, clock, post, signal }: { url: string; clock: VirtualClock; post: typeof globalThis.fetch; signal: AbortSignal }): () => void {
  let wake: () => void = () => undefined;
  const queue: MessageQueue = {
    receive: async ({ max, waitMs, signal: ended }) => {
      const found = amazon.queue.receive({ max });
      if (found.length > 0) return found;
      const waiting = new AbortController();
      const end = (): void => { waiting.abort(); };
      wake = end;
      ended?.addEventListener('abort', end, { once: true });
      await clock.sleep(waitMs, waiting.signal).catch(() => undefined);
      ended?.removeEventListener('abort', end);
      return amazon.queue.receive({ max });
    },
    delete: async (receiptHandle) => { amazon.queue.delete(receiptHandle); },
  };
  const quiet = (): void => undefined;
  followNotifications({
    queue, clock, signal, logger: { debug: quiet, info: quiet, warn: quiet, error: quiet },
    receive: async ({ body }) => ({ httpStatus: (await post(url, { method: 'POST', body: new Uint8Array(body) })).status }),
  }).catch(quiet);
  return () => { wake(); };
}
