import { invalidInput } from '@stockwright/core';
import type { z } from 'zod';

/** Writes where a read stands as the text that the caller hands back. */
export function formatCursor(state: unknown): string {
  return JSON.stringify(state);
}

/** Reads it again. @throws `INVALID_INPUT` where the text is not one of ours. */
export function parseCursor<State>(schema: z.ZodType<State>, cursor: string): State {
  const parsed = schema.safeParse(readJson(cursor));
  if (parsed.success) return parsed.data;
  throw invalidInput('page', [{ path: ['page'], message: 'the cursor was not made by this adapter; begin without one' }]);
}

/** Reads JSON. @returns Nothing where the text is none. */
export function readJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
