import { instantFromMs, instantToMs, MAX_IDENTIFIER_LENGTH, type Instant, type Issue } from '@stockwright/core';
import { storable } from '../ports/index.ts';

/** What single values from outside must be before anything is worked out from them. */

/** Where a value stood in what was given. */
export type Path = Issue['path'];

/** The longest part of a text that a message repeats. */
const MAX_SHOWN = 80;
const UNPRINTABLE = /[\u0000-\u001f\u007f]/;
/** A year of four digits: only such instants compare as text. */
const YEAR = /^\d{4}-/;
const INSTANT_LENGTH = 24;

/** A value of any size as a message shows it. */
export function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length <= MAX_SHOWN ? value : `${value.slice(0, MAX_SHOWN - 1)}…`);
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' && value !== null ? 'an object' : String(value).slice(0, MAX_SHOWN);
}

/** Whether a value has properties that can be asked for. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Notes why a value cannot be a key of a row. */
export function checkIdentifier(value: unknown, path: Path, issues: Issue[]): void {
  const message = identifierProblem(value);
  if (message !== undefined) issues.push({ path, message });
}

/** Notes why a value is no instant in the one form that compares as text. */
export function checkInstant(value: unknown, path: Path, issues: Issue[]): void {
  if (!isInstant(value)) issues.push({ path, message: `${shown(value)} is not an instant such as 2026-11-23T10:00:00.000Z; read it with parseInstant` });
}

function identifierProblem(value: unknown): string | undefined {
  if (typeof value !== 'string') return `must be a text, not ${shown(value)}`;
  if (value === '') return 'must not be empty';
  if (value.length > MAX_IDENTIFIER_LENGTH) return `${shown(value)} has ${String(value.length)} characters, and at most ${String(MAX_IDENTIFIER_LENGTH)} fit a key`;
  if (UNPRINTABLE.test(value) || storable(value) !== value) return `${shown(value)} has a control character or half of a character, which no key can keep`;
  return undefined;
}

function isInstant(value: unknown): value is Instant {
  if (typeof value !== 'string' || value.length !== INSTANT_LENGTH || !YEAR.test(value)) return false;
  const ms = instantToMs(value as Instant);
  return !Number.isNaN(ms) && instantFromMs(ms) === value;
}
