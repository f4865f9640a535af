import { z } from 'zod';
import { readJson } from '../map/cursor.ts';

/** One of Amazon's reasons. */
export interface ErrorWire {
  readonly code: string;
  readonly message: string;
  readonly details?: string | undefined;
}

/** Amazon: codes are words here and numbers as text there (`BAD_REQUEST`, `"400"`), and details may be empty or missing. */
const word = z.union([z.string(), z.number().transform(String)]).catch('');
const optional = z.string().optional().catch(undefined);
const errorListSchema = z.object({ errors: z.array(z.object({ code: word, message: word, details: optional })) });

/** Reads the reasons of a refusal; none where a gateway answered with a web page or nothing at all. */
export function readErrors(text: string): readonly ErrorWire[] {
  const { success, data } = errorListSchema.safeParse(readJson(text));
  return success ? data.errors : [];
}

/** A refusal of the token endpoint. */
const tokenErrorSchema = z.object({ error: z.string() });

/** Reads which refusal of the token endpoint it is, in the words of OAuth 2.0, such as `invalid_grant`. */
export function readTokenError(text: string): string | undefined {
  const { success, data } = tokenErrorSchema.safeParse(readJson(text));
  return success && /^[a-z_]{1,40}$/.test(data.error) ? data.error : undefined;
}
