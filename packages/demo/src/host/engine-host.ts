import type { AvailabilityKey, Explanation } from '@stockwright/core';
import type { Engine, EngineStatus } from '@stockwright/engine';
import type { Store } from '@stockwright/engine/ports';
import type { VirtualClock } from '@stockwright/testkit';
import type { EngineSettings } from './compose.ts';

/** Where an engine runs, and all that the rest of the demonstration may ask of it. */
export interface EngineHost {
  readonly events: EventSource;
  /** Where vendors send their webhooks; the engine's own process listens there. */
  readonly webhooksUrl: string;
  /** What the store holds, for looking only. */
  readonly tables: Pick<Store, 'scan'>;
  /** Tells the vendors where to send webhooks, then starts the engine. */
  start(): Promise<void>;
  status(): Promise<EngineStatus>;
  explain(key: AvailabilityKey): Promise<Explanation>;
  /** Stops the engine and listening, and closes the store. */
  stop(): Promise<void>;
}

/** The engine's events as data, from wherever it runs. */
export type EventSource = Pick<Engine['events'], 'on'>;

/** What an engine is hosted with. */
export interface HostParts {
  readonly settings: EngineSettings;
  readonly clock: VirtualClock;
  /** For the webhooks; a free one where absent. */
  readonly port?: number;
}

/** Makes a host: its store is open and it listens, and nothing works yet. */
export type HostFactory = (parts: HostParts) => Promise<EngineHost>;
