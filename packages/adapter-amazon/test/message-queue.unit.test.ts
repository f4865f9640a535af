import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

describe('createSqsMessageQueue', () => {
  it('receives, deletes and stops waiting through Amazon\'s own client, within what SQS allows', async () => {
    const { stdout } = await promisify(execFile)(process.execPath, ['--conditions=@stockwright/source', '--disable-warning=ExperimentalWarning', join(import.meta.dirname, 'use-sqs-client.ts')]);

    expect(JSON.parse(stdout)).toEqual({
      full: [{ messageId: 'm-1', receiptHandle: 'r-1', body: '{"a":1}' }],
      empty: [],
      stopped: 'AbortError',
      requests: [
        { target: 'AmazonSQS.ReceiveMessage', QueueUrl: '/1/full', MaxNumberOfMessages: 10, WaitTimeSeconds: 20 },
        { target: 'AmazonSQS.DeleteMessage', QueueUrl: '/1/full', ReceiptHandle: 'r-1' },
        { target: 'AmazonSQS.ReceiveMessage', QueueUrl: '/1/empty', MaxNumberOfMessages: 5, WaitTimeSeconds: 1 },
        { target: 'AmazonSQS.ReceiveMessage', QueueUrl: '/1/silent', MaxNumberOfMessages: 10, WaitTimeSeconds: 20 },
      ],
    });
  });
});
