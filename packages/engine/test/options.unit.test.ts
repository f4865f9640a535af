import { instantFromMs } from '@stockwright/core';
import { expect, it } from 'vitest';
import { createRig, ERP, MUG, SHOP, W1 } from './rig.ts';

const HOLD = { id: 'cart', channel: SHOP, expiresAt: '2027-01-01T00:00:00.000Z', grant: 'all', lines: [{ sku: MUG, quantity: 1 }] };
const COUNT = { kind: 'stock', source: ERP, sku: MUG, location: W1, asOf: instantFromMs(0), measures: { onHand: '3' } };
/** What a host could take for the way to name its transaction: whatever is done then is not part of it. */
const client = { query: () => Promise.resolve({ rows: [] }) };

it.each<[string, readonly unknown[]]>([
  ['ingest', [[COUNT]]], ['hold', [HOLD]], ['extendHold', ['cart', HOLD.expiresAt]], ['convertHold', ['cart', 'o1']], ['releaseHold', ['cart']],
])('options of %s that are none are refused, and nothing is done outside the transaction of which they were to speak', async (verb, given) => {
  const { engine, store } = await createRig();
  await engine.ingest([{ ...COUNT, measures: { onHand: '9' } }] as never);
  await engine.hold({ ...HOLD, lines: [{ sku: MUG, quantity: 2 }] } as never);
  const before = await store.load([{ table: 'ledger', where: {} }, { table: 'hold', where: {} }]);
  for (const [options, said] of [[null, 'null'], [client, 'query'], [{ txn: client }, 'txn'], ['tx', '"tx"'], [[], 'a list']] as const) {
    await expect((engine as unknown as Record<string, (...all: unknown[]) => Promise<unknown>>)[verb]?.(...given, options)).rejects.toMatchObject({ code: 'INVALID_INPUT', message: expect.stringContaining(said) as string });
  }
  expect(await store.load([{ table: 'ledger', where: {} }, { table: 'hold', where: {} }])).toEqual(before);
});

it('a channel that is no text is refused by receive', async () => {
  const { engine } = await createRig();
  await expect(engine.receive(Symbol('shop') as never, { headers: {}, body: new Uint8Array() })).rejects.toMatchObject({ code: 'INVALID_INPUT', message: expect.stringContaining('There is no channel Symbol(shop)') as string });
});
