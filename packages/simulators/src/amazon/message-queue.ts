import type { AmazonQueue, AmazonQueueMessage } from './host-shapes.ts';

/** How long a message is kept that nobody deletes. */
export const RETENTION_MS: number = 4 * 24 * 3600 * 1000;
/** The most messages of one call. */
const RECEIVE_MAX = 10;
const DEFAULT_VISIBILITY_MS = 30_000;

interface Message {
  readonly id: string;
  readonly body: string;
  readonly sentAtMs: number;
  /** Of the last time that it was received. */
  receiptHandle: string | undefined;
  isDeleted: boolean;
}

interface Hidden {
  readonly message: Message;
  readonly visibleAtMs: number;
}

/** The queue and what the account needs of it. */
export interface MessageQueue extends AmazonQueue {
  send(body: string): void;
  /** When the next hidden message shows itself again. */
  nextVisibleAtMs(): number | undefined;
  /** Shows what has been hidden long enough; how many messages that was. */
  refresh(): number;
}

/** Messages that wait, in order. */
interface Backlog {
  add(message: Message): void;
  /** The next that is neither deleted nor too old. */
  take(): Message | undefined;
}

function createBacklog(isOver: (message: Message) => boolean): Backlog {
  let messages: Message[] = [];
  let first = 0;
  const dropOver = (): void => {
    for (let oldest = messages[first]; oldest !== undefined && isOver(oldest); oldest = messages[first]) first += 1;
    // The taken part is cut off now and then, so that each message is moved about once.
    if (first < 1000 || first * 2 < messages.length) return;
    messages = messages.slice(first);
    first = 0;
  };
  return {
    add: (message) => {
      // Where nobody ever receives, the oldest messages still go when their time is over.
      dropOver();
      messages.push(message);
    },
    take: () => {
      dropOver();
      const message = messages[first];
      if (message !== undefined) first += 1;
      return message;
    },
  };
}

/**
 * A queue with the promises of the vendor's standard queue: at least once, in about the order sent.
 *
 * @remarks
 * A received message is hidden, not gone: without a deletion in time it comes back behind the others.
 */
export function createMessageQueue(around: { readonly now: () => number; readonly uuid: () => string; readonly visibilityMs: number | undefined }): MessageQueue {
  const { now, uuid, visibilityMs = DEFAULT_VISIBILITY_MS } = around;
  // The time for which messages are hidden is always the same, so the map's order is the order in which they come back.
  const hidden = new Map<string, Hidden>();
  const byHandle = new Map<string, Message>();
  let alive = 0;
  const forget = (message: Message): void => {
    if (!message.isDeleted) alive -= 1;
    message.isDeleted = true;
    if (message.receiptHandle !== undefined) byHandle.delete(message.receiptHandle);
  };
  const backlog = createBacklog((message) => {
    if (!message.isDeleted && message.sentAtMs + RETENTION_MS > now()) return false;
    forget(message);
    return true;
  });
  const refresh = (): number => {
    let shown = 0;
    for (const [handle, { message, visibleAtMs }] of hidden) {
      if (visibleAtMs > now()) break;
      hidden.delete(handle);
      backlog.add(message);
      shown += 1;
    }
    return shown;
  };
  const hide = (message: Message): AmazonQueueMessage => {
    if (message.receiptHandle !== undefined) byHandle.delete(message.receiptHandle);
    const receiptHandle = uuid();
    message.receiptHandle = receiptHandle;
    byHandle.set(receiptHandle, message);
    hidden.set(receiptHandle, { message, visibleAtMs: now() + visibilityMs });
    return { messageId: message.id, receiptHandle, body: message.body };
  };
  return {
    send: (body) => {
      backlog.add({ id: uuid(), body, sentAtMs: now(), receiptHandle: undefined, isDeleted: false });
      alive += 1;
    },
    receive: ({ max }) => {
      if (!Number.isSafeInteger(max) || max < 1 || max > RECEIVE_MAX) throw new Error(`A queue hands out 1 to ${String(RECEIVE_MAX)} messages at a time, not ${String(max)}.`);
      refresh();
      const received: AmazonQueueMessage[] = [];
      for (let message = backlog.take(); message !== undefined; message = received.length < max ? backlog.take() : undefined) received.push(hide(message));
      return received;
    },
    delete: (receiptHandle) => {
      const message = byHandle.get(receiptHandle);
      if (message === undefined) return;
      hidden.delete(receiptHandle);
      forget(message);
    },
    size: () => alive,
    nextVisibleAtMs: () => hidden.values().next().value?.visibleAtMs,
    refresh,
  };
}
