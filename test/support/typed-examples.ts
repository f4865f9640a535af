import { join } from 'node:path';
import ts from 'typescript';
import { repositoryRoot } from './repository.ts';

/** An example as a program of its own. */
export interface TypedExample {
  /** A name that is unlike every other's. */
  readonly name: string;
  readonly code: string;
  /** By specifier, the names that it takes from there. */
  readonly imports: ReadonlyMap<string, readonly string[]>;
}

/** What examples leave to the reader, by its type. */
const GIVEN = `
declare const fc: typeof import('fast-check');
declare const clock: import('@stockwright/adapter').Clock;
declare const random: import('@stockwright/adapter').Random;
declare const engine: import('@stockwright/engine').Engine;
declare const clientId: string;
declare const certificateId: string;
declare const publicKey: string;
declare const privateKeyPem: string;
declare const shop: import('@stockwright/core').ChannelId;
declare const asOf: import('@stockwright/core').Instant;
declare const positions: import('@stockwright/core').PositionReader;
`;

/**
 * Type-checks examples as the files that a reader would paste them into.
 *
 * @returns What the compiler minds, by name; nothing for one that it takes.
 */
export function typeProblems(examples: readonly TypedExample[]): ReadonlyMap<string, readonly string[]> {
  const configFile = ts.readConfigFile(join(repositoryRoot, 'tsconfig.json'), (file) => ts.sys.readFile(file));
  const { options } = ts.parseJsonConfigFileContent({ ...configFile.config, include: [], files: [] }, ts.sys, repositoryRoot);
  const files = new Map(examples.map((example) => [join(repositoryRoot, 'test', `example ${example.name}.ts`), textOf(example)]));
  const host = ts.createCompilerHost({ ...options, noEmit: true });
  const { readFile, fileExists, getSourceFile } = host;
  host.readFile = (file) => files.get(file) ?? readFile(file);
  host.fileExists = (file) => files.has(file) || fileExists(file);
  host.getSourceFile = (file, language, ...rest) => {
    const text = files.get(file);
    return text === undefined ? getSourceFile(file, language, ...rest) : ts.createSourceFile(file, text, language);
  };
  const program = ts.createProgram([...files.keys()], { ...options, noEmit: true, noUnusedLocals: false, declaration: false, isolatedDeclarations: false }, host);
  return new Map([...files.keys()].map((file, index) => {
    const source = program.getSourceFile(file);
    const problems = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)].map(({ messageText, code }) => `TS${String(code)} ${ts.flattenDiagnosticMessageText(messageText, ' ')}`);
    return [examples[index]?.name ?? '', problems];
  }));
}

function textOf({ code, imports }: TypedExample): string {
  const taken = [...imports].map(([specifier, names]) => `import { ${names.join(', ')} } from '${specifier}';`);
  const own = new Set([...code.matchAll(/\b(?:const|let|function|class) (\w+)/g)].map(([, name]) => name));
  const given = GIVEN.split('\n').filter((line) => !own.has(/declare const (\w+)/.exec(line)?.[1]));
  return `${taken.join('\n')}\n${given.join('\n')}\n${code}\nexport {};\n`;
}
