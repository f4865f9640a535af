import type { AvailabilityChannel, PublishOutcome } from '@stockwright/adapter';
import type { ChannelOptions, EngineOptions } from '@stockwright/engine';
import type { Claim, Settlement, Store } from '@stockwright/engine/ports';
import { createMemoryStore } from '@stockwright/store-memory';
import type { Weather } from './weather.ts';

/** A piece of the engine's own text that is replaced as the module is loaded; it must be there exactly once. */
export interface SourceChange {
  /** The end of the module's address. */
  readonly module: string;
  readonly from: string;
  readonly to: string;
}

/** A mechanism that is taken away, so that its absence is noticed. */
export interface Ablation {
  readonly name: string;
  /** What is taken away. */
  readonly about: string;
  /** In which weather its absence shows; as drawn where absent. */
  readonly weather?: (weather: Weather) => Weather;
  /** Changes what every process is composed of. Shared: one place for all processes of a world to remember things. */
  readonly options?: (options: EngineOptions, shared: Map<string, number>) => EngineOptions;
  readonly sources?: readonly SourceChange[];
}

const NEVER_MS = 10 * 365 * 86_400_000;

/** Channels that compare nothing and that nobody reads back, in a world with few orders: what lands late stays to be seen. */
const blind = (weather: Weather): Weather => ({
  ...weather, isolated: true, readBackMs: NEVER_MS, handEdits: 0, failovers: 0, pauseMs: weather.leaseMs + 3_000, compares: [false, false], orderEveryMs: 9_000,
});

/** Every mechanism that can be taken away. */
export const ABLATIONS: readonly Ablation[] = [
  {
    name: 'version-gate', about: 'commits write whatever they were planned on, whoever wrote meanwhile',
    options: withStore((store) => ({
      commit: (change, options) => store.commit({ ...change, expect: [] }, options),
      settle: (settlements) => store.settle(settlements.map((settlement) => ({ ...settlement, expect: [] }))),
    })),
  },
  {
    name: 'suspicion', about: 'a write without an answer is taken for one that never was, and nobody waits for its late twin',
    weather: (weather) => ({ ...blind(weather), publish: { ...weather.publish, late: 0.3 } }),
    options: withChannels((adapter) => ({
      publish: async (request, context) => (await adapter.publish(request, context)).map((outcome): PublishOutcome => (outcome.status === 'unknown' ? { status: 'notSent', reason: outcome.reason } : outcome)),
    })),
  },
  {
    name: 'taken-over', about: 'a lease that ran out is taken for one whose holder did nothing',
    // Who dies with a request under way leaves it to land long after his lease is over.
    weather: (weather) => ({ ...blind(weather), blowEvery: 30, leaseMs: 6_000, pauseMs: 9_000, lateMs: 44_000, publish: { ...weather.publish, late: 0.6 } }),
    options: withStore((store) => ({ claim: async (request) => (await store.claim(request)).map((claim) => ({ ...claim, takenOver: false })) })),
  },
  {
    name: 'claimed-revision', about: 'work is settled at its newest revision instead of the one that was claimed',
    // What is marked while it is worked on must be marked often: the way to the store is long, and people are many.
    weather: (weather) => ({ ...weather, slowEvery: 3, slowMs: 3_000, orderEveryMs: 5_000, failovers: 0 }),
    options: withStore((store) => ({ settle: async (settlements) => store.settle(await atNewest(store, settlements)) })),
  },
  {
    name: 'fence', about: 'whoever held a lease once may settle it, whoever holds it now',
    options: withStore((store, shared) => ({
      claim: async (request) => {
        const claims = await store.claim(request);
        for (const claim of claims) shared.set(workId(claim), claim.fence);
        return claims;
      },
      settle: (settlements) => store.settle(settlements.map((each) => ({ ...each, claim: { ...each.claim, fence: shared.get(workId(each.claim)) ?? each.claim.fence } }))),
    })),
  },
  {
    name: 'unknown-commit', about: 'a commit without an answer is taken for done and not asked for again',
    weather: (weather) => ({ ...weather, blowEvery: 40 }),
    options: withStore((store) => ({ commit: (change, options) => store.commit(change, options).catch(() => ({ status: 'committed' as const })) })),
  },
  {
    name: 'shared-targets', about: 'who finds a kit’s number right says nothing of it, whoever read its components before and writes after',
    weather: (weather) => ({ ...weather, slowEvery: 6, slowMs: 3_000, bustle: { ...weather.bustle, swaps: 40 } }),
    sources: [{ module: '/shell/projector.ts', from: 'const severalMarks = reads.length !== 1 || reads[0] !== answer.sku;', to: 'const severalMarks = reads.length > 1_000;' }],
  },
  {
    name: 'patience', about: 'what a read before a write finds is taken for something new, and a write that fails is tried again at once',
    weather: (weather) => ({ ...weather, compares: [true, true], rate: undefined, publish: { ...weather.publish, lost: 0.97 } }),
    sources: [{ module: '/shell/ground.ts', from: '? { ...read, marks: [] } : read;', to: '? read : read;' }],
  },
  {
    name: 'turns', about: 'writes go before a read-back for as long as there are any, and orders before both',
    // Few lines at a time, much to write and short lives: there is hardly a moment at which nothing is to be written.
    weather: (weather) => ({ ...weather, isolated: false, batchMax: 1, rate: undefined, readBackMs: 60_000, blowEvery: 40, pauseMs: 10_000, downMs: 2_000, slowEvery: 3, slowMs: 3_000, orderEveryMs: 5_000, stock: 40 }),
    sources: [{ module: '/shell/channel-worker.ts', from: 'return round % FAIR_EVERY === 0;', to: 'return round < 0;' }],
  },
  {
    name: 'in-flight', about: 'a read-back takes what a write, a sale or a suspicion explains for somebody else’s doing',
    sources: [{
      module: '/brain/reconcile.ts', from: "if (movedSince || suspect || integer(target, 'differs') === 1) return { kind: 'inFlight' };", to: 'void movedSince; void suspect;',
    }],
  },
  {
    name: 'source-reconciler', about: 'the source is not read again after the start, and messages are all that tells of it',
    options: (options) => ({ ...options, sources: options.sources.map((source) => ({ ...source, pollMs: NEVER_MS, fullReadMs: NEVER_MS })) }),
  },
  {
    name: 'read-back', about: 'what the channels show is not read back',
    options: (options) => ({ ...options, channels: options.channels.map((channel) => ({ ...channel, readBackMs: NEVER_MS })) }),
  },
  {
    name: 'orders-poll', about: 'orders are read when a webhook says so and at no other time',
    weather: (weather) => ({ ...weather, webhook: { ...weather.webhook, lost: 0.8 } }),
    options: (options) => ({ ...options, channels: options.channels.map((channel) => ({ ...channel, ordersPollMs: NEVER_MS })) }),
  },
  {
    name: 'sweep', about: 'nobody looks for work whose wake was lost',
    weather: (weather) => ({ ...weather, wake: { ...weather.wake, lost: 0.9 } }),
    options: (options) => ({ ...options, times: { ...options.times, sweepMs: NEVER_MS } }),
  },
  {
    name: 'epoch', about: 'a store that lost its last commits says that nothing happened',
    weather: (weather) => ({ ...weather, isolated: true, readBackMs: NEVER_MS, handEdits: 0, pauseMs: 2_000, failovers: 6 }),
    options: withStore((store) => ({ epoch: () => Promise.resolve('always the same'), commit: ({ epoch: _epoch, ...change }, options) => store.commit(change, options) })),
  },
  {
    name: 'built-on', about: 'what a process remembers of a sku is taken for true where the version is right, whatever history it is of',
    weather: (weather) => ({ ...weather, failovers: 40, orderEveryMs: 1_000 }),
    // Of a database that does not tell a failover: where one does, hardly anything is left for this to find.
    options: withStore((store) => ({ commit: ({ builtOn: _builtOn, epoch: _epoch, ...change }, options) => store.commit(change, options) })),
  },
  {
    name: 'budget', about: 'each process keeps an account of the vendor’s rate of its own',
    weather: (weather) => ({ ...weather, rate: { capacity: 5, refillPerSecond: 1 } }),
    options: withStore((store) => {
      const own = createMemoryStore({ clock: { now: () => 0 } });
      return { takeBudget: (bucket, cost, policy) => (cost === 0 ? store.takeBudget(bucket, cost, policy) : own.takeBudget(bucket, cost, policy)) };
    }),
  },
  {
    name: 'compare', about: 'channels that compare are written to without comparing',
    weather: (weather) => ({ ...weather, compares: [true, true] }),
    options: withChannels((adapter) => ({ publish: (request, context) => adapter.publish({ ...request, lines: request.lines.map(({ expected: _expected, ...line }) => line) }, context) })),
  },
];

