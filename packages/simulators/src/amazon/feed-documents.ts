import { createHmac } from 'node:crypto';
import { invalidInput } from './answers.ts';

/** How long an address of a document works. */
export const ADDRESS_LIFETIME_SECONDS = 300;
/** How long the vendor keeps feeds and their documents. */
export const FEED_RETENTION_MS: number = 90 * 24 * 3600 * 1000;

/** What is uploaded, or what came of it. */
export interface FeedDocument {
  readonly id: string;
  readonly contentType: string;
  readonly createdAtMs: number;
  readonly isGzip: boolean;
  /** Nothing before the upload, and once a feed has been processed. */
  body: Uint8Array | undefined;
}

/** The store of documents: it stands beside the interfaces and wants no token, only an address that it signed. */
export interface FeedDocumentStore {
  create(content: Pick<FeedDocument, 'contentType' | 'body' | 'isGzip'>): FeedDocument;
  /** The document of an id that the caller sent. */
  require(id: string): FeedDocument;
  find(id: string): FeedDocument | undefined;
  /** An address that works for five minutes, to upload with `PUT` or to download with `GET`. */
  address(origin: string, document: FeedDocument, method: 'GET' | 'PUT'): string;
  /** Which of the two a request is; nothing for any other address. */
  operationOf(method: string, url: URL): 'uploadFeedDocument' | 'downloadFeedDocument' | undefined;
  answer(request: StoreRequest): Response;
}

/** A request to the store. */
export interface StoreRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: Headers;
  readonly body: Uint8Array;
}

const PATH = /^\/feed-documents\/([^/]+)$/;

/** An empty store. */
export function createFeedDocumentStore(around: { readonly now: () => number; readonly uuid: () => string; readonly secret: string }): FeedDocumentStore {
  const { now, uuid } = around;
  const documents = new Map<string, FeedDocument>();
  const find = (id: string): FeedDocument | undefined => documents.get(id);
  const sign = (parts: readonly string[]): string => createHmac('sha256', around.secret).update(parts.join('\n')).digest('hex');
  return {
    create: (content) => {
      for (const [id, { createdAtMs }] of documents) {
        if (createdAtMs + FEED_RETENTION_MS > now()) break;
        documents.delete(id);
      }
      const document: FeedDocument = { id: `amzn1.tortuga.4.na.${uuid()}`, createdAtMs: now(), ...content };
      documents.set(document.id, document);
      return document;
    },
    find,
    require: (id) => {
      const document = find(id);
      if (document === undefined) throw invalidInput('feeds', `There is no feed document ${id}.`);
      return document;
    },
    address: (origin, { id, contentType }, method) => {
      const date = String(now());
      const url = new URL(`/feed-documents/${id}`, origin);
      url.search = new URLSearchParams({
        'X-Amz-Date': date, 'X-Amz-Expires': String(ADDRESS_LIFETIME_SECONDS), 'X-Amz-Signature': sign([method, id, date, method === 'PUT' ? contentType : '']),
      }).toString();
      return url.toString();
    },
    operationOf: (method, { pathname }) => {
      if (!PATH.test(pathname)) return undefined;
      return method === 'PUT' ? 'uploadFeedDocument' : 'downloadFeedDocument';
    },
    answer: (request) => {
      const id = PATH.exec(request.url.pathname)?.[1] ?? '';
      const refusal = checkAddress(request, { id, nowMs: now(), sign });
      if (refusal !== undefined) return refusal;
      const document = find(id);
      if (document !== undefined && request.method === 'PUT') {
        document.body = request.body;
        return new Response(null, { status: 200 });
      }
      if (document?.body === undefined) return refuse('NoSuchKey', 'The specified key does not exist.', 404);
      return new Response(Buffer.from(document.body), { status: 200, headers: { 'content-type': document.contentType } });
    },
  };
}

interface AddressCheck {
  readonly id: string;
  readonly nowMs: number;
  readonly sign: (parts: readonly string[]) => string;
}

function checkAddress({ method, url, headers }: StoreRequest, { id, nowMs, sign }: AddressCheck): Response | undefined {
  const date = url.searchParams.get('X-Amz-Date') ?? '';
  // The content type is part of what was signed for an upload: another one is another request.
  const signed = sign([method, id, date, method === 'PUT' ? headers.get('content-type') ?? '' : '']);
  if (url.searchParams.get('X-Amz-Signature') !== signed) {
    return refuse('SignatureDoesNotMatch', 'The request signature we calculated does not match the signature you provided.');
  }
  if (headers.has('x-amz-access-token')) return refuse('AccessDenied', 'There were headers present in the request which were not signed.');
  return Number(date) + ADDRESS_LIFETIME_SECONDS * 1000 <= nowMs ? refuse('AccessDenied', 'Request has expired') : undefined;
}

function refuse(code: string, message: string, status = 403): Response {
  const text = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message></Error>`;
  return new Response(text, { status, headers: { 'content-type': 'application/xml' } });
}
