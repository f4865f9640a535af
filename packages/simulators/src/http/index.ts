export { serveHttp } from './serve-http.ts';
export type { HttpServer, ServeHttpOptions } from './serve-http.ts';