/** The ablation of a name. @throws RangeError where there is none. */
export function ablationOf(name: string): Ablation {
  const found = ABLATIONS.find((ablation) => ablation.name === name);
  if (found === undefined) throw new RangeError(`There is no ablation ${name}; there are ${ABLATIONS.map((each) => each.name).join(', ')}.`);
  return found;
}

function withStore(change: (store: Store, shared: Map<string, number>) => Partial<Store>): NonNullable<Ablation['options']> {
  return (options, shared) => ({ ...options, store: overlay(options.store, change(options.store, shared)) });
}

function withChannels(change: (adapter: AvailabilityChannel) => Partial<AvailabilityChannel>): NonNullable<Ablation['options']> {
  return (options) => ({ ...options, channels: options.channels.map((channel): ChannelOptions => ({ ...channel, adapter: overlay(channel.adapter, change(channel.adapter)) })) });
}

/** The same thing with some of its methods replaced. */
function overlay<Thing extends object>(thing: Thing, change: Partial<Thing>): Thing {
  return new Proxy(thing, {
    get: (target, name) => {
      const changed: unknown = Reflect.get(change, name);
      if (changed !== undefined) return changed;
      const own: unknown = Reflect.get(target, name, target);
      return typeof own === 'function' ? own.bind(target) : own;
    },
  });
}

async function atNewest(store: Store, settlements: readonly Settlement[]): Promise<readonly Settlement[]> {
  const newest = new Map<string, number>();
  for await (const row of store.scanWork()) newest.set(workId(row), row.revision);
  return settlements.map((each) => ({ ...each, claim: { ...each.claim, revision: newest.get(workId(each.claim)) ?? each.claim.revision } }));
}

function workId({ kind, shard, key }: Pick<Claim, 'kind' | 'shard' | 'key'>): string {
  return `${kind} ${shard} ${key}`;
}
