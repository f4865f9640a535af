import { existsSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { packageFolders, publicEntries, readManifest, repositoryRoot } from './repository.ts';

/** One name that a published package exports. */
export interface PublicExport {
  readonly entry: string;
  readonly name: string;
  /** The text of its doc comment without the tags; empty where there is none. */
  readonly summary: string;
  /** The text of its examples; empty where there is none. */
  readonly example: string;
  /** Whether it can be called. */
  readonly isFunction: boolean;
  /** Whether it is a function with a parameter that may be anything. */
  readonly takesUnknown: boolean;
}

let known: readonly PublicExport[] | undefined;

/** Every name that users can import, entry by entry. */
export function publicExports(): readonly PublicExport[] {
  known ??= readPublicExports();
  return known;
}

function readPublicExports(): readonly PublicExport[] {
  const entries = packageFolders()
    .filter((folder) => readManifest(folder).private !== true)
    .flatMap((folder) => publicEntries(folder))
    .filter(({ source }) => existsSync(source));
  const configuration = ts.readConfigFile(join(repositoryRoot, 'tsconfig.json'), ts.sys.readFile).config as object;
  const { options } = ts.parseJsonConfigFileContent({ ...configuration, include: [], files: [] }, ts.sys, repositoryRoot);
  const program = ts.createProgram(entries.map(({ source }) => source), options);
  const checker = program.getTypeChecker();
  return entries.flatMap(({ specifier, source }) => {
    const file = program.getSourceFile(source);
    const module = file === undefined ? undefined : checker.getSymbolAtLocation(file);
    if (module === undefined) return [];
    return checker.getExportsOfModule(module).map((symbol) => {
      const original = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
      const examples = original.getJsDocTags(checker).filter(({ name }) => name === 'example').map(({ text }) => ts.displayPartsToString(text));
      return { entry: specifier, name: symbol.name, summary: ts.displayPartsToString(original.getDocumentationComment(checker)).trim(), example: examples.join('\n'), isFunction: signaturesOf(original, checker).length > 0, takesUnknown: takesUnknown(original, checker) };
    });
  });
}

function signaturesOf(symbol: ts.Symbol, checker: ts.TypeChecker): readonly ts.Signature[] {
  return (symbol.flags & (ts.SymbolFlags.Function | ts.SymbolFlags.Variable)) === 0 ? [] : checker.getTypeOfSymbol(symbol).getCallSignatures();
}

function takesUnknown(symbol: ts.Symbol, checker: ts.TypeChecker): boolean {
  return signaturesOf(symbol, checker)
    .some(({ parameters }) => parameters.some((parameter) => (checker.getTypeOfSymbol(parameter).flags & ts.TypeFlags.Unknown) !== 0));
}
