import fc from 'fast-check';
import { addMs, parseSku, type BookObservation, type DatedQuantity, type Day, type HoldRecord, type HoldRequest, type LineCounters, type LinePromise, type OrderObservation, type PaymentState, type PromiseQuestion, type SaleObservation, type Sku } from '@stockwright/core';
import { CHANNELS, LOCATIONS, minutes, NOON, SOURCES, STOCKED, text } from './words.ts';

const sku = fc.constantFrom(...STOCKED);
const ALL: readonly Sku[] = [...STOCKED, ...['SET', 'BOX', 'FREE'].map((name) => parseSku(name))];
const location = fc.constantFrom(...LOCATIONS);
const source = fc.constantFrom(...SOURCES);
const channel = fc.constantFrom(...CHANNELS);
const moment = fc.integer({ min: -60, max: 60 }).map(minutes);
const count = fc.integer({ min: 0, max: 20 }).map(text);
const signed = fc.integer({ min: -20, max: 40 }).map(text);
const some = fc.integer({ min: 1, max: 20 }).map(text);
const id = fc.integer({ min: 1, max: 5 }).map(String);

/** Counters of which no more leaves or is taken back than was ordered, and no more returns than left. */
const counters: fc.Arbitrary<LineCounters> = fc.tuple(fc.nat(9), fc.nat(9), fc.nat(9), fc.nat(9)).map(([ordered, left, taken, back]) => {
  const fulfilled = Math.min(left, ordered);
  return { ordered: text(ordered), fulfilled: text(fulfilled), cancelled: text(Math.min(taken, ordered - fulfilled)), returned: text(Math.min(back, fulfilled)) };
});

/** An order as one revision tells it: several lines, some routed, with every promise and state of payment. @public */
export function orders(): fc.Arbitrary<OrderObservation> {
  const line = fc.tuple(fc.record({ sku }), counters, fc.record({ location, promise: fc.constantFrom<LinePromise>('stock', 'backorder', 'preorder') }, { requiredKeys: [] }));
  return fc.record({
    kind: fc.constant('order' as const), channel, orderId: id.map((number) => `#${number}`), revision: moment, placedAt: moment,
    lines: fc.array(line, { minLength: 1, maxLength: 3 }).map((lines) => lines.map(([of, told, rest], index) => ({ id: String(index), ...of, ...told, ...rest }))),
  }).chain((order) => fc.option(fc.constantFrom<PaymentState>('pending', 'authorized', 'paid', 'failed'), { nil: undefined }).map((payment) => (payment === undefined ? order : { ...order, payment })));
}

/** Everything that the books of a sku take in, of every kind, each sound by itself; what they say need not fit together. @public */
export function observations(): fc.Arbitrary<BookObservation> {
  const at = { source, id, sku, location, at: moment };
  const measures = fc.record({ onHand: signed, unavailable: count, committed: count, incoming: count, inTransit: count }, { requiredKeys: [] });
  const moved = fc.constantFrom({ from: 'sellable', to: 'unavailable' } as const, { from: 'unavailable', to: 'sellable' } as const, { from: 'unavailable', to: 'writtenOff' } as const, { from: 'sellable', to: 'writtenOff' } as const);
  const line = fc.tuple(fc.nat(9), fc.nat(9), fc.nat(9)).map(([all, one, two]) => ({ all: text(all), one: text(Math.min(one, all)), two: text(Math.min(two, all - Math.min(one, all))) }));
  return fc.oneof(
    fc.record({ kind: fc.constant('stock' as const), source, sku, location, asOf: moment, measures }),
    fc.record({ kind: fc.constant('delta' as const), ...at, measure: fc.constantFrom('onHand', 'unavailable', 'committed', 'incoming', 'inTransit'), delta: signed }),
    orders(),
    fc.record({ kind: fc.constant('acknowledgement' as const), source, channel, orderId: id.map((number) => `#${number}`), revision: moment, contained: fc.tuple(sku, counters).map(([of, told]) => [{ sku: of, ...told }]) }),
    fc.tuple(fc.record({ kind: fc.constant('receipt' as const), ...at }), fc.integer({ min: 1, max: 20 }), fc.nat(20), fc.option(id, { nil: undefined }))
      .map(([told, quantity, unfit, incoming]) => ({ ...told, quantity: text(quantity), unavailable: text(Math.min(unfit, quantity)), ...(incoming === undefined ? {} : { incoming }) })),
    fc.tuple(fc.record({ kind: fc.constant('condition' as const), ...at, quantity: some }), moved).map(([told, way]) => ({ ...told, ...way })),
    fc.record({ kind: fc.constant('count' as const), source, sku, location, at: moment, onHand: count, unavailable: count }, { requiredKeys: ['kind', 'source', 'sku', 'location', 'at', 'onHand'] }),
    fc.tuple(fc.record({ kind: fc.constant('transfer' as const), source, id, sku, at: moment }), fc.shuffledSubarray([...LOCATIONS], { minLength: 2, maxLength: 2 }), line)
      .map(([told, [from = LOCATIONS[0] ?? ('W1' as never), to = from], { all, one, two }]) => ({ ...told, from, to, dispatched: all, received: one, lost: two })),
    fc.tuple(fc.record({ kind: fc.constant('incoming' as const), source, reference: id, sku, location, revision: moment }), line, fc.option(moment, { nil: undefined }))
      .map(([told, { all, one, two }, expectedAt]) => ({ ...told, expected: all, received: one, cancelled: two, ...(expectedAt === undefined ? {} : { expectedAt }) })),
    fc.record({ kind: fc.constant('watermark' as const), source, channel, revision: moment, through: moment }),
  );
}

