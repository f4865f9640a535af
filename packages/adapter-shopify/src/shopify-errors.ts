import { adapterError, retryAfterMs, type AdapterErrorCode, type PublishOutcome } from '@stockwright/adapter';
import { isStockwrightError, type StockwrightError } from '@stockwright/core';
import type { CallFacts } from '@stockwright/adapter-kit';
import type { CostWire, EnvelopeWire, GraphqlErrorWire, UserErrorWire } from './wire/graphql-wire.ts';

const THROTTLE_WAIT_MS_DEFAULT = 1000;
const MESSAGE_LENGTH_MAX = 300;
/** Answers that Shopify gives before it runs a write, although the root field is there, as null. */
const NEVER_RUN = new Set(['BAD_REQUEST', 'INVALID_FIELD_ARGUMENTS', 'MAX_INPUT_SIZE_EXCEEDED', 'INVALID_VARIABLE', 'MAX_COST_EXCEEDED']);

/** A GraphQL answer with top-level errors. */
export interface FailedAnswer {
  readonly facts: CallFacts;
  readonly safe: boolean;
  readonly envelope: EnvelopeWire;
}

/** The error that an answer stands for, or nothing where it has no top-level error. The gravest of several decides. */
export function answerError({ facts, safe, envelope }: FailedAnswer): StockwrightError | undefined {
  const errors = envelope.errors ?? [];
  const [first, ...rest] = errors.map((error) => ({ error, code: codeOfError(error, { safe, hasData: hasRoot(envelope) }) }));
  if (first === undefined) return undefined;
  const { error, code } = rest.reduce((worst, next) => (rank(next.code) > rank(worst.code) ? next : worst), first);
  const access = error.extensions?.requiredAccess ?? '';
  const text = `${facts.operation}: ${shorten(error.message)}${access === '' ? '' : ` (${shorten(access)})`}`;
  const wait = code === 'RATE_LIMITED' ? { retryAfterMs: throttleWaitMs(envelope.extensions?.cost) } : {};
  return adapterError(code, text, { ...facts, ...wait });
}

function hasRoot({ data }: EnvelopeWire): boolean {
  return typeof data === 'object' && data !== null;
}

/** Total: a code that is not known means "refused" where nothing was run, and is never taken for harmless after a write. */
function codeOfError({ extensions }: GraphqlErrorWire, { safe, hasData }: { safe: boolean; hasData: boolean }): AdapterErrorCode {
  switch (extensions?.code) {
    case 'THROTTLED':
      return 'RATE_LIMITED';
    case 'ACCESS_DENIED':
      return 'PERMISSION_DENIED';
    case 'INTERNAL_SERVER_ERROR':
    case 'TIMEOUT':
      return safe ? 'UNAVAILABLE' : 'OUTCOME_UNKNOWN';
    default:
      return safe || !hasData || NEVER_RUN.has(extensions?.code ?? '') ? 'REJECTED' : 'OUTCOME_UNKNOWN';
  }
}

function rank(code: AdapterErrorCode): number {
  return ['REJECTED', 'RATE_LIMITED', 'PERMISSION_DENIED', 'UNAVAILABLE', 'OUTCOME_UNKNOWN'].indexOf(code);
}

/** How long until the bucket holds what the query asked for. */
export function throttleWaitMs(cost: CostWire | null | undefined): number {
  const status = cost?.throttleStatus ?? undefined;
  const requested = cost?.requestedQueryCost ?? undefined;
  if (status === undefined || requested === undefined || status.restoreRate <= 0) return THROTTLE_WAIT_MS_DEFAULT;
  return Math.max(0, Math.ceil(((requested - status.currentlyAvailable) / status.restoreRate) * 1000));
}

/** What an error of a whole write means for one of its lines; rethrows what is not about the lines. */
export function outcomeOfFailure(error: unknown): PublishOutcome {
  if (!isStockwrightError(error)) throw error;
  const { message } = error;
  switch (error.code) {
    case 'UNAVAILABLE':
    case 'RATE_LIMITED': {
      const wait = retryAfterMs(error);
      return { status: 'notSent', reason: message, ...(wait === undefined ? {} : { retryAfterMs: wait }) };
    }
    case 'OUTCOME_UNKNOWN':
    case 'MALFORMED_RESPONSE':
      return { status: 'unknown', reason: message };
    case 'REJECTED':
      return { status: 'rejected', reason: message, code: 'REJECTED' };
    default:
      throw error;
  }
}

/** What an error of `inventorySetQuantities` means for the lines it speaks of. */
export function outcomeOfUserError({ code, message }: UserErrorWire): PublishOutcome {
  const reason = `${code ?? 'no code'}: ${shorten(message)}`;
  switch (code) {
    case 'CHANGE_FROM_QUANTITY_STALE':
    case 'COMPARE_QUANTITY_STALE':
      return { status: 'conflict' };
    // The first request with this key is still running: it may yet be applied.
    case 'IDEMPOTENCY_CONCURRENT_REQUEST':
    // Stated for sibling mutations, without a word on whether the write had begun.
    case 'SERVICE_UNAVAILABLE':
      return { status: 'unknown', reason };
    // The key is spent on a failure: nothing was written, and only a new key can write.
    case 'IDEMPOTENCY_PREVIOUS_ATTEMPT_FAILED':
      return { status: 'notSent', reason };
    default:
      return { status: 'rejected', reason, code: 'REJECTED' };
  }
}

/** A vendor's sentence, short enough for a log line. */
export function shorten(text: string): string {
  return text.length <= MESSAGE_LENGTH_MAX ? text : `${text.slice(0, MESSAGE_LENGTH_MAX)}...`;
}
