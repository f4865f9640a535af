import { parseChannelId, StockwrightError } from '@stockwright/core';
import type { Engine } from '@stockwright/engine';
import { serveHttp, type HttpServer } from '@stockwright/simulators/http';

/** Hands what vendors send to `/<channel>` to the engine. @throws `INVALID_CONFIGURATION` where the port is taken. */
export async function serveWebhooks(engine: Pick<Engine, 'receive'>, port = 0): Promise<HttpServer> {
  try {
    return await serveHttp(async (request) => {
      const channel = parseChannelId(new URL(request.url).pathname.slice(1));
      const { httpStatus } = await engine.receive(channel, { headers: Object.fromEntries(request.headers), body: new Uint8Array(await request.arrayBuffer()) });
      return new Response(null, { status: httpStatus });
    }, { port });
  } catch (error) {
    throw new StockwrightError(error instanceof Error ? error.message : String(error), { code: 'INVALID_CONFIGURATION', cause: error });
  }
}
