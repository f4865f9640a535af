import { readFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';

/** A port of the loopback address at which nothing listens. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => { resolve(port); });
    });
  });
}

/** Servers that refuse to run as root run as a user of the machine that is not; as whoever runs the tests where that is not root. */
export function unprivileged(): { readonly uid?: number; readonly gid?: number } {
  if (process.getuid?.() !== 0) return {};
  const users = readFileSync('/etc/passwd', 'utf8').split('\n').map((line) => line.split(':'));
  const found = ['postgres', 'nobody'].map((name) => users.find(([user]) => user === name)).find((user) => user !== undefined);
  if (found === undefined) throw new Error('A server does not run as root, and this machine has neither the user postgres nor nobody.');
  return { uid: Number(found[2]), gid: Number(found[3]) };
}
