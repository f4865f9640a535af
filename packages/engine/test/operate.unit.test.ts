import { parseSku } from '@stockwright/core';
import type { Store } from '@stockwright/engine/ports';
import { createMemoryStore } from '@stockwright/store-memory';
import { seededRandom } from '@stockwright/testkit';
import { afterEach, describe, expect, it } from 'vitest';
import { pushPriority } from '../src/brain/project.ts';
import { raiseWaitsFor } from '../src/brain/push.ts';
import { createRig, MUG, SHOP, W1, type Rig, type RigOptions } from './rig.ts';

let rig: Rig | undefined;
const open = async (options?: RigOptions): Promise<Rig> => {
  rig = await createRig(options);
  rig.erp.count(MUG, W1, 10);
  await rig.engine.start();
  await rig.pass(10_000);
  return rig;
};
afterEach(async () => {
  await rig?.stop();
  rig = undefined;
});
const ANNA = { requestedBy: 'anna' };

/** Writes a command as another process would. */
async function command({ store }: Rig, commandId: string, verb: string, argument: object, requestedBy: string | null = 'anna'): Promise<void> {
  await store.commit({ commitId: commandId, expect: [], marks: [], write: [{ table: 'operatorCommand', key: { commandId }, set: { state: 'open', verb, argument: JSON.stringify(argument), requestedBy, requestedAtMs: 1 } }] });
}

async function row({ store }: Rig, commandId: string): Promise<unknown> {
  return (await store.load([{ table: 'operatorCommand', where: { commandId } }]))[0]?.[0];
}

describe('an operator', () => {
  it('stops the writes of a channel and lets them go on, by a command of another process', async () => {
    const one = await open();
    const operated: unknown[] = [];
    one.engine.events.on('operated', ({ verb, subject, requestedBy }) => { operated.push([verb, subject, requestedBy]); });
    await command(one, 'c1', 'pause', { scope: 'channel:shop', reason: 'sale' });
    await one.pass(15_000);
    expect(operated).toEqual([['pause', 'channel:shop', 'anna']]);
    expect(await row(one, 'c1')).toMatchObject({ state: 'done', result: 'channel:shop is paused: sale' });
    one.erp.count(MUG, W1, 4);
    await one.pass(300_000);
    expect(one.shop.shows(MUG)).toBe(10);
    expect((await one.engine.health()).channels).toMatchObject([{ channel: SHOP, state: 'paused', reason: 'sale' }]);
    await command(one, 'c2', 'resume', { scope: 'channel:shop' });
    await one.pass(60_000);
    expect(one.shop.shows(MUG)).toBe(4);
    const [audit = []] = await one.store.load([{ table: 'audit', where: {} }]);
    expect(audit.map((entry) => [entry['action'], entry['subject'], entry['requestedBy']]).sort()).toEqual([['pause', 'channel:shop', 'anna'], ['resume', 'channel:shop', 'anna']]);
  });

  it('stops the reads of a source, whose last figure stays', async () => {
    const one = await open();
    await one.engine.operate({ verb: 'pause', scope: 'source:erp', reason: 'stock-take' }, ANNA);
    const reads = one.erp.calls.readStock;
    one.erp.count(MUG, W1, 0);
    await one.pass(600_000);
    expect([one.erp.calls.readStock - reads <= 1, one.shop.shows(MUG)]).toEqual([true, 10]);
    await one.engine.operate({ verb: 'resume', scope: 'source:erp' }, ANNA);
    await one.pass(30_000);
    expect(one.shop.shows(MUG)).toBe(0);
  });

  it('hears why a command cannot be done', async () => {
    const one = await open();
    await command(one, 'c1', 'explode', {});
    await command(one, 'c2', 'pause', { scope: 'channel:nowhere', reason: 'x' });
    await command(one, 'c3', 'pause', { scope: 'channel:shop' });
    await command(one, 'c4', 'release', { shard: 'shop' });
    await command(one, 'c5', 'assert', { channel: 'shop', sku: 'MUGG' });
    await command(one, 'c6', 'pause', { scope: 'channel:shop', reason: 'x' }, null);
    await one.pass(15_000);
    for (const [id, said] of [['c1', 'no such verb'], ['c2', 'channel:shop'], ['c3', 'lacks reason'], ['c4', 'there are project, source:erp, channel:shop'], ['c5', 'no number of MUGG'], ['c6', 'requestedBy must say who asks']] as const) {
      expect(await row(one, id)).toMatchObject({ state: 'refused', result: expect.stringContaining(said) as string });
    }
  });

  it('releases what is quarantined, and has what a channel shows established anew', async () => {
    let refuses = true;
    const one = await open({ channel: {} });
    const { publish } = one.shop;
    one.shop.publish = async (request, context) => (refuses ? request.lines.map(() => ({ status: 'rejected', code: 'REJECTED', reason: 'no such item' }) as const) : publish(request, context));
    one.erp.count(MUG, W1, 3);
    await one.pass(120_000);
    expect((await one.engine.status()).quarantined).toHaveLength(1);
    refuses = false;
    expect(await one.engine.operate({ verb: 'release', shard: 'channel:shop' }, ANNA)).toContain('1 pieces');
    await one.pass(30_000);
    expect(one.shop.shows(MUG)).toBe(3);
    one.shop.edit(MUG, 8);
    await one.engine.operate({ verb: 'assert', channel: SHOP, sku: MUG }, ANNA);
    await one.pass(30_000);
    expect(one.shop.shows(MUG)).toBe(3);
  });
});

