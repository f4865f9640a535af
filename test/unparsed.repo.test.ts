import { describe, expect, it } from 'vitest';
import { publicExports } from './support/public-exports.ts';
import { DECISIONS } from './support/unparsed-decisions.ts';
import { READERS } from './support/unparsed-readers.ts';

const FUZZED = [...READERS, ...DECISIONS];
const known = FUZZED.map(({ entry, name }) => `${entry} ${name}`);

const CORE = '@stockwright/core';

/** Functions that no data reaches which a reader has not read, by what they take. A new function belongs here only for such a reason. */
const TAKE_WHAT_WAS_READ: Readonly<Record<string, readonly string[]>> = {
  quantities: [
    'addQuantities', 'compareQuantities', 'isZeroQuantity', 'maxQuantity', 'minQuantity', 'multiplyQuantity', 'negateQuantity', 'kitsFrom', 'quantitiesEqual', 'scaleQuantity', 'subtractQuantities', 'sumQuantities', 'unitsTaken',
  ],
  'observations, as parseObservation and parseSale read them': ['acceptAcknowledgement', 'acceptDelta', 'acceptObservation', 'acceptOrder', 'acceptStock', 'orderFromSale'],
  'books and what they come to': [
    'accountKey', 'balancesOf', 'bookConsumption', 'bookMovements', 'consumedByChannel', 'expectedSupply', 'isSettledClaim', 'measureBooks', 'positionFromBalances', 'promisedBeyondStock', 'waitsForStockTake',
  ],
  'explanations and answers': ['explanationMarkdown', 'formatDifference', 'formatExplanation', 'immediateText'],
  'instants, paths and rules that the program itself wrote': ['defineRule', 'findLawViolation', 'formatPath', 'instantToMs', 'invalidInput'],
};

describe('the functions that take unparsed data', () => {
  it('are all fuzzed: whatever takes a value of any type, and whatever is called a reader', () => {
    const takers = publicExports().filter(({ name, takesUnknown }) => takesUnknown || /^(parse|diagnose)[A-Z]/.test(name)).map(({ entry, name }) => `${entry} ${name}`);
    expect(takers.length).toBeGreaterThan(20);
    expect(takers.filter((taker) => !known.includes(taker))).toEqual([]);
  });

  it('are all functions of core but those that only take what another of them made', () => {
    const functions = publicExports().filter(({ entry, isFunction }) => entry === CORE && isFunction).map(({ name }) => name);
    const typed = Object.values(TAKE_WHAT_WAS_READ).flat();
    expect(functions.filter((name) => !known.includes(`${CORE} ${name}`) && !typed.includes(name))).toEqual([]);
    expect(typed.filter((name) => !functions.includes(name) || known.includes(`${CORE} ${name}`))).toEqual([]);
  });

  it('are there, each once', () => {
    const exported = new Set(publicExports().map(({ entry, name }) => `${entry} ${name}`));
    expect(known.filter((reader) => !exported.has(reader))).toEqual([]);
    expect(new Set(FUZZED.map(({ entry, name, method }) => `${entry} ${name} ${method ?? ''}`)).size).toBe(FUZZED.length);
  });
});
