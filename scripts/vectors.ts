/**
 * Evaluates a file of vectors through the public functions of `@stockwright/core` and says which do not come out as expected.
 *
 *     npm run --silent vectors -- FILE
 */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { evaluateVectors, type VectorResult } from '../packages/core/test/vectors/evaluate.ts';

process.exitCode = main(process.argv.slice(2));

function main([file, ...more]: readonly string[]): number {
  if (file === undefined || more.length > 0) {
    console.error('Name one file of vectors: npm run --silent vectors -- FILE');
    return 1;
  }
  const results = read(file);
  if (results === undefined) {
    console.log('0 passed, 1 failed');
    return 1;
  }
  for (const { id, op, passed, expected, got } of results) {
    if (!passed) console.log(`FAILED ${id} (${op})\n  expected ${shown(expected)}\n  got      ${shown(got)}`);
  }
  const failed = results.filter(({ passed }) => !passed).length;
  console.log(`${String(results.length - failed)} passed, ${String(failed)} failed`);
  return failed === 0 ? 0 : 1;
}

function read(file: string): readonly VectorResult[] | undefined {
  try {
    return evaluateVectors(JSON.parse(readFileSync(resolve(process.env['INIT_CWD'] ?? '.', file), 'utf8')));
  } catch (error) {
    console.error(`${file}: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
}

function shown(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value) ?? 'nothing';
}