describe('a store that continues another history', () => {
  it('has every number established anew, though nothing in it says that one is wrong', async () => {
    const one = await open({ polls: { readBackMs: 86_400_000 } });
    const before = structuredClone((await one.store.load([{ table: 'target', where: { sku: MUG } }]))[0]);
    one.erp.count(MUG, W1, 6);
    await one.pass(70_000);
    expect(one.shop.shows(MUG)).toBe(6);
    // The commits since are gone: the owner's 10 and the shop's 10 are what the store knows, and the owner says 10 again.
    one.erp.count(MUG, W1, 10);
    const [target] = before ?? [];
    await one.pass(70_000);
    one.shop.edit(MUG, 6);
    expect(target).toMatchObject({ want: '10', acked: '10' });
    const seen: string[] = [];
    one.engine.events.on('epoch-changed', ({ epoch }) => { seen.push(epoch); });
    one.store.epoch = async () => 'after the failover';
    await one.pass(30_000);
    expect([seen, one.shop.shows(MUG)]).toEqual([['after the failover'], 10]);
  });
});

describe('health', () => {
  it('is live and ready while the engine works, and says what is wrong while the store does not answer', async () => {
    const one = await open();
    expect(await one.engine.health()).toMatchObject({ live: true, ready: true, channels: [{ channel: SHOP, state: 'ok' }] });
    const { dirtyShards } = one.store;
    one.store.dirtyShards = () => Promise.reject(new Error('the disk is full'));
    await one.pass(30_000);
    expect(await one.engine.health()).toMatchObject({ live: true, ready: false, trouble: 'the disk is full' });
    one.store.dirtyShards = dirtyShards;
    await one.pass(30_000);
    await one.stop();
    expect(await one.engine.health()).toMatchObject({ live: false, ready: false });
  });

  it('answers a probe in time, and alive, while the store keeps silent', async () => {
    let silent = false;
    const one = await open({ store: (clock) => {
      const inner = createMemoryStore({ clock });
      return new Proxy(inner, { get: (target, name: keyof Store) => {
        const value: unknown = target[name];
        if (typeof value !== 'function') return value;
        // As over a line that is gone: each call is given up after half a minute.
        return (...given: unknown[]): unknown => (silent ? clock.sleep(30_000).then(() => { throw new Error('the line is silent'); }) : Reflect.apply(value, target, given));
      } });
    } });
    silent = true;
    const [living, waits] = [new Set<unknown>(), [] as number[]];
    for (let minute = 0; minute < 10; minute += 1) {
      await one.pass(50_000);
      const beforeMs = one.clock.now();
      const { live, ready } = await one.driven(one.engine.health());
      living.add(`${String(live)} ${String(ready)}`);
      waits.push(one.clock.now() - beforeMs);
    }
    expect([[...living], Math.max(...waits)]).toEqual([['true false'], 2_000]);
    silent = false;
    await one.pass(60_000);
    expect(await one.engine.health()).toMatchObject({ live: true, ready: true });
  });

  it('says since when a channel is behind, and that a vendor asked for patience', async () => {
    const one = await open();
    one.shop.publish = async ({ lines }) => lines.map(() => ({ status: 'notSent', reason: 'busy', retryAfterMs: 500_000 }) as const);
    one.erp.count(MUG, W1, 3);
    await one.pass(120_000);
    const { channels: [shop] } = await one.engine.health();
    expect(shop).toMatchObject({ state: 'waiting', reason: 'the vendor asked to wait' });
    expect(shop?.oldestDirtySinceMs).toBeLessThan(one.clock.now());
  });
});

