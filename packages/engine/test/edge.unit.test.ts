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
