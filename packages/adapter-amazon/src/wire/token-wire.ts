import { z } from 'zod';

/** A token, and for how many seconds it lasts. */
export interface TokenWire {
  readonly access_token: string;
  readonly expires_in: number;
}

export const tokenSchema: z.ZodType<TokenWire> = z.object({
  // It goes into a header, where a line break would fail with a message that quotes it.
  access_token: z.string().regex(/^[\x21-\x7e]+$/),
  expires_in: z.number().positive(),
});
