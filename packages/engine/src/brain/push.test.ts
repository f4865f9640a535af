import type { ChannelId, LocationId, Sku } from '@stockwright/core';
import { expect, it } from 'vitest';
import { settlePush } from './push.ts';

const KEY = { channel: 'shop' as ChannelId, location: '' as LocationId | '', sku: 'MUG' as Sku };

it('suspects a request of which nothing is known from when it was given up, since a process that stood still may have sent it just before', () => {
  const sent = { key: KEY, want: '14', movesAtSend: { sold: '0', givenBack: '0' }, sentAtMs: 1_000, attempts: 0 };
  const rules = { lateRequestMsMax: 60_000, excludesSales: false, scale: 0, nowMs: 71_000, retryAtMs: 72_000 };
  const { write } = settlePush(sent, { target: { version: 1, want: '14' }, sale: undefined }, { outcome: { status: 'unknown', reason: 'no answer' }, rules });

  expect(write).toMatchObject([{ set: { suspectUntilMs: 131_000, acked: null } }]);
});
