import { describe, expect, it } from 'vitest';
import { isStockwrightError } from '../errors/error.ts';
import type { ChannelId, LocationId, Sku } from '../identity/ids.ts';
import type { Instant } from '../identity/instant.ts';
import { convertHold, extendHold, holdsOf, isLiveHold, mergeHolds, releaseHold, type HoldRecord } from './hold.ts';

const at = (time: string): Instant => `2026-11-23T${time}:00.000Z` as Instant;
const SKU = 'MUG' as Sku;
const hold: HoldRecord = { id: 'h1', channel: 'shop' as ChannelId, expiresAt: at('10:15'), state: 'held', orderId: '', lines: [{ sku: SKU, location: '', quantity: 2 }] };
const converted: HoldRecord = { ...hold, state: 'converted', orderId: '#1' };
const released: HoldRecord = { ...hold, state: 'released' };

describe('a hold', () => {
  it('is over at its end, whoever looks', () => {
    expect([isLiveHold(hold, at('10:14')), isLiveHold(hold, at('10:15')), isLiveHold(released, at('10:00'))]).toEqual([true, false, false]);
  });

  it('is extended while it lives and never shortened', () => {
    expect(extendHold(hold, { until: at('10:30'), asOf: at('10:10') })).toEqual({ status: 'changed', hold: { ...hold, expiresAt: at('10:30') } });
    expect(extendHold(hold, { until: at('10:12'), asOf: at('10:10') })).toEqual({ status: 'unchanged', hold });
    expect(extendHold(hold, { until: at('10:30'), asOf: at('10:15') })).toEqual({ status: 'refused', reason: 'EXPIRED', hold });
  });

  it('becomes one order once, and none after its end', () => {
    expect(convertHold(hold, { orderId: '#1', asOf: at('10:10') })).toEqual({ status: 'changed', hold: converted });
    expect(convertHold(converted, { orderId: '#1', asOf: at('23:00') })).toEqual({ status: 'unchanged', hold: converted });
    expect(convertHold(converted, { orderId: '#2', asOf: at('10:10') })).toMatchObject({ status: 'refused', reason: 'CONVERTED' });
    expect(convertHold(hold, { orderId: '#1', asOf: at('10:15') })).toMatchObject({ status: 'refused', reason: 'EXPIRED' });
    expect(convertHold(released, { orderId: '#1', asOf: at('10:00') })).toMatchObject({ status: 'refused', reason: 'RELEASED' });
  });

  it('is released once; an order is not', () => {
    expect([releaseHold(hold).status, releaseHold(released).status, releaseHold(converted).status]).toEqual(['changed', 'unchanged', 'refused']);
  });

  it('is one from two accounts of it in either order', () => {
    const later = { ...hold, expiresAt: at('10:30') };
    for (const [a, b, both] of [[hold, later, later], [later, released, { ...released, expiresAt: at('10:30') }], [released, converted, converted]] as const) {
      expect([mergeHolds(a, b), mergeHolds(b, a)]).toEqual([both, both]);
    }
  });

  it('has the lines that it was converted with, which after a late payment may be at other places than it was held at', () => {
    const late: HoldRecord = { ...converted, lines: [{ sku: SKU, location: 'W2' as LocationId, quantity: 2 }] };
    for (const known of [hold, released, { ...hold, expiresAt: at('10:30') }]) {
      const both = { ...late, expiresAt: known.expiresAt };
      expect([mergeHolds(known, late), mergeHolds(late, known)]).toEqual([both, both]);
    }
    expect(mergeHolds(converted, late)).toEqual(mergeHolds(late, converted));
  });

  it('is never made one with another hold, nor with one of its name at another channel', () => {
    const others = [{ ...released, id: 'h2' }, { ...released, channel: 'web' as ChannelId }, { ...released, id: 'h2', channel: 'web' as ChannelId }];
    const refusals = others.flatMap((other) => [[hold, other], [other, hold]] as const).map(([a, b]) => {
      try {
        return mergeHolds(a, b);
      } catch (error) {
        return isStockwrightError(error) ? [error.code, ...error.issues.map(({ path }) => path.join('.'))] : error;
      }
    });
    expect(refusals).toEqual([['INVALID_INPUT', 'id'], ['INVALID_INPUT', 'id'], ['INVALID_INPUT', 'channel'], ['INVALID_INPUT', 'channel'], ['INVALID_INPUT', 'id', 'channel'], ['INVALID_INPUT', 'id', 'channel']]);
  });

  it('claims its units until its order is in the books', () => {
    const claims = (record: HoldRecord, booked: boolean) => holdsOf(SKU, [record], () => booked).map(({ quantity, expiresAt }) => [quantity, expiresAt]);
    expect(claims(hold, false)).toEqual([[2, at('10:15')]]);
    expect(claims(converted, false)).toEqual([[2, '9999-12-31T23:59:59.999Z']]);
    expect([claims(converted, true), claims(released, false), holdsOf('CUP' as Sku, [hold], () => false)]).toEqual([[], [], []]);
  });
});
