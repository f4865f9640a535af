import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Rows } from './rows.ts';

const PLACES = 70;
const SLOTS = 3;
const place = fc.integer({ min: 0, max: PLACES - 1 });
const steps = fc.array(fc.oneof(
  fc.record({ does: fc.constant('insert' as const), slot: fc.integer({ min: 0, max: SLOTS - 1 }), places: fc.array(place, { minLength: 1, maxLength: 1 }) }),
  fc.record({ does: fc.constant('replace' as const), slot: fc.integer({ min: 0, max: SLOTS - 1 }), places: fc.uniqueArray(place, { maxLength: 9 }) }),
), { maxLength: 60 });

it('keeps the numbers of every place while others come and go, in the order of the places', () => {
  fc.assert(fc.property(steps, (history) => {
    const rows = new Rows(SLOTS, PLACES);
    const known = Array.from({ length: SLOTS }, () => new Map<number, number>());
    let next = 1;
    const write = (slot: number, at: number): void => {
      const row = rows.find(slot, at);
      expect(rows.page(row)[rows.offset(row)]).toBe(known[slot]?.get(at) ?? 0);
      rows.page(row)[rows.offset(row)] = next;
      known[slot]?.set(at, next);
      next += 1;
    };
    for (const { does, slot, places } of history) {
      if (does === 'replace') {
        rows.clear(slot);
        known[slot]?.clear();
        rows.reserve(slot, places);
      }
      for (const at of places) {
        if (rows.find(slot, at) < 0) expect(rows.insert(slot, at)).toBe(rows.find(slot, at));
        write(slot, at);
      }
    }
    known.forEach((numbers, slot) => {
      const seen: [number, number][] = [];
      let row = rows.first(slot);
      for (let at = rows.next(slot, 0); at >= 0; at = rows.next(slot, at + 1), row += 1) seen.push([at, rows.page(row)[rows.offset(row)] ?? 0]);
      expect(seen).toEqual([...numbers].sort(([a], [b]) => a - b));
    });
  }), { numRuns: 300 });
});
