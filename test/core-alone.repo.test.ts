import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { expect, it } from 'vitest';
import { repositoryRoot } from './support/repository.ts';

const source = join(repositoryRoot, 'packages/core/src');

it('core compiles with the language alone, without the types of Node or of a browser', () => {
  const configuration = ts.readConfigFile(join(repositoryRoot, 'tsconfig.base.json'), ts.sys.readFile).config as object;
  const { options } = ts.parseJsonConfigFileContent({ ...configuration, include: [], files: [] }, ts.sys, repositoryRoot);
  expect(options.types).toEqual([]);
  expect(options.lib).toEqual(['lib.es2023.d.ts']);

  const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts')).map((file) => join(source, file));
  // As in tsconfig.json: the type of a schema is inferred from it.
  const program = ts.createProgram(files, { ...options, isolatedDeclarations: false, noEmit: true });
  const problems = ts.getPreEmitDiagnostics(program).map(({ file, messageText }) => `${file?.fileName ?? ''}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`);

  expect(files.length).toBeGreaterThan(50);
  expect(problems).toEqual([]);
});
