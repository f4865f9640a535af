import type { Mapping } from '@stockwright/adapter';
import { invalidInput, type Issue } from '@stockwright/core';

/** A mapping that can also say what it maps. @public */
export interface ListedMapping<Key extends string> extends Mapping<Key> {
  /** Every identifier of the vendor's that is mapped, in the order given. */
  externals(): Iterable<string>;
}

/**
 * A mapping of one account, one to one.
 *
 * @param entries - Pairs of the vendor's identifier and ours.
 * @throws `INVALID_INPUT` where something is no pair of texts, or an identifier is empty or stands twice on its side; the
 *   path is that of the second one: the number of the pair, then 0 for the vendor's side or 1 for ours.
 * @example
 * ```ts
 * createMapping([['gid://shopify/Location/1', parseLocationId('W1')]])
 * ```
 * @public
 */
export function createMapping<Key extends string>(entries: Iterable<readonly [external: string, internal: Key]>): ListedMapping<Key> {
  const toInternal = new Map<string, Key>();
  const toExternal = new Map<Key, string>();
  const issues: Issue[] = [];
  let index = -1;
  for (const entry of pairsOf(entries)) {
    index += 1;
    if (!Array.isArray(entry)) {
      issues.push({ path: [index], message: 'must be a pair of the vendor\'s identifier and ours' });
      continue;
    }
    const [external, internal] = entry as unknown as readonly [string, Key];
    const problems = [
      { side: 0, message: problemOf(external, toInternal.get(external)) },
      { side: 1, message: problemOf(internal, toExternal.get(internal)) },
    ];
    for (const { side, message } of problems) if (message !== undefined) issues.push({ path: [index, side], message });
    toInternal.set(external, internal);
    toExternal.set(internal, external);
  }
  if (issues.length > 0) throw invalidInput('mapping', issues);
  return {
    toInternal: (external) => toInternal.get(external),
    toExternal: (internal) => toExternal.get(internal),
    externals: () => toInternal.keys(),
  };
}

/** The types promise a list; a mapping that somebody keeps as JSON may be anything. */
function pairsOf(entries: unknown): Iterable<unknown> {
  if (typeof entries === 'object' && entries !== null && Symbol.iterator in entries) return entries as Iterable<unknown>;
  throw invalidInput('mapping', [{ path: [], message: 'must be a list of pairs of the vendor\'s identifier and ours' }]);
}

function problemOf(identifier: unknown, partner: string | undefined): string | undefined {
  if (typeof identifier !== 'string') return `an identifier must be a text, not ${identifier === null ? 'null' : typeof identifier}`;
  if (identifier === '') return 'an identifier must not be empty';
  if (partner === undefined) return undefined;
  return `${JSON.stringify(identifier)} is mapped already, to ${JSON.stringify(partner)}; each identifier may stand once`;
}
