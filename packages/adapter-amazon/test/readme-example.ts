import { SQS } from '@aws-sdk/client-sqs';
import { createAmazon, createSqsMessageQueue, followNotifications } from '@stockwright/adapter-amazon';
import type { AvailabilityChannel, Clock, Logger, WebhookRequest } from '@stockwright/adapter';
import { createMapping } from '@stockwright/adapter-kit';
import { parseChannelId, parseSku } from '@stockwright/core';

const secret = (name: string): string => process.env[name] ?? '';

/** The seller's listings in the United States. */
export const amazon: AvailabilityChannel = createAmazon({
  id: parseChannelId('amazon-us'),
  sellerId: 'A3TH9S8BH6GOGM',
  marketplaceId: 'ATVPDKIKX0DER',
  clientId: secret('LWA_CLIENT_ID'),
  clientSecret: secret('LWA_CLIENT_SECRET'),
  refreshToken: secret('LWA_REFRESH_TOKEN'),
  mappings: {
    // The seller sku at Amazon, and ours.
    skus: createMapping([
      ['MUG-BLUE', parseSku('85123A')],
      ['MUG, RED', parseSku('85123B')],
    ]),
  },
});

/** Hands what Amazon tells to the engine until the signal fires. */
export async function follow(
  engine: { receive(channel: AvailabilityChannel['id'], request: WebhookRequest): Promise<{ readonly httpStatus: number }> },
  { clock, logger, signal }: { readonly clock: Clock; readonly logger: Logger; readonly signal: AbortSignal },
): Promise<void> {
  const sqs = new SQS({ region: 'us-east-2' });
  const queue = createSqsMessageQueue({ sqs, queueUrl: 'https://sqs.us-east-2.amazonaws.com/444455556666/orders' });
  await followNotifications({ queue, receive: (request) => engine.receive(amazon.id, request), clock, logger, signal });
}
