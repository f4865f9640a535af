import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluateVectors, OPERATIONS } from '../vectors/evaluate.ts';
import { NAIVE } from '../vectors/naive.ts';

describe('the way from the vectors to the library', () => {
  it.each(Object.entries(NAIVE))('gives for any case of %s what its sentence says', (op, cases) => {
    fc.assert(fc.property(cases, (drawn) => {
      const [result] = evaluateVectors({ vectors: [{ id: op, op, ...drawn }] });
      expect({ expected: result?.expected, got: result?.got }).toEqual({ expected: {}, got: {} });
    }), { numRuns: 150 });
  });

  it('leaves out only what has no sentence that loops can follow', () => {
    expect(Object.keys(OPERATIONS).filter((op) => NAIVE[op] === undefined)).toEqual(['overrideExcess', 'littlewood']);
  });
});
