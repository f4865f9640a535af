import { boundedIssues, cut, MAX_MESSAGE_LENGTH } from '../errors/issue.ts';
import { schemaIssues } from '../errors/schema-issues.ts';

/** What the doctor can find. Codes are stable within a major version; messages are not. @public */
export const FINDING_CODES = [
  'MALFORMED',
  'DUPLICATE_SKU',
  'SIMILAR_SKU',
  'UNKNOWN_COMPONENT',
  'DUPLICATE_COMPONENT',
  'COMPONENT_QUANTITY',
  'KIT_SCALE',
  'KIT_CYCLE',
  'KIT_TOO_DEEP',
  'HUGE_RECIPE',
  'KIT_WITHOUT_LIMIT',
  'CONVERSION_NOT_POSITIVE',
  'DUPLICATE_CONVERSION',
  'CONTRADICTORY_CONVERSIONS',
  'CONVERSION_TOO_LONG',
  'UNIT_NOT_CONVERTIBLE',
  'UNEVEN_UNIT',
  'UNMAPPED',
  'AMBIGUOUS_IDENTIFIER',
  'DUPLICATE_IDENTIFIER',
  'UNKNOWN_TARGET',
  'UNUSED_MAPPING',
] as const;

/** One of {@link FINDING_CODES}. @public */
export type FindingCode = (typeof FINDING_CODES)[number];

/** Something that is wrong, or probably not meant. @public */
export interface Finding {
  readonly code: FindingCode;
  /** An error must be mended before anything can run; a warning is allowed. */
  readonly severity: 'error' | 'warning';
  /** Where: property names and zero-based indices from the root of the input. */
  readonly path: readonly (string | number)[];
  /** What was found, with the values, and what to do. */
  readonly message: string;
}

/** What zod refused, as findings; of very many the first ones, and how many more there are. */
export function malformed(issues: Parameters<typeof schemaIssues>[0]): readonly Finding[] {
  return boundedIssues(schemaIssues(issues)).map(({ path, message }) => ({ code: 'MALFORMED', severity: 'error', path, message }));
}

/** Findings of which no message is longer than one can read, whatever names an input has. */
export function bounded(findings: readonly Finding[]): readonly Finding[] {
  return findings.map((finding) => (finding.message.length <= MAX_MESSAGE_LENGTH ? finding : { ...finding, message: cut(finding.message, MAX_MESSAGE_LENGTH) }));
}
