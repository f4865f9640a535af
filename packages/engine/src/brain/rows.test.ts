import { expect, it } from 'vitest';
import { acceptOrder, accountFromKey, balancesOf, emptyBooks, measureBooks, parseObservation, parseSku, parseSourceId, type BookingRules, type OrderObservation } from '@stockwright/core';
import type { Row } from '../ports/index.ts';
import { booksFromRows, claimWrites } from './rows.ts';

const MUG = parseSku('MUG');
const RULES: BookingRules = { containment: new Map(), returns: 'channel' };
const order = (...lines: object[]): OrderObservation => parseObservation({
  kind: 'order', channel: 'shop', orderId: '#1', revision: '2026-11-23T10:00:00Z', placedAt: '2026-11-23T10:00:00Z',
  lines: lines.map((line, index) => ({ id: String(index), sku: MUG, location: 'W1', fulfilled: 0, cancelled: 0, returned: 0, ...line })),
}) as OrderObservation;

it('keeps of an order whose counters cannot be true together what its lines come to, each by itself', () => {
  const books = acceptOrder(emptyBooks(MUG), order({ ordered: 4 }, { ordered: 2, cancelled: 5 }, { ordered: 2, fulfilled: 5, returned: 9 }));
  const [write] = claimWrites(emptyBooks(MUG), books, { rules: RULES, settledBefore: new Set() }).writes.filter((one) => 'set' in one);
  const kept = booksFromRows(MUG, 0, { item: undefined, positions: [], bases: [], claims: [{ ...write?.key, ...write?.set } as Row] });

  expect(kept.claims).toEqual(books.claims);
  expect([...balancesOf(measureBooks(kept, RULES))].map(([key, quantity]) => [accountFromKey(key).account, quantity])).toEqual([['committed', 4]]);
  expect(write?.set).toMatchObject({ settled: 0 });
  expect(acceptOrder(kept, order({ ordered: 4 }, { ordered: 2, cancelled: 5 }, { ordered: 2, fulfilled: 5, returned: 9 }))).toBe(kept);
});

it('keeps what a line was promised, and what an order showed at each place at each of its revisions', () => {
  const rules: BookingRules = { containment: new Map([[parseSourceId('wms'), { way: 'watermark' }]]), returns: 'owner' };
  const books = acceptOrder(emptyBooks(MUG), order({ ordered: 4 }, { ordered: 2, promise: 'preorder' }, { ordered: 1, location: 'W2', fulfilled: 1 }), rules);
  const [write] = claimWrites(emptyBooks(MUG), books, { rules, settledBefore: new Set() }).writes.filter((one) => 'set' in one);

  expect(books.claims[0]?.containments[0]?.parts).toHaveLength(3);
  expect(booksFromRows(MUG, 0, { item: undefined, positions: [], bases: [], claims: [{ ...write?.key, ...write?.set } as Row] }).claims).toEqual(books.claims);
});
