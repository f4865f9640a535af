/** A way to a server that can go dead without anybody being told. */
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export interface Proxy {
  readonly port: number;
  /** Forwards nothing any more and closes nothing; new connections are taken and lead nowhere. */
  stall(): void;
  /** New connections lead somewhere again; those from before never do. */
  heal(): void;
  close(): Promise<void>;
}

export function makeProxy(to: { readonly host: string; readonly port: number }): Promise<Proxy> {
  let stalled = false;
  let pairs: { readonly near: Socket; readonly far: Socket | undefined }[] = [];
  const server = createServer((near) => {
    near.on('error', () => undefined);
    if (stalled) {
      near.pause();
      pairs.push({ near, far: undefined });
      return;
    }
    const far = connect(to);
    far.on('error', () => near.destroy());
    near.pipe(far);
    far.pipe(near);
    pairs.push({ near, far });
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      resolve({
        port: (server.address() as AddressInfo).port,
        stall: () => {
          stalled = true;
          for (const { near, far } of pairs) {
            near.unpipe();
            near.pause();
            far?.unpipe();
            far?.pause();
          }
        },
        heal: () => { stalled = false; },
        close: () => new Promise((closed) => {
          server.close(() => { closed(); });
          for (const { near, far } of pairs) {
            near.destroy();
            far?.destroy();
          }
          pairs = [];
        }),
      });
    });
  });
}
