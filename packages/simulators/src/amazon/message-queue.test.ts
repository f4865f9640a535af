import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createMessageQueue, RETENTION_MS } from './message-queue.ts';
import type { MessageQueue } from './message-queue.ts';

const VISIBILITY_MS = 1000;

function createQueue(): { readonly queue: MessageQueue; readonly clock: { ms: number } } {
  const clock = { ms: 0 };
  let last = 0;
  const uuid = (): string => String(last += 1);
  return { queue: createMessageQueue({ now: () => clock.ms, uuid, visibilityMs: VISIBILITY_MS }), clock };
}

describe('the queue', () => {
  it('hands every message out until it is deleted, and none while it is hidden', () => {
    const steps = fc.array(fc.oneof(
      fc.constant('send' as const), fc.record({ receive: fc.integer({ min: 1, max: 10 }) }), fc.record({ deletes: fc.nat(9) }), fc.record({ wait: fc.nat(700) }),
    ), { maxLength: 80 });
    fc.assert(fc.property(steps, (history) => {
      const { queue, clock } = createQueue();
      const alive = new Map<string, { visibleAtMs: number; handle: string | undefined }>();
      const handles: string[] = [];
      let sent = 0;
      for (const step of history) {
        if (step === 'send') {
          sent += 1;
          queue.send(String(sent));
          alive.set(String(sent), { visibleAtMs: 0, handle: undefined });
        } else if ('receive' in step) {
          const visible = [...alive].filter(([, { visibleAtMs }]) => visibleAtMs <= clock.ms).map(([body]) => body);
          const received = queue.receive({ max: step.receive });
          expect(received).toHaveLength(Math.min(step.receive, visible.length));
          for (const { body, receiptHandle } of received) {
            expect(visible).toContain(body);
            alive.set(body, { visibleAtMs: clock.ms + VISIBILITY_MS, handle: receiptHandle });
            handles.push(receiptHandle);
          }
        } else if ('deletes' in step) {
          const handle = handles[handles.length - 1 - step.deletes];
          if (handle === undefined) continue;
          queue.delete(handle);
          for (const [body, message] of alive) if (message.handle === handle) alive.delete(body);
        } else clock.ms += step.wait;
        expect(queue.size()).toBe(alive.size);
        queue.refresh();
        const hiddenUntil = [...alive.values()].map(({ visibleAtMs }) => visibleAtMs).filter((ms) => ms > clock.ms);
        expect(queue.nextVisibleAtMs()).toBe(hiddenUntil.length === 0 ? undefined : Math.min(...hiddenUntil));
      }
    }));
  });

  it('keeps the order of sending where nothing is received twice', () => {
    const { queue } = createQueue();
    for (let index = 0; index < 2500; index += 1) queue.send(String(index));

    const received = Array.from({ length: 250 }, () => queue.receive({ max: 10 })).flat();

    expect(received.map(({ body }) => Number(body))).toEqual(Array.from({ length: 2500 }, (_, index) => index));
  });

  it('brings a message back, under its id and another handle, and forgets the old handle', () => {
    const { queue, clock } = createQueue();
    queue.send('news');
    const [first] = queue.receive({ max: 10 });
    expect(queue.receive({ max: 10 })).toEqual([]);

    clock.ms += VISIBILITY_MS;
    const [second] = queue.receive({ max: 10 });

    expect(second).toEqual({ messageId: first?.messageId, body: 'news', receiptHandle: expect.any(String) });
    expect(second?.receiptHandle).not.toBe(first?.receiptHandle);
    queue.delete(first?.receiptHandle ?? '');
    expect(queue.size()).toBe(1);
    queue.delete(second?.receiptHandle ?? '');
    expect(queue.size()).toBe(0);
  });

  it('drops what nobody wanted for four days', () => {
    const { queue, clock } = createQueue();
    queue.send('old');
    clock.ms += RETENTION_MS;
    queue.send('new');

    expect(queue.size()).toBe(1);
    expect(queue.receive({ max: 10 }).map(({ body }) => body)).toEqual(['new']);
  });

  it('hands out ten at most', () => {
    expect(() => createQueue().queue.receive({ max: 11 })).toThrow('1 to 10 messages at a time, not 11');
  });
});
