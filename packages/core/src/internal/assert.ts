import { StockwrightError } from '../errors/error.ts';

/** States what must be true here; its failure is a bug of ours and is never caught. */
export function assertInvariant(condition: boolean, message: string): asserts condition {
  if (!condition) throw new StockwrightError(message, { code: 'INVARIANT_VIOLATED' });
}

/** Closes a union: reached only when a member was forgotten. */
export function assertNever(value: never): never {
  throw new StockwrightError(`Unexpected value ${JSON.stringify(value)}.`, { code: 'INVARIANT_VIOLATED' });
}
