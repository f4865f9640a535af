import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Instant } from '../identity/instant.ts';
import { Timeline } from './timeline.ts';
import type { Window } from './windows.ts';

const edge = fc.option(fc.integer({ min: 10, max: 30 }).map((value) => String(value) as Instant), { nil: undefined });
const windows = fc.array(fc.record({ from: edge, until: edge }).filter(({ from, until }) => from === undefined || until === undefined || from < until));
const meet = (a: Window, b: Window): boolean => (a.until ?? '~') > (b.from ?? '') && (b.until ?? '~') > (a.from ?? '');

it('finds the first window that shares a moment with the next one', () => {
  fc.assert(fc.property(windows, (all) => {
    const timeline = new Timeline<Window>();
    all.forEach((window, index) => { expect(timeline.add(window)).toBe(all.slice(0, index).find((earlier) => meet(earlier, window))); });
  }));
});
