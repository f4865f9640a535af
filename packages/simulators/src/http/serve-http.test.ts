import { afterEach, describe, expect, it } from 'vitest';
import { serveHttp } from './index.ts';
import type { HttpServer } from './index.ts';

const open: HttpServer[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()));
});

async function serve(handler: (request: Request) => Promise<Response>, port?: number): Promise<HttpServer> {
  const server = await serveHttp(handler, port === undefined ? {} : { port });
  open.push(server);
  return server;
}

describe('serveHttp', () => {
  it('hands request and answer through untouched', async () => {
    const server = await serve(async (request) => Response.json(
      { path: new URL(request.url).pathname, method: request.method, body: await request.text() }, { status: 201, headers: { 'x-answer': 'yes' } },
    ));

    const response = await fetch(`${server.url}/a/b`, { method: 'POST', body: 'hello' });

    expect(response.status).toBe(201);
    expect(response.headers.get('x-answer')).toBe('yes');
    expect(await response.json()).toEqual({ path: '/a/b', method: 'POST', body: 'hello' });
    expect(server.url).toBe(`http://127.0.0.1:${String(server.port)}`);
  });

  it('says in one sentence that a port is taken and what to do', async () => {
    const first = await serve(async () => new Response('one'));

    await expect(serveHttp(async () => new Response('two'), { port: first.port }))
      .rejects.toThrow(`Port ${String(first.port)} on 127.0.0.1 is already in use: stop what listens there, or choose another port (0 takes a free one).`);
  });

  it('hangs up where the handler breaks the connection, and serves on', async () => {
    let isBroken = true;
    const server = await serve(async () => {
      if (isBroken) throw new TypeError('fetch failed');
      return new Response('back');
    });

    await expect(fetch(server.url, { method: 'POST', body: '{}' })).rejects.toThrow(TypeError);
    isBroken = false;

    expect(await (await fetch(server.url)).text()).toBe('back');
  });

  it('closes although a client keeps its connection open, and frees the port', async () => {
    const server = await serve(async () => new Response('kept alive'));
    await (await fetch(server.url)).text();

    await server.close();
    await server.close();

    const again = await serve(async () => new Response('second'), server.port);
    expect(await (await fetch(again.url)).text()).toBe('second');
  });
});
