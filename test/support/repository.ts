import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
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