describe('a stop', () => {
  it('returns what was claimed and leaves no lease behind', async () => {
    const one = await open({ channel: { latencyMs: 5_000 } });
    one.erp.count(MUG, W1, 3);
    await one.engine.requestRead({ source: one.erp.id });
    await one.pass(200);
    await one.stop();
    for await (const { leaseUntilMs, kind, key } of one.store.scanWork()) expect([kind, key, leaseUntilMs]).toEqual([kind, key, null]);
  });

  it('gives calls under way up when its grace is over', async () => {
    const one = await open();
    let given: AbortSignal | undefined;
    one.shop.publish = (_request, { signal, clock }) => {
      given = signal;
      return clock.sleep(3_600_000, signal).then(() => []);
    };
    one.erp.count(MUG, W1, 3);
    await one.pass(70_000);
    const at = one.clock.now();
    await one.driven(one.engine.stop({ graceMs: 2_000 }));
    expect([given?.aborted, one.clock.now() - at]).toEqual([true, 2_000]);
    rig = undefined;
  });
});

describe('a host whose clock is wrong', () => {
  it.each([-3_600_000, 3_600_000])('by %d ms works as it would otherwise', async (wrongByMs) => {
    const one = await createRig({ hostClock: (clock) => ({ now: () => clock.now() + wrongByMs, sleep: (ms, signal) => clock.sleep(ms, signal) }) });
    rig = one;
    one.erp.count(MUG, W1, 10);
    await one.engine.start();
    await one.pass(15_000);
    expect(one.shop.shows(MUG)).toBe(10);
    one.erp.count(MUG, W1, 4);
    await one.pass(75_000);
    expect(one.shop.shows(MUG)).toBe(4);
    expect((await one.engine.health()).clockSkewMs).toBe(-wrongByMs);
  });
});

describe('the order of writes', () => {
  it('is sell-outs, then what lowers by how much, then what nobody knows, then what raises', () => {
    const urgencies = [['0', '3'], ['4', '104'], ['4', '5'], ['9', null], ['9', '2']].map(([want, believed]) => pushPriority(want as string, believed as string | null));
    expect(urgencies).toEqual([...urgencies].sort((a, b) => a - b));
    expect(new Set(urgencies).size).toBe(5);
  });

  it('lets a raise wait for the lowering of the same units elsewhere, and not for ever', () => {
    const rival = { channel: 'other', sku: 'MUG', want: '0', believed: '5', differs: 1, dirtySinceMs: 1_000, problem: null };
    const step = { step: 'send', want: '5', expected: '0', movesAtSend: { sold: '0', givenBack: '0' } } as const;
    expect(raiseWaitsFor(step, [rival], { nowMs: 2_000, dirtySinceMs: 1_000 })).toBe('other');
    expect(raiseWaitsFor(step, [rival], { nowMs: 61_000, dirtySinceMs: 1_000 })).toBeUndefined();
    expect(raiseWaitsFor({ ...step, expected: '9' }, [rival], { nowMs: 2_000, dirtySinceMs: 1_000 })).toBeUndefined();
    for (const other of [{ ...rival, differs: 0 }, { ...rival, problem: 'not listed' }, { ...rival, want: '9' }]) expect(raiseWaitsFor(step, [other], { nowMs: 2_000, dirtySinceMs: 1_000 })).toBeUndefined();
  });

  it('comes to the oldest in the end, however many urgent ones come', async () => {
    const skus = Array.from({ length: 12 }, (_value, index) => parseSku(`S${String(index)}`));
    const one = await createRig({ catalog: skus.map((sku) => ({ sku })), channel: { capabilities: { publishBatchMax: 1 } } });
    rig = one;
    for (const sku of skus) one.erp.count(sku, W1, 50);
    await one.engine.start();
    await one.pass(60_000);
    const random = seededRandom('busy');
    const raised = skus[0] as (typeof skus)[number];
    one.erp.count(raised, W1, 60);
    await one.pass(61_000);
    for (let round = 0; round < 20 && one.shop.shows(raised) !== 60; round += 1) {
      for (const sku of skus.slice(1)) one.erp.count(sku, W1, 49 - round - Math.floor(random.next() * 2));
      await one.engine.requestRead({ source: one.erp.id });
      await one.pass(1_000);
    }
    expect(one.shop.shows(raised)).toBe(60);
  });
});
