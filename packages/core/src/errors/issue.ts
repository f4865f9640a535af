/** One thing that is wrong with an input, and where. @public */
export interface Issue {
  /** Where: property names and zero-based indices from the root of the input. */
  readonly path: readonly (string | number)[];
  /** What is wrong, with the value, and what to do. */
  readonly message: string;
}

/** The most problems that one refusal names; one more says how many were left out. */
export const MAX_ISSUES = 100;
/** The longest message of one problem, in UTF-16 code units. */
export const MAX_MESSAGE_LENGTH = 500;
/** The longest path that a message spells out; the issue itself has it whole. */
export const MAX_PATH_LENGTH = 200;
const MAX_SHOWN_LENGTH = 80;
const MAX_NAMES = 10;

/** A text that is not longer than this, an ellipsis in place of its end where it was. */
export function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`;
}

/** A value of any size as a message shows it: a text quoted and cut, of a list or an object that it is one. */
export function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(cut(value, MAX_SHOWN_LENGTH));
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' && value !== null ? 'an object' : cut(String(value), MAX_SHOWN_LENGTH);
}

/** Names in a row; of many only the first ones and how many more there are. */
export function listed(names: readonly string[]): string {
  const more = names.length - MAX_NAMES;
  return more <= 0 ? names.join(', ') : `${names.slice(0, MAX_NAMES).join(', ')} and ${String(more)} more`;
}

/**
 * What a refusal carries of the problems of an input: an input of a million wrong lines must not make an error, and a line
 * in a log, of a hundred megabytes.
 */
export function boundedIssues(issues: readonly Issue[]): readonly Issue[] {
  const told = issues.slice(0, MAX_ISSUES).map(({ path, message }): Issue => ({ path, message: cut(message, MAX_MESSAGE_LENGTH) }));
  const more = issues.length - told.length;
  return more === 0 ? told : [...told, { path: [], message: `${String(more)} more problems` }];
}
