import type { Clock, Logger, WebhookRequest } from '@stockwright/adapter';
import type { MessageQueue, QueuedMessage } from './message-queue.ts';

/** Messages of one receive, and how long it waits for the first: the most that SQS does. */
const MESSAGES_MAX = 10;
const WAIT_MS = 20_000;
const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 60_000;

/** How a host takes a message in; an engine's `receive` is one. @public */
export type NotificationHandler = (request: WebhookRequest) => Promise<{ readonly httpStatus: number; readonly reason?: string }>;

/** A queue to follow, and who takes its messages. @public */
export interface NotificationFollowing {
  readonly queue: MessageQueue;
  /** Settles once the message is kept. It may get a message more than once, and in any order. */
  readonly receive: NotificationHandler;
  readonly clock: Clock;
  /** Ends the following. */
  readonly signal: AbortSignal;
  readonly logger: Logger;
}

/**
 * Hands every message of a queue to the host until the signal fires.
 *
 * @remarks
 * A message is deleted after the host has kept it (2xx) or refused it for good (4xx). One that the host could not take now
 * (it threw, or answered 408, 429 or 5xx) stays in the queue, which gives it again after its visibility time-out; give the
 * queue a dead-letter queue for those that never pass. Where the queue itself fails, or nothing of a batch could be taken,
 * the next try waits, longer each time, up to a minute.
 *
 * @returns When the signal has fired and the message at hand is done.
 * @public
 */
export async function followNotifications(following: NotificationFollowing): Promise<void> {
  const { signal } = following;
  for (let pauseMs = 0; !signal.aborted; ) {
    const isWell = await followOnce(following);
    pauseMs = isWell ? 0 : Math.min(LONGEST_PAUSE_MS, Math.max(FIRST_PAUSE_MS, pauseMs * 2));
    if (pauseMs > 0) await pause(following, pauseMs);
  }
}

/** One receive and what came of it. @returns Whether to go on at once. */
async function followOnce(following: NotificationFollowing): Promise<boolean> {
  const { queue, clock, signal, logger } = following;
  const startedAtMs = clock.now();
  let messages: readonly QueuedMessage[];
  try {
    messages = await queue.receive({ max: MESSAGES_MAX, waitMs: WAIT_MS, signal });
  } catch (error) {
    if (!signal.aborted) logger.warn({ error: messageOf(error) }, 'the queue of notifications could not be read');
    return false;
  }
  // A queue that does not wait would be asked without end.
  if (messages.length === 0) {
    if (!signal.aborted && clock.now() - startedAtMs < FIRST_PAUSE_MS) await pause(following, FIRST_PAUSE_MS);
    return true;
  }
  let taken = 0;
  for (const message of messages) {
    // What is not taken any more comes again, to whoever follows the queue then.
    if (signal.aborted) break;
    if (await take(following, message)) taken += 1;
  }
  return taken > 0;
}

/** @returns Whether the host is done with the message. */
async function take({ queue, receive, logger }: NotificationFollowing, { messageId, receiptHandle, body }: QueuedMessage): Promise<boolean> {
  try {
    const { httpStatus, reason } = await receive({ headers: {}, body: new TextEncoder().encode(body) });
    if (!isFinal(httpStatus)) {
      logger.warn({ messageId, httpStatus, reason }, 'a notification could not be taken in and stays in the queue');
      return false;
    }
    if (httpStatus >= 400) logger.warn({ messageId, httpStatus, reason }, 'a notification was refused and is deleted');
  } catch (error) {
    logger.error({ messageId, error: messageOf(error) }, 'a notification could not be taken in and stays in the queue');
    return false;
  }
  try {
    await queue.delete(receiptHandle);
  } catch (error) {
    // It comes again, and a host counts a message once.
    logger.warn({ messageId, error: messageOf(error) }, 'a notification that was taken in could not be deleted from the queue');
  }
  return true;
}

/** Whether asking again would change nothing. */
function isFinal(httpStatus: number): boolean {
  const isRefusal = httpStatus >= 400 && httpStatus < 500 && httpStatus !== 408 && httpStatus !== 429;
  return (httpStatus >= 200 && httpStatus < 300) || isRefusal;
}

async function pause({ clock, signal }: NotificationFollowing, ms: number): Promise<void> {
  try {
    await clock.sleep(ms, signal);
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
