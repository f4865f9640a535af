import { describe, expect, it } from 'vitest';
import { publicExports } from './support/public-exports.ts';
import { READERS } from './support/unparsed-readers.ts';

const known = READERS.map(({ entry, name }) => `${entry} ${name}`);

describe('the functions that take unparsed data', () => {
  it('are all fuzzed: whatever takes a value of any type, and whatever is called a reader', () => {
    const takers = publicExports().filter(({ name, takesUnknown }) => takesUnknown || /^(parse|diagnose)[A-Z]/.test(name)).map(({ entry, name }) => `${entry} ${name}`);
    expect(takers.length).toBeGreaterThan(20);
    expect(takers.filter((taker) => !known.includes(taker))).toEqual([]);
  });

  it('are there, each once', () => {
    const exported = new Set(publicExports().map(({ entry, name }) => `${entry} ${name}`));
    expect(known.filter((reader) => !exported.has(reader))).toEqual([]);
    expect(new Set(READERS.map(({ entry, name, method }) => `${entry} ${name} ${method ?? ''}`)).size).toBe(READERS.length);
  });
});
