import { parseChannelId, parseSku } from '@stockwright/core';
import { describe, expect, it } from 'vitest';
import { DriftWatch } from './drift-watch.ts';
import { Violations } from './violations.ts';

const KEY = { channel: parseChannelId('shop'), location: '', sku: parseSku('A') };

function watching(): { readonly watch: DriftWatch; readonly at: (ms: number) => void; readonly finds: (observed: string) => void; readonly said: () => number } {
  const violations = new Violations(() => 0);
  let nowMs = 0;
  const watch = new DriftWatch(violations, () => nowMs);
  return {
    watch,
    at: (ms) => { nowMs = ms; },
    finds: (observed) => { watch.found({ ...KEY, believed: '1', observed }); },
    said: () => violations.list.length,
  };
}

/** Longer than any world lasts. */
const LONG_MS = 86_400_000;

describe('the watch over what read-backs put right', () => {
  it('sees that a number was put right that nobody had touched', () => {
    const { watch, finds, said } = watching();
    watch.grounded(KEY, { sinceMs: 5, observed: '9' });
    finds('9');
    expect(said()).toBe(1);
  });

  it('lets an edit be found however long nobody came to look', () => {
    const { watch, at, finds, said } = watching();
    at(10);
    watch.disturbed(KEY.channel, KEY.sku);
    at(LONG_MS);
    watch.grounded(KEY, { sinceMs: LONG_MS, observed: '9' });
    finds('9');
    expect(said()).toBe(0);
  });

  it.each([
    ['nothing any more once it was read later', { sinceMs: 20, observed: '9' }, 1],
    ['nothing any more once it was written later', { sinceMs: 20 }, 1],
    ['what is found although it was read just before', { sinceMs: 9, observed: '9' }, 0],
    ['what is found although it was written just before', { sinceMs: 9 }, 0],
  ])('lets an edit of a number explain %s', (_how, ground, complaints) => {
    const { watch, at, finds, said } = watching();
    at(10);
    watch.disturbed(KEY.channel, KEY.sku);
    watch.grounded(KEY, ground);
    watch.grounded(KEY, { sinceMs: 30, observed: '4' });
    finds('4');
    expect(said()).toBe(complaints);
  });

  it('judges what a read-back found by what was known then, however late it says so', () => {
    const { watch, at, finds, said } = watching();
    at(10);
    watch.disturbed(KEY.channel, KEY.sku);
    watch.grounded(KEY, { sinceMs: 20, observed: '9' });
    watch.grounded(KEY, { sinceMs: 21 });
    finds('9');
    expect(said()).toBe(0);
  });

  it('lets what shows later than it lands explain what is found until then', () => {
    const { watch, at, finds, said } = watching();
    at(10);
    watch.disturbed(KEY.channel, KEY.sku, 8_000);
    watch.grounded(KEY, { sinceMs: 20, observed: '9' });
    watch.grounded(KEY, { sinceMs: 9_000, observed: '4' });
    finds('4');
    expect(said()).toBe(0);
  });

  it('says nothing while a write is under way', () => {
    const { watch, finds, said } = watching();
    watch.sent(KEY.channel, KEY.sku, { place: '', worker: 'w1' });
    finds('9');
    expect(said()).toBe(0);
    watch.settled(KEY.channel, KEY.sku, { place: '', worker: 'w1', claimedMs: 0 });
    finds('9');
    expect(said()).toBe(1);
  });

  it('knows what was under way when the finding was kept, also where that is over when somebody says so', () => {
    const { watch, finds, said } = watching();
    watch.sent(KEY.channel, KEY.sku, { place: '', worker: 'w1' });
    watch.grounded(KEY, { sinceMs: 20, observed: '9' });
    watch.settled(KEY.channel, KEY.sku, { place: '', worker: 'w1', claimedMs: 0 });
    finds('9');
    expect(said()).toBe(0);
    watch.grounded(KEY, { sinceMs: 30, observed: '8' });
    finds('8');
    expect(said()).toBe(1);
  });

  it('takes the write of a process that stood still for under way, although another claimed the number before it left', () => {
    const { watch, at, finds, said } = watching();
    at(10);
    watch.sent(KEY.channel, KEY.sku, { place: '', worker: 'w1' });
    watch.settled(KEY.channel, KEY.sku, { place: '', worker: 'w2', claimedMs: 5 });
    finds('9');
    expect(said()).toBe(0);
    watch.settled(KEY.channel, KEY.sku, { place: '', worker: 'w2', claimedMs: 12 });
    finds('9');
    expect(said()).toBe(1);
  });

  it('takes nothing for known of a store that lost its last commits until it is read or written again', () => {
    const { watch, at, finds, said } = watching();
    watch.grounded(KEY, { sinceMs: 5, observed: '9' });
    at(10);
    watch.everythingDisturbed();
    watch.grounded(KEY, { sinceMs: 20, observed: '3' });
    finds('3');
    expect(said()).toBe(0);
    watch.grounded(KEY, { sinceMs: 30, observed: '2' });
    finds('2');
    expect(said()).toBe(1);
  });
});
