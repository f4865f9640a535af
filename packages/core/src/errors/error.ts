import { boundedIssues, cut, MAX_PATH_LENGTH, type Issue } from './issue.ts';

export type { Issue } from './issue.ts';

/**
 * Every code this project can throw. Codes are stable within a major version; messages are not.
 *
 * @public
 */
export const ERROR_CODES = [
  'INVALID_INPUT',
  'INVALID_POLICY',
  'INVALID_CONFIGURATION',
  'INVARIANT_VIOLATED',
  'UNAUTHENTICATED',
  'PERMISSION_DENIED',
  'RATE_LIMITED',
  'UNAVAILABLE',
  'OUTCOME_UNKNOWN',
  'REJECTED',
  'MALFORMED_RESPONSE',
  'UNSUPPORTED',
  'VERSION_CONFLICT',
  'STORE_UNAVAILABLE',
  'ABORTED',
] as const;

/** One of {@link ERROR_CODES}. @public */
export type ErrorCode = (typeof ERROR_CODES)[number];

/** What a {@link StockwrightError} is made from. @public */
export interface StockwrightErrorOptions extends ErrorOptions {
  readonly code: ErrorCode;
  /** JSON-safe facts about the failure; never a secret, never a customer's data. */
  readonly details?: Readonly<Record<string, unknown>>;
  /** The single problems of an input that was refused. */
  readonly issues?: readonly Issue[];
}

/**
 * The one error class of the project. Tell kinds apart by `code`, never by class: two copies of a package
 * in one process are normal, so use {@link isStockwrightError} instead of `instanceof`.
 *
 * @public
 */
export class StockwrightError extends Error {
  readonly '~stockwright/error': true = true;
  readonly code: ErrorCode;
  readonly details: Readonly<Record<string, unknown>>;
  readonly issues: readonly Issue[];

  constructor(message: string, { code, details = {}, issues = [], ...options }: StockwrightErrorOptions) {
    super(message, options);
    this.name = 'StockwrightError';
    this.code = code;
    this.details = details;
    this.issues = issues;
  }
}

/**
 * Whether a caught value is an error of this project, of any installed copy of it.
 *
 * @param error - Whatever was caught.
 * @example
 * ```ts
 * let code;
 * try {
 *   parseQuantity('a dozen');
 * } catch (error) {
 *   if (isStockwrightError(error)) code = error.code;
 * }
 * code // => 'INVALID_INPUT'
 * ```
 * @public
 */
export function isStockwrightError(error: unknown): error is StockwrightError {
  return typeof error === 'object' && error !== null && '~stockwright/error' in error;
}

/**
 * Refuses an input at the edge: one error that names each problem with its path.
 *
 * @param what - What was being read, as a person would say it: `policy`, `order line`.
 * @param issues - At least one problem. Of more than a hundred the error carries the first hundred and how many more there are.
 * @returns An error with code `INVALID_INPUT`, to be thrown by the caller.
 * @example
 * ```ts
 * invalidInput('order', [{ path: ['lines', 2, 'quantity'], message: 'must be greater than 0' }]).message // => 'Invalid order: lines[2].quantity: must be greater than 0'
 * ```
 * @public
 */
export function invalidInput(what: string, issues: readonly Issue[]): StockwrightError {
  const told = boundedIssues(issues);
  const lines = told.map(({ path, message }) => (path.length === 0 ? message : `${cut(formatPath(path), MAX_PATH_LENGTH)}: ${message}`));
  return new StockwrightError(`Invalid ${what}: ${lines.join('; ')}`, { code: 'INVALID_INPUT', issues: told });
}

/**
 * Writes a path as a person reads it: `lines[2].quantity`.
 *
 * @param path - Names of properties, and indices from 0, from the root of an input on.
 * @returns Empty for the root itself.
 * @example
 * ```ts
 * formatPath(['lines', 2, 'quantity']) // => 'lines[2].quantity'
 * ```
 * @public
 */
export function formatPath(path: readonly (string | number)[]): string {
  return path.reduce<string>(
    (text, part) => (typeof part === 'number' ? `${text}[${String(part)}]` : text === '' ? part : `${text}.${part}`),
    '',
  );
}
