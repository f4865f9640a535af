import { createAdaptorServer } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import type { Server, ServerResponse } from 'node:http';

/** Where to listen. @public */
export interface ServeHttpOptions {
  /** 0, the default, takes a free one. */
  readonly port?: number;
  /** `127.0.0.1` by default, so that nobody else on the network can reach it. */
  readonly hostname?: string;
}

/** A server that listens. @public */
export interface HttpServer {
  /** For instance `http://127.0.0.1:4310`, without a slash at the end. */
  readonly url: string;
  readonly port: number;
  /** Stops listening, ends every connection, and resolves when no handle is left. May be called twice. */
  close(): Promise<void>;
}

/**
 * Puts a `fetch` handler on the network.
 *
 * @remarks
 * A handler that rejects with `TypeError('fetch failed')` hangs up on its client: it sees a broken connection, as it would
 * without a server between. Any other rejection is an answer of 500.
 *
 * @throws Error where the port is taken.
 * @public
 */
export async function serveHttp(handler: (request: Request) => Promise<Response>, options: ServeHttpOptions = {}): Promise<HttpServer> {
  const { port = 0, hostname = '127.0.0.1' } = options;
  const server = createAdaptorServer({
    // The process belongs to whoever embeds this, and so do its global Request and Response.
    overrideGlobalObjects: false,
    fetch: async (request, { outgoing }) => {
      try {
        return await handler(request);
      } catch (error) {
        if (!(error instanceof TypeError && error.message === 'fetch failed')) throw error;
        (outgoing as ServerResponse).destroy();
        return RESPONSE_ALREADY_SENT;
      }
    },
  }) as Server;
  await listen(server, port, hostname);
  const address = server.address();
  const actualPort = typeof address === 'object' && address !== null ? address.port : port;
  const host = hostname.includes(':') ? `[${hostname}]` : hostname;
  return { url: `http://${host}:${String(actualPort)}`, port: actualPort, close: () => close(server) };
}

function listen(server: Server, port: number, hostname: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(error.code === 'EADDRINUSE'
        ? new Error(`Port ${String(port)} on ${hostname} is already in use: stop what listens there, or choose another port (0 takes a free one).`, { cause: error })
        : error);
    });
    server.listen(port, hostname, resolve);
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    if (!server.listening) {
      resolve();
      return;
    }
    server.close((error) => {
      if (error === undefined) resolve();
      else reject(error);
    });
    // Clients keep their connections open for the next request; waiting for them would take as long as they please.
    server.closeAllConnections();
  });
}
