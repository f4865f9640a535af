import { parseSku } from '@stockwright/core';
import { describe, expect, it } from 'vitest';
import { createMapping } from './create-mapping.ts';

describe('createMapping', () => {
  it('translates both ways and knows what it does not know', () => {
    const mapping = createMapping([['gid-1', parseSku('A')], ['gid-2', parseSku('B')]]);

    expect(mapping.toInternal('gid-2')).toBe('B');
    expect(mapping.toExternal(parseSku('A'))).toBe('gid-1');
    expect(mapping.toInternal('gid-3')).toBeUndefined();
    expect(mapping.toExternal(parseSku('C'))).toBeUndefined();
  });

  it.each([
    ['no list', {}, [[]]],
    ['a list of other things', [null, 'ab', ['gid-1', 'A']], [[0], [1]]],
    ['pairs of other things', [[1, null], ['gid-1']], [[0, 0], [0, 1], [1, 1]]],
  ])('refuses %s, such as a file may hold, with its path', (_, entries, paths) => {
    expect(() => createMapping(entries as never)).toThrow(expect.objectContaining({ code: 'INVALID_INPUT', issues: paths.map((path) => expect.objectContaining({ path })) }));
  });

  it('lists what it maps, in the order given', () => {
    expect([...createMapping([['gid-2', parseSku('B')], ['gid-1', parseSku('A')]]).externals()]).toEqual(['gid-2', 'gid-1']);
  });

  it('refuses duplicates on either side and empty identifiers, each with its path', () => {
    const make = () => createMapping([['gid-1', parseSku('A')], ['gid-1', parseSku('B')], ['gid-3', parseSku('A')], ['', parseSku('D')]]);

    expect(make).toThrow(
      expect.objectContaining({
        code: 'INVALID_INPUT',
        issues: [expect.objectContaining({ path: [1, 0] }), expect.objectContaining({ path: [2, 1] }), expect.objectContaining({ path: [3, 0] })],
      }),
    );
  });
});
