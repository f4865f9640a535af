import { describe, expect, it } from 'vitest';
import { limitName } from './runtime.ts';

describe('the bucket of a limit', () => {
  it('is of one account alone, whatever accounts and limits are called', () => {
    const words = ['a', 'a b', 'b c', 'c', 'b', '%20', 'b%20c', '%2520', ' ', 'a '];
    const all = words.flatMap((account) => words.map((limit) => limitName(account, limit)));
    expect(new Set(all).size).toBe(all.length);
    expect(limitName('shop eu', 'writes')).toBe('shop eu writes');
  });
});
