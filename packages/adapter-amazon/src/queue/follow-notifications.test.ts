import { describe, expect, it } from 'vitest';
import { createTestContext } from '../../../adapter-kit/test/virtual-context.ts';
import { followNotifications, type NotificationHandler } from './follow-notifications.ts';
import type { MessageQueue } from './message-queue.ts';

type Batch = readonly string[] | Error;

/** Follows a queue that gives these batches in turn and then waits as long as it may, three times, before the follower is stopped. */
async function follow(batches: readonly Batch[], handle: NotificationHandler, options: { deleteFails?: boolean; waits?: boolean } = {}) {
  const context = createTestContext();
  const { clock, logger } = context;
  const abort = new AbortController();
  const startedAtMs = clock.now();
  const receivedAtMs: number[] = [];
  const deleted: string[] = [];
  const bodies: string[] = [];
  const queue: MessageQueue = {
    async receive({ max, waitMs, signal }) {
      expect({ max, waitMs }).toEqual({ max: 10, waitMs: 20_000 });
      receivedAtMs.push(clock.now() - startedAtMs);
      const batch = batches[receivedAtMs.length - 1];
      if (receivedAtMs.length > batches.length + 2) abort.abort();
      if (batch instanceof Error) throw batch;
      if (batch === undefined && options.waits !== false) await clock.sleep(waitMs, signal);
      return (batch ?? []).map((body) => ({ messageId: `m-${body}`, receiptHandle: `r-${body}`, body }));
    },
    async delete(receiptHandle) {
      if (options.deleteFails === true) throw new Error('gone');
      deleted.push(receiptHandle);
    },
  };
  const receive: NotificationHandler = async (request) => {
    bodies.push(new TextDecoder().decode(request.body));
    return handle(request);
  };
  await clock.settle(followNotifications({ queue, receive, clock, signal: abort.signal, logger }));
  return { receivedAtMs, deleted, bodies, warnings: context.warnings, clock };
}

const ok: NotificationHandler = async () => ({ httpStatus: 200 });

describe('followNotifications', () => {
  it('hands every message to the host and deletes it when the host has it', async () => {
    const { deleted, bodies, receivedAtMs } = await follow([['1', '2'], ['3']], ok);

    expect(bodies).toEqual(['1', '2', '3']);
    expect(deleted).toEqual(['r-1', 'r-2', 'r-3']);
    expect(receivedAtMs).toEqual([0, 0, 0, 20_000, 40_000]);
  });

  it.each([
    [204, true],
    [400, true],
    [401, true],
    [408, false],
    [429, false],
    [500, false],
    [302, false],
  ])('after HTTP %d the message is deleted: %s', async (httpStatus, isDeleted) => {
    const { deleted } = await follow([['1']], async () => ({ httpStatus, reason: 'so' }));

    expect(deleted).toEqual(isDeleted ? ['r-1'] : []);
  });

  it('leaves a message that the host could not take in the queue, and goes on with the others', async () => {
    const { deleted, bodies } = await follow([['1', '2', '3']], async ({ body }) => {
      if (new TextDecoder().decode(body) === '2') throw new Error('the store is away');
      return { httpStatus: 200 };
    });

    expect(bodies).toEqual(['1', '2', '3']);
    expect(deleted).toEqual(['r-1', 'r-3']);
  });

  it('waits longer each time while the queue fails or nothing can be taken, and not a moment once it is well', async () => {
    const broken = new Error('no network');
    let handled = 0;
    const { receivedAtMs } = await follow([broken, ['1'], broken, ['2'], ['3']], async () => {
      handled += 1;
      if (handled === 1) throw new Error('the store is away');
      return { httpStatus: 200 };
    });

    expect(receivedAtMs.slice(0, 6)).toEqual([0, 1000, 3000, 7000, 7000, 7000]);
  });

  it('waits a minute at most', async () => {
    const { receivedAtMs } = await follow(Array.from({ length: 10 }, () => new Error('no network')), ok);

    expect((receivedAtMs[9] ?? 0) - (receivedAtMs[8] ?? 0)).toBe(60_000);
  });

  it('does not ask a queue without end that does not wait', async () => {
    const { receivedAtMs } = await follow([], ok, { waits: false });

    expect(receivedAtMs).toEqual([0, 1000, 2000]);
  });

  it('goes on where a message cannot be deleted: it comes again', async () => {
    const { bodies, warnings } = await follow([['1'], ['1']], ok, { deleteFails: true });

    expect(bodies).toEqual(['1', '1']);
    expect(warnings).toEqual([expect.stringContaining('could not be deleted'), expect.stringContaining('could not be deleted')]);
  });

  it('takes no further message once it is told to end, and leaves nothing behind', async () => {
    const context = createTestContext();
    const abort = new AbortController();
    const bodies: string[] = [];
    const deleted: string[] = [];
    const queue: MessageQueue = {
      receive: async () => ['1', '2'].map((body) => ({ messageId: body, receiptHandle: body, body })),
      delete: async (handle) => void deleted.push(handle),
    };

    await context.clock.settle(followNotifications({
      queue, clock: context.clock, signal: abort.signal, logger: context.logger,
      receive: async ({ body }) => {
        bodies.push(new TextDecoder().decode(body));
        abort.abort();
        return { httpStatus: 200 };
      },
    }));

    expect({ bodies, deleted, sleepers: context.clock.sleepers() }).toEqual({ bodies: ['1'], deleted: ['1'], sleepers: 0 });
  });
});
