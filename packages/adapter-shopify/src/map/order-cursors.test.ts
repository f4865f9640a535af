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
    ['a quarter of an hour back in a quiet shop', '2026-11-23T02:00:00.000Z', '2026-11-23T09:45:00.000Z'],
    ['a quarter of an hour back where nothing was seen', undefined, '2026-11-23T09:45:00.000Z'],
  ])('starts %s', (_what, newest, expected) => {
    expect(resumeFrom({ since: undefined, startedAt, newest })).toBe(expected);
  });

  it('never goes back behind where this read began to look', () => {
    expect(resumeFrom({ since: '2026-11-23T09:58:00Z', startedAt, newest: undefined })).toBe('2026-11-23T09:58:00.000Z');
  });
});

describe('newestOf', () => {
  it('keeps the later moment', () => {
    expect(newestOf(undefined, '2026-11-23T11:00:00+01:00')).toBe('2026-11-23T10:00:00.000Z');
    expect(newestOf('2026-11-23T10:00:01.000Z', '2026-11-23T10:00:00Z')).toBe('2026-11-23T10:00:01.000Z');
  });
});
