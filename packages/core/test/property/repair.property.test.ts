import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  acceptObservation, accountFromKey, addQuantities, balancesOf, bookConsumption, bookMovements, emptyBooks, foldMovements, foldSince, isIntact, measureBooks, parseCheckpoint, parseSku, proposeRepair,
  sealCheckpoint, verifyLedger, type Balances, type BookObservation, type BookingRules, type Books, type SourceId, type VersionedMovement,
} from '../../src/index.ts';
import { sha256 } from '../../src/repair/sha256.ts';
import { timelines } from './timelines.ts';

const SKU = parseSku('A');
const RULES: BookingRules = { containment: new Map([['wms' as SourceId, { way: 'never', shipLagMs: 0 }]]), returns: 'channel' };

/** A ledger, one version per observation, with what the books say at its end. */
function ledgerOf(told: readonly BookObservation[]): { readonly movements: readonly VersionedMovement[]; readonly books: Books } {
  let books = emptyBooks(SKU);
  const movements = told.flatMap((one, index) => {
    const before = books;
    books = acceptObservation(books, one, RULES);
    return [...bookMovements(measureBooks(before, RULES), measureBooks(books, RULES)), ...bookConsumption(before, books)].map((movement) => ({ ...movement, version: index + 1 }));
  });
  return { movements, books };
}

const ledgers = timelines().map(({ told }) => ledgerOf(told));
const sorted = (balances: Balances): unknown => [...balances].sort(([a], [b]) => (a < b ? -1 : 1));

describe('proposeRepair', () => {
  it('finds nothing to repair in a ledger that is whole', () => {
    fc.assert(fc.property(ledgers, ({ movements, books }) => {
      const { differences, compensations, verification } = proposeRepair({ movements, kept: foldMovements(movements), expected: balancesOf(measureBooks(books, RULES)) });
      expect([differences, compensations, verification.status]).toEqual([[], [], 'agrees']);
    }), { numRuns: 150 });
  });

  it('names every account that is wrong, and brings a ledger that lost or doubled movements to what the books say', () => {
    fc.assert(fc.property(ledgers, fc.infiniteStream(fc.integer({ min: 0, max: 9 })), ({ movements, books }, dice) => {
      const damaged = movements.flatMap((movement) => {
        const drawn = dice.next().value ?? 9;
        return drawn === 0 ? [] : drawn === 1 ? [movement, movement] : [movement];
      });
      const expected = balancesOf(measureBooks(books, RULES));
      const proposal = proposeRepair({ movements: damaged, kept: foldMovements(movements), expected });
      const mended = [...damaged, ...proposal.compensations];

      expect(verifyLedger(mended, proposal.balances)).toEqual({ status: 'agrees' });
      expect(proposeRepair({ movements: mended, kept: proposal.balances, expected })).toMatchObject({ differences: [], compensations: [] });
      const wrong = [...new Set([...expected.keys(), ...foldMovements(damaged).keys()])].filter((key) => {
        const { account, location, channel } = accountFromKey(key);
        return account !== 'demand' && (location !== '' || channel !== '') && (expected.get(key) ?? 0) !== (foldMovements(damaged).get(key) ?? 0);
      });
      expect(proposal.differences.map(({ account }) => `${account.account}\u001f${account.location}\u001f${account.channel}`)).toEqual(wrong.sort());
    }), { numRuns: 300 });
  });

  it('takes the ledger as right where only what was kept is wrong', () => {
    fc.assert(fc.property(ledgers, fc.nat(), fc.integer({ min: 1, max: 9 }), ({ movements }, pick, by) => {
      const honest = foldMovements(movements);
      const keys = [...honest.keys()].filter((key) => !key.endsWith('\u001f\u001f') && !key.startsWith('demand')).sort();
      fc.pre(keys.length > 0);
      const key = keys[pick % keys.length] ?? '';
      const kept = new Map([...honest, [key, addQuantities(honest.get(key) ?? 0, by)]]);
      const proposal = proposeRepair({ movements, kept });

      expect(proposal).toMatchObject({ verification: { status: 'differs', account: accountFromKey(key) }, compensations: [] });
      expect([proposal.differences.length, sorted(proposal.balances)]).toEqual([1, sorted(honest)]);
    }), { numRuns: 150 });
  });
});

it('takes no account for a measure because every object has something of its name', () => {
  const movement = { from: { account: 'constructor', location: 'W1', channel: '' }, to: { account: 'onHand', location: 'W1', channel: '' }, quantity: 3 } as never;
  expect(proposeRepair({ movements: [movement], kept: new Map(), expected: new Map() }).compensations.map(({ from, to }) => [from.account, to.account])).toEqual([['onHand', 'adjustment']]);
});

describe('checkpoints', () => {
  it('fold on into what the whole ledger folds into, however many there are', () => {
    fc.assert(fc.property(ledgers, fc.array(fc.nat(30), { maxLength: 3 }), ({ movements }, cuts) => {
      let previous = sealCheckpoint({ sku: SKU, version: 0, movements: [] });
      for (const version of [...cuts].sort((a, b) => a - b)) {
        const since = movements.filter((movement) => movement.version > previous.version && movement.version <= version);
        previous = sealCheckpoint({ sku: SKU, version, movements: since, previous });
        expect(parseCheckpoint(JSON.parse(JSON.stringify(previous)))).toEqual(previous);
      }
      const since = movements.filter(({ version }) => version > previous.version);
      expect(previous.movements + since.length).toBe(movements.length);
      expect(sorted(foldSince(previous, since))).toEqual(sorted(foldMovements(movements)));
      expect(verifyLedger(since, foldMovements(movements), foldSince(previous, []))).toEqual({ status: 'agrees' });
    }), { numRuns: 200 });
  });

  it('show that they were changed, and take nothing that is in them', () => {
    fc.assert(fc.property(ledgers.filter(({ movements }) => movements.length > 0), fc.integer({ min: 1, max: 9 }), ({ movements }, by) => {
      const last = movements.at(-1)!.version;
      const checkpoint = sealCheckpoint({ sku: SKU, version: last, movements });
      expect(isIntact(checkpoint)).toBe(true);
      expect(() => foldSince(checkpoint, movements.slice(-1))).toThrow('in the checkpoint');
      expect(() => foldSince({ ...checkpoint, movements: checkpoint.movements + by }, [])).toThrow('changed after it was sealed');
      expect(() => parseCheckpoint({ ...checkpoint, version: last + by })).toThrow('seal');
      expect(() => sealCheckpoint({ sku: parseSku('B'), version: last, movements: [], previous: checkpoint })).toThrow('no predecessor');
      expect(() => sealCheckpoint({ sku: SKU, version: last - 1, movements })).toThrow('is later than');
    }), { numRuns: 60 });
  });
});

it('hashes as everybody does', () => {
  fc.assert(fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), (text) => {
    expect(sha256(text)).toBe(createHash('sha256').update(text, 'utf8').digest('hex'));
  }));
  for (const text of ['\ud800', 'a\udc00b', '\udc00\ud800', 'ok \u{1f44d}\ud83d']) expect(sha256(text)).toBe(createHash('sha256').update(text, 'utf8').digest('hex'));
  for (const length of [0, 55, 56, 63, 64, 65, 1000]) expect(sha256('a'.repeat(length))).toBe(createHash('sha256').update('a'.repeat(length)).digest('hex'));
});
