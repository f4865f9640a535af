/**
 * JSON with the properties of every object in one order. Shopify ties an idempotency key to the request's fingerprint,
 * and the fingerprint to the order of its fields, so the same request must always be the same text.
 */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
