import { describe, expect, it } from 'vitest';
import { MAX_IDENTIFIER_LENGTH, parseChannelId, parseLocationId, parseSku, parseSourceId } from './ids.ts';
import { addMs, instantFromMs, instantToMs, parseInstant } from './instant.ts';

describe('identifiers', () => {
  it('are taken as they are, letter case, inner spaces and all', () => {
    for (const parse of [parseSku, parseLocationId, parseChannelId, parseSourceId]) expect(parse('Käse 12/a')).toBe('Käse 12/a');
    expect(parseSku('x'.repeat(MAX_IDENTIFIER_LENGTH))).toHaveLength(MAX_IDENTIFIER_LENGTH);
  });

  it.each([
    ['', 'must not be empty'], [' A', 'white space'], ['A ', 'white space'], ['A\u0000B', 'control characters'], ['A\u001fB', 'control characters'],
    ['x'.repeat(MAX_IDENTIFIER_LENGTH + 1), '201 characters'], [12, 'not number'], [null, 'not null'],
  ])('refuse %j', (value, message) => {
    expect(() => parseSku(value, ['items', 0])).toThrow(message);
    expect(() => parseSku(value, ['items', 0])).toThrow('items[0]');
  });
});

describe('instants', () => {
  it.each([
    ['2026-11-23T11:00:00+01:00', '2026-11-23T10:00:00.000Z'], ['2026-11-23T10:00Z', '2026-11-23T10:00:00.000Z'], ['2026-11-23T10:00:00.123456789Z', '2026-11-23T10:00:00.123Z'],
    ['2026-11-23T10:00:00-0530', '2026-11-23T15:30:00.000Z'], ['2028-02-29T00:00:00Z', '2028-02-29T00:00:00.000Z'],
  ])('reads %s as %s', (value, instant) => {
    expect(parseInstant(value)).toBe(instant);
  });

  it.each([
    '2026-11-23T10:00:00', '2026-11-23', '', 'now', '2026-13-01T00:00:00Z', '2026-02-30T10:00:00Z', '2027-02-29T00:00:00Z', '2026-00-10T00:00:00Z',
    '9999-12-31T23:59:59-01:00', '0000-01-01T00:00:00+01:00', 1_764_000_000_000, undefined,
  ])('refuses %s', (value) => {
    expect(() => parseInstant(value, ['asOf'])).toThrow('asOf');
  });

  it('count milliseconds there and back', () => {
    const instant = parseInstant('2026-11-23T10:00:00Z');
    expect(addMs(instant, -600_000)).toBe('2026-11-23T09:50:00.000Z');
    expect(instantFromMs(instantToMs(instant))).toBe(instant);
  });
});
