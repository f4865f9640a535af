import { instantFromMs, StockwrightError, type HoldRequest, type Observation, type QuantityText } from '@stockwright/core';
import { adapterError } from '@stockwright/adapter';
import { createMemoryStore } from '@stockwright/store-memory';
import { afterEach, describe, expect, it } from 'vitest';
import { createRig, MUG, SHOP, W1, type Rig, type RigOptions } from './rig.ts';

let rig: Rig | undefined;
const open = async (options: RigOptions = {}): Promise<Rig> => {
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

const text = (value: number): QuantityText => String(value) as QuantityText;
const order = ({ clock }: Rig, orderId: string, ordered: number): Observation => ({
  kind: 'order', channel: SHOP, orderId, revision: instantFromMs(clock.now()), placedAt: instantFromMs(clock.now()),
  lines: [{ id: '1', sku: MUG, ordered: text(ordered), fulfilled: text(0), cancelled: text(0), returned: text(0) }],
});
const cart = ({ clock }: Rig, id: string, quantity: number, lastsMs = 600_000): HoldRequest =>
  ({ id, channel: SHOP, expiresAt: instantFromMs(clock.now() + lastsMs), grant: 'all', lines: [{ sku: MUG, quantity }] });
const left = async ({ engine }: Rig): Promise<unknown> => (await engine.compute({ channel: SHOP, sku: MUG })).immediate;
const BLIND = { compareAndSet: 'none', readBack: false, lateRequestMsMax: 20_000 } as const;

describe('a worker that was frozen between its plan and its request', () => {
  it('sends nothing once its lease has run out', async () => {
    const one = await open({ channel: { capabilities: BLIND } });
    const { now } = one.store;
    one.erp.count(MUG, W1, 4);
    const writes = one.shop.writes.length;
    one.store.now = async () => {
      const planned = (await one.store.load([{ table: 'target', where: { sku: MUG } }]))[0]?.[0]?.['want'] === '4';
      if (planned && one.shop.writes.length === writes && !frozen) {
        frozen = true;
        await one.clock.sleep(200_000);
      }
      return now.call(one.store);
    };
    let frozen = false;
    await one.pass(400_000);
    expect(one.shop.shows(MUG)).toBe(4);
  });

  it('makes the number be written anew where its request landed after that of the next holder', async () => {
    const one = await open({ channel: { capabilities: BLIND } });
    const { publish } = one.shop;
    let zombies = 0;
    // The first write of 6 leaves only after its lease, the next holder's write and that one's suspicion are over.
    one.shop.publish = async (request, context) => {
      if (request.lines[0]?.quantity === '6' && zombies === 0) {
        zombies += 1;
        const outcomes = one.clock.sleep(29_000).then(() => one.clock.sleep(1)).then(() => publish(request, context));
        return outcomes;
      }
      return publish(request, context);
    };
    const { settle } = one.store;
    let lost = 0;
    one.store.settle = async (settlements) => {
      const isZombies = zombies === 1 && lost === 0 && settlements.some(({ write = [] }) => write.some((row) => 'set' in row && row.set['acked'] === '6'));
      if (!isZombies) return settle.call(one.store, settlements);
      lost += 1;
      // Somebody else took the work over, wrote 3 and settled it; our own number landed last.
      await one.store.commit({
        commitId: 'next holder', expect: [], marks: [],
        write: [{ table: 'target', key: { channel: SHOP, location: '', sku: MUG }, set: { version: 1_000, acked: '6', believed: '6', differs: 0, dirtySinceMs: null, suspectUntilMs: null } }],
      });
      one.shop.edit(MUG, 9);
      return settlements.map(() => 'leaseLost' as const);
    };
    one.erp.count(MUG, W1, 6);
    await one.pass(300_000);
    expect(lost).toBe(1);
    expect(one.shop.shows(MUG)).toBe(6);
  });
});

describe('what is asked for in the same breath', () => {
  it('fails for nobody else where one of them cannot be read at all', async () => {
    const one = await open();
    const broken = { ...order(one, 'broken', 1), lines: undefined } as unknown as Observation;
    const ended = await Promise.allSettled([one.engine.ingest([broken]), one.engine.hold(cart(one, 'a', 2)), one.engine.ingest([order(one, 'o1', 1)])]);
    expect(ended.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled']);
    expect(await left(one)).toBe(7);
  });

  it('is not tried where an earlier part of the same call was refused', async () => {
    const one = await open();
    const bad = { ...order(one, 'bad', 1), lines: [{ id: '1', sku: MUG, ordered: '0.5', fulfilled: '0', cancelled: '0', returned: '0' }] } as unknown as Observation;
    await expect(one.engine.ingest([bad, order(one, 'good', 1)])).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    expect(await left(one)).toBe(10);
  });

  it('is tried by itself before the part that was refused, where the commit that they shared could not be made', async () => {
    const one = await open();
    const { commit } = one.store;
    let refusals = 1;
    one.store.commit = (change, options) => {
      refusals -= 1;
      return refusals < 0 ? commit.call(one.store, change, options) : Promise.reject(new StockwrightError('A row does not fit.', { code: 'INVARIANT_VIOLATED' }));
    };
    const bad = { ...order(one, 'bad', 1), lines: [{ id: '1', sku: MUG, ordered: '0.5', fulfilled: '0', cancelled: '0', returned: '0' }] } as unknown as Observation;
    await expect(one.engine.ingest([order(one, 'good', 1), bad])).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    expect(await left(one)).toBe(9);
  });

  it('goes on before reports that wait, where a buyer waits for it', async () => {
    const one = await open();
    const ended: string[] = [];
    const reports = Array.from({ length: 30 }, (_value, index): Observation[] => Array.from({ length: 200 }, (_row, row) => order(one, `o${String(index)}-${String(row)}`, 0)));
    const told = Promise.all(reports.map((report) => one.engine.ingest(report))).then(() => ended.push('reports'));
    const held = one.engine.hold(cart(one, 'a', 1)).then(() => ended.push('buyer'));
    await Promise.all([told, held]);
    expect(ended[0]).toBe('buyer');
  });

  it('waits for buyers no more than a few commits, however many there are', async () => {
    const one = await open();
    let holds = 0;
    let told = false;
    // Each comes again as soon as he was served, and together they would fill every commit.
    const buyers = Array.from({ length: 150 }, async (_value, index) => {
      for (; !told && holds < 2_000; holds += 1) await one.engine.hold(cart(one, `a${String(index)}`, 1));
    });
    await one.engine.ingest([order(one, 'o1', 1)]);
    told = true;
    await Promise.all(buyers);
    expect(holds).toBeLessThan(1_000);
  });

  it('is not cut off by a stop', async () => {
    const one = await open();
    const { commit } = one.store;
    one.store.commit = async (change, options) => {
      await one.clock.sleep(5_000);
      return commit.call(one.store, change, options);
    };
    const held = one.engine.hold(cart(one, 'a', 1));
    await one.driven(one.engine.stop());
    await one.store.close();
    expect((await held).status).toBe('granted');
    rig = undefined;
  });
});

describe('an order that a line was taken out of', () => {
  it.each([
    ['one after the other', async ({ engine }: Rig, forms: readonly Observation[]) => { for (const form of forms) await engine.ingest([form]); }],
    ['at once', ({ engine }: Rig, forms: readonly Observation[]) => engine.ingest(forms)],
    ['the older one late', async ({ engine }: Rig, forms: readonly Observation[]) => { for (const form of forms.toReversed()) await engine.ingest([form]); }],
    ['at once, the older one late', ({ engine }: Rig, forms: readonly Observation[]) => engine.ingest(forms.toReversed())],
  ])('asks for nothing of it, with both forms told %s', async (_how, tell) => {
    const one = await open();
    const [full, emptied] = [order(one, 'o1', 3), { ...order(one, 'o1', 3), revision: instantFromMs(one.clock.now() + 1), lines: [] } as Observation];
    await tell(one, [full, emptied]);
    expect(await left(one)).toBe(10);
  });
});

describe('a hold that became an order', () => {
  it('is shown while its order does not come, and claims nothing once an operator has forgotten it', async () => {
    const one = await open();
    await one.engine.hold(cart(one, 'a', 3));
    await one.engine.convertHold('a', 'never');
    await one.pass(6 * 3_600_000);
    expect((await one.engine.status()).awaitingOrders).toMatchObject([{ holdId: 'a', orderId: 'never', sku: MUG, quantity: '3' }]);
    expect(await left(one)).toBe(7);
    await one.engine.operate({ verb: 'forgetHold', holdId: 'a', reason: 'cancelled in the shop' }, { requestedBy: 'anna' });
    expect(await left(one)).toBe(10);
    expect((await one.engine.status()).awaitingOrders).toEqual([]);
  });

  it('hangs on the order that nobody had when it was decided', async () => {
    const one = await open();
    await one.engine.hold(cart(one, 'a', 3));
    const { commit } = one.store;
    const expected: unknown[] = [];
    one.store.commit = (change, options) => {
      expected.push(...change.expect);
      return commit.call(one.store, change, options);
    };
    await one.engine.convertHold('a', 'o1');
    expect(expected).toContainEqual({ table: 'channelOrder', key: { channel: SHOP, orderId: 'o1' }, version: 0 });
  });

  it('leaves nothing behind a day after it has expired', async () => {
    const one = await open();
    for (let index = 0; index < 20; index += 1) await one.engine.hold(cart(one, `cart ${String(index)}`, 1, 60_000 - index));
    await one.pass(25 * 3_600_000);
    await one.engine.hold(cart(one, 'next', 1));
    const [lines = []] = await one.store.load([{ table: 'holdLine', where: { sku: MUG } }]);
    expect(lines.map((row) => row['holdId'])).toEqual(['next']);
  });
});

describe('an engine in trouble', () => {
  it('does the other commands where one cannot be done yet, and that one later', async () => {
    const one = await open();
    const write = (commandId: string, verb: string, argument: object, requestedAtMs: number): Promise<unknown> => one.store.commit({
      commitId: commandId, expect: [], marks: [], write: [{ table: 'operatorCommand', key: { commandId }, set: { state: 'open', verb, argument: JSON.stringify(argument), requestedBy: 'anna', requestedAtMs } }],
    });
    const { scanWork } = one.store;
    one.store.scanWork = () => { throw new Error('The disk is slow.'); };
    await write('c1', 'release', { shard: 'channel:shop' }, 1);
    await write('c2', 'pause', { scope: 'channel:shop', reason: 'sale' }, 2);
    await one.pass(15_000);
    const states = async (): Promise<unknown> => ((await one.store.load([{ table: 'operatorCommand', where: {} }]))[0] ?? []).map((row) => row['state']);
    expect(await states()).toEqual(['open', 'done']);
    one.store.scanWork = scanWork;
    await one.pass(15_000);
    expect(await states()).toEqual(['done', 'done']);
  });

  it('undoes no later word of an operator by an earlier one', async () => {
    const one = await open();
    const { decide } = one.store;
    let late = true;
    // This engine is frozen with the pause in its hands; another one does the pause, and then the resume.
    one.store.decide = async (request, options) => {
      if (late) {
        late = false;
        await one.store.commit({ commitId: 'other engine', expect: [], marks: [], write: [{ table: 'operatorCommand', key: { commandId: 'c1' }, set: { state: 'done' } }] });
      }
      return decide.call(one.store, request, options) as never;
    };
    await one.store.commit({ commitId: 'c1', expect: [], marks: [], write: [{ table: 'operatorCommand', key: { commandId: 'c1' }, set: { state: 'open', verb: 'pause', argument: JSON.stringify({ scope: 'channel:shop', reason: 'sale' }), requestedBy: 'anna', requestedAtMs: 1 } }] });
    await one.pass(15_000);
    expect((await one.store.load([{ table: 'pause', where: {} }]))[0]).toEqual([]);
  });

  it('is alive while its store is away, and not ready', async () => {
    const one = await open();
    const away = (): Promise<never> => Promise.reject(new Error('The store is away.'));
    const { now } = one.store;
    one.store.now = away;
    await one.pass(300_000);
    expect(await one.engine.health()).toMatchObject({ live: true, ready: false });
    one.store.now = now;
  });

  it('goes on where a listener of the host fails', async () => {
    const one = await open();
    for (const event of ['positions-moved', 'target-changed', 'published'] as const) one.engine.events.on(event, () => { throw new Error('The host is confused.'); });
    one.erp.count(MUG, W1, 6);
    await one.pass(120_000);
    expect(one.shop.shows(MUG)).toBe(6);
  });

  it('starts once, and not after a stop', async () => {
    const one = await open();
    await one.engine.start();
    await one.stop();
    await expect(one.engine.start()).rejects.toMatchObject({ code: 'ABORTED' });
    rig = undefined;
  });
});

describe('a channel that behaves badly', () => {
  it('holds up nobody for longer than a call may take', async () => {
    const one = await open({ store: (clock) => createMemoryStore({ clock }) });
    const { publish } = one.shop;
    one.shop.publish = () => new Promise(() => undefined);
    one.erp.count(MUG, W1, 3);
    await one.pass(70_000);
    one.shop.publish = publish;
    await one.pass(60_000);
    expect(one.shop.shows(MUG)).toBe(3);
  });

  it('is not read again for a push while it asks for patience', async () => {
    const one = await open({ polls: { readBackMs: 86_400_000 } });
    const { readLevels } = one.shop;
    let asked = 0;
    one.shop.readLevels = () => {
      asked += 1;
      return Promise.reject(adapterError('RATE_LIMITED', 'too many', { adapter: 'shop', operation: 'levels', retryAfterMs: 120_000 }));
    };
    await one.engine.operate({ verb: 'assert', channel: SHOP }, { requestedBy: 'anna' });
    await one.pass(100_000);
    expect(asked).toBe(1);
    one.shop.readLevels = readLevels;
    await one.pass(120_000);
    expect((await one.engine.status()).channels[0]?.outOfSync).toEqual([]);
  });
});
