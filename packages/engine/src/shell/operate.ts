import { isStockwrightError, StockwrightError, type ChannelId, type SourceId } from '@stockwright/core';
import { checkedCommand, readCommand, type OperatorCommand } from '../brain/operator.ts';
import { integer, text } from '../brain/rows.ts';
import { channelShard, PROJECT_SHARD, readLevelsMark, readOrdersMark, readSourceMark, sourceShard } from '../brain/work.ts';
import type { Mark, Row, RowWrite } from '../ports/index.ts';
import { tellUntold } from './changes.ts';
import { doubtChannel } from './doubt.ts';
import { commitSafely, messageOf, wakeFor, type ChannelSettings, type Runtime } from './runtime.ts';

/** Who did it, for the audit. */
interface Operator {
  readonly requestedBy: string;
}

/**
 * Does what operators asked for in the table of commands, the oldest first, and writes what came of it. A command that
 * was begun when its engine died is begun again.
 */
export async function runCommands(runtime: Runtime): Promise<void> {
  const { store } = runtime;
  const [open = []] = await store.load([{ table: 'operatorCommand', where: { state: 'open' } }]);
  for (const row of [...open].sort((a, b) => integer(a, 'requestedAtMs') - integer(b, 'requestedAtMs'))) {
    if (runtime.signal.aborted) return;
    try {
      await runCommand(runtime, row);
    } catch (error) {
      // It stays open and is done later; those behind it need not wait.
      runtime.logger.error({ commandId: text(row, 'commandId'), error: messageOf(error) }, 'a command could not be done yet');
    }
  }
}

/** Does one command and says so in one commit, unless somebody else has done it meanwhile: an operator's later word is never undone by an earlier one. */
async function runCommand(runtime: Runtime, row: Row): Promise<void> {
  const { store } = runtime;
  const key = { commandId: text(row, 'commandId') };
  // What is asked for once more is not over, whatever its row still says of the first time.
  if (row['finishedAtMs'] !== null) await ifOpen(runtime, key, { write: [{ table: 'operatorCommand', key, set: { finishedAtMs: null } }] });
  const nowMs = await store.now();
  const requestedBy = text(row, 'requestedBy');
  let done: Done & { readonly audit: readonly RowWrite[]; /** Absent where it was refused. */ readonly verb?: string };
  const finished = (state: string, said: string): RowWrite => ({ table: 'operatorCommand', key, set: { state, result: said, finishedAtMs: nowMs } });
  try {
    const { command } = checkedCommand(readCommand(text(row, 'verb'), text(row, 'argument')), { requestedBy });
    const found = await worked(runtime, command, { nowMs, requestedBy, ...key, finished: (said) => [finished('done', said)] });
    done = { ...found, verb: command.verb, audit: [auditOf(runtime, command, { subject: found.subject, nowMs, requestedBy })] };
  } catch (error) {
    if (!isStockwrightError(error) || error.code !== 'INVALID_INPUT') throw error;
    done = { write: [], marks: [], said: messageOf(error), subject: '', audit: [] };
  }
  const { write, audit, marks, said, subject, verb, isWritten } = done;
  const isDone = isWritten || await ifOpen(runtime, key, { write: [...write, ...audit, finished(verb === undefined ? 'refused' : 'done', said)], marks });
  await loadPauses(runtime);
  wakeFor(runtime, marks);
  if (verb !== undefined && isDone) runtime.emit('operated', { verb, subject, requestedBy, atMs: nowMs });
}

/** Writes, where a command is open still. @returns Whether it was. */
async function ifOpen({ store, random }: Runtime, key: { readonly commandId: string }, change: { readonly write: readonly RowWrite[]; readonly marks?: readonly Mark[] }): Promise<boolean> {
  const decided = await store.decide({
    commitId: random.uuid(), lock: [{ table: 'operatorCommand', key }], read: [{ table: 'operatorCommand', where: key }],
    plan: (rows) => {
      const now = rows[0]?.[0];
      return now !== undefined && text(now, 'state') === 'open' ? { ...change, answer: true } : { answer: false };
    },
  });
  return decided.status === 'committed' && decided.answer;
}

function auditOf({ random }: Runtime, command: OperatorCommand, { subject, nowMs, requestedBy }: Operator & { readonly subject: string; readonly nowMs: number }): RowWrite {
  return { table: 'audit', key: { auditId: random.uuid() }, set: { atMs: nowMs, requestedBy, action: command.verb, subject, detail: JSON.stringify(command) } };
}

/** Learns which channels and sources are stopped. */
export async function loadPauses({ store, paused }: Runtime): Promise<void> {
  const [rows = []] = await store.load([{ table: 'pause', where: {} }]);
  const scopes = new Map(rows.map((row) => [text(row, 'scope'), text(row, 'reason')]));
  for (const scope of paused.keys()) if (!scopes.has(scope)) paused.delete(scope);
  for (const [scope, reason] of scopes) paused.set(scope, reason);
}

/** Does what an operator asks for, and says what was done. @throws `INVALID_INPUT` where it is no command, says nobody who asks, or names what is not there. */
export async function operate(runtime: Runtime, asked: OperatorCommand, by: Operator): Promise<string> {
  const { store, random } = runtime;
  const { command, requestedBy } = checkedCommand(asked, by);
  const nowMs = await store.now();
  const { write, marks, said, subject, isWritten } = await worked(runtime, command, { nowMs, requestedBy, finished: () => [] });
  const audit = auditOf(runtime, command, { subject, nowMs, requestedBy });
  if (!isWritten) await commitSafely(runtime, { commitId: random.uuid(), expect: [], write: [...write, audit], marks });
  await loadPauses(runtime);
  wakeFor(runtime, marks);
  runtime.emit('operated', { verb: command.verb, subject, requestedBy, atMs: nowMs });
  return said;
}

