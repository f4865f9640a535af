import type { Dispatcher, Store } from '@stockwright/engine/ports';
import { createInProcessDispatcher } from '../src/shell/in-process-dispatcher.ts';
import { createMemoryStore } from '@stockwright/store-memory';
import { describe, expect, it } from 'vitest';
import { createRig, MUG, W1, type Rig } from './rig.ts';

/** A rig whose store takes ten milliseconds for each call, with what was done to its store and its dispatcher in order. */
async function slow(): Promise<{ readonly rig: Rig; readonly done: string[] }> {
  const done: string[] = [];
  const rig = await createRig({
    store: (clock) => new Proxy(createMemoryStore({ clock }), {
      get: (target, name: keyof Store) => {
        const value: unknown = target[name];
        if (typeof value !== 'function') return value;
        return async (...given: unknown[]): Promise<unknown> => {
          done.push(name);
          await clock.sleep(10);
          return Reflect.apply(value, target, given) as unknown;
        };
      },
    }),
    dispatcher: (clock): Dispatcher => {
      const inner = createInProcessDispatcher({ clock });
      return {
        wake: (shard, notBeforeMs) => { inner.wake(shard, notBeforeMs); },
        start: async (drain) => {
          await clock.sleep(10);
          done.push('dispatcher starts');
          await inner.start(drain);
        },
        stop: async () => {
          done.push('dispatcher stops');
          await inner.stop();
        },
      };
    },
  });
  return { rig, done };
}

describe('an engine that is stopped', () => {
  it.each(Array.from({ length: 16 }, (_value, index) => index * 5))('while it starts, %i ms in, begins nothing afterwards', async (afterMs) => {
    const { rig, done } = await slow();
    const started = rig.engine.start().then(() => 'started', (error: unknown) => (error as { code: unknown }).code);
    if (afterMs > 0) await rig.pass(afterMs);
    await rig.stop();
    const calls = done.length;
    const how = await rig.driven(started);
    await rig.pass(300_000);
    expect(['started', 'ABORTED']).toContain(how);
    expect([done.length, done.lastIndexOf('dispatcher stops') > done.lastIndexOf('dispatcher starts')]).toEqual([calls, true]);
  });

  it('gives up calls that go on after its patience has ended, whatever their adapters make of it', async () => {
    const rig = await createRig();
    rig.erp.count(MUG, W1, 9);
    rig.shop.publish = () => new Promise(() => undefined);
    rig.erp.readStock = ((read) => (request, page, context) => (rig.clock.now() > Date.UTC(2026, 0, 1) + 50_000 ? new Promise(() => undefined) : read(request, page, context)))(rig.erp.readStock);
    await rig.engine.start();
    await rig.pass(62_000);
    const beforeMs = rig.clock.now();
    await rig.driven(rig.engine.stop({ graceMs: 100 }));
    expect(rig.clock.now() - beforeMs).toBeLessThanOrEqual(1_000);
    // The write may have been made, and its row says so; what was only read is free for the next.
    const [targets = []] = await rig.store.load([{ table: 'target', where: { sku: MUG } }]);
    expect(Number(targets[0]?.['suspectUntilMs'])).toBeGreaterThan(beforeMs);
    for await (const { leaseUntilMs } of rig.store.scanWork()) expect(leaseUntilMs).toBeNull();
  });

  it('at once, also where its host made a clock that hears only of what fires while it sleeps', async () => {
    const listening = new Set<unknown>();
    const rig = await createRig({
      hostClock: (clock) => ({
        now: () => clock.now(),
        sleep: (ms, signal) => new Promise((resolve, reject) => {
          const over = new AbortController();
          clock.sleep(ms, over.signal).then(resolve, () => undefined);
          if (signal === undefined) return;
          // As many write it: nothing is taken off again.
          listening.add(signal);
          signal.addEventListener('abort', () => { over.abort(); reject(new Error('called off')); });
        }),
      }),
    });
    await rig.engine.start();
    await rig.pass(60_000);
    const { dirtyShards } = rig.store;
    let stopped: Promise<void> | undefined;
    rig.store.dirtyShards = (limit) => {
      stopped ??= rig.engine.stop();
      return dirtyShards.call(rig.store, limit);
    };
    while (stopped === undefined) await rig.pass(100);
    const beforeMs = rig.clock.now();
    await rig.driven(stopped as unknown as Promise<void>);
    expect(rig.clock.now()).toBe(beforeMs);
    // What listens to the engine's own signal would stay for as long as the engine lives.
    expect(listening.size).toBeGreaterThan(5);
  });

  it('takes no further step of its look around, each of which may wait for a store that keeps silent', async () => {
    let silent = false;
    const rig = await createRig({ store: (clock) => new Proxy(createMemoryStore({ clock }), {
      get: (target, name: keyof Store) => {
        const value: unknown = target[name];
        if (typeof value !== 'function') return value;
        return (...given: unknown[]): unknown => (silent ? clock.sleep(30_000).then(() => { throw new Error('the line is silent'); }) : Reflect.apply(value, target, given));
      },
    }) });
    await rig.engine.start();
    await rig.pass(15_000);
    silent = true;
    await rig.pass(20_000);
    const beforeMs = rig.clock.now();
    await rig.stop();
    expect(rig.clock.now() - beforeMs).toBeLessThanOrEqual(30_000);
  });

  it('lets an adapter that heeds its signal say itself what became of a call', async () => {
    const rig = await createRig();
    rig.erp.count(MUG, W1, 9);
    rig.shop.publish = ({ lines }, { signal }) => new Promise((resolve) => {
      signal.addEventListener('abort', () => { resolve(lines.map(() => ({ status: 'notSent', reason: 'still in the queue' }))); });
    });
    await rig.engine.start();
    await rig.pass(5_000);
    await rig.driven(rig.engine.stop({ graceMs: 100 }));
    for await (const { kind, reason } of rig.store.scanWork()) if (kind === 'push') expect(reason).toBe('still in the queue');
    const [targets = []] = await rig.store.load([{ table: 'target', where: { sku: MUG } }]);
    expect(Number(targets[0]?.['suspectUntilMs'] ?? 0)).toBe(0);
  });
});
