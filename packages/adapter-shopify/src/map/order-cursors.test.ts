import { parseInstant } from '@stockwright/core';
import { describe, expect, it } from 'vitest';
import { changedQuery, newestOf, resumeFrom } from './order-cursors.ts';

const startedAt = parseInstant('2026-11-23T10:00:00Z');

describe('changedQuery', () => {
  it('asks from a second on, and for everything without one', () => {
    expect(changedQuery('2026-11-23T09:58:59.999Z')).toBe("updated_at:>='2026-11-23T09:58:59Z'");
    expect(changedQuery(undefined)).toBeNull();
    expect(() => changedQuery("x' OR tag:y")).toThrow(expect.objectContaining({ code: 'INVALID_INPUT' }));
  });
});

describe('resumeFrom', () => {
  it.each([
    ['a minute before the latest change', '2026-11-23T09:58:00.000Z', '2026-11-23T09:57:00.000Z'],
    ['never later than a minute before the read began', '2026-11-23T10:00:30.000Z', '2026-11-23T09:59:00.000Z'],
    ['a minute before the latest change in a quiet shop, whatever our own clock says', '2026-11-23T02:00:00.000Z', '2026-11-23T01:59:00.000Z'],
    ['at the beginning where nothing was ever seen', undefined, undefined],
  ])('starts %s', (_what, newest, expected) => {
    expect(resumeFrom({ since: undefined, startedAt, newest })).toBe(expected);
  });

  it('stays where it is while the shop shows nothing, however far our own clock is ahead', () => {
    expect(resumeFrom({ since: '2026-11-23T09:30:00Z', startedAt: parseInstant('2026-11-23T23:00:00Z'), newest: undefined })).toBe('2026-11-23T09:30:00.000Z');
  });

  it('never goes back behind where this read began to look', () => {
    expect(resumeFrom({ since: '2026-11-23T09:58:00Z', startedAt, newest: '2026-11-23T09:58:30.000Z' })).toBe('2026-11-23T09:58:00.000Z');
  });
});

describe('newestOf', () => {
  it('keeps the later moment', () => {
    expect(newestOf(undefined, '2026-11-23T11:00:00+01:00')).toBe('2026-11-23T10:00:00.000Z');
    expect(newestOf('2026-11-23T10:00:01.000Z', '2026-11-23T10:00:00Z')).toBe('2026-11-23T10:00:01.000Z');
  });
});
