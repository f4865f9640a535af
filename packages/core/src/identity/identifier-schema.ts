import * as z from 'zod';
import { identifierProblem } from './ids.ts';

/** An identifier as it stands in JSON. `what` is its name in messages. */
export function identifierSchema(what = 'identifier'): z.ZodString {
  return z.string().check((context) => {
    const problem = identifierProblem(context.value, what);
    if (problem !== undefined) context.issues.push({ code: 'custom', message: problem, input: context.value });
  });
}
