import { describe, expect, it } from 'vitest';
import { adapterError, retryAdvice, retryAfterMs } from './adapter-error.ts';

const FACTS = { adapter: 'vendor', operation: 'read' };

describe('what an error advises', () => {
  it('is what the adapter said, or what its code stands for', () => {
    expect(retryAdvice(adapterError('RATE_LIMITED', 'slow down', FACTS))).toBe('after');
    expect(retryAdvice(adapterError('RATE_LIMITED', 'never again', { ...FACTS, retry: 'never' }))).toBe('never');
    expect(retryAfterMs(adapterError('RATE_LIMITED', 'slow down', { ...FACTS, retryAfterMs: 1.2 }))).toBe(2);
  });

  it.each([
    ['nothing', undefined],
    ['an error of others', new Error('x')],
    ['an error that lost its details', JSON.parse('{"~stockwright/error":true}') as unknown],
    ['an error with other details', { '~stockwright/error': true, details: { retry: 'soon', retryAfterMs: Number.POSITIVE_INFINITY } }],
  ])('is nothing for %s', (_, error) => {
    expect([retryAdvice(error), retryAfterMs(error)]).toEqual(['never', undefined]);
  });
});
