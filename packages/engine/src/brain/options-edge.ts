import { StockwrightError } from '@stockwright/core';
import { isRecord, shown } from './words.ts';

/**
 * The transaction that a host wants to be joined, if any. What could have been meant for one and is not named so is refused: the
 * host would believe that its transaction decides.
 *
 * @throws `INVALID_INPUT`
 */
export function hostTransactionOf(options: unknown): unknown {
  if (options === undefined) return undefined;
  if (!isRecord(options)) throw refusal(`${shown(options)} are no options`);
  const other = Object.keys(options).find((name) => name !== 'tx');
  if (other !== undefined) throw refusal(`options have ${shown(other)}, which they do not take`);
  return options['tx'];
}

function refusal(why: string): StockwrightError {
  return new StockwrightError(`${why}; a transaction of the host's own is given as { tx }.`, { code: 'INVALID_INPUT', details: { path: ['options'] } });
}
