/** A PostgreSQL cluster of one's own, to be stopped as a power switch would. */
import { execFile } from 'node:child_process';
import { chownSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, unprivileged } from '../../support/machine.ts';

const DEBIAN = '/usr/lib/postgresql';

export interface Cluster {
  readonly url: string;
  /** Ends all its processes without a checkpoint, as a crash would. */
  crash(): Promise<void>;
  start(): Promise<void>;
  remove(): Promise<void>;
}

/** Where `initdb` is; undefined where there is none. */
export function postgresBinaries(): string | undefined {
  const named = process.env['STOCKWRIGHT_POSTGRES_BIN'];
  if (named !== undefined) return named;
  try {
    const versions = readdirSync(DEBIAN).sort((a, b) => Number(b) - Number(a));
    return versions[0] === undefined ? undefined : join(DEBIAN, versions[0], 'bin');
  } catch {
    return undefined;
  }
}

export async function makeCluster(binaries: string): Promise<Cluster> {
  const folder = mkdtempSync(join(tmpdir(), 'stockwright-cluster-'));
  const owner = unprivileged();
  if (owner.uid !== undefined && owner.gid !== undefined) chownSync(folder, owner.uid, owner.gid);
  const run = (program: string, args: readonly string[]): Promise<void> => new Promise((resolve, reject) => {
    // Nothing is piped to `pg_ctl start`: the server would inherit it, and the call would not end.
    execFile(join(binaries, program), [...args], { ...owner, cwd: folder, env: { PATH: process.env['PATH'] ?? '', LC_ALL: 'C' } }, (error, _stdout, stderr) => {
      if (error === null) resolve();
      else reject(new Error(`${program} failed: ${stderr || error.message}`));
    });
  });
  const data = join(folder, 'data');
  const port = await freePort();
  const start = (): Promise<void> => run('pg_ctl', ['-D', data, '-l', join(folder, 'log'), '-w', '-t', '60', '-o', `-p ${String(port)} -k ${folder} -c listen_addresses=127.0.0.1`, 'start']);
  const crash = (): Promise<void> => run('pg_ctl', ['-D', data, '-m', 'immediate', '-w', 'stop']);
  await run('initdb', ['-D', data, '-U', 'postgres', '--auth=trust', '--encoding=UTF8', '--no-sync', '--no-instructions']);
  await start();
  return {
    url: `postgres://postgres@127.0.0.1:${String(port)}/postgres`, start, crash,
    remove: async () => {
      await crash().catch(() => undefined);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
