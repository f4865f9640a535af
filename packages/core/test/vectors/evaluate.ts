import { z } from 'zod';
import { formatQuantity, MAX_SCALE, parseQuantity } from '@stockwright/core';
import { DECISIONS } from './decisions.ts';
import { NUMBERS } from './numbers.ts';
import type { Operation } from './words.ts';

/** Every operation by its name in a file of vectors. */
export const OPERATIONS: Readonly<Record<string, Operation>> = { ...NUMBERS, ...DECISIONS };

/** What came of one vector. */
export interface VectorResult {
  readonly id: string;
  readonly op: string;
  readonly passed: boolean;
  /** What was expected and what came instead, by name; only what differs. */
  readonly expected: unknown;
  readonly got: unknown;
}

/*
 * Whatever else a file or a vector says of itself (where it is from, what it is about) asks nothing. In the input and in
 * what is expected every field means something, so those refuse what they do not know.
 */
const fileSchema = z.object({ vectors: z.array(z.unknown()).min(1, 'there is no vector in it') });
const vectorSchema = z.object({ id: z.string(), op: z.string(), input: z.unknown(), expect: z.record(z.string(), z.unknown()) });

/** Evaluates a file of vectors. @throws Where it is not such a file. */
export function evaluateVectors(file: unknown): readonly VectorResult[] {
  const parsed = fileSchema.safeParse(file);
  if (!parsed.success) throw new Error(`This is no file of vectors: ${problems(parsed.error)}`);
  return parsed.data.vectors.map((vector, index) => evaluated(vector, index));
}

function evaluated(vector: unknown, index: number): VectorResult {
  const parsed = vectorSchema.safeParse(vector);
  const told = vector as { readonly id?: unknown; readonly op?: unknown } | null;
  const [id, op] = [typeof told?.id === 'string' ? told.id : `vector ${String(index)}`, String(told?.op)];
  const failed = (got: string, expected: unknown = undefined): VectorResult => ({ id, op, passed: false, expected, got });
  if (!parsed.success) return failed(`refused: ${problems(parsed.error)}`);
  const { input, expect } = parsed.data;
  const operation = Object.hasOwn(OPERATIONS, op) ? OPERATIONS[op] : undefined;
  if (operation === undefined) return failed(`unknown operation ${op}; known are ${Object.keys(OPERATIONS).sort().join(', ')}`, expect);
  const checks = [['input', operation.input.safeParse(input)], ['expect', operation.expect.safeParse(expect)]] as const;
  const refused = checks.flatMap(([name, check]) => (check.success ? [] : [`${name}: ${problems(check.error)}`]));
  if (refused.length > 0) return failed(`refused: ${refused.join('; ')}`, expect);
  if (Object.keys(expect).length === 0) return failed('refused: expect: nothing is expected', expect);
  try {
    return compared({ id, op }, expect, operation.answer(input));
  } catch (error) {
    return failed(`error: ${error instanceof Error ? error.message : String(error)}`, expect);
  }
}

function compared(of: Pick<VectorResult, 'id' | 'op'>, expect: Readonly<Record<string, unknown>>, answer: Readonly<Record<string, unknown>>): VectorResult {
  const [expected, got]: [Record<string, unknown>, Record<string, unknown>] = [{}, {}];
  for (const [name, value] of Object.entries(expect)) {
    const told = answer[name];
    const found = typeof told === 'function' ? (told as (expected: unknown) => unknown)(value) : told;
    if (JSON.stringify(canonical(found)) === JSON.stringify(canonical(value))) continue;
    expected[name] = value;
    got[name] = found;
  }
  return { ...of, passed: Object.keys(expected).length === 0, expected, got };
}

/** The same with every number in its one form, `33.6` for `33.60`, and properties by name. */
function canonical(value: unknown): unknown {
  if (typeof value === 'number') return String(value);
  if (typeof value === 'string') return /^-?\d+\.\d{1,12}$/.test(value) ? formatQuantity(parseQuantity(value, { scale: MAX_SCALE }), MAX_SCALE) : value;
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, of]) => [name, canonical(of)]));
}

function problems({ issues }: z.ZodError): string {
  return issues.map(({ path, message }) => `${path.length === 0 ? '' : `${path.join('.')}: `}${message}`).join('; ');
}
