import { describe, expect, it } from 'vitest';
import { forwardClock } from './clock.ts';

/** A clock over one in the hands of the test. */
function over(startMs: number): { readonly set: (ms: number) => number; readonly clock: ReturnType<typeof forwardClock> } {
  let nowMs = startMs;
  const clock = forwardClock({ now: () => nowMs });
  return { clock, set: (ms) => {
    nowMs = ms;
    return clock.now();
  } };
}

describe('forwardClock', () => {
  it('says what the clock beneath says as long as that runs forward', () => {
    const { set } = over(0);
    expect([set(5), set(5), set(1_000), set(90_000)]).toEqual([5, 5, 1_000, 90_000]);
  });

  it('goes on from where it was where that is set back, at half the speed until it has caught up', () => {
    const { set } = over(0);
    expect([set(10_000), set(4_000), set(5_000), set(8_000), set(16_000), set(17_000)]).toEqual([10_000, 10_000, 10_500, 12_000, 16_000, 17_000]);
  });

  it('does not stand, however often it is asked', () => {
    const { set } = over(0);
    set(10_000);
    let shown = 0;
    for (let ms = 0; ms <= 1_000; ms += 1) shown = set(ms);
    expect(shown).toBe(10_500);
  });

  it('goes on from a moment that is known to have been', () => {
    const { clock, set } = over(0);
    clock.goOnFrom(7_000);
    expect([set(1_000), set(2_000)]).toEqual([7_000, 7_500]);
    clock.goOnFrom(3_000);
    expect(set(20_000)).toBe(20_000);
  });
});
