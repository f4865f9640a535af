import { StockwrightError, type ChannelId, type Sku } from '@stockwright/core';
import { isRecord, shown } from './words.ts';

/**
 * What an operator may ask of a running engine. A scope is `channel:ID` or `source:ID`.
 *
 * @public
 */
export type OperatorCommand =
  /** A channel is not written to, a source not read, until it is resumed. Orders are read all the same. */
  | { readonly verb: 'pause'; readonly scope: string; readonly reason: string }
  | { readonly verb: 'resume'; readonly scope: string }
  /** Quarantined work of a shard is tried again: one key of it, or all. */
  | { readonly verb: 'release'; readonly shard: string; readonly key?: string }
  /** What a channel shows is established and put right anew: of one sku, or of all. */
  | { readonly verb: 'assert'; readonly channel: ChannelId; readonly sku?: Sku }
  /** A hold whose order never came claims nothing any more. */
  | { readonly verb: 'forgetHold'; readonly holdId: string; readonly reason: string }
  /** Everything is read anew without waiting for the poll: a source as a whole, or a channel's orders and numbers. */
  | { readonly verb: 'read'; readonly scope: string }
  /** The store was restored from a backup: what channels were told since is not in it, so all their numbers are established anew. */
  | { readonly verb: 'doubt'; readonly reason: string };

const ARGUMENTS: Readonly<Record<OperatorCommand['verb'], { readonly needs: readonly string[]; readonly may: readonly string[] }>> = {
  pause: { needs: ['scope', 'reason'], may: [] },
  resume: { needs: ['scope'], may: [] },
  release: { needs: ['shard'], may: ['key'] },
  assert: { needs: ['channel'], may: ['sku'] },
  forgetHold: { needs: ['holdId', 'reason'], may: [] },
  read: { needs: ['scope'], may: [] },
  doubt: { needs: ['reason'], may: [] },
};

/**
 * Reads a command from its row.
 *
 * @param argument - A JSON object with the other properties of {@link OperatorCommand}; each of them a text.
 * @throws `INVALID_INPUT` naming the verb or the property that is wrong.
 */
export function readCommand(verb: string, argument: string): OperatorCommand {
  checkVerb(verb);
  let given: unknown;
  try {
    given = JSON.parse(argument === '' ? '{}' : argument);
  } catch {
    return refuse(verb, 'its argument is no JSON');
  }
  if (!isRecord(given)) return refuse(verb, 'its argument is no JSON object');
  return commandOf(verb, given);
}

/** A command that a program gives. @throws `INVALID_INPUT` where it is none, or says nobody who asks. */
export function checkedCommand(command: unknown, by: unknown): { readonly command: OperatorCommand; readonly requestedBy: string } {
  if (!isRecord(command)) return refuse('', `${shown(command)} is no command`);
  const { verb, ...given } = command;
  checkVerb(verb);
  const requestedBy = isRecord(by) ? by['requestedBy'] : undefined;
  if (typeof requestedBy !== 'string' || requestedBy === '') return refuse(verb, `requestedBy must say who asks, and is ${shown(requestedBy)}`);
  return { command: commandOf(verb, given), requestedBy };
}

type Verb = OperatorCommand['verb'];

function checkVerb(verb: unknown): asserts verb is Verb {
  if (typeof verb !== 'string' || !Object.hasOwn(ARGUMENTS, verb)) refuse(typeof verb === 'string' ? verb : shown(verb), `there is no such verb; there are ${Object.keys(ARGUMENTS).join(', ')}`);
}

function commandOf(verb: Verb, given: Readonly<Record<string, unknown>>): OperatorCommand {
  const { needs, may } = ARGUMENTS[verb];
  // What is undefined was left out.
  const values = Object.entries(given).filter(([, value]) => value !== undefined);
  for (const name of needs) if (!values.some(([has]) => has === name)) refuse(verb, `its argument lacks ${name}`);
  for (const [name, value] of values) {
    if (![...needs, ...may].includes(name)) refuse(verb, `its argument has ${name}, which it does not take`);
    if (typeof value !== 'string' || value === '') refuse(verb, `${name} must be a text that is not empty`);
  }
  return { verb, ...Object.fromEntries(values) } as OperatorCommand;
}

function refuse(verb: string, message: string): never {
  throw new StockwrightError(`${verb === '' ? '' : `Command ${verb}: `}${message}.`, { code: 'INVALID_INPUT' });
}
