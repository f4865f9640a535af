import type { Account } from './account.ts';
import { invalidInput } from './answers.ts';
import type { Answer, INVALID_INPUT } from './answers.ts';
import { parseTime } from './times.ts';
import type { TokenKind } from './tokens.ts';
import type { AmazonPlannedOperation } from './usage-plans.ts';

/** One readable request. */
export interface ApiCall {
  readonly account: Account;
  /** From the path, decoded. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** The JSON that was sent; nothing where there was none. */
  readonly body: unknown;
  /** Where the server was reached, for the addresses that it hands out. */
  readonly origin: string;
  /** Whether a fault keeps what is accepted from ever being on offer. */
  readonly isNeverApplied: boolean;
}

/** An operation of the vendor. */
export interface Operation {
  readonly name: AmazonPlannedOperation;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** With `{name}` for a part of the path that is a value. */
  readonly path: string;
  /** Whose token it wants; the seller's by default. */
  readonly token?: TokenKind;
  /** May throw a refused call. */
  readonly handle: (call: ApiCall) => Answer;
}

/** A parameter that is a list: joined by commas, or repeated. A comma cannot be part of a value. */
export function readList(query: URLSearchParams, name: string): readonly string[] {
  return query.getAll(name).flatMap((text) => text.split(',')).filter((value) => value !== '');
}

/** A list whose values must be among those known. */
export function readChoices(call: ApiCall, api: keyof typeof INVALID_INPUT, choice: { readonly name: string; readonly allowed: readonly string[] }): readonly string[] {
  const values = readList(call.query, choice.name);
  const unknown = values.find((value) => !choice.allowed.includes(value));
  if (unknown !== undefined) throw invalidInput(api, `'${unknown}' is not a valid value of '${choice.name}'.`);
  return values;
}

/** A whole number within bounds, or the default. */
export function readCount(
  call: ApiCall,
  api: keyof typeof INVALID_INPUT,
  range: { readonly name: string; readonly least: number; readonly most: number; readonly fallback: number },
): number {
  const text = call.query.get(range.name);
  if (text === null) return range.fallback;
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= range.least && value <= range.most) return value;
  throw invalidInput(api, `'${range.name}' must lie between ${String(range.least)} and ${String(range.most)}.`);
}

/** A time of the query; nothing where it is absent. */
export function readTime(call: ApiCall, api: keyof typeof INVALID_INPUT, name: string): number | undefined {
  const text = call.query.get(name);
  if (text === null) return undefined;
  const ms = parseTime(text);
  if (ms === undefined) throw invalidInput(api, `Query parameter [${name}] value is not a valid ISO date-time object.`);
  return ms;
}

/** Exactly one marketplace, which must be the account's. */
export function requireMarketplace(call: ApiCall, api: keyof typeof INVALID_INPUT): void {
  const ids = readList(call.query, 'marketplaceIds');
  const { marketplaceId } = call.account.options;
  if (ids.length === 0) throw invalidInput(api, "'marketplaceIds' is required.");
  if (ids.some((id) => id !== marketplaceId)) throw invalidInput(api, "'marketplaceIds' names a store that this seller does not sell in.");
}
