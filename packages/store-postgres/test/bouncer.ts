import { spawn, type ChildProcess } from 'node:child_process';
import { accessSync, chmodSync, constants, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { freePort, unprivileged } from '../../../test/support/machine.ts';

/** A PgBouncer in transaction mode, with fewer connections to the server than its clients have to it. */
export interface Bouncer {
  /** The address of the same database through it. */
  through(url: string): string;
  stop(): Promise<void>;
}

/** Where the program is; undefined, and said aloud, where the machine has none. */
export function bouncerProgram(): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin'];
  const found = folders.map((folder) => join(folder, 'pgbouncer')).find(isProgram);
  if (found === undefined) console.warn('NOT TESTED through PgBouncer: there is no program pgbouncer. Debian has it as a package of that name.');
  return found;
}

/** Starts one in front of a server. */
export async function startBouncer(program: string, server: string): Promise<Bouncer> {
  const { hostname, port, username, password } = new URL(server);
  const folder = mkdtempSync(join(tmpdir(), 'stockwright-bouncer-'));
  // It refuses to run as root, and reads its settings as whoever it runs as.
  chmodSync(folder, 0o755);
  const own = await freePort();
  const user = `user=${username}${password === '' ? '' : ` password=${password}`}`;
  writeFileSync(join(folder, 'settings.ini'), `[databases]\n* = host=${hostname} port=${port === '' ? '5432' : port} ${user}\n
[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = ${String(own)}\nunix_socket_dir =\nauth_type = any\npool_mode = transaction\ndefault_pool_size = 3\nmax_client_conn = 200\nserver_idle_timeout = 1\n`);
  const child = spawn(program, ['-q', join(folder, 'settings.ini')], { ...unprivileged(), cwd: folder, stdio: 'ignore' });
  const gone = new Promise<void>((resolve) => { child.once('exit', () => { resolve(); }); });
  await listens(own, child);
  return {
    through: (url) => {
      const address = new URL(url);
      [address.hostname, address.port] = ['127.0.0.1', String(own)];
      return address.href;
    },
    stop: async () => {
      child.kill('SIGINT');
      await gone;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Resolves once something answers at the port. */
async function listens(port: number, child: ChildProcess): Promise<void> {
  for (;;) {
    if (child.exitCode !== null) throw new Error(`PgBouncer ended with ${String(child.exitCode)} instead of listening.`);
    if (await answers(port)) return;
  }
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    const end = (connected: boolean) => (): void => {
      socket.destroy();
      setImmediate(resolve, connected);
    };
    socket.once('connect', end(true)).once('error', end(false));
  });
}
