import type { Instant } from '@stockwright/core';

/** Time, injected: a system clock in production, a virtual one in tests and demos. @public */
export interface Clock {
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  now(): number;
  /** Resolves after so many milliseconds of this clock; rejects with `ABORTED` when the signal fires first, at once where it has fired already. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /**
   * Keeps a virtual clock still until the returned function is called. Whoever starts real work (a socket, a file)
   * holds the clock meanwhile; a clock that follows real time has nothing to hold and leaves this out.
   */
  hold?(): () => void;
}

/** Randomness, injected, so that a seed repeats a run. @public */
export interface Random {
  /** A number in [0, 1). */
  next(): number;
  /** A fresh identifier of 128 random bits as a UUID. */
  uuid(): string;
}

/** Structured logging in pino's shape. @public */
export interface Logger {
  debug(fields: Readonly<Record<string, unknown>>, message: string): void;
  info(fields: Readonly<Record<string, unknown>>, message: string): void;
  warn(fields: Readonly<Record<string, unknown>>, message: string): void;
  error(fields: Readonly<Record<string, unknown>>, message: string): void;
}

/** What the vendor still grants, as an adapter learnt it from an answer. @public */
export interface BudgetReport {
  /** Which of the vendor's limits, in the adapter's words: `graphql`, `concurrency`. */
  readonly bucket: string;
  /** Units left now, where the vendor says so. */
  readonly remaining?: number;
  /** Units that come back each second, where the vendor says so. */
  readonly restorePerSecond?: number;
  /** Nothing should be sent before this moment. */
  readonly pauseUntil?: Instant;
}

/** Where adapters report what they learn about the vendor's limits. @public */
export interface Budget {
  report(report: BudgetReport): void;
}

/** What every call of an adapter receives. @public */
export interface CallContext {
  /** Fires when the caller no longer wants the answer. */
  readonly signal: AbortSignal;
  /** The moment, in milliseconds of `clock`, after which the answer is of no use. */
  readonly deadlineMs: number;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly budget: Budget;
}
