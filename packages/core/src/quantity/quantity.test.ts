import { describe, expect, it } from 'vitest';
import {
  addQuantities, compareQuantities, formatQuantity, isZeroQuantity, maxQuantity, minQuantity, multiplyQuantity, negateQuantity, parseQuantity, quantitiesEqual,
  scaleQuantity, subtractQuantities, sumQuantities,
} from './quantity.ts';

describe('parseQuantity', () => {
  it.each([
    ['12', 0, '12'], [12, 0, '12'], ['-0.5', 1, '-0.5'], [-0.5, 1, '-0.5'], ['1.25', 2, '1.25'], ['+7', 0, '7'], ['007', 0, '7'], ['1.50', 1, '1.5'], ['-0', 0, '0'], [-0, 0, '0'],
    [1e-7, 12, '0.0000001'], [0.1, 1, '0.1'], ['9007199254740993', 0, '9007199254740993'], ['999999999999999999999999', 0, '999999999999999999999999'],
    ['999999999999999999999999.999999999999', 12, '999999999999999999999999.999999999999'],
  ])('reads %j with %i digits and writes it as %s', (value, scale, text) => {
    expect(formatQuantity(parseQuantity(value, { scale }), scale)).toBe(text);
  });

  it.each([
    ['1e400', 0, 'not a plain decimal'], [1e400, 0, 'not a finite number'], [Number.NaN, 0, 'not a finite number'], ['12abc', 0, 'not a plain decimal'], ['', 0, 'not a plain decimal'],
    [' 12', 0, 'not a plain decimal'], ['-', 0, 'not a plain decimal'], ['.5', 1, 'not a plain decimal'], ['0x10', 0, 'not a plain decimal'], ['1\n', 0, 'not a plain decimal'],
    [2 ** 53, 0, 'past 2^53'], ['1'.repeat(25), 0, '25 digits before the point'], ['0'.repeat(300), 0, 'far too long'], ['0.5', 0, 'not a whole number'], [0.125, 2, '3 digits after the point'],
    [null, 0, 'not null'], [undefined, 0, 'not undefined'], [{}, 0, 'not object'], [12n, 0, 'not bigint'],
  ])('refuses %s with %i digits', (value, scale, message) => {
    expect(() => parseQuantity(value, { scale, path: ['lines', 2, 'quantity'] })).toThrow(`lines[2].quantity: `);
    expect(() => parseQuantity(value, { scale })).toThrow(message);
  });
});

describe('arithmetic', () => {
  const past = parseQuantity('9007199254740993');

  it('leaves and reenters the safe integers without losing a digit', () => {
    expect(formatQuantity(addQuantities(Number.MAX_SAFE_INTEGER, 2))).toBe('9007199254740993');
    expect(subtractQuantities(past, 2)).toBe(Number.MAX_SAFE_INTEGER);
    expect(formatQuantity(multiplyQuantity(Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER))).toBe('81129638414606663681390495662081');
    expect(formatQuantity(sumQuantities([past, past, 1]))).toBe('18014398509481987');
  });

  it('compares across both forms', () => {
    expect(compareQuantities(past, 1)).toBeGreaterThan(0);
    expect(compareQuantities(negateQuantity(past), 1)).toBeLessThan(0);
    expect(quantitiesEqual(past, parseQuantity('9007199254740993'))).toBe(true);
    expect([minQuantity(3, past), maxQuantity(3, 4)]).toEqual([3, 4]);
    expect(isZeroQuantity(subtractQuantities(past, past))).toBe(true);
  });

  it('never makes a negative zero', () => {
    for (const zero of [negateQuantity(0), multiplyQuantity(0, -3), scaleQuantity(0, -1, 2, 'down'), scaleQuantity(-1, 1, 10, 'up')]) expect(Object.is(zero, 0)).toBe(true);
  });

  it('rounds what is withheld up and what is offered down, also below zero', () => {
    expect(scaleQuantity(15, 10, 100, 'up')).toBe(2);
    expect(scaleQuantity(15, 10, 100, 'down')).toBe(1);
    expect(scaleQuantity(-15, 10, 100, 'up')).toBe(-1);
    expect(scaleQuantity(-15, 10, 100, 'down')).toBe(-2);
    expect(scaleQuantity(20, 10, 100, 'up')).toBe(2);
  });

  it('rounds past the safe integers as well', () => {
    expect(formatQuantity(scaleQuantity(past, 1, 2, 'up'))).toBe('4503599627370497');
    expect(formatQuantity(scaleQuantity(past, 1, 2, 'down'))).toBe('4503599627370496');
    expect(formatQuantity(scaleQuantity(negateQuantity(past), 1, 2, 'down'))).toBe('-4503599627370497');
  });
});
