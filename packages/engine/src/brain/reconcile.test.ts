import { expect, it } from 'vitest';
import type { QuantityText } from '@stockwright/core';
import { judgeLevel } from './reconcile.ts';

const ZERO = '0' as QuantityText;
const MOMENT = { readAtMs: 1_000, movesBefore: { sold: '0', givenBack: '0' }, effectiveWithinMs: 0, scale: 0 };
const believing = (more: object) => ({ target: { want: '40', acked: '40', ackedSold: '0', ackedGivenBack: '0', ackedBlind: 0, believed: '40', differs: 0, ...more }, sale: undefined });

it('judges nothing by a read that is older than the one that is believed', () => {
  expect(judgeLevel({ quantity: ZERO }, believing({ readAtMs: 900 }), MOMENT)).toEqual({ kind: 'unexplained', believed: '40', observed: '0' });
  expect(judgeLevel({ quantity: ZERO }, believing({ readAtMs: 1_100 }), MOMENT)).toEqual({ kind: 'inFlight' });
});
