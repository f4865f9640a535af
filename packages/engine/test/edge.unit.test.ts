import type { Page } from '@stockwright/adapter';
import { parseSku } from '@stockwright/core';
import { afterEach, describe, expect, it } from 'vitest';
import { createRig, ERP, MUG, SHOP, W1, type Rig, type RigOptions } from './rig.ts';

let rig: Rig | undefined;
const open = async (options?: RigOptions): Promise<Rig> => {
  rig = await createRig(options);
  rig.erp.count(MUG, W1, 9);
  await rig.engine.start();
  await rig.pass(10_000);
  return rig;
};
afterEach(async () => {
  await rig?.stop();
  rig = undefined;
});

/** The engine as a program sees it that no compiler has looked at. */
const untyped = ({ engine }: Rig): Readonly<Record<string, (...given: readonly unknown[]) => Promise<unknown>>> => engine as never;
const SOUND = { id: 'cart', channel: SHOP, expiresAt: '2026-01-02T00:00:00.000Z', grant: 'all', lines: [{ sku: MUG, quantity: 1 }] };

describe('a hold that is none', () => {
  it.each<[string, unknown, string]>([
    ['nothing', undefined, 'undefined is no request'],
    ['null', null, 'null is no request'],
    ['an object without lines', { id: 'x' }, 'lines: '],
    ['lines that are a text', { ...SOUND, lines: 'abc' }, 'lines: "abc" is no list'],
    ['a line that is none', { ...SOUND, lines: [SOUND.lines[0], null] }, 'lines[1]: null is no line'],
    ['a line without a sku', { ...SOUND, lines: [{ quantity: 1 }] }, 'lines[0].sku: must be a text'],
    ['no id', { ...SOUND, id: undefined }, 'id: must be a text'],
    ['an id that no database can hold', { ...SOUND, id: 'cart \ud800' }, 'id: '],
    ['no channel', { ...SOUND, channel: undefined }, 'channel: must be a text'],
    ['no word on what less is worth', { ...SOUND, grant: undefined }, 'grant: undefined is neither all nor part'],
  ])('such as %s is refused, and the next one is decided', async (_what, request, problem) => {
    const one = await open();
    const [none, good, told] = await Promise.allSettled([
      untyped(one)['hold']?.(request), untyped(one)['hold']?.(SOUND), one.engine.ingest([{ kind: 'stock', source: ERP, sku: MUG, location: W1, asOf: '2026-01-01T00:00:05.000Z' as never, measures: { onHand: '9' as never } }]),
    ]);
    expect(none).toMatchObject({ status: 'rejected', reason: { code: 'INVALID_INPUT', message: expect.stringContaining(problem) as string } });
    expect([good, told]).toMatchObject([{ status: 'fulfilled', value: { status: 'granted' } }, { status: 'fulfilled' }]);
  });

  it.each<[string, readonly unknown[]]>([['extendHold', []], ['extendHold', ['cart', 'later']], ['extendHold', [7, '2026-01-02T00:00:00.000Z']], ['convertHold', ['cart']], ['convertHold', ['cart', 'a\0b']], ['releaseHold', []], ['releaseHold', [{}]]])('is refused by %s%j', async (name, given) => {
    const one = await open();
    await one.engine.hold(SOUND as never);
    await expect(untyped(one)[name]?.(...given)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    expect(await one.engine.releaseHold('cart')).toMatchObject({ status: 'changed' });
  });
});

const CUP = parseSku('CUP');
const STOCK = { kind: 'stock', source: ERP, sku: MUG, location: W1, asOf: '2026-01-01T00:00:05.000Z', measures: { onHand: '7' } };
const LINE = { id: '1', sku: MUG, ordered: '1', fulfilled: '0', cancelled: '0', returned: '0' };
const ORDER = { kind: 'order', channel: SHOP, orderId: '#1', revision: '2026-01-01T00:00:05.000Z', placedAt: '2026-01-01T00:00:05.000Z', lines: [LINE] };
const ACKNOWLEDGED = { kind: 'acknowledgement', source: ERP, channel: SHOP, orderId: '#1', revision: '2026-01-01T00:00:05.000Z', contained: [LINE] };
const DELTA = { kind: 'delta', source: ERP, id: 'd1', sku: MUG, location: W1, at: '2026-01-01T00:00:05.000Z', measure: 'onHand', delta: '1' };

/** Puts items before those that a read finds. */
function preceded<Item>(read: (...given: never[]) => Promise<Page<Item>>, items: readonly unknown[], unmapped: readonly string[] = []): never {
  return (async (...given: never[]) => {
    const page = await read(...given);
    return { ...page, items: [...items, ...page.items], unmapped: [...page.unmapped, ...unmapped] };
  }) as never;
}

describe('what no ledger can take', () => {
  const unsound: readonly (readonly [string, unknown])[] = [
    ['null', null], ['of no kind', {}], ['of an odd kind', { ...STOCK, kind: 'odd' }],
    ['a row without measures', { ...STOCK, measures: undefined }], ['a row of an odd measure', { ...STOCK, measures: { onhand: '7' } }], ['a row without a sku', { ...STOCK, sku: undefined }],
    ['a row of no place', { ...STOCK, location: '' }], ['a row of no moment', { ...STOCK, asOf: 'zzzz' }], ['a row of a moment that does not compare', { ...STOCK, asOf: '2026-01-01T00:00:05Z' }],
    ['a delta without an id', { ...DELTA, id: undefined }], ['a delta of no moment', { ...DELTA, at: 'now' }], ['a delta that is no number', { ...DELTA, delta: 'few' }],
    ['an order whose id no key can keep', { ...ORDER, orderId: 'a\0b' }], ['an order with an endless id', { ...ORDER, orderId: 'x'.repeat(5_000) }], ['an order without lines', { ...ORDER, lines: undefined }],
    ['an order with a line that is none', { ...ORDER, lines: [LINE, null] }], ['an order without a revision', { ...ORDER, revision: undefined }], ['an order that was never placed', { ...ORDER, placedAt: '' }],
    ['an acknowledgement of nothing', { ...ACKNOWLEDGED, contained: undefined }],
  ];

  it.each(unsound)('is refused where it is told: %s', async (_what, one) => {
    const { engine } = await open();
    const failed = engine.ingest([{ ...STOCK, asOf: '2026-01-01T00:00:04.000Z' }, one] as never);
    await expect(failed).rejects.toMatchObject({ code: 'INVALID_INPUT', message: expect.stringMatching(/\[1\]|few/) as string });
    expect((await engine.compute({ channel: SHOP, sku: MUG })).immediate).toBe(9);
  });

  it('is refused where no list of it is told', async () => {
    const one = await open();
    await expect(untyped(one)['ingest']?.()).rejects.toMatchObject({ code: 'INVALID_INPUT', message: expect.stringContaining('no list') as string });
  });

  const orders = unsound.filter(([, said]) => said === null || (said as { readonly kind?: string }).kind === 'order');
  it.each(orders)('stands in no other order\'s way: %s', async (_what, one) => {
    rig = await createRig();
    rig.erp.count(MUG, W1, 9);
    rig.shop.readOrders = preceded(rig.shop.readOrders, [one]);
    await rig.engine.start();
    await rig.pass(10_000);
    rig.shop.buy({ orderId: '#2', sku: MUG, quantity: 2, atMs: rig.clock.now() });
    await rig.pass(60_000);
    expect((await rig.engine.compute({ channel: SHOP, sku: MUG })).immediate).toBe(7);
    expect((await rig.engine.status()).refused).toHaveLength(1);
  });

  it.each(unsound.filter((each) => !orders.includes(each) && (each[1] as { readonly kind?: string }).kind !== 'acknowledgement'))('stands in no other row\'s way: %s', async (_what, one) => {
    rig = await createRig({ catalog: [{ sku: 'MUG' }, { sku: 'CUP' }] });
    rig.erp.count(CUP, W1, 4);
    rig.erp.readStock = preceded(rig.erp.readStock, [one]);
    await rig.engine.start();
    await rig.pass(60_000);
    expect(rig.shop.shows(CUP)).toBe(4);
    const { refused } = await rig.engine.status();
    expect(refused).toEqual([expect.objectContaining({ reason: expect.stringMatching(/^Invalid /) as string })]);
  });

  it.each<[string, unknown]>([
    ['null', null], ['of nothing', { ...ACKNOWLEDGED, contained: undefined }], ['of lines that are none', { ...ACKNOWLEDGED, contained: [null, LINE] }], ['of no channel', { ...ACKNOWLEDGED, channel: undefined }],
  ])('stands in the way of no stock as an acknowledgement: %s', async (_what, one) => {
    rig = await createRig();
    rig.erp.count(MUG, W1, 9);
    rig.erp.readAcknowledgements = preceded(rig.erp.readAcknowledgements, [one]);
    await rig.engine.start();
    await rig.pass(60_000);
    expect(rig.shop.shows(MUG)).toBe(9);
    expect((await rig.engine.status()).refused).toHaveLength(1);
  });

  it('is kept as a name that nobody could place, however odd the name is', async () => {
    rig = await createRig();
    rig.erp.count(MUG, W1, 9);
    rig.erp.readStock = preceded(rig.erp.readStock, [{ ...STOCK, sku: 'NEW' }], ['half \ud800', 'half \ud801', `long ${'x'.repeat(5_000)}`]);
    rig.shop.readOrders = preceded(rig.shop.readOrders, [{ ...ORDER, lines: [{ ...LINE, sku: 'X\ud800' }, { ...LINE, sku: 'X\ud801' }, LINE] }]);
    await rig.engine.start();
    await rig.pass(60_000);
    expect(rig.shop.shows(MUG)).toBe(8);
    const { unmapped } = await rig.engine.status();
    expect(unmapped.map(({ origin, external }) => [origin, external.slice(0, 10)])).toEqual([['erp', 'half \ufffd'], ['erp', 'long xxxxx'], ['erp', 'sku:NEW'], ['shop', 'sku:X\ufffd']]);
  });

  it('is no more than one hint of a webhook', async () => {
    const { engine, shop } = await open();
    shop.receive = () => ({ status: 'accepted', messageId: 'a\0b', hints: [{ kind: 'order', orderId: 'c\ud800' }] });
    expect(await engine.receive(SHOP, { headers: {}, body: new Uint8Array() })).toEqual({ httpStatus: 200 });
  });
});

describe('what is dated ahead of the store', () => {
  const HOUR_MS = 3_600_000;
  const at = ({ clock }: Rig, ms: number): string => new Date(clock.now() + ms).toISOString();
  const told = (kind: string, moment: string): unknown => ({ stock: { ...STOCK, asOf: moment }, delta: { ...DELTA, at: moment }, order: { ...ORDER, revision: moment }, acknowledgement: { ...ACKNOWLEDGED, revision: moment } })[kind];

  it.each(['stock', 'delta', 'order', 'acknowledgement'])('by more than an hour is refused, and later words count: %s', async (kind) => {
    const one = await open({ polls: { sourceMs: 30_000 } });
    await expect(one.engine.ingest([told(kind, at(one, HOUR_MS + 1))] as never)).rejects.toMatchObject({ code: 'INVALID_INPUT', message: expect.stringContaining('3600001 ms ahead') as string });
    one.erp.count(MUG, W1, 0);
    await one.pass(60_000);
    expect(one.shop.shows(MUG)).toBe(0);
    await one.engine.ingest([told(kind, at(one, HOUR_MS))] as never);
  });

  it('is refused in a read too, and stays to be seen', async () => {
    rig = await createRig({ catalog: [{ sku: 'MUG' }, { sku: 'CUP' }], polls: { sourceMs: 30_000 } });
    const { erp, shop, engine, pass } = rig;
    erp.count(MUG, W1, 9);
    erp.count(CUP, W1, 4);
    const { readStock } = erp;
    erp.readStock = preceded(readStock, [{ ...STOCK, asOf: '2027-01-01T00:00:00.000Z' }]);
    await engine.start();
    await pass(60_000);
    erp.readStock = readStock;
    erp.count(MUG, W1, 0);
    await pass(60_000);
    expect([shop.shows(MUG), shop.shows(CUP)]).toEqual([0, 4]);
    expect((await engine.status()).refused).toMatchObject([{ origin: 'erp', reference: 'stock MUG at W1', reason: expect.stringContaining('ahead') as string }]);
  });

  it('is judged by the clock of the store, not of the host', async () => {
    const one = await open({ hostClock: (clock) => ({ now: () => clock.now() - 7 * HOUR_MS, sleep: (ms, signal) => clock.sleep(ms, signal) }) });
    await one.engine.ingest([told('stock', at(one, 0))] as never);
    expect((await one.engine.compute({ channel: SHOP, sku: MUG })).immediate).toBe(7);
  });

  it('is taken where the installation allows it', async () => {
    const one = await open({ times: { aheadMs: Number.POSITIVE_INFINITY } });
    await one.engine.ingest([told('stock', '9999-01-01T00:00:00.000Z')] as never);
    expect((await one.engine.compute({ channel: SHOP, sku: MUG })).immediate).toBe(7);
  });
});

describe('one word among many', () => {
  it('is refused alone, in as few commits as may be', async () => {
    rig = await createRig({ catalog: Array.from({ length: 300 }, (_value, index) => ({ sku: `S${String(index)}` })) });
    const { engine, erp, store } = rig;
    const rows = Array.from({ length: 300 }, (_value, index) => ({ ...STOCK, sku: `S${String(index)}`, measures: { onHand: index % 3 === 0 ? '0.5' : '2' } }));
    erp.readStock = async () => ({ items: rows as never, unmapped: [] });
    let commits = 0;
    const commit = store.commit.bind(store);
    store.commit = (change) => { commits += change.write.some(({ table }) => table === 'refused') ? 1 : 0; return commit(change); };
    await engine.start();
    await rig.pass(30_000);
    expect((await engine.status()).refused).toHaveLength(100);
    expect((await engine.computeMany([1, 3].map((index) => ({ channel: SHOP, sku: parseSku(`S${String(index)}`) })))).map(({ immediate }) => immediate)).toEqual([2, 0]);
    expect(commits).toBe(1);
  });

  it('may be an order of any number of lines that nobody can place', async () => {
    const { engine } = await open();
    await engine.ingest([{ ...ORDER, lines: Array.from({ length: 150_000 }, (_value, index) => ({ ...LINE, sku: `U${String(index % 1_000)}` })) }] as never);
    expect((await engine.status()).unmapped).toHaveLength(1_000);
  });
});

describe('a read that nobody can make', () => {
  it.each<[string, unknown, string]>([
    ['a source that is not there', { source: 'nope' }, 'There is no source nope; there are erp.'], ['a channel that is not there', { channel: 'nope', what: 'orders' }, 'There is no channel nope; there are shop.'],
    ['nothing', undefined, 'undefined is no request'], ['neither source nor channel', {}, 'names neither a source nor a channel'], ['something else of a channel', { channel: SHOP, what: 'odd' }, '"odd" is neither orders nor levels'],
  ])('is refused: %s', async (_what, asked, said) => {
    const one = await open();
    await expect(untyped(one)['requestRead']?.(asked)).rejects.toMatchObject({ code: 'INVALID_INPUT', message: expect.stringContaining(said) as string });
    for await (const { shard } of one.store.scanWork()) expect(['project', 'channel:shop', 'source:erp']).toContain(shard);
  });
});

describe('a command that is none', () => {
  const PAUSE = { verb: 'pause', scope: 'channel:shop', reason: 'sale' };
  const ANNA = { requestedBy: 'anna' };
  it.each<[string, unknown, unknown, string]>([
    ['nothing', undefined, ANNA, 'undefined is no command'], ['an odd verb', { verb: 'odd' }, ANNA, 'there is no such verb'], ['a verb of every object', { verb: 'toString' }, ANNA, 'there is no such verb'],
    ['no reason', { ...PAUSE, reason: undefined }, ANNA, 'lacks reason'], ['an empty reason', { ...PAUSE, reason: '' }, ANNA, 'reason must be a text'], ['a reason that is no text', { ...PAUSE, reason: 7 }, ANNA, 'reason must be a text'],
    ['more than it takes', { ...PAUSE, until: 'noon' }, ANNA, 'until, which it does not take'], ['nobody who asks', PAUSE, undefined, 'requestedBy'], ['nobody by name', PAUSE, {}, 'requestedBy'], ['an empty name', PAUSE, { requestedBy: '' }, 'requestedBy'],
  ])('is refused, and nothing of it is done: %s', async (_what, command, by, said) => {
    const one = await open();
    await expect(untyped(one)['operate']?.(command, by)).rejects.toMatchObject({ code: 'INVALID_INPUT', message: expect.stringContaining(said) as string });
    expect(await one.store.load([{ table: 'pause', where: {} }, { table: 'audit', where: {} }])).toEqual([[], []]);
  });

  it('does what leaves out what it may', async () => {
    const { engine } = await open();
    expect(await engine.operate({ verb: 'release', shard: 'channel:shop', key: undefined } as never, ANNA)).toContain('0 pieces');
  });
});

describe('a number that nobody can name', () => {
  it.each<[string, readonly unknown[], string]>([
    ['compute', [], 'undefined is no channel and sku'], ['compute', [{ channel: SHOP }], 'sku: must be a text'], ['explain', [null], 'null is no channel and sku'],
    ['computeMany', [], 'undefined is no list of keys'], ['computeMany', [[{ channel: SHOP, sku: MUG }, null]], '[1]: null is no channel and sku'], ['computeMany', [[{ channel: 7, sku: MUG }]], '[0].channel: must be a text'],
  ])('is refused by %s%j', async (name, given, problem) => {
    const one = await open();
    await expect(untyped(one)[name]?.(...given)).rejects.toMatchObject({ code: 'INVALID_INPUT', message: expect.stringContaining(problem) as string });
  });
});
