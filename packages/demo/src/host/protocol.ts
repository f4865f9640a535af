import { isStockwrightError, StockwrightError, type AvailabilityKey } from '@stockwright/core';
import type { EngineEvents } from '@stockwright/engine';
import type { ClockReading, Due } from '@stockwright/testkit';
import type { EngineSettings } from './compose.ts';
import type { KillPoint } from './fuse.ts';
import type { StoreChoice } from './stores.ts';

/** An event's name and what it tells. */
export interface Told {
  readonly name: keyof EngineEvents;
  readonly payload: readonly unknown[];
}

/** What the engine's process needs before anything else. */
export interface Opening {
  readonly settings: EngineSettings;
  readonly choice: StoreChoice;
  readonly port: number | undefined;
  readonly listen: readonly (keyof EngineEvents)[];
  readonly reading: ClockReading;
  /** Where the process is to end. */
  readonly point: KillPoint | undefined;
}

/** What the engine's process is asked for; each gets one answer. */
export type Question =
  | ({ readonly ask: 'open' } & Opening)
  | { readonly ask: 'start' | 'status' | 'stop'; readonly reading: ClockReading }
  | { readonly ask: 'explain'; readonly key: AvailabilityKey; readonly reading: ClockReading }
  | { readonly ask: 'listen'; readonly name: keyof EngineEvents }
  | { readonly ask: 'arm'; readonly point: KillPoint }
  /** Answer once nothing is under way. */
  | { readonly ask: 'settle'; readonly reading: ClockReading }
  /** Fire the next timer, and those after it that come before `until`, and answer as above. */
  | { readonly ask: 'fire'; readonly reading: ClockReading; readonly until: Due | undefined }
  /** It is now so late. */
  | { readonly ask: 'agree'; readonly reading: ClockReading };

/** What goes to the engine's process. */
export type ToEngine = { readonly id: number; readonly question: Question } | { readonly agreed: true } | { readonly leave: true };

/** What comes from the engine's process, in the order in which it happened. */
export type FromEngine =
  | { readonly kind: 'ready' }
  | { readonly kind: 'answer'; readonly id: number; readonly value?: unknown; readonly error?: WireError }
  | ({ readonly kind: 'event'; readonly reading: ClockReading } & Told)
  /** It went on alone up to here and is about to call a vendor; to be answered with `agreed`. */
  | { readonly kind: 'at'; readonly reading: ClockReading };

/** An error as data. */
export interface WireError {
  readonly message: string;
  readonly stack?: string;
  readonly stockwright?: Pick<StockwrightError, 'code' | 'details' | 'issues'>;
}

/** An error for the way to another process. */
export function toWire(error: unknown): WireError {
  if (!(error instanceof Error)) return { message: String(error) };
  const { message, stack } = error;
  return { message, ...(stack === undefined ? {} : { stack }), ...(isStockwrightError(error) ? { stockwright: { code: error.code, details: error.details, issues: error.issues } } : {}) };
}

/** The error that another process meant. */
export function fromWire({ message, stack, stockwright }: WireError): Error {
  const error = stockwright === undefined ? new Error(message) : new StockwrightError(message, stockwright);
  if (stack !== undefined) error.stack = stack;
  return error;
}
