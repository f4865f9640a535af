import { createHmac, timingSafeEqual } from 'node:crypto';

/** A signed message as it came. @public */
export interface SignedMessage {
  /** The raw bytes, untouched. */
  readonly body: Uint8Array;
  /** Any of them may have signed: while a secret is being replaced, both are in use. */
  readonly secrets: readonly string[];
  readonly signatureBase64: string;
}

/**
 * Whether any of the secrets made this signature, in a time that does not tell how much of it was right.
 *
 * @public
 */
export function verifyHmacSha256({ body, secrets, signatureBase64 }: SignedMessage): boolean {
  const given = Buffer.from(signatureBase64, 'base64');
  let matches = false;
  for (const secret of secrets) {
    const expected = createHmac('sha256', secret).update(body).digest();
    // An empty secret is a configuration that was never filled in: anybody could sign with it.
    if (secret !== '' && given.length === expected.length && timingSafeEqual(given, expected)) matches = true;
  }
  return matches;
}

/** The signature of a body in base64, as {@link verifyHmacSha256} expects it. @public */
export function signHmacSha256({ body, secret }: { readonly body: Uint8Array; readonly secret: string }): string {
  return createHmac('sha256', secret).update(body).digest('base64');
}
