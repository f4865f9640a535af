import type { AvailabilityChannel, Clock, InventorySource, Logger, Random } from '@stockwright/adapter';
import { createAvailability, StockwrightError, type Catalog, type ChannelId, type ContainmentWay, type Policy, type SourceId } from '@stockwright/core';
import { EventEmitter } from 'eventemitter3';
import { unfedBy } from '../brain/policy-reads.ts';
import { forgettings, type EngineRetention } from '../brain/retention.ts';
import { bookingRules, ownerLookup, type Ownership } from '../brain/settings.ts';
import type { Dispatcher, Store } from '../ports/index.ts';
import { Committer } from './committer.ts';
import { hintingBy } from './hinting.ts';
import { createInProcessDispatcher } from './in-process-dispatcher.ts';
import { messageOf, type ChannelSettings, type EngineEvents, type EngineTimes, type Runtime, type SourceSettings } from './runtime.ts';

/** A source, and how often it is read. @public */
export interface SourceOptions {
  readonly adapter: InventorySource;
  /** How often changed rows are read, in milliseconds; five minutes where absent. */
  readonly pollMs?: number;
  /** How often everything is read, in milliseconds; a day where absent. */
  readonly fullReadMs?: number;
  /** How the source tells which orders its figures contain; by reference where it acknowledges, never with a lag of zero otherwise. */
  readonly containment?: ContainmentWay;
}

/** A channel, and how often it is read. @public */
export interface ChannelOptions {
  readonly adapter: AvailabilityChannel;
  /** How often changed orders are read besides the webhooks, in milliseconds; five minutes where absent. */
  readonly ordersPollMs?: number;
  /** How often all its numbers are read back, in milliseconds; an hour where absent. */
  readonly readBackMs?: number;
}

/** What an engine is composed of. @public */
export interface EngineOptions {
  readonly store: Store;
  readonly catalog: Catalog;
  readonly policy: Policy;
  readonly sources: readonly SourceOptions[];
  readonly channels: readonly ChannelOptions[];
  readonly owners: readonly Ownership[];
  readonly clock: Clock;
  readonly random: Random;
  readonly logger?: Logger;
  /** In process where absent. */
  readonly dispatcher?: Dispatcher;
  /** How long a claim is leased, a call may take, how often lost wakes are looked for, and how far ahead of the store's clock systems may date what they say. */
  readonly times?: Partial<EngineTimes>;
  /** For how many days what nobody needs any more is kept. */
  readonly retention?: Partial<EngineRetention>;
  /** Whether changes of numbers are kept for who follows them; true where absent. Give it to all engines on one store alike: what one of them does not tell nobody hears of. */
  readonly feed?: boolean;
}

const MINUTE_MS = 60_000;
const SILENT: Logger = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

/** A runtime with what only the engine itself may touch. */
export type FullRuntime = Runtime & { readonly stopping: AbortController; readonly giveUp: AbortController; readonly policy: Policy };

