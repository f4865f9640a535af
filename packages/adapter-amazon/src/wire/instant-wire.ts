import { parseInstant, type Instant } from '@stockwright/core';
import { z } from 'zod';

/** A moment as Amazon writes it, with or without parts of a second. */
export const instantSchema: z.ZodType<Instant> = z.string().transform((text, context) => {
  try {
    return parseInstant(text);
  } catch {
    context.issues.push({ code: 'custom', message: 'is not an ISO 8601 time with an offset', input: text });
    return z.NEVER;
  }
});
