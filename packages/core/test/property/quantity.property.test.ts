import { Decimal as SharedDecimal } from 'decimal.js';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  addQuantities, compareQuantities, formatQuantity, multiplyQuantity, negateQuantity, parseQuantity, scaleQuantity, subtractQuantities, type Quantity,
} from '../../src/index.ts';

const Decimal = SharedDecimal.clone({ precision: 200, toExpNeg: -9e15, toExpPos: 9e15 });
const counts = fc.oneof(
  fc.maxSafeInteger(), fc.integer({ min: -20, max: 20 }), fc.bigInt({ min: -(10n ** 24n) + 1n, max: 10n ** 24n - 1n }),
  fc.integer({ min: -5, max: 5 }).map((by) => BigInt(Number.MAX_SAFE_INTEGER) + BigInt(by)), fc.integer({ min: -5, max: 5 }).map((by) => BigInt(Number.MIN_SAFE_INTEGER) + BigInt(by)),
).map(String);
const read = (text: string): Quantity => parseQuantity(text);
const same = (quantity: Quantity, decimal: SharedDecimal): void => { expect(formatQuantity(quantity)).toBe(decimal.toFixed().replace(/^-0$/, '0')); };

it('computes what exact decimals compute, on both sides of the safe integers', () => {
  fc.assert(fc.property(counts, counts, (a, b) => {
    const [x, y] = [new Decimal(a), new Decimal(b)];
    same(addQuantities(read(a), read(b)), x.plus(y));
    same(subtractQuantities(read(a), read(b)), x.minus(y));
    same(multiplyQuantity(read(a), read(b)), x.times(y));
    same(negateQuantity(read(a)), x.negated());
    expect(Math.sign(compareQuantities(read(a), read(b)))).toBe(x.comparedTo(y));
  }), { numRuns: 2_000 });
});

it('scales by exact rationals with the rounding that is named', () => {
  fc.assert(fc.property(counts, counts, counts.filter((text) => !text.startsWith('-') && text !== '0'), (value, numerator, denominator) => {
    const exact = new Decimal(value).times(numerator).div(denominator);
    same(scaleQuantity(read(value), read(numerator), read(denominator), 'down'), exact.floor());
    same(scaleQuantity(read(value), read(numerator), read(denominator), 'up'), exact.ceil());
  }), { numRuns: 2_000 });
});

it('reads back what it writes, with any number of decimal digits', () => {
  fc.assert(fc.property(counts, fc.integer({ min: 0, max: 12 }), (count, scale) => {
    const text = formatQuantity(read(count), scale);
    expect(text).toBe(new Decimal(count).div(new Decimal(10).pow(scale)).toFixed().replace(/^-0$/, '0'));
    expect(parseQuantity(text, { scale })).toEqual(read(count));
  }), { numRuns: 2_000 });
});
