import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { evaluateVectors, OPERATIONS } from '../vectors/evaluate.ts';

/*
 * What other systems' tests, documents and threads say is right, asked of the public functions. What each operation means
 * stands in the file itself; the way from its words to ours is in `../vectors`.
 */
const repository = resolve(import.meta.dirname, '../../../..');
const file = resolve(process.env['STOCKWRIGHT_SHARED'] ?? resolve(repository, '../shared'), 'vectors/vectors.json');
const isThere = existsSync(file);
if (!isThere && process.env['CI'] === undefined) console.warn(`The vectors are not at ${file}; they are not checked. Name their folder by STOCKWRIGHT_SHARED.`);

describe('what other systems found to be right', () => {
  it.runIf(process.env['CI'] !== undefined)('can be checked', () => {
    expect(isThere, `${file} is missing`).toBe(true);
  });

  const results = isThere ? evaluateVectors(JSON.parse(readFileSync(file, 'utf8'))) : [];
  it.skipIf(!isThere)('is there for every operation', () => {
    expect([...new Set(results.map(({ op }) => op))].sort()).toEqual(Object.keys(OPERATIONS).sort());
  });

  it.skipIf(!isThere).each(results)('$op: $id', ({ passed, expected, got }) => {
    expect(got).toEqual(expected);
    expect(passed).toBe(true);
  });
});
