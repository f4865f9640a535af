import { StockwrightError, type ChannelId, type SourceId } from '@stockwright/core';
import { isRecord, shown } from '../brain/words.ts';
import { readLevelsMark, readOrdersMark, readSourceMark } from '../brain/work.ts';
import type { Mark, RowWrite } from '../ports/index.ts';
import { commitSafely, storeNow, wakeFor, type Runtime } from './runtime.ts';

/** What is to be read without waiting for the poll. */
export type ReadRequest = { readonly source: SourceId; readonly full?: boolean } | { readonly channel: ChannelId; readonly what: 'orders' | 'levels' };

/** Marks a source, a channel's orders or its numbers to be read. @throws `INVALID_INPUT` where it names what is not there: nobody would ever work that off. */
export async function requestRead(runtime: Runtime, request: ReadRequest): Promise<void> {
  refuseUnknown(runtime, request);
  const nowMs = await storeNow(runtime);
  const write: RowWrite[] = [];
  let read: Mark;
  if ('source' in request) {
    read = readSourceMark(request.source, nowMs, 'asked for');
    if (request.full === true) write.push({ table: 'cursor', key: { origin: request.source, name: 'full' }, set: { lastSuccessMs: 0 } });
  } else read = (request.what === 'orders' ? readOrdersMark : readLevelsMark)(request.channel, nowMs, 'asked for');
  await commitSafely(runtime, { commitId: runtime.random.uuid(), expect: [], write, marks: [read] });
  wakeFor(runtime, [read]);
}

function refuseUnknown({ sources, channels }: Runtime, request: unknown): void {
  const refuse = (message: string): never => {
    throw new StockwrightError(message, { code: 'INVALID_INPUT' });
  };
  if (!isRecord(request)) return refuse(`${shown(request)} is no request for a read.`);
  const { source, channel, what } = request;
  if (source !== undefined) {
    if (!sources.has(source as SourceId)) refuse(`There is no source ${said(source)}; there are ${[...sources.keys()].join(', ')}.`);
    return;
  }
  if (channel === undefined) refuse('A request for a read names neither a source nor a channel.');
  if (!channels.has(channel as ChannelId)) refuse(`There is no channel ${said(channel)}; there are ${[...channels.keys()].join(', ')}.`);
  if (what !== 'orders' && what !== 'levels') refuse(`${shown(what)} is neither orders nor levels.`);
}

function said(value: unknown): string {
  return typeof value === 'string' ? value : shown(value);
}
