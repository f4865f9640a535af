/** What an operation answers, before it is a response. */
export interface Answer {
  readonly status: number;
  /** Absent where the vendor sends no body. */
  readonly body?: unknown;
}

/** One entry of the vendor's `errors`. */
export interface ApiError {
  readonly code: string;
  readonly message: string;
  readonly details?: string;
}

/** Ends a call with an error. Whoever runs the call turns it into the answer. */
export class RefusedCall extends Error {
  readonly answer: Answer;

  constructor(status: number, error: ApiError) {
    super(error.message);
    this.answer = { status, body: { errors: [error] } };
  }
}

/** How each interface says that a request makes no sense: they do not agree. */
export const INVALID_INPUT = {
  listings: { code: 'BAD_REQUEST', message: 'Invalid input' },
  feeds: { code: '400', message: 'Invalid input' },
  orders: { code: 'InvalidInput', message: 'Invalid Input' },
  fba: { code: 'InvalidInput', message: 'This is an invalid input' },
  notifications: { code: 'InvalidInput', message: 'Invalid input' },
} as const;

/** Refuses a request that makes no sense to an interface. */
export function invalidInput(api: keyof typeof INVALID_INPUT, details: string): RefusedCall {
  return new RefusedCall(400, { ...INVALID_INPUT[api], details });
}

/** The body of a refusal for want of rights; `details` says which. */
export function denied(details: string): ApiError {
  return { code: 'Unauthorized', message: 'Access to requested resource is denied.', details };
}

/** The one body of every throttled request, as it was seen. */
export const QUOTA_EXCEEDED: ApiError = { code: 'QuotaExceeded', message: 'You exceeded your quota for the requested resource.' };

/** What `fetch` rejects with when the other side hangs up. */
export function droppedConnection(): TypeError {
  return new TypeError('fetch failed', { cause: Object.assign(new Error('other side closed'), { code: 'UND_ERR_SOCKET' }) });
}
