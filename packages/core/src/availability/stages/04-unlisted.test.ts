import { describe, expect, it } from 'vitest';
import { ask, calculatorFor, explained, immediate, LATER, NOW, position, shopOn, type Case } from '../../../test/sketch.ts';
import { formatExplanation } from '../../explanation/format.ts';
import { parseChannelId, parseSku, type ChannelId } from '../../identity/ids.ts';
import { publicationRisk } from '../publication-risk.ts';

const kiosk = { MUG: { at: { W1: 10 }, unrouted: { kiosk: 3 } } };
const single = { channels: [shopOn('W1')] };

describe('demand of a channel that the policy does not list', () => {
  it('is left alone, whatever the channel, and is named', () => {
    expect(ask({ ...single, stock: kiosk })).toMatchObject({ immediate: 7, limit: { code: 'STOCK' } });
    expect(ask({ ...single, stock: { MUG: { at: { W1: 5 }, unrouted: { kiosk: 3 } } } })).toMatchObject({ immediate: 2, limit: { code: 'UNLISTED_CHANNEL', label: 'open orders of kiosk, which the policy does not list' } });
    expect(formatExplanation(explained({ ...single, stock: kiosk })).split('\n')).toContain('           3  open orders of kiosk, which the policy does not list');
  });

  it('counts on every channel, since it may be served from anywhere', () => {
    const apart: Partial<Case> = { channels: [shopOn('W1'), { id: 'market', locations: ['W2'] }] };
    const stock = { MUG: { at: { W1: 10, W2: 2 }, unrouted: { kiosk: 3 } } };
    expect([immediate({ ...apart, stock }), immediate({ ...apart, stock, channel: 'market' })]).toEqual([7, 0]);
  });

  it('counts the same in the plain number and in the explanation, also with demand of others', () => {
    for (const channels of [[shopOn('W1')], [shopOn('W1'), { id: 'market', locations: ['W1'] }], [shopOn('W1'), { id: 'market', locations: ['W1', 'W2'] }]]) {
      const there = position('MUG', { at: { W1: 10 }, unrouted: { shop: 1, market: 2, kiosk: 3, stall: 1 } });
      const calculator = calculatorFor({ channels });
      const question = [{ channel: parseChannelId('shop'), sku: parseSku('MUG') }, { position: () => there }, { asOf: NOW }] as const;
      expect(calculator.compute(...question)).toEqual(calculator.explain(...question).availability);
      expect(calculator.compute(...question).immediate).toBe(3);
    }
  });

  it('is held until its hold ends', () => {
    const stock = { MUG: { at: { W1: 10 }, holds: [{ channel: 'kiosk' as ChannelId, quantity: 4 }] } };
    expect(ask({ ...single, stock })).toMatchObject({ immediate: 6, validUntil: LATER });
    expect(immediate({ ...single, stock, ownHolds: ['hold-0'] })).toBe(10);
    expect(ask({ ...single, stock, asOf: LATER })).toMatchObject({ immediate: 10, validUntil: undefined });
  });

  it('gives nothing where it is less than nothing', () => {
    expect(immediate({ ...single, stock: { MUG: { at: { W1: 10 }, unrouted: { kiosk: -3 } } } })).toBe(10);
  });

  it('is part of what the published numbers could oversell', () => {
    const { policy, catalog } = calculatorFor(single);
    const there = position('MUG', kiosk.MUG);
    const risk = (shown: number, unseen = 0) => publicationRisk({ policy, catalog }, [{ channel: parseChannelId('shop'), sku: parseSku('MUG'), shown, unseen }], { positions: { position: () => there }, asOf: NOW })[0]?.oversell;
    expect([risk(7), risk(10), risk(0)]).toEqual([0, 3, 0]);
    expect(risk(0, 10)).toBe(3);
  });
});
