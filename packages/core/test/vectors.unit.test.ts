import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { evaluateVectors, OPERATIONS, type VectorResult } from './vectors/evaluate.ts';
import { normalQuantile } from './vectors/normal.ts';

const own: unknown = JSON.parse(readFileSync(new URL('vectors/own.json', import.meta.url), 'utf8'));

describe('vectors of our own', () => {
  const results = evaluateVectors(own);
  it('are at least three for every operation', () => {
    for (const op of Object.keys(OPERATIONS)) expect([op, results.filter((result) => result.op === op).length >= 3]).toEqual([op, true]);
  });

  it.each(results)('$op: $id', ({ passed, expected, got }) => {
    expect(got).toEqual(expected);
    expect(passed).toBe(true);
  });
});

describe('a file of vectors', () => {
  const sound = { id: 'one', op: 'fill', input: { onHand: '2', requested: '5', mayBackorder: true }, expect: { fill: ['2.0', '3'] } };
  const told = (vector: unknown): Pick<VectorResult, 'id' | 'op' | 'passed'> & { readonly got: unknown } => {
    const [result] = evaluateVectors({ vectors: [vector] });
    if (result === undefined) throw new Error('no result');
    return result;
  };

  it('may say more of itself and of its vectors than is asked', () => {
    expect(evaluateVectors({ about: 'cases', version: 2, vectors: [{ ...sound, title: 'a shortage', source: { url: 'https://example.com' } }] })).toMatchObject([{ passed: true }]);
  });

  it('passes where every number is as expected, however it is written', () => {
    expect(told(sound)).toMatchObject({ id: 'one', op: 'fill', passed: true });
  });

  it('fails with what was expected and what came', () => {
    expect(told({ ...sound, expect: { fill: ['2', '4'] } })).toEqual({ id: 'one', op: 'fill', passed: false, expected: { fill: ['2', '4'] }, got: { fill: ['2', '3'] } });
  });

  it.each([
    ['an unknown operation', { ...sound, op: 'divine' }, 'unknown operation divine'],
    ['one that every object has', { ...sound, op: 'toString' }, 'unknown operation toString'],
    ['a field of the input that nobody knows', { ...sound, input: { ...sound.input, colour: 'red' } }, 'input: Unrecognized key: "colour"'],
    ['a field of the expectation that nobody knows', { ...sound, expect: { filled: '2' } }, 'expect: Unrecognized key: "filled"'],
    ['a vector without an expectation', { id: 'one', op: 'fill', input: sound.input, expects: sound.expect }, 'expect: Invalid input: expected record'],
    ['a vector without a name', { ...sound, id: undefined }, 'id: Invalid input: expected string'],
    ['a place with an unknown field', { id: 'one', op: 'sellable', input: { locations: [{ id: 'n', onHand: '1', blocked: '1' }] }, expect: { sellable: '0' } }, 'input: locations.0: Unrecognized key: "blocked"'],
    ['a number that is none', { ...sound, input: { ...sound.input, onHand: 'many' } }, 'input: onHand: not a decimal text'],
    ['nothing expected', { ...sound, expect: {} }, 'nothing is expected'],
    ['something that cannot happen', { id: 'one', op: 'lifecycle', input: { start: { onHand: '1', committed: '0' }, events: [['ship', '1']] }, expect: { onHand: '0' } }, '1 of line 1 cannot be fulfilled: 0 can'],
    ['no vector at all', null, 'expected object'],
  ])('counts %s as failed, and says so', (_, vector, message) => {
    const { passed, got } = told(vector);
    expect(passed).toBe(false);
    expect(got).toContain(message);
  });

  it('is refused where it is none', () => {
    expect(() => evaluateVectors([])).toThrow('no file of vectors');
    expect(() => evaluateVectors({ vector: [] })).toThrow('no file of vectors: vectors: Invalid input: expected array');
    expect(() => evaluateVectors({ vectors: [] })).toThrow('there is no vector in it');
  });
});

it('knows the normal quantiles that tables print', () => {
  const table: readonly (readonly [number, number])[] = [[0.5, 0], [0.75, 0.67449], [0.975, 1.95996], [0.999, 3.09023], [0.025, -1.95996], [0.0001, -3.71902]];
  for (const [probability, z] of table) expect(normalQuantile(probability, { mean: 0, sd: 1 })).toBeCloseTo(z, 5);
});
