/** What an error of one mutation says, before it takes the shape of its payload. */
export interface UserError {
  readonly code?: string;
  readonly field: readonly string[] | null;
  readonly message: string;
}

/** What a mutation came to: errors, or a way to build its answer from the shop as it is now. */
export type MutationOutcome<Result> =
  | { readonly errors: readonly UserError[] }
  | { readonly errors?: never; readonly rebuild: () => Result };

/** How long a key is remembered, from its first request. */
export const IDEMPOTENCY_RETENTION_MS: number = 24 * 60 * 60 * 1000;

interface Entry {
  readonly fingerprint: string;
  readonly expiresAtMs: number;
  outcome: MutationOutcome<unknown> | 'inFlight';
}

/** The keys that the shop remembers. */
export interface IdempotencyTable {
  /** Runs a mutation once for its key. Replays answer from the state of now; a failed attempt is not tried again. */
  run<Result>(request: KeyedRequest, work: () => MutationOutcome<Result>): MutationOutcome<Result>;
  /** Marks a key as being worked on, until the same request runs with `isResumed`. */
  reserve(request: KeyedRequest): void;
}

/** One mutation under its key. */
export interface KeyedRequest {
  readonly key: string;
  /** Everything that must be the same for a replay, in the order in which it was written. */
  readonly fingerprint: string;
  /** Whether this is the late half of a request that was reserved. */
  readonly isResumed?: boolean;
}

/** An empty table over a clock. */
export function createIdempotencyTable(now: () => number): IdempotencyTable {
  const entries = new Map<string, Entry>();
  const find = (key: string): Entry | undefined => {
    const entry = entries.get(key);
    if (entry === undefined || entry.expiresAtMs > now()) return entry;
    entries.delete(key);
    return undefined;
  };
  const write = ({ key, fingerprint }: KeyedRequest, outcome: Entry['outcome']): void => {
    const expiresAtMs = find(key)?.expiresAtMs ?? now() + IDEMPOTENCY_RETENTION_MS;
    entries.set(key, { fingerprint, expiresAtMs, outcome });
  };
  return {
    reserve: (request) => {
      if (find(request.key) === undefined) write(request, 'inFlight');
    },
    run: <Result>(request: KeyedRequest, work: () => MutationOutcome<Result>): MutationOutcome<Result> => {
      const known = find(request.key);
      const isOwn = request.isResumed === true && known?.outcome === 'inFlight' && known.fingerprint === request.fingerprint;
      // The fingerprint holds the field's name, so an outcome that is found here is of this mutation's type.
      if (known !== undefined && !isOwn) return replay(known, request.fingerprint) as MutationOutcome<Result>;
      const outcome = work();
      write(request, outcome);
      return outcome;
    },
  };
}

function replay(entry: Entry, fingerprint: string): MutationOutcome<unknown> {
  if (entry.fingerprint !== fingerprint) {
    return refuse('IDEMPOTENCY_KEY_PARAMETER_MISMATCH', 'The same idempotency key cannot be used with different operation parameters.');
  }
  if (entry.outcome === 'inFlight') {
    return refuse('IDEMPOTENCY_CONCURRENT_REQUEST', 'This request is currently in progress, please try again.');
  }
  if (entry.outcome.errors !== undefined) {
    return refuse('IDEMPOTENCY_PREVIOUS_ATTEMPT_FAILED', 'The previous attempt failed. Retry with a new idempotency key.');
  }
  return entry.outcome;
}

function refuse(code: string, message: string): { readonly errors: readonly UserError[] } {
  return { errors: [{ code, field: null, message }] };
}
