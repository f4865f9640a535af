/** One message of a queue. @public */
export interface QueuedMessage {
  /** The queue's own id of it, for logs. */
  readonly messageId: string;
  /** What deletes this delivery of it. */
  readonly receiptHandle: string;
  /** As it was sent. */
  readonly body: string;
}

/** A queue that keeps a message until it is deleted and gives it again where that does not happen, as Amazon SQS does. @public */
export interface MessageQueue {
  /**
   * Waits for messages.
   *
   * @returns At most `max` of them; none where none came within `waitMs`.
   */
  receive(request: { readonly max: number; readonly waitMs: number; readonly signal: AbortSignal }): Promise<readonly QueuedMessage[]>;
  delete(receiptHandle: string): Promise<void>;
}

/** The part of the client of `@aws-sdk/client-sqs` (its class `SQS`) that a queue needs. @public */
export interface SqsClient {
  receiveMessage(
    input: { readonly QueueUrl: string; readonly MaxNumberOfMessages: number; readonly WaitTimeSeconds: number },
    options: { readonly abortSignal: AbortSignal },
  ): Promise<{
    readonly Messages?: readonly { readonly MessageId?: string | undefined; readonly ReceiptHandle?: string | undefined; readonly Body?: string | undefined }[] | undefined;
  }>;
  deleteMessage(input: { readonly QueueUrl: string; readonly ReceiptHandle: string }): Promise<unknown>;
}

/** What SQS gives and waits for at most. */
const MESSAGES_MAX = 10;
const WAIT_SECONDS_MAX = 20;

/**
 * A queue of Amazon SQS. The client is the caller's, with its credentials and region: nothing of the AWS SDK is loaded here.
 *
 * @example
 * ```ts
 * const queue = createSqsMessageQueue({ sqs: new SQS({ region: 'eu-west-1' }), queueUrl });
 * ```
 * @public
 */
export function createSqsMessageQueue({ sqs, queueUrl }: { readonly sqs: SqsClient; readonly queueUrl: string }): MessageQueue {
  return {
    async receive({ max, waitMs, signal }) {
      const input = {
        QueueUrl: queueUrl,
        MaxNumberOfMessages: Math.min(MESSAGES_MAX, max),
        WaitTimeSeconds: Math.min(WAIT_SECONDS_MAX, Math.floor(waitMs / 1000)),
      };
      const { Messages = [] } = await sqs.receiveMessage(input, { abortSignal: signal });
      return Messages.flatMap(({ MessageId = '', ReceiptHandle, Body }) => (ReceiptHandle === undefined ? [] : [{ messageId: MessageId, receiptHandle: ReceiptHandle, body: Body ?? '' }]));
    },
    async delete(receiptHandle) {
      await sqs.deleteMessage({ QueueUrl: queueUrl, ReceiptHandle: receiptHandle });
    },
  };
}
