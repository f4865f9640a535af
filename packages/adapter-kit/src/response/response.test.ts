import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { httpError, readRetryAfterMs } from './http-error.ts';
import { parseJson, parseResponse } from './parse-response.ts';

const FACTS = { adapter: 'vendor', operation: 'readThings', safe: true, nowMs: Date.UTC(2026, 10, 23, 10) };
const answer = (status: number, headers: Record<string, string> = {}) => ({ status, headers: new Headers(headers) });

describe('httpError', () => {
  it.each([
    [401, true, 'UNAUTHENTICATED', 'never'],
    [403, true, 'PERMISSION_DENIED', 'never'],
    [404, true, 'REJECTED', 'never'],
    [302, false, 'REJECTED', 'never'],
    [422, false, 'REJECTED', 'never'],
    [429, false, 'RATE_LIMITED', 'after'],
    [500, true, 'UNAVAILABLE', 'after'],
    [503, false, 'OUTCOME_UNKNOWN', 'verify-first'],
  ])('reads HTTP %i (safe: %s) as %s', (status, safe, code, retry) => {
    const error = httpError({ ...FACTS, safe, requestId: 'r-1' }, answer(status));

    expect(error).toMatchObject({ code, details: { adapter: 'vendor', operation: 'readThings', httpStatus: status, retry, requestId: 'r-1' } });
  });

  it('tells how long a rate limit lasts', () => {
    expect(httpError(FACTS, answer(429, { 'retry-after': '2.0' })).details['retryAfterMs']).toBe(2000);
  });
});

describe('readRetryAfterMs', () => {
  it.each([
    ['2', 2000],
    ['0.5', 500],
    ['Mon, 23 Nov 2026 10:00:30 GMT', 30_000],
    ['Mon, 23 Nov 2026 09:00:00 GMT', 0],
    ['soon', undefined],
    ['9'.repeat(400), undefined],
    ['99999999999', undefined],
    ['Sat, 01 Jan 9999 00:00:00 GMT', undefined],
    ['', undefined],
  ])('reads %j as %s', (value, waitMs) => {
    expect(readRetryAfterMs(new Headers({ 'retry-after': value }), FACTS.nowMs)).toBe(waitMs);
  });
});

describe('parseResponse', () => {
  const schema = z.object({ rows: z.array(z.object({ id: z.string() })) });

  it('returns what fits', () => {
    expect(parseResponse(schema, { rows: [{ id: 'a', more: 1 }] }, FACTS)).toEqual({ rows: [{ id: 'a' }] });
  });

  it('says no more of what does not fit than one can read', () => {
    const strict = z.strictObject({ id: z.string() });

    expect(() => parseResponse(strict, { id: 'a', ['k'.repeat(100_000)]: 1 }, FACTS)).toThrow(expect.objectContaining({ message: expect.stringMatching(/^.{20,400}$/) }));
  });

  it('names the path of what does not fit, and no value', () => {
    const parse = () => parseResponse(schema, { rows: [{ id: 'a' }, { id: { email: 'a@b.example' } }] }, FACTS);

    expect(parse).toThrow(/rows\[1\]\.id: /);
    expect(parse).toThrow(expect.objectContaining({ code: 'MALFORMED_RESPONSE' }));
    expect(parse).not.toThrow(/example/);
  });
});

describe('parseJson', () => {
  it('reads JSON and refuses anything else without quoting it', () => {
    expect(parseJson('{"a":1}', FACTS)).toEqual({ a: 1 });
    expect(() => parseJson('<html>secret', FACTS)).toThrow(expect.objectContaining({ code: 'MALFORMED_RESPONSE' }));
    expect(() => parseJson('<html>secret', FACTS)).not.toThrow(/secret/);
  });
});
