import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createAgenda } from './agenda.ts';

describe('the agenda', () => {
  it('does everything at its moment, in order of time and then of arrival, however seldom it is asked', () => {
    fc.assert(fc.property(fc.array(fc.nat(100), { maxLength: 60 }), fc.array(fc.nat(30), { maxLength: 20 }), (dues, steps) => {
      let clock = 0;
      const done: { readonly due: number; readonly index: number; readonly seenAt: number }[] = [];
      const agenda = createAgenda(() => clock);
      for (const [index, due] of dues.entries()) agenda.add(due, () => done.push({ due, index, seenAt: agenda.now() }));

      let count = 0;
      for (const step of [...steps, 200]) {
        expect(agenda.nextDueAtMs()).toBe(done.length === dues.length ? undefined : Math.min(...dues.filter((_, index) => !done.some((each) => each.index === index))));
        clock += step;
        count += agenda.catchUp();
        expect(done).toHaveLength(dues.filter((due) => due <= clock).length);
      }

      const expected = dues.map((due, index) => ({ due, index, seenAt: due })).sort((a, b) => a.due - b.due || a.index - b.index);
      expect(done).toEqual(expected);
      expect(count).toBe(dues.length);
    }));
  });

  it('does what is added while it catches up, where that is due too', () => {
    let clock = 0;
    const done: number[] = [];
    const agenda = createAgenda(() => clock);
    const again = (): void => {
      done.push(agenda.now());
      agenda.add(agenda.now() + 10, again);
      // Whoever looks from inside does not start it all over again.
      expect(agenda.catchUp()).toBe(0);
    };
    agenda.add(5, again);

    clock = 30;

    expect(agenda.catchUp()).toBe(3);
    expect(done).toEqual([5, 15, 25]);
    expect(agenda.nextDueAtMs()).toBe(35);
  });
});
