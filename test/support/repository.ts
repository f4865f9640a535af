import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the root package.json. */
export const repositoryRoot: string = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** The folders under packages/, in alphabetical order. */
export function packageFolders(): readonly string[] {
  return readdirSync(join(repositoryRoot, 'packages'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();
}

/** Runs a script of an installed module with the Node that runs this; a failing exit is an answer, not an error. */
export async function runTool(
  script: string,
  args: readonly string[],
  cwd: string = repositoryRoot,
): Promise<{ readonly exitCode: number; readonly stdout: string; readonly stderr: string }> {
  return await new Promise((resolve) => {
    execFile(
      process.execPath,
      [join(repositoryRoot, 'node_modules', script), ...args],
      { cwd, maxBuffer: 64 * 1024 * 1024 },
      (error, stdout, stderr) => resolve({ exitCode: typeof error?.code === 'number' ? error.code : error === null ? 0 : 1, stdout, stderr }),
    );
  });
}

/** The part of a package.json that the tests read. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly private?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly exports?: Readonly<Record<string, string | Readonly<Record<string, unknown>>>>;
}

/** One entry of an exports map that leads to source. */
export interface Entry {
  /** What a user imports: `@stockwright/engine/ports`. */
  readonly specifier: string;
  /** The absolute path of its source. */
  readonly source: string;
  readonly target: Readonly<Record<string, unknown>>;
}

export function readManifest(folder: string): Manifest {
  return JSON.parse(readFileSync(join(repositoryRoot, 'packages', folder, 'package.json'), 'utf8')) as Manifest;
}

/** The entries of a package, in the order of its exports map. */
export function publicEntries(folder: string): readonly Entry[] {
  const { name, exports = {} } = readManifest(folder);
  return Object.entries(exports).flatMap(([subpath, target]) => {
    if (typeof target === 'string') return [];
    const source = target['@stockwright/source'];
    return [{ specifier: name + subpath.slice(1), source: join(repositoryRoot, 'packages', folder, String(source)), target }];
  });
}
