import { invalidInput, StockwrightError, type ChannelId, type Issue, type LocationId, type Sku } from '@stockwright/core';
import { integer, text } from '../brain/rows.ts';
import { isRecord, shown } from '../brain/words.ts';
import type { FeedPage, PlacedEntry } from '../ports/index.ts';
import { commitSafely, type Runtime } from './runtime.ts';
import { rest } from './turn.ts';

/** A number that a channel is to show, where none or another one was. Kinds besides `target` may come. @public */
export interface TargetChanged {
  readonly kind: 'target';
  readonly channel: ChannelId;
  readonly location: LocationId | '';
  readonly sku: Sku;
  /** Grows with every change of this number, unless the store lost some of them. */
  readonly revision: number;
  readonly previous: string | undefined;
  readonly want: string;
  readonly cause: string;
  readonly policyVersion: string;
  /** By the store's clock. */
  readonly atMs: number;
}

/** A number that a channel is to show now. @public */
export type TargetNow = Pick<TargetChanged, 'channel' | 'location' | 'sku' | 'revision' | 'want'>;

/** From where on changes are asked for. @public */
export interface ChangesRequest {
  /** The cursor of the last page that the host has dealt with. */
  readonly after?: string | undefined;
  /** How many at most; 100 where absent, 1,000 at most. */
  readonly limit?: number;
}

/** How changes are followed. @public */
export interface FollowRequest extends ChangesRequest {
  /** Ends the iteration. */
  readonly signal?: AbortSignal;
  /** How often other processes' changes are looked for, in milliseconds; a second where absent. Those of this engine are seen as they come. */
  readonly everyMs?: number;
}

/**
 * What a host is to do: take these changes over; or read everything anew, since nobody knows what it missed. `started`: it named no
 * cursor. `anotherHistory`: the cursor is of a store that this one does not continue, such as before a failover. `forgotten`: changes
 * after the cursor are not kept any more, an engine with `feed: false` was started after it, or an
 * operator said after it that the store was restored. The cursor is where it goes on once it has dealt with the page.
 *
 * @public
 */
export type ChangesPage =
  | { readonly status: 'changes'; readonly changes: readonly TargetChanged[]; readonly cursor: string }
  | { readonly status: 'readAnew'; readonly why: 'started' | 'anotherHistory' | 'forgotten'; readonly cursor: string };

const USUAL_LIMIT = 100;
const MOST_LIMIT = 1_000;
const EVERY_MS = 1_000;
const EVERY_MAX_MS = 86_400_000;
/** Between the history and the place in a cursor. */
const AT = '@';
/** Nobody writes a longer cursor. */
const CURSOR_MAX = 1_000;
/** The kind of an entry that stands for changes that nobody told. */
const UNTOLD = 'untold';
/** How often the end of the feed is asked for while the store changes its history. */
const TRIES = 5;

/** The changes after a cursor, as far as they can be read. */
export async function readChanges(runtime: Runtime, request: ChangesRequest = {}): Promise<ChangesPage> {
  const { after, limit = USUAL_LIMIT } = sound(request);
  // An answer would be that nothing has changed, for ever.
  if (!runtime.keepsFeed) throw new StockwrightError('This engine keeps no changes, as it was composed with feed: false. Leave that out of all engines on this store, or read engine.targets().', { code: 'UNSUPPORTED' });
  if (after === undefined) return anew(runtime, 'started');
  const at = after.indexOf(AT);
  const page = await runtime.store.feed(after.slice(0, at), limit);
  // Asked for after the entries: those of another history would not be taken for those of this one.
  if (at < 0 || (await runtime.store.epoch()) !== after.slice(at + 1)) return anew(runtime, 'anotherHistory');
  if (page.isGap || page.entries.some(({ entry }) => entry.kind === UNTOLD)) return anew(runtime, 'forgotten');
  return { status: 'changes', changes: page.entries.filter(({ entry }) => entry.kind === 'target').map(changeOf), cursor: `${page.entries.at(-1)?.place ?? after.slice(0, at)}${after.slice(at)}` };
}

