import { describe, expect, it } from 'vitest';
import { instantOfLocal, isLocalTime, zoneProblem } from './zone.ts';

describe('a local time', () => {
  it.each([
    ['2026-07-01T09:00', 'Europe/Berlin', '2026-07-01T07:00:00.000Z'], ['2026-12-01T09:00:30', 'Europe/Berlin', '2026-12-01T08:00:30.000Z'],
    ['2026-11-27T00:00', 'America/New_York', '2026-11-27T05:00:00.000Z'], ['2026-11-27T00:00', 'Asia/Kolkata', '2026-11-26T18:30:00.000Z'],
    ['2026-11-27T00:00', 'UTC', '2026-11-27T00:00:00.000Z'], ['2026-03-29T03:00', 'Europe/Berlin', '2026-03-29T01:00:00.000Z'],
  ])('%s in %s is %s', (local, zone, instant) => {
    expect([instantOfLocal(local, zone, 'from'), instantOfLocal(local, zone, 'until')]).toEqual([instant, instant]);
  });

  it('that the clocks skip is the moment of the jump', () => {
    for (const edge of ['from', 'until'] as const) {
      expect(instantOfLocal('2026-03-29T02:30', 'Europe/Berlin', edge)).toBe('2026-03-29T01:00:00.000Z');
      expect(instantOfLocal('2026-03-08T02:00', 'America/New_York', edge)).toBe('2026-03-08T07:00:00.000Z');
      expect(instantOfLocal('2026-10-04T02:15', 'Australia/Lord_Howe', edge)).toBe('2026-10-03T15:30:00.000Z');
    }
  });

  it('that the clocks show twice begins with the first and ends with the second', () => {
    expect(instantOfLocal('2026-10-25T02:30', 'Europe/Berlin', 'from')).toBe('2026-10-25T00:30:00.000Z');
    expect(instantOfLocal('2026-10-25T02:30', 'Europe/Berlin', 'until')).toBe('2026-10-25T01:30:00.000Z');
  });

  it('is told from one with an offset', () => {
    expect(['2026-11-27T00:00', '2026-11-27T00:00Z', '2026-11-27'].map(isLocalTime)).toEqual([true, false, false]);
  });

  it('needs a zone that there is', () => {
    expect(zoneProblem('Europe/Berlin')).toBeUndefined();
    expect(zoneProblem('Europe/Atlantis')).toContain('not an IANA time zone');
    expect(() => instantOfLocal('2026-02-30T00:00', 'UTC', 'from')).toThrow('2026-02-30');
  });
});
