import type { Issue } from '../errors/error.ts';

/** What is wrong with lines of which two have one id: nobody knows which of them a later word is about. */
export function repeatedIds(lines: readonly { readonly id: string }[], path: readonly (string | number)[] = []): readonly Issue[] {
  const known = new Set<string>();
  return lines.flatMap(({ id }, index) => {
    if (known.has(id)) return [{ path: [...path, index, 'id'], message: `${id} is the id of an earlier line` }];
    known.add(id);
    return [];
  });
}
