export type { TransportRequest, TransportResponse } from './http/exchange.ts';
export { createTransport, type Transport, type TransportSettings } from './http/transport.ts';
export { createMapping, type ListedMapping } from './mapping/create-mapping.ts';
export { collectPages, eachPage, type PagingOptions, type RemotePage } from './pagination/pages.ts';
export { httpError, readRetryAfterMs, type CallFacts, type HttpCallFacts } from './response/http-error.ts';
export { parseJson, parseResponse } from './response/parse-response.ts';
export { signHmacSha256, verifyHmacSha256, type SignedMessage } from './signature/hmac-sha256.ts';
export type { Throttle } from './throttle/throttle.ts';
