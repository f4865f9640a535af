import { StockwrightError } from '../../errors/error.ts';

/** What is said where the rules need more than positions, and the reader of positions does not tell it. */
export function missingRead(method: 'velocity' | 'promised' | 'consumed' | 'heardAt', why: string): StockwrightError {
  const message = `${why}: pass positions with a method ${method}.`;
  return new StockwrightError(message, { code: 'INVALID_INPUT', issues: [{ path: ['positions', method], message }] });
}
