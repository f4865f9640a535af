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
 * @throws `INVALID_INPUT` where an identifier is empty or stands twice on its side; the path is that of the second
 *   one: the number of the pair, then 0 for the vendor's side or 1 for ours.
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
  let index = 0;
  for (const [external, internal] of entries) {
    const problems = [
      { side: 0, message: problemOf(external, toInternal.get(external)) },
      { side: 1, message: problemOf(internal, toExternal.get(internal)) },
    ];
    for (const { side, message } of problems) if (message !== undefined) issues.push({ path: [index, side], message });
    toInternal.set(external, internal);
    toExternal.set(internal, external);
    index += 1;
  }
  if (issues.length > 0) throw invalidInput('mapping', issues);
  return {
    toInternal: (external) => toInternal.get(external),
    toExternal: (internal) => toExternal.get(internal),
    externals: () => toInternal.keys(),
  };
}

function problemOf(identifier: string, partner: string | undefined): string | undefined {
  if (identifier === '') return 'an identifier must not be empty';
  if (partner === undefined) return undefined;
  return `${JSON.stringify(identifier)} is mapped already, to ${JSON.stringify(partner)}; each identifier may stand once`;
}
