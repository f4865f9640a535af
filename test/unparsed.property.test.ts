import { ERROR_CODES, FINDING_CODES, isStockwrightError } from '@stockwright/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyJson, MONSTERS, nearly } from './support/unparsed-json.ts';
import { DECISIONS } from './support/unparsed-decisions.ts';
import { READERS, type Reader } from './support/unparsed-readers.ts';

/** No refusal is longer than a screen or two, whatever was refused. */
const MOST = { issues: 101, issue: 500, message: 75_000 } as const;
const PROTOTYPES = [Object.prototype, Array.prototype, Function.prototype] as const;
const namesOf = (): readonly string[] => PROTOTYPES.map((prototype) => Reflect.ownKeys(prototype).map(String).sort().join());
const PURE = namesOf();

const isPath = (path: unknown): boolean => Array.isArray(path) && path.every((part) => typeof part === 'string' || typeof part === 'number');

type Outcome = { readonly value: unknown } | { readonly code: string };

/** Reads an input. Whatever comes of it is a value, or an error of ours that says where; nothing global has changed. */
function outcome(reader: Reader, input: unknown): Outcome {
  const came = lawful(reader, input);
  if (namesOf().join('\n') !== PURE.join('\n')) throw new Error('a prototype was changed');
  return came;
}

function lawful({ read }: Reader, input: unknown): Outcome {
  try {
    return { value: read(input) };
  } catch (error) {
    if (!isStockwrightError(error)) throw error;
    const { code, message, issues } = error;
    if (!ERROR_CODES.includes(code) || code === 'INVARIANT_VIOLATED') throw error;
    const wrong = issues.filter((issue) => !isPath(issue.path) || issue.message === '' || issue.message.length > MOST.issue);
    if (wrong.length > 0 || issues.length > MOST.issues || message.length > MOST.message) throw new Error(`unbounded: ${String(issues.length)} issues, ${String(message.length)} characters`, { cause: error });
    // What a vendor sent is never quoted by path alone: its adapter names the place in the message.
    if (issues.length === 0 && code !== 'MALFORMED_RESPONSE') throw new Error('no path', { cause: error });
    return { code };
  }
}

describe.each([...READERS, ...DECISIONS].map((reader) => ({ ...reader, title: [reader.entry, reader.name, reader.method ?? ''].join(' ').trim() })))('$title', (reader) => {
  const { sound } = reader;

  it('makes a value of any JSON, or says where it is wrong', () => {
    fc.assert(fc.property(anyJson, (input) => { outcome(reader, input); }), { numRuns: 500 });
  });

  it('makes a value of what is nearly sound, or says where it is not', () => {
    fc.assert(fc.property(nearly(sound), (input) => { outcome(reader, input); }), { numRuns: 300 });
  });

  it('reads what it is meant to read', () => {
    fc.assert(fc.property(sound, (input) => {
      expect(outcome(reader, input)).toHaveProperty('value');
    }), { numRuns: 30 });
  });

  it.each(MONSTERS)('stays within bounds for %s', (_, monster) => {
    const came = outcome(reader, monster());
    const value = 'value' in came ? came.value : undefined;
    // Findings, not what was read: those are as many as there is to say.
    if (Array.isArray(value) && reader.name.startsWith('diagnose')) {
      expect(value.length).toBeLessThanOrEqual(MOST.issues);
      expect(value.filter(({ code, path, message }) => !FINDING_CODES.includes(code) || !isPath(path) || message.length > MOST.issue)).toEqual([]);
    }
  });
});