/** Tells who follows that numbers are others, or will be, than those that they were told: they read everything anew. */
export async function tellUntold(runtime: Runtime): Promise<void> {
  await commitSafely(runtime, { commitId: runtime.random.uuid(), expect: [], write: [], marks: [], tell: [{ kind: UNTOLD, atMs: await runtime.store.now() }] });
}

/** Pages of changes, each as soon as there is something to deal with, until the signal fires or the engine stops. */
export async function* followChanges(runtime: Runtime, request: FollowRequest = {}): AsyncIterable<ChangesPage> {
  const { signal, everyMs = EVERY_MS } = sound(request);
  let { after } = request;
  const { signal: stopping, events } = runtime;
  let wake = new AbortController();
  const ring = (): void => { wake.abort(); };
  const sources = signal === undefined ? [stopping] : [stopping, signal];
  for (const source of sources) source.addEventListener('abort', ring);
  events.on('target-changed', ring);
  try {
    while (!sources.some(({ aborted }) => aborted)) {
      wake = new AbortController();
      const page = await readChanges(runtime, { ...request, after });
      after = page.cursor;
      if (page.status === 'readAnew' || page.changes.length > 0) yield page;
      else await rest(runtime.clock, everyMs, wake.signal);
    }
  } finally {
    for (const source of sources) source.removeEventListener('abort', ring);
    events.off('target-changed', ring);
  }
}

/** What every channel is to show now. */
export async function* readTargets({ store, channels }: Runtime): AsyncIterable<TargetNow> {
  for (const channel of channels.keys()) {
    for await (const row of store.scan({ table: 'target', where: { channel } })) {
      if (row['want'] === null) continue;
      yield { channel, location: text(row, 'location') as LocationId | '', sku: text(row, 'sku') as Sku, revision: integer(row, 'wantRevision'), want: text(row, 'want') };
    }
  }
}

/** The end of the feed of one history: what is committed from now on comes after it. */
async function anew({ store }: Runtime, why: 'started' | 'anotherHistory' | 'forgotten'): Promise<ChangesPage> {
  let epoch = await store.epoch();
  for (let tried = 1; ; tried += 1) {
    const { end }: FeedPage = await store.feed(undefined, 1);
    const now = await store.epoch();
    if (now === epoch || tried === TRIES) return { status: 'readAnew', why, cursor: `${end}${AT}${now}` };
    epoch = now;
  }
}

function changeOf({ entry: { channel, location, sku, revision, previous, want, cause, policyVersion, atMs } }: PlacedEntry): TargetChanged {
  return {
    kind: 'target', channel: (channel ?? '') as ChannelId, location: (location ?? '') as LocationId | '', sku: (sku ?? '') as Sku, revision: revision ?? 0,
    previous: previous ?? undefined, want: want ?? '', cause: cause ?? '', policyVersion: policyVersion ?? '', atMs: atMs ?? 0,
  };
}

/** @throws `INVALID_INPUT` with the path of what is no cursor, or no number within its bounds. */
function sound(request: FollowRequest): FollowRequest {
  if (!isRecord(request)) throw invalidInput('request', [{ path: [], message: `${shown(request)} is no request for changes` }]);
  const issues: Issue[] = [];
  const { after, limit, everyMs } = request as { readonly [name in keyof FollowRequest]: unknown };
  if (after !== undefined && (typeof after !== 'string' || after.length > CURSOR_MAX)) issues.push({ path: ['after'], message: `${shown(after)} is no cursor that a page of changes had` });
  if (!Number.isInteger(limit ?? 1) || !isWithin(limit, MOST_LIMIT)) issues.push({ path: ['limit'], message: `${shown(limit)} is not 1 to ${String(MOST_LIMIT)}` });
  if (!isWithin(everyMs, EVERY_MAX_MS)) issues.push({ path: ['everyMs'], message: `${shown(everyMs)} is not 1 millisecond to a day` });
  if (issues.length > 0) throw invalidInput('request', issues);
  return request;
}

/** Whether something is absent, or a number from 1 to the most. */
function isWithin(value: unknown, most: number): boolean {
  return value === undefined || (typeof value === 'number' && value >= 1 && value <= most);
}
