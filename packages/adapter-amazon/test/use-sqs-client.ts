// Runs a queue over Amazon's own client against a server of this machine, and prints what happened. A program of its own,
// because the test runner loads modules by a bundler's condition, under which Node cannot load those of the client.
import { SQS } from '@aws-sdk/client-sqs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createSqsMessageQueue } from '../src/index.ts';

const requests: unknown[] = [];
const waiting = new AbortController();
const server = createServer((request, response) => {
  let text = '';
  request.on('data', (chunk: Buffer) => (text += chunk.toString()));
  request.on('end', () => {
    const target = String(request.headers['x-amz-target']);
    const body = JSON.parse(text) as { readonly QueueUrl: string };
    const queue = new URL(body.QueueUrl).pathname;
    requests.push({ target, ...body, QueueUrl: queue });
    if (queue.endsWith('silent')) return waiting.abort();
    const Messages = [{ MessageId: 'm-1', ReceiptHandle: 'r-1', Body: '{"a":1}', MD5OfBody: 'bb6cb5c68df4652941caf652a366f2d8' }];
    response.setHeader('content-type', 'application/x-amz-json-1.0').end(JSON.stringify(queue.endsWith('full') ? { Messages } : {}));
  });
});
await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
const endpoint = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
const sqs = new SQS({ endpoint, region: 'eu-west-1', credentials: { accessKeyId: 'id', secretAccessKey: 'key' } });
const queueOf = (name: string) => createSqsMessageQueue({ sqs, queueUrl: `${endpoint}/1/${name}` });
const patience = new AbortController().signal;

const full = await queueOf('full').receive({ max: 50, waitMs: 60_000, signal: patience });
await queueOf('full').delete('r-1');
const empty = await queueOf('empty').receive({ max: 5, waitMs: 1500, signal: patience });
const stopped = await queueOf('silent').receive({ max: 10, waitMs: 20_000, signal: waiting.signal }).catch((error: unknown) => (error as Error).name);
console.log(JSON.stringify({ full, empty, stopped, requests }));
server.closeAllConnections();
server.close();
