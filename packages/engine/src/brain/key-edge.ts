import { invalidInput, type AvailabilityKey, type Issue } from '@stockwright/core';
import { checkIdentifier, isRecord, shown } from './words.ts';

/**
 * Refuses what names no number, before anything is read for it.
 *
 * @param path - Where the keys stood in what the caller gave.
 * @throws `INVALID_INPUT` naming each problem with its path.
 */
export function refuseUnsoundKeys(keys: unknown, path: (index: number) => Issue['path']): asserts keys is readonly AvailabilityKey[] {
  const issues: Issue[] = [];
  if (!Array.isArray(keys)) issues.push({ path: [], message: `${shown(keys)} is no list of keys` });
  else {
    keys.forEach((key: unknown, index) => {
      if (!isRecord(key)) issues.push({ path: path(index), message: `${shown(key)} is no channel and sku` });
      else for (const name of ['channel', 'sku'] as const) checkIdentifier(key[name], [...path(index), name], issues);
    });
  }
  if (issues.length > 0) throw invalidInput('key', issues);
}
