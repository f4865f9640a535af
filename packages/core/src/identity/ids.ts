import { shown } from '../errors/issue.ts';
import { invalidInput } from '../errors/error.ts';

/** What is counted: the team's own code of a stocked thing or a kit, exact and case-sensitive. @public */
export type Sku = string & { readonly '~sku': true };
/** Where it is counted: the team's own code of a warehouse, shop or virtual place. @public */
export type LocationId = string & { readonly '~location': true };
/** One sales channel account: a shop, a marketplace account, a portal. @public */
export type ChannelId = string & { readonly '~channel': true };
/** One system that reports stock: an ERP, a warehouse system, a till. @public */
export type SourceId = string & { readonly '~source': true };

/** The longest identifier that is accepted, in UTF-16 code units, of which some characters take two: it must fit a database key. @public */
export const MAX_IDENTIFIER_LENGTH = 200;

// eslint-disable-next-line no-control-regex -- control characters are exactly what is refused
const UNPRINTABLE = /[\u0000-\u001f\u007f]/;
/** Half of a character: two texts that differ in it become one as soon as they are stored. */
const LONE_SURROGATE = /\p{Surrogate}/u;

function parseIdentifier(value: unknown, what: string, path: readonly (string | number)[]): string {
  const problem = identifierProblem(value, what);
  if (problem !== undefined) throw invalidInput(what, [{ path, message: problem }]);
  return value as string;
}

/** The reason why a value is not an identifier, or nothing where it is one. */
export function identifierProblem(value: unknown, what: string): string | undefined {
  if (typeof value !== 'string') return `${what} must be a text, not ${value === null ? 'null' : typeof value}`;
  if (value === '') return `${what} must not be empty`;
  if (value.length > MAX_IDENTIFIER_LENGTH) {
    return `${what} has ${String(value.length)} characters; at most ${String(MAX_IDENTIFIER_LENGTH)} are accepted`;
  }
  if (value !== value.trim()) return `${what} ${shown(value)} must not begin or end with white space`;
  if (UNPRINTABLE.test(value)) return `${what} ${shown(value)} must not contain control characters`;
  if (LONE_SURROGATE.test(value)) return `${what} ${shown(value)} must not contain half of a character (a surrogate without its other)`;
  return undefined;
}

/** A name as it is written; whatever else stands in its place, as a message may show it. */
export function named(value: unknown): string {
  return identifierProblem(value, 'name') === undefined ? (value as string) : shown(value);
}

/**
 * Reads a stock keeping unit.
 *
 * @param value - Printable characters of 1 to 200 UTF-16 code units together, without white space at either end; letter case counts.
 * @param path - Where the value stood in the caller's input, for the message.
 * @throws `INVALID_INPUT` where the value is anything else.
 * @example
 * ```ts
 * parseSku('85123A') // => '85123A'
 * ```
 * @public
 */
export function parseSku(value: unknown, path: readonly (string | number)[] = []): Sku {
  return parseIdentifier(value, 'sku', path) as Sku;
}

/**
 * Reads a location code, on the same terms as {@link parseSku}.
 *
 * @throws `INVALID_INPUT` as {@link parseSku}.
 * @example
 * ```ts
 * parseLocationId('W1') // => 'W1'
 * ```
 * @public
 */
export function parseLocationId(value: unknown, path: readonly (string | number)[] = []): LocationId {
  return parseIdentifier(value, 'location', path) as LocationId;
}

/**
 * Reads a channel id, on the same terms as {@link parseSku}.
 *
 * @throws `INVALID_INPUT` as {@link parseSku}.
 * @example
 * ```ts
 * parseChannelId('shop') // => 'shop'
 * ```
 * @public
 */
export function parseChannelId(value: unknown, path: readonly (string | number)[] = []): ChannelId {
  return parseIdentifier(value, 'channel', path) as ChannelId;
}

/**
 * Reads a source id, on the same terms as {@link parseSku}.
 *
 * @throws `INVALID_INPUT` as {@link parseSku}.
 * @example
 * ```ts
 * parseSourceId('erp') // => 'erp'
 * ```
 * @public
 */
export function parseSourceId(value: unknown, path: readonly (string | number)[] = []): SourceId {
  return parseIdentifier(value, 'source', path) as SourceId;
}