interface Done {
  readonly write: readonly RowWrite[];
  readonly marks: readonly Mark[];
  readonly said: string;
  readonly subject: string;
  /** Whether what came of it was written with it. */
  readonly isWritten?: boolean;
}

/** By whom and how a command was given. */
interface Given extends Operator {
  readonly nowMs: number;
  /** Of one that has a row. */
  readonly commandId?: string;
  /** What says in its row that it is done. */
  readonly finished: (said: string) => readonly RowWrite[];
}

async function worked(runtime: Runtime, command: OperatorCommand, given: Given): Promise<Done> {
  const { nowMs, requestedBy } = given;
  switch (command.verb) {
    case 'pause': {
      const scope = knownScope(runtime, command.scope);
      return { write: [{ table: 'pause', key: { scope }, set: { reason: command.reason, requestedBy, sinceMs: nowMs } }], marks: [], said: `${scope} is paused: ${command.reason}`, subject: scope };
    }
    case 'resume': {
      const scope = knownScope(runtime, command.scope);
      return { write: [{ table: 'pause', key: { scope }, remove: true }], marks: readsOf(runtime, scope, nowMs), said: `${scope} goes on`, subject: scope };
    }
    case 'release':
      return released(runtime, command, nowMs);
    case 'assert': {
      const channel = knownChannel(runtime, command.channel);
      const doubted = await doubtChannel(runtime, channel, { cause: 'asked for by an operator', sku: command.sku });
      if (doubted === 0 && command.sku !== undefined) throw new StockwrightError(`Channel ${command.channel} has no number of ${command.sku}.`, { code: 'INVALID_INPUT' });
      return { write: [], marks: [], said: `${String(doubted)} numbers of ${command.channel} are asserted anew`, subject: command.channel };
    }
    case 'doubt': {
      let doubted = 0;
      for (const channel of runtime.channels.values()) doubted += await doubtChannel(runtime, channel, { cause: `the store was restored: ${command.reason}` });
      await tellUntold(runtime);
      return { write: [], marks: [], said: `${String(doubted)} numbers are asserted anew: ${command.reason}`, subject: 'store' };
    }
    case 'forgetHold':
      return forgotten(runtime, command, given);
    case 'read': {
      const scope = knownScope(runtime, command.scope);
      const full: RowWrite[] = scope.startsWith('source:') ? [{ table: 'cursor', key: { origin: scope.slice('source:'.length), name: 'full' }, set: { lastSuccessMs: 0 } }] : [];
      return { write: full, marks: readsOf(runtime, scope, nowMs), said: `${scope} is read at the next opportunity`, subject: scope };
    }
  }
}

/** Says what it did in the commit that does it: whoever comes to the command later finds that there is nothing to do, and would say so. */
async function forgotten(runtime: Runtime, command: OperatorCommand & { readonly verb: 'forgetHold' }, { commandId, finished, ...given }: Given): Promise<Done> {
  const { holdId: subject, reason } = command;
  const said = `hold ${subject} claims nothing any more: ${reason}`;
  const notes = [auditOf(runtime, command, { subject, ...given }), ...finished(said)];
  const outcome = await runtime.committer.submit({ kind: 'forget', holdId: subject, notes, ...(commandId === undefined ? {} : { commandId }) });
  const isWritten = outcome.status === 'decided' && outcome.answer?.status === 'changed';
  return { write: [], marks: [], said: isWritten ? said : `hold ${subject} claimed nothing`, subject, isWritten };
}

/** Quarantined work is tried again. */
async function released(runtime: Runtime, { shard, key }: Extract<OperatorCommand, { verb: 'release' }>, nowMs: number): Promise<Done> {
  const marks: Mark[] = [];
  for await (const row of runtime.store.scanWork()) {
    if (row.state !== 'quarantined' || row.shard !== shard || (key !== undefined && row.key !== key)) continue;
    marks.push({ kind: row.kind, key: row.key, shard, priority: row.priority, notBeforeMs: nowMs, cause: 'released by an operator' });
  }
  // Also work of what is configured no more can be released, so that a name is only wrong where there is nothing of it.
  if (marks.length === 0 && shard !== PROJECT_SHARD) knownScope(runtime, shard, [PROJECT_SHARD]);
  return { write: [], marks, said: `${String(marks.length)} pieces of work of ${shard} are tried again`, subject: shard };
}

function readsOf(runtime: Runtime, scope: string, nowMs: number): Mark[] {
  for (const source of runtime.sources.keys()) if (scope === sourceShard(source)) return [readSourceMark(source, nowMs, 'asked for')];
  for (const channel of runtime.channels.keys()) if (scope === channelShard(channel)) return [readOrdersMark(channel, nowMs, 'asked for'), readLevelsMark(channel, nowMs, 'asked for')];
  return [];
}

function knownScope({ sources, channels }: Runtime, scope: string, besides: readonly string[] = []): string {
  const known = [...besides, ...[...sources.keys()].map((id: SourceId) => sourceShard(id)), ...[...channels.keys()].map((id: ChannelId) => channelShard(id))];
  if (known.includes(scope)) return scope;
  throw new StockwrightError(`There is no ${scope}; there are ${known.join(', ')}.`, { code: 'INVALID_INPUT' });
}

function knownChannel({ channels }: Runtime, channel: ChannelId): ChannelSettings {
  const known = channels.get(channel);
  if (known !== undefined) return known;
  throw new StockwrightError(`There is no channel ${channel}; there are ${[...channels.keys()].join(', ')}.`, { code: 'INVALID_INPUT' });
}
