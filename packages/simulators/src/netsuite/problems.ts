const BAD_REQUEST = 'https://www.w3.org/Protocols/rfc2616/rfc2616-sec10.html#sec10.4.1';
const SECTION_10 = 'https://www.w3.org/Protocols/rfc2616/rfc2616-sec10.html';

/** What the account answers when it does not do what was asked. */
export interface Problem {
  readonly status: number;
  readonly title: string;
  readonly type: string;
  readonly code: string;
  readonly detail: string;
  /** Further members of the error detail, such as where in the body the trouble is. */
  readonly where?: Readonly<Record<string, string>>;
  /** The code once more on top of the body, where the vendor puts it there. */
  readonly topCode?: string;
}

/** Thrown while a request is worked on and answered as a {@link Problem}. */
export class ProblemError extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.detail);
    this.name = 'ProblemError';
    this.problem = problem;
  }
}

/** The body of the request, or one of its headers, is wrong. */
export function badRequest(code: string, detail: string, where: Readonly<Record<string, string>> = {}): ProblemError {
  return new ProblemError({ status: 400, title: 'Bad Request', type: BAD_REQUEST, code, detail, where });
}

/** A body that names something wrong at this path. */
export function invalidContent(detail: string, path: string): ProblemError {
  return badRequest('INVALID_CONTENT', `Error while accessing resource: ${detail}`, { 'o:errorPath': path });
}

/** A statement that the account does not run. */
export function invalidQuery(detail: string): ProblemError {
  return badRequest('INVALID_PARAMETER', `Invalid search query. Search error occurred: ${detail}`, { 'o:errorQueryParam': 'q' });
}

/** The record, or the path, is not there. */
export function notFound(detail = 'Record does not exist.'): ProblemError {
  return new ProblemError({ status: 404, title: 'Not Found', type: `${SECTION_10}#sec10.4.5`, code: 'NONEXISTENT_ID', detail });
}

/** The path is there, and not for this method. */
export function methodNotAllowed(method: string): ProblemError {
  return new ProblemError({ status: 405, title: 'Method Not Allowed', type: `${SECTION_10}#sec10.4.6`, code: 'METHOD_NOT_ALLOWED', detail: `This resource does not take ${method}.` });
}

/** Answers that do not depend on what was asked. */
export const STATUS_PROBLEMS: Readonly<Record<401 | 429 | 500 | 503, Problem>> = {
  401: { status: 401, title: 'Unauthorized', type: SECTION_10, code: 'INVALID_LOGIN', detail: 'Invalid login attempt.' },
  // The vendor's 429 really is titled "Bad Request", and carries no Retry-After.
  429: {
    status: 429, title: 'Bad Request', type: `${SECTION_10}#sec10.4`, topCode: 'USER_ERROR',
    code: 'CONCURRENCY_LIMIT_EXCEEDED', detail: 'Concurrent request limit exceeded. Request blocked.',
  },
  500: { status: 500, title: 'Internal Server Error', type: `${SECTION_10}#sec10.5.1`, code: 'UNEXPECTED_ERROR', detail: 'An unexpected error occurred.' },
  503: { status: 503, title: 'Service Unavailable', type: `${SECTION_10}#sec10.5.4`, code: 'SERVICE_UNAVAILABLE', detail: 'The service is unavailable.' },
};

/** The response that carries a problem. */
export function problemResponse(problem: Problem, account: string): Response {
  const { status, title, type, code, detail, where = {}, topCode } = problem;
  const headers = new Headers({ 'content-type': 'application/vnd.oracle.resource+json; type=error' });
  if (status === 401) {
    headers.set('www-authenticate', `Bearer realm="${account}", error="invalid_token", error_description="Invalid login attempt."`);
  }
  const body = { type, title, status, ...(topCode === undefined ? {} : { 'o:errorCode': topCode }), 'o:errorDetails': [{ detail, ...where, 'o:errorCode': code }] };
  return new Response(JSON.stringify(body), { status, headers });
}
