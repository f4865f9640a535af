import { createRequire, registerHooks } from 'node:module';
import { pathToFileURL } from 'node:url';
import { availabilityKeys, ourIndex } from './ours.ts';
import { sharedWorld, type Events, type SharedWorld } from './world.ts';

/**
 * One implementation in a process of its own, so that its memory is its own and no other's garbage is collected in its time.
 * The parent sends one command at a time and so decides whose turn it is.
 */
export interface Implementation {
  /** Prepares a list of events in the implementation's own form; what it returns books all of them. */
  prepare(events: Events): (index: number) => void;
  drain(): void;
  full(): void;
  /** Whole units of a key, for the checksum. */
  shown(sku: number, channel: number): number;
  /** Bytes that are all there is to it, where it knows. */
  readonly bytes?: number;
  /** Milliseconds of the first full pass, where it was made before anybody could ask for it. */
  readonly coldMs?: number;
}

interface SharedImplementation {
  full(): void;
  apply(sku: number, place: number, field: number, delta: number): void;
  drain(): number;
  readonly ats?: Int32Array;
  atsAt?(sku: number, channel: number): number;
  readonly bytes?: number;
}

export type Kind = 'ours' | 'limit' | 'numbers' | 'decimals' | 'sparse';
export type Command = { readonly does: 'run' | 'latency'; readonly events: number; readonly hot: number } | { readonly does: 'full' } | { readonly does: 'sum' } | { readonly does: 'back' };
export interface Reply { readonly ms: number; readonly coldMs: number; readonly bytes: number; readonly p50: number; readonly p99: number; readonly sum: number }

const { kind, skus, shared } = JSON.parse(process.argv[2] ?? '{}') as { readonly kind: Kind; readonly skus: number; readonly shared: string };
process.env['NS'] = String(skus);
// The programs of the shared folder have no packages beside them: what they ask for is ours.
const decimals = pathToFileURL(createRequire(import.meta.url).resolve('decimal.js')).href;
registerHooks({ resolve: (name, context, next) => (name === 'decimal.js' && context.parentURL?.includes('/bench/e/') === true ? { url: decimals, shortCircuit: true } : next(name, context)) });

const world = await sharedWorld(shared);
const collect = (): number => {
  for (let times = 0; times < 3; times += 1) globalThis.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
};
const before = collect();
const implementation = kind === 'ours' || kind === 'sparse' ? ourIndex(world, kind === 'ours' ? world.LOC : 3) : await theirs(kind, world);
// The first pass of this process, over code that never ran: what a start costs.
const begun = performance.now();
implementation.full();
const coldMs = implementation.coldMs ?? performance.now() - begun;
implementation.drain();
const bytes = implementation.bytes ?? collect() - before;

async function theirs(which: 'limit' | 'numbers' | 'decimals', { soa, objects, checked }: SharedWorld): Promise<Implementation> {
  const made = (which === 'limit' ? (await soa()).build(checked) : (await objects()).build(which === 'decimals' ? 'decimal' : 'number', checked)) as SharedImplementation;
  return {
    prepare: ({ sku, loc, field, delta }) => (index) => { made.apply(sku[index] ?? 0, loc[index] ?? 0, field[index] ?? 0, delta[index] ?? 0); },
    drain: () => { made.drain(); },
    full: () => { made.full(); },
    shown: (sku, channel) => made.ats?.[sku * world.CH + channel] ?? made.atsAt?.(sku, channel) ?? 0,
    ...(made.bytes === undefined ? {} : { bytes: made.bytes }),
  };
}

/** Every list of events that was booked, so that it can be taken back. */
const booked: Events[] = [];

/** Takes all events back, the last first; each is an addition, so that nothing but what was there before may remain. */
function takeBack(): Partial<Reply> {
  for (const events of booked.splice(0).toReversed()) {
    const apply = implementation.prepare({ ...events, delta: events.delta.map((delta) => -delta) });
    for (let index = events.sku.length - 1; index >= 0; index -= 1) apply(index);
    implementation.drain();
  }
  return {};
}

function obey(command: Command): Partial<Reply> {
  if (command.does === 'back') return takeBack();
  if (command.does === 'sum') return { sum: availabilityKeys(world).reduce((sum, [sku, channel]) => (sum * 31 + implementation.shown(sku, channel)) % 1_000_000_007, 0) };
  if (command.does === 'full') {
    const start = performance.now();
    implementation.full();
    const ms = performance.now() - start;
    implementation.drain();
    return { ms };
  }
  const { events: count, hot } = command;
  const events = world.checked.events(count, hot);
  booked.push(events);
  const apply = implementation.prepare(events);
  return command.does === 'run' ? timed(apply, count) : latencies(apply, count);
}

function timed(apply: (index: number) => void, count: number): Partial<Reply> {
  const start = performance.now();
  for (let index = 0; index < count; index += 1) apply(index);
  const ms = performance.now() - start;
  implementation.drain();
  return { ms };
}

function latencies(apply: (index: number) => void, count: number): Partial<Reply> {
  const each = new Float64Array(count);
  for (let index = 0; index < count; index += 1) {
    const start = process.hrtime.bigint();
    apply(index);
    each[index] = Number(process.hrtime.bigint() - start);
  }
  each.sort();
  implementation.drain();
  return { p50: each[count >> 1] ?? 0, p99: each[Math.floor(count * 0.99)] ?? 0 };
}

process.on('message', (command: Command) => { process.send?.(obey(command)); });
process.send?.({ bytes, coldMs });