/** Sales over the counter. @public */
export function sales(): fc.Arbitrary<SaleObservation> {
  const line = fc.tuple(sku, fc.nat(9), fc.nat(9)).map(([of, sold, back]) => ({ sku: of, sold: text(sold), returned: text(Math.min(back, sold)) }));
  return fc.record({
    kind: fc.constant('sale' as const), channel, saleId: id, location, soldAt: moment,
    lines: fc.array(line, { minLength: 1, maxLength: 3 }).map((lines) => lines.map((one, index) => ({ id: String(index), ...one }))),
  });
}

/** Holds in every state, live and over, of one or several skus, routed and not. @public */
export function holds(): fc.Arbitrary<HoldRecord> {
  const line = fc.record({ sku, location: fc.constantFrom('' as const, ...LOCATIONS), quantity: fc.integer({ min: 1, max: 9 }) });
  return fc.record({
    id: id.map((number) => `hold-${number}`), channel, expiresAt: moment, state: fc.constantFrom('held', 'held', 'converted', 'released'),
    lines: fc.uniqueArray(line, { minLength: 1, maxLength: 3, selector: (one) => `${one.sku} ${one.location}` }),
  }).map((hold) => ({ ...hold, orderId: hold.state === 'converted' ? `#${hold.id}` : '' }));
}

/** What somebody wants held, kits included, with every promise and limit. For {@link catalogInputs}. @public */
export function holdRequests(): fc.Arbitrary<HoldRequest> {
  const units = fc.integer({ min: 1, max: 6 });
  const line = fc.tuple(fc.record({ sku: fc.constantFrom(...ALL), quantity: fc.integer({ min: 1, max: 12 }) }), fc.record({
    promise: fc.constantFrom<LinePromise>('stock', 'backorder', 'preorder'), limits: fc.record({ least: units, most: fc.integer({ min: 6, max: 12 }), multipleOf: units }, { requiredKeys: [] }),
  }, { requiredKeys: [] })).map(([wanted, rest]) => ({ ...wanted, ...rest }));
  return fc.record({ id: id.map((number) => `hold-${number}`), channel, expiresAt: fc.integer({ min: 1, max: 60 }).map(minutes), grant: fc.constantFrom('all', 'part'), lines: fc.array(line, { minLength: 1, maxLength: 4 }) });
}

/** Questions about the days to come: what is expected and scheduled, some of it overdue or past the horizon. @public */
export function promiseQuestions(): fc.Arbitrary<PromiseQuestion> {
  const day = (offset: number): Day => addMs(NOON, offset * 86_400_000).slice(0, 10) as Day;
  const dated: fc.Arbitrary<readonly DatedQuantity[]> = fc.array(fc.record({ day: fc.integer({ min: -3, max: 16 }).map(day), quantity: fc.nat(20) }), { maxLength: 6 });
  return fc.tuple(
    fc.record({ from: fc.constant(day(0)), days: fc.integer({ min: 1, max: 14 }), opening: fc.integer({ min: -10, max: 30 }), supply: dated, demand: dated }),
    fc.constantFrom({}, { overdue: 'ignore' as const }, { overdue: 'count' as const }),
  ).map(([question, overdue]) => ({ ...question, ...overdue }));
}
