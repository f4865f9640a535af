import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { join, relative } from 'node:path';

const PACKAGE = '@gorules/zen-engine';
const VERSION = '0.54.0';
const FOLDER = join(import.meta.dirname, '..', '.peers');
/** Longer than a slow line takes; an offline machine says so sooner. */
const PATIENCE_MS = 180_000;

/** As much of it as the bench uses. */
export interface ZenModule {
  readonly ZenEngine: new () => { createDecision(content: object): { evaluate(facts: object): Promise<{ readonly result: unknown }> } };
}

/**
 * zen-engine, which the first run brings into a folder of the bench that Git ignores. Its native parts are not for every
 * machine, so that no lock file can hold it and nobody has to have it: where it cannot be had, this says so and the
 * bench goes on without it.
 */
export function zenEngine(): ZenModule | undefined {
  const found = loaded();
  if (found !== undefined) return found;
  console.log(`Installing ${PACKAGE}@${VERSION} into ${relative(process.cwd(), FOLDER)}, once.`);
  try {
    npm(['install', '--no-save', '--no-package-lock', '--no-audit', '--no-fund', '--prefix', FOLDER, `${PACKAGE}@${VERSION}`]);
  } catch (error) {
    console.log(`${PACKAGE} could not be installed (${firstLine(error)}): the bench goes on without it.`);
    return undefined;
  }
  const installed = loaded();
  if (installed === undefined) console.log(`${PACKAGE} is installed but has no native part for this machine: the bench goes on without it.`);
  return installed;
}

function loaded(): ZenModule | undefined {
  try {
    const require = createRequire(join(FOLDER, 'index.js'));
    const { version } = require(`${PACKAGE}/package.json`) as { readonly version: string };
    return version === VERSION ? (require(PACKAGE) as ZenModule) : undefined;
  } catch {
    return undefined;
  }
}

/** The npm that runs the bench, or the one on the path. */
function npm(args: readonly string[]): void {
  const own = process.env['npm_execpath'];
  const [command, all] = own === undefined ? ['npm', args] : [process.execPath, [own, ...args]];
  execFileSync(command, all, { stdio: ['ignore', 'ignore', 'pipe'], timeout: PATIENCE_MS });
}

function firstLine(error: unknown): string {
  const { stderr, message } = error as { readonly stderr?: Buffer; readonly message: string };
  return (stderr?.toString() ?? '').split('\n').find((line) => line.trim() !== '') ?? message.split('\n')[0] ?? message;
}
