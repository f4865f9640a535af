import fc from 'fast-check';
import { expect, it } from 'vitest';
import { addMs, createAvailability, instantToMs, type AvailabilityCalculator, type AvailabilityKey, type Instant, type Policy, type Position, type Sku } from '../../src/index.ts';
import { catalogs, NOON, policies, readerOf, worlds } from './arbitraries.ts';

type World = ReadonlyMap<Sku, Position>;
const LATEST = addMs(NOON, 400 * 86_400_000);
const minutes = (count: number): Instant => addMs(NOON, count * 60_000);

/** Every moment that anything in a world names. */
function momentsOf(policy: Policy, world: World): readonly Instant[] {
  const holds = [...world.values()].flatMap((position) => position.holds.map(({ expiresAt }) => expiresAt));
  const windows = [...policy.rules, ...policy.overlays, ...policy.overlays.flatMap(({ rules }) => rules)].flatMap(({ from, until }) => [from, until]);
  // The sources of arbitrary worlds all spoke ten minutes before noon.
  const silences = policy.locations.map(({ stale }) => (stale === undefined ? undefined : minutes(stale.afterMinutes - 10)));
  return [...new Set([...holds, ...windows, ...silences].filter((moment) => moment !== undefined))].sort();
}

/**
 * Moments of what no step shows, though the number depends on it: in which order channels come, and whether what was
 * sold may wait for what is expected; and windows of rules that a campaign suspends or decides about.
 */
function unseen({ rules, overlays }: Policy): readonly (Instant | undefined)[] {
  const suspended = new Set(overlays.flatMap(({ suspends }) => suspends));
  const all = [...rules, ...overlays.flatMap((overlay) => overlay.rules)];
  const quiet = all.filter(({ id, kind }) => kind === 'priority' || kind === 'preorderLimit' || suspended.has(id));
  return [...quiet, ...overlays].flatMap(({ from, until }) => [from, until]);
}

/** What is answered at a moment, and all that was read on the way to it. */
function readAt(calculator: AvailabilityCalculator, key: AvailabilityKey, { world, asOf }: { readonly world: World; readonly asOf: Instant }): { readonly answer: string; readonly trace: string; readonly validUntil: Instant | undefined } {
  const { availability: { immediate, parts, backorder, preorder, validUntil }, steps } = calculator.explain(key, readerOf(world), { asOf });
  return { answer: JSON.stringify([immediate, [...parts], backorder, preorder]), trace: JSON.stringify(steps), validUntil };
}

it('validUntil is the earliest moment at which something that the trace read changes state, and absent where there is none', () => {
  const met = { dated: 0, undated: 0, shown: 0, unseen: 0 };
  fc.assert(fc.property(catalogs(), policies(), worlds(), fc.integer({ min: -15, max: 15 }), fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 2, maxLength: 2 }), (catalog, policy, world, minute, shares) => {
    const calculator = createAvailability({ catalog, policy });
    const asOf = minutes(minute);
    const named = momentsOf(policy, world);
    const hidden = unseen(policy);
    for (const { id: channel } of policy.channels) {
      for (const sku of catalog.items.keys()) {
        const key = { channel, sku };
        const now = readAt(calculator, key, { world, asOf });
        const { validUntil } = now;
        expect(calculator.compute(key, readerOf(world), { asOf }).validUntil).toBe(validUntil);
        if (validUntil !== undefined) expect(validUntil > asOf).toBe(true);
        // Before it, and for ever where there is none, nothing is read that was not read, and nothing else is answered.
        const span = instantToMs(validUntil ?? LATEST) - instantToMs(asOf);
        const sampled = shares.map((share) => addMs(asOf, Math.floor((span - 1) * share)));
        const before = [...named.flatMap((moment) => [addMs(moment, -1), moment, addMs(moment, 1)]), ...sampled, addMs(validUntil ?? LATEST, -1)];
        for (const moment of before) {
          if (moment <= asOf || (validUntil !== undefined && moment >= validUntil)) continue;
          const later = readAt(calculator, key, { world, asOf: moment });
          expect([key, moment, later.answer, later.trace]).toEqual([key, moment, now.answer, now.trace]);
          expect([key, moment, later.validUntil]).toEqual([key, moment, validUntil]);
        }
        met.undated += Number(validUntil === undefined);
        if (validUntil === undefined) continue;
        // At that moment something that was read is another: the trace shows it, or it is of the few that no step shows.
        met.dated += 1;
        expect(named).toContain(validUntil);
        const shows = readAt(calculator, key, { world, asOf: validUntil }).trace !== now.trace;
        met[shows ? 'shown' : 'unseen'] += 1;
        if (!shows) expect([key, validUntil, hidden.includes(validUntil)]).toEqual([key, validUntil, true]);
      }
    }
  }), { numRuns: 150 });
  expect(Math.min(met.dated, met.undated)).toBeGreaterThan(300);
  expect(met.unseen).toBeLessThan(met.dated / 10);
});
