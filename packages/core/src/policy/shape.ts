import type { Issue } from '../errors/error.ts';

/** How deep a policy may nest: twice what it can need, settings of custom rules included. */
const MAX_DEPTH = 64;

/** A part of the input, and the way to it. */
interface Part {
  readonly value: object;
  readonly depth: number;
  readonly key: string | number;
  readonly parent: Part | undefined;
}

/**
 * What is wrong with the mere shape of an input, found without recursion: settings of custom rules are any JSON, and what
 * reads them level by level would run out of stack. A property `__proto__` would be dropped where names are free.
 */
export function shapeIssue(input: unknown): Issue | undefined {
  const open: Part[] = isObject(input) ? [{ value: input, depth: 1, key: '', parent: undefined }] : [];
  for (let part = open.pop(); part !== undefined; part = open.pop()) {
    if (part.depth > MAX_DEPTH) return { path: pathOf(part), message: `nests deeper than ${String(MAX_DEPTH)} levels` };
    if (Object.hasOwn(part.value, '__proto__')) return { path: [...pathOf(part), '__proto__'], message: 'nothing can have the name __proto__ here; choose another' };
    for (const [key, value] of entriesOf(part.value)) if (isObject(value)) open.push({ value, depth: part.depth + 1, key, parent: part });
  }
  return undefined;
}

/** Whether properties can be read from it. */
export function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function entriesOf(value: object): Iterable<readonly [string | number, unknown]> {
  return Array.isArray(value) ? value.entries() : Object.entries(value);
}

function pathOf(part: Part): (string | number)[] {
  const path: (string | number)[] = [];
  for (let at: Part = part; at.parent !== undefined; at = at.parent) path.unshift(at.key);
  return path;
}
