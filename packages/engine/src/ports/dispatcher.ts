/** What a drain leaves behind. @public */
export interface DrainResult {
  /** When the shard has work again, in milliseconds of the process's clock; absent where it has none. */
  readonly againAtMs?: number;
}

/** Works off one shard. Never rejects: a failure is kept in the work row. @public */
export type Drain = (shard: string, signal: AbortSignal) => Promise<DrainResult>;

/**
 * Carries hints that a shard has work. A wake may be lost, doubled, early or late and two drains may overlap:
 * claims keep it right, and the engine's sweep finds what a lost wake left behind.
 *
 * @public
 */
export interface Dispatcher {
  /** Says, after the commit, that a shard has work from a moment on, in milliseconds of the process's clock. Never waits for the work. One that fails is logged and counts as lost. */
  wake(shard: string, notBeforeMs?: number): void;
  /** Begins to call `drain` for woken shards. After `stop` it begins nothing. */
  start(drain: Drain): Promise<void>;
  /** Wakes no more, aborts nothing, and resolves once running drains have returned. */
  stop(): Promise<void>;
}