/** Composes what the workers share. @throws `INVALID_CONFIGURATION` */
export function runtimeOf(options: EngineOptions): FullRuntime {
  const { catalog, policy, clock, random, store } = options;
  const sources = new Map<SourceId, SourceSettings>();
  for (const { adapter, pollMs = 5 * MINUTE_MS, fullReadMs = 24 * 60 * MINUTE_MS } of options.sources) sources.set(adapter.id, { adapter, pollMs, fullReadMs });
  const channels = new Map<ChannelId, ChannelSettings>();
  for (const { adapter, ordersPollMs = 5 * MINUTE_MS, readBackMs = 60 * MINUTE_MS } of options.channels) channels.set(adapter.id, { adapter, ordersPollMs, readBackMs });
  checkComposition(options, sources, channels);
  const ways = options.sources.map(({ adapter, containment }) =>
    [adapter.id, containment ?? (adapter.capabilities.acknowledgements ? { way: 'reference' as const } : { way: 'never' as const, shipLagMs: 0 })] as const);
  const events = new EventEmitter<EngineEvents>();
  const logger = options.logger ?? SILENT;
  const times: EngineTimes = { leaseMs: MINUTE_MS, callTimeoutMs: 30_000, sweepMs: 10_000, aheadMs: 60 * MINUTE_MS, ...options.times };
  const [stopping, giveUp] = [new AbortController(), new AbortController()];
  const runtime: Omit<FullRuntime, 'committer'> = {
    store, clock, random, policy, sources, channels, events, stopping, giveUp,
    logger,
    dispatcher: hintingBy(options.dispatcher ?? createInProcessDispatcher({ clock }), logger),
    settings: {
      catalog, calculator: createAvailability({ policy, catalog }),
      booking: bookingRules(ways, policy.returns), ownerOf: ownerLookup(options.owners), aheadMs: times.aheadMs,
    },
    policyVersion: policy.version,
    times,
    signal: stopping.signal,
    calls: giveUp.signal,
    paused: new Map(),
    rounds: new Map(),
    keepsFeed: options.feed ?? true,
    forgettings: forgettings(options.retention ?? {}, openMsOf(options.channels, times)),
    pulse: { skewMs: 0, sweptAtMs: undefined, trouble: undefined, epoch: undefined, history: undefined, sweeps: 0, forgets: 0 },
    emit: (name, ...payload) => {
      // The emitter's own types cannot follow one name through a generic call; the pair was checked at the caller.
      try {
        (events.emit as (name: string, ...payload: readonly unknown[]) => boolean).call(events, name, ...payload);
      } catch (error) {
        // What a host makes of an event is its own affair and stops no work of ours.
        logger.error({ event: name, error: messageOf(error) }, 'a listener of the host failed');
      }
    },
  };
  const full: FullRuntime = { ...runtime, committer: { submit: (unit, call) => committer.submit(unit, call), idle: () => committer.idle() } };
  const committer = new Committer(full);
  return full;
}

/** For how long a write may be under way, be taken over from who died with it, and land all the same. */
function openMsOf(channels: EngineOptions['channels'], { leaseMs, callTimeoutMs }: EngineTimes): number {
  return leaseMs + callTimeoutMs + Math.max(0, ...channels.map(({ adapter }) => adapter.capabilities.lateRequestMsMax));
}

function checkComposition(options: EngineOptions, sources: ReadonlyMap<SourceId, SourceSettings>, channels: ReadonlyMap<ChannelId, ChannelSettings>): void {
  const { policy, owners } = options;
  const refuse = (message: string): never => {
    throw new StockwrightError(message, { code: 'INVALID_CONFIGURATION' });
  };
  for (const [what, adapters] of [['sources', options.sources], ['channels', options.channels]] as const) {
    const ids = adapters.map(({ adapter }): string => adapter.id);
    const twice = ids.find((id, index) => ids.indexOf(id) !== index);
    if (twice !== undefined) refuse(`Two ${what} are called ${twice}. Give each account an id of its own.`);
    const other = adapters.find(({ adapter: { contractVersion } }) => (contractVersion as string) !== 'v1');
    if (other !== undefined) refuse(`The adapter of ${other.adapter.id} speaks contract ${other.adapter.contractVersion}, and this engine speaks v1. Update the older of the two.`);
  }
  for (const { source } of owners) {
    if (!sources.has(source)) refuse(`Source ${source} owns measures and is not among the engine's sources: ${[...sources.keys()].join(', ') || 'there are none'}.`);
  }
  const { aheadMs = 0 } = options.times ?? {};
  // Otherwise everything would be refused, or nothing.
  if (!(aheadMs >= 0)) refuse(`times.aheadMs is ${String(aheadMs)}; give the milliseconds that systems may be ahead of the store's clock, 0 or more.`);
  const unfed = unfedBy(policy);
  if (unfed !== undefined) refuse(`Policy ${policy.version}, ${unfed}: this engine does not keep what that is computed from. Leave it out, or compute with @stockwright/core and your own figures.`);
  const listed = new Map(policy.channels.map((channel) => [channel.id, channel]));
  for (const { adapter } of channels.values()) {
    const channel = listed.get(adapter.id);
    if (channel === undefined) return refuse(`Channel ${adapter.id} has an adapter and is not in policy ${policy.version}, which lists ${[...listed.keys()].join(', ')}.`);
    if ((channel.publish === 'perLocation') !== adapter.capabilities.locations) {
      refuse(`Channel ${adapter.id} ${adapter.capabilities.locations ? 'keeps numbers per location' : 'keeps one number'}, and policy ${policy.version} publishes ${channel.publish}. Set publish to ${adapter.capabilities.locations ? 'perLocation' : 'total'}.`);
    }
  }
}

