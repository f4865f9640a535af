import fc from 'fast-check';
import type { BookingRules, LineCounters, Measure, Observation, OrderLineObservation, Sku } from '@stockwright/core';
import { CHANNELS, LOCATIONS, minutes, SOURCES, text } from './words.ts';

const SKU = 'A' as Sku;
const MEASURES: readonly Measure[] = ['onHand', 'unavailable', 'committed', 'incoming', 'inTransit'];

/** Which of two sources counts at each location. */
const ownerOf = (index: number) => SOURCES[index === 2 ? 1 : 0] ?? ('erp' as never);

/** What one row tells: some of the measures. */
const measured = fc.dictionary(fc.constantFrom(...MEASURES), fc.integer({ min: -3, max: 40 }).map(text), { noNullPrototype: true });

/** Rows of full reads; those of one minute and location contradict each other. */
const stockRows: fc.Arbitrary<readonly Observation[]> = fc.array(fc.record({
  minute: fc.integer({ min: -30, max: 30 }),
  place: fc.integer({ min: 0, max: LOCATIONS.length - 1 }),
  tellings: fc.array(measured, { minLength: 1, maxLength: 3 }),
}), { maxLength: 6 }).map((rows) => rows.flatMap(({ minute, place, tellings }) => tellings.map((measures): Observation => ({
  kind: 'stock', source: ownerOf(place), sku: SKU, location: LOCATIONS[place] ?? ('W1' as never), asOf: minutes(minute), measures,
}))));

const deltas: fc.Arbitrary<readonly Observation[]> = fc.array(fc.record({
  minute: fc.integer({ min: -30, max: 30 }),
  place: fc.integer({ min: 0, max: LOCATIONS.length - 1 }),
  measure: fc.constantFrom<Measure>('onHand', 'unavailable', 'incoming'),
  by: fc.integer({ min: -5, max: 5 }),
}), { maxLength: 5 }).map((all) => all.map(({ minute, place, measure, by }, index): Observation => ({
  kind: 'delta', source: ownerOf(place), id: `delta-${String(index)}`, sku: SKU, location: LOCATIONS[place] ?? ('W1' as never), at: minutes(minute), measure, delta: text(by),
})));

interface Progress { readonly ordered: number; readonly fulfilled: number; readonly cancelled: number; readonly returned: number }
const NONE: Progress = { ordered: 0, fulfilled: 0, cancelled: 0, returned: 0 };
const counters = (progress: Progress): LineCounters =>
  ({ ordered: text(progress.ordered), fulfilled: text(progress.fulfilled), cancelled: text(progress.cancelled), returned: text(progress.returned) });

const progress = fc.record({
  ordered: fc.integer({ min: 0, max: 4 }), fulfilled: fc.integer({ min: 0, max: 3 }), cancelled: fc.integer({ min: 0, max: 2 }), returned: fc.integer({ min: 0, max: 1 }),
});
/** A line grows from revision to revision; no more leaves or is taken back than was ordered, no more returns than left. */
function grown(before: Progress, by: Progress): Progress {
  const ordered = before.ordered + by.ordered;
  const fulfilled = Math.min(before.fulfilled + by.fulfilled, ordered - before.cancelled);
  const cancelled = Math.min(before.cancelled + by.cancelled, ordered - fulfilled);
  return { ordered, fulfilled, cancelled, returned: Math.min(before.returned + by.returned, fulfilled) };
}

function order(index: number): fc.Arbitrary<readonly Observation[]> {
  return fc.record({
    channel: fc.constantFrom(...CHANNELS),
    begins: fc.integer({ min: -30, max: 10 }),
    places: fc.array(fc.constantFrom(undefined, ...LOCATIONS), { minLength: 1, maxLength: 2 }),
    revisions: fc.array(fc.record({ after: fc.integer({ min: 1, max: 15 }), lines: fc.tuple(progress, progress) }), { minLength: 1, maxLength: 4 }),
    acknowledged: fc.array(fc.record({ source: fc.constantFrom(...SOURCES), after: fc.integer({ min: 0, max: 20 }), of: fc.nat(3) }), { maxLength: 3 }),
  }).map(({ channel, begins, places, revisions, acknowledged }) => {
    const orderId = `#${String(index)}`;
    const observations: Observation[] = [];
    const totals: { readonly minute: number; readonly total: Progress }[] = [];
    let minute = begins;
    let lines = places.map(() => NONE);
    for (const revision of revisions) {
      minute += revision.after;
      lines = lines.map((line, position) => grown(line, revision.lines[position] ?? NONE));
      totals.push({ minute, total: lines.reduce((sum, line) => ({
        ordered: sum.ordered + line.ordered, fulfilled: sum.fulfilled + line.fulfilled, cancelled: sum.cancelled + line.cancelled, returned: sum.returned + line.returned,
      }), NONE) });
      const shown = lines.map((line, position): OrderLineObservation => {
        const location = places[position];
        return { id: String(position), sku: SKU, ...(location === undefined ? {} : { location }), ...counters(line) };
      });
      observations.push({ kind: 'order', channel, orderId, revision: minutes(minute), placedAt: minutes(begins), lines: shown });
    }
    for (const { source, after, of } of acknowledged) {
      const known = totals[of % totals.length] ?? { minute, total: NONE };
      observations.push({ kind: 'acknowledgement', source, channel, orderId, revision: minutes(known.minute + after), contained: [{ sku: SKU, ...counters(known.total) }] });
    }
    return observations;
  });
}

/**
 * Everything that was said of the sku `A`: reads and deltas of two owners, revisions of up to three orders whose
 * counters only grow, and acknowledgements. In no particular order of arrival.
 *
 * @public
 */
export function histories(): fc.Arbitrary<readonly Observation[]> {
  return fc.tuple(stockRows, deltas, order(1), order(2), order(3))
    .chain((parts) => {
      const all = parts.flat();
      return fc.shuffledSubarray(all, { minLength: Math.min(all.length, 1), maxLength: all.length });
    });
}

/** The same history as it may arrive again: in another order, with some of it said several times. @public */
export function rearrivals<Item>(history: readonly Item[]): fc.Arbitrary<readonly Item[]> {
  return fc.subarray([...history]).chain((again) => {
    const all = [...history, ...again];
    return fc.shuffledSubarray(all, { minLength: all.length, maxLength: all.length });
  });
}

/** Who tells what its figures contain, and who counts returns. @public */
export function bookingRules(): fc.Arbitrary<BookingRules> {
  const way = fc.oneof(fc.constant({ way: 'reference' as const }), fc.integer({ min: 0, max: 15 }).map((lag) => ({ way: 'never' as const, shipLagMs: lag * 60_000 })));
  return fc.record({ ways: fc.tuple(...SOURCES.map((source) => way.map((told) => [source, told] as const))), returns: fc.constantFrom('owner', 'channel') })
    .map(({ ways, returns }) => ({ containment: new Map(ways), returns }));
}
