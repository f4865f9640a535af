import { adapterError } from '@stockwright/adapter';
import { formatPath } from '@stockwright/core';
import type { z } from 'zod';
import type { CallFacts } from './http-error.ts';

const ISSUES_SHOWN_MAX = 3;
/** Names of properties are the vendor's, so they may be of any length and number. */
const ISSUE_LENGTH_MAX = 300;

/**
 * Reads what a vendor sent through a wire schema.
 *
 * @throws `MALFORMED_RESPONSE`, naming the path of each problem and never a value: values may be a customer's data.
 * @public
 */
export function parseResponse<Output>(schema: z.ZodType<Output>, value: unknown, facts: CallFacts): Output {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const { issues } = result.error;
  const shown = issues
    .slice(0, ISSUES_SHOWN_MAX)
    .map(({ path, message }) => `${formatPath(path.map(toPathPart))}: ${message}`.slice(0, ISSUE_LENGTH_MAX))
    .join('; ');
  const rest = issues.length > ISSUES_SHOWN_MAX ? `; ${String(issues.length - ISSUES_SHOWN_MAX)} more` : '';
  throw adapterError(
    'MALFORMED_RESPONSE',
    `${facts.adapter} answered ${facts.operation} outside its contract: ${shown}${rest}`,
    facts,
  );
}

function toPathPart(part: PropertyKey): string | number {
  return typeof part === 'symbol' ? String(part) : part;
}

/**
 * Reads a JSON text.
 *
 * @throws `MALFORMED_RESPONSE` where the text is not JSON; the text itself is not part of the message.
 * @public
 */
export function parseJson(text: string, facts: CallFacts): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw adapterError(
      'MALFORMED_RESPONSE',
      `${facts.adapter} answered ${facts.operation} with ${String(text.length)} characters that are not JSON`,
      facts,
    );
  }
}
