/** What a token of a page stands for. It is opaque to the caller. */
export interface PagePosition {
  /** The parameters that must stay as they were. */
  readonly question: string;
  /** Where the page starts; its meaning is the operation's. */
  readonly from: string | number;
  /** When the token dies; nothing where it does not. */
  readonly expiresAtMs?: number;
  /** What else the operation wants to find again. */
  readonly rest?: Readonly<Record<string, string | number>>;
}

/** Writes a token. */
export function encodePosition(position: PagePosition): string {
  return Buffer.from(JSON.stringify(position)).toString('base64url');
}

/** Reads a token that this server could have written; nothing for any other text. */
export function decodePosition(token: string): PagePosition | undefined {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(token, 'base64url').toString());
    return isPosition(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

function isPosition(value: unknown): value is PagePosition {
  if (typeof value !== 'object' || value === null || !('question' in value) || !('from' in value)) return false;
  const isFrom = typeof value.from === 'string' || typeof value.from === 'number';
  const isExpiry = !('expiresAtMs' in value) || typeof value.expiresAtMs === 'number';
  const isRest = !('rest' in value) || (typeof value.rest === 'object' && value.rest !== null);
  return typeof value.question === 'string' && isFrom && isExpiry && isRest;
}

/** A query without the parameters that may change from page to page, in one spelling. */
export function questionOf(query: URLSearchParams, changing: readonly string[]): string {
  return [...query].filter(([name]) => !changing.includes(name)).map(([name, value]) => `${name}=${value}`).sort().join('&');
}
