/** Nothing left this machine, or nobody took it: certainly not applied. */
const REFUSED = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN']);
/** A cause of a cause of a cause: no platform nests deeper, and a cycle must end. */
const CAUSE_DEPTH_MAX = 4;

/** Whether a failed fetch certainly never reached the vendor. */
export function isRefusedConnection(error: unknown): boolean {
  const codes = codesOf(error, CAUSE_DEPTH_MAX);
  return codes.length > 0 && codes.every((code) => REFUSED.has(code));
}

/** The platform's code of a network failure, for a message that quotes nothing else of it. */
export function networkCode(error: unknown): string {
  return codesOf(error, CAUSE_DEPTH_MAX)[0] ?? 'no code';
}

function codesOf(error: unknown, depth: number): readonly string[] {
  if (typeof error !== 'object' || error === null || depth === 0) return [];
  const { code, cause, errors } = error as { readonly code?: unknown; readonly cause?: unknown; readonly errors?: unknown };
  // Several addresses tried at once: each attempt has its own code, and all must have been refused.
  const own = Array.isArray(errors) && errors.length > 0 ? errors.flatMap((one) => codesOf(one, depth - 1)) : [];
  if (own.length > 0) return own;
  if (typeof code === 'string' && /^[A-Z][A-Z0-9_]{1,40}$/.test(code)) return [code];
  return codesOf(cause, depth - 1);
}
