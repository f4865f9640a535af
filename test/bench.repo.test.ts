import { globSync, readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { withoutWords } from '../bench/trace/without-words.ts';
import { repositoryRoot } from './support/repository.ts';

const PIPELINE = join(repositoryRoot, 'packages', 'core', 'src', 'availability');

describe('the pipeline without its words', () => {
  it('is left whole by what takes them out for the bench', () => {
    const sources = globSync('**/*.ts', { cwd: PIPELINE, exclude: (name) => name.endsWith('.test.ts') }).map((file) => ({ file, source: readFileSync(join(PIPELINE, file), 'utf8') }));
    const unsound = sources.filter(({ source }) => {
      try {
        stripTypeScriptTypes(withoutWords(source));
        return false;
      } catch {
        return true;
      }
    });
    expect(unsound.map(({ file }) => file)).toEqual([]);
    expect(sources.filter(({ source }) => withoutWords(source) !== source).length).toBeGreaterThan(8);
  });

  it('knows where a text with a quote in it ends', () => {
    expect(withoutWords("f(ops.note?.(here, 'at nobody\\'s cost)', g(1)), 2)")).toBe('f(undefined, 2)');
  });
});
