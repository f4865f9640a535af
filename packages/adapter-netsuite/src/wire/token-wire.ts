import { z } from 'zod';

/** NetSuite: the lifetime in seconds is seen as a number and as a text. */
export const tokenWire: z.ZodType<{ readonly access_token: string; readonly expires_in: string | number }> = z.object({
  access_token: z.string().min(1),
  expires_in: z.union([z.number().positive(), z.string().regex(/^\d{1,9}$/)]),
});
