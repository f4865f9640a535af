import { z } from 'zod';
import { badRequest, methodNotAllowed } from '../problems.ts';
import { ROWS_MAX, type SuiteQlEngine } from './engine.ts';

const PAGE_MAX = 1000;
const PAGES_MAX = 1000;
const body = z.object({ q: z.string(), params: z.array(z.union([z.string(), z.number()])).optional() });

interface Window {
  readonly limit: number;
  readonly offset: number;
}

/** Answers `POST /services/rest/query/v1/suiteql`. */
export async function answerQuery(engine: SuiteQlEngine, request: Request): Promise<Response> {
  if (request.method !== 'POST') throw methodNotAllowed(request.method);
  if (!/(^|[\s,;])transient($|[\s,;])/i.test(request.headers.get('prefer') ?? '')) {
    throw badRequest('INVALID_HEADER', 'The header "Prefer: transient" is required.', { 'o:errorHeader': 'Prefer' });
  }
  const { limit, offset } = readWindow(new URL(request.url).searchParams);
  const { q, params = [] } = await readBody(request);
  const { rows, total } = engine.run({ statement: q, parameters: params, limit, offset });
  return Response.json({
    links: pageLinks(request.url, { limit, offset }, total),
    count: rows.length,
    hasMore: offset + rows.length < total,
    items: rows.map((row) => ({ links: [], ...row })),
    offset,
    totalResults: total,
  });
}

function readWindow(search: URLSearchParams): Window {
  const limit = readCount(search, 'limit', PAGE_MAX);
  const offset = readCount(search, 'offset', 0);
  if (limit < 1 || limit > PAGE_MAX) throw invalidWindow('limit', `The limit must be between 1 and ${PAGE_MAX}.`);
  if (offset % limit !== 0) throw invalidWindow('offset', 'The offset must be divisible by the limit.');
  if (offset >= ROWS_MAX || offset / limit >= PAGES_MAX) throw invalidWindow('offset', `At most ${PAGES_MAX} pages and ${ROWS_MAX} rows of a query can be read.`);
  return { limit, offset };
}

function readCount(search: URLSearchParams, name: string, otherwise: number): number {
  const text = search.get(name);
  if (text === null) return otherwise;
  if (!/^\d{1,9}$/.test(text)) throw invalidWindow(name, `"${text}" is no number of rows.`);
  return Number(text);
}

function invalidWindow(parameter: string, detail: string): Error {
  return badRequest('INVALID_PARAMETER', detail, { 'o:errorQueryParam': parameter });
}

async function readBody(request: Request): Promise<z.infer<typeof body>> {
  try {
    return body.parse(JSON.parse(await request.text()));
  } catch {
    throw badRequest('INVALID_CONTENT', 'The body must be JSON with the statement in "q" and, where it has placeholders, "params".');
  }
}

function pageLinks(url: string, { limit, offset }: Window, total: number): { rel: string; href: string }[] {
  const { origin, pathname } = new URL(url);
  const link = (rel: string, at: number): { rel: string; href: string } => ({ rel, href: `${origin}${pathname}?limit=${limit}&offset=${at}` });
  const last = Math.max(0, Math.ceil(total / limit) - 1) * limit;
  return [
    ...(offset > 0 ? [link('previous', offset - limit), link('first', 0)] : []),
    ...(offset + limit < total ? [link('next', offset + limit), link('last', last)] : []),
    link('self', offset),
  ];
}
