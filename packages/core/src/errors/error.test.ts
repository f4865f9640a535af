import { expect, it } from 'vitest';
import { formatPath, invalidInput, isStockwrightError, StockwrightError } from './error.ts';

it('tells its kind by code, in every copy of the package', () => {
  const cause = new Error('disk');
  const error = new StockwrightError('No store.', { code: 'STORE_UNAVAILABLE', cause, details: { path: 'a.db' } });

  expect(isStockwrightError(error)).toBe(true);
  expect(isStockwrightError(JSON.parse('{"~stockwright/error":true}'))).toBe(true);
  expect([new Error('x'), null, undefined, 'text'].some(isStockwrightError)).toBe(false);
  expect(error).toMatchObject({ name: 'StockwrightError', code: 'STORE_UNAVAILABLE', cause, details: { path: 'a.db' }, issues: [] });
});

it('names each problem with its path', () => {
  expect(formatPath(['lines', 2, 'quantity'])).toBe('lines[2].quantity');
  expect(invalidInput('order', [{ path: [0, 'sku'], message: 'is empty' }, { path: [], message: 'is late' }]).message).toBe('Invalid order: [0].sku: is empty; is late');
});
