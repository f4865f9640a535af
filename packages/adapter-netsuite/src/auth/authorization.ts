import type { CallContext } from '@stockwright/adapter';

/** The call that is to be authorised. */
export interface AuthorizedCall {
  readonly method: 'GET' | 'POST';
  readonly url: string;
}

/** One way to prove to NetSuite who is calling. */
export interface Authorization {
  /** The value of the `Authorization` header. */
  header(call: AuthorizedCall, context: CallContext): Promise<string>;
  /** Tells that NetSuite answered 401 to this header. Returns whether a new header is worth one more try. */
  isRenewable(refused: string): boolean;
  /** Whether one header may be sent more than once. */
  readonly isRepeatable: boolean;
}
