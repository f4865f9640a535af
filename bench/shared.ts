import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** The folder that the variable names, or that stands beside the repository. */
export const shared = process.env['STOCKWRIGHT_SHARED'] ?? join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'shared');

/**
 * A lower bound or a peer that was written by others, from the folder `bench` of what `STOCKWRIGHT_SHARED` names, so that
 * nobody chooses both sides of a ratio. Nothing where the folder is not there: the comparison is then left out.
 */
export async function sharedBench<T>(path: string): Promise<T | undefined> {
  const file = join(shared, 'bench', path);
  return existsSync(file) ? ((await import(pathToFileURL(file).href)) as T) : undefined;
}
