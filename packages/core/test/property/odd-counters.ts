import fc from 'fast-check';
import { addMs, type ChannelId, type LinePromise, type LocationId, type OrderObservation, type QuantityText, type Sku, type SourceId, type TransferObservation } from '../../src/index.ts';
import { NOON } from './arbitraries.ts';

/** Counters that need not fit together: more taken back than was asked for, more back than left, more sent than ordered. */
export interface OddLine {
  readonly ordered: number;
  readonly fulfilled: number;
  readonly cancelled: number;
  readonly returned: number;
  readonly location: LocationId | undefined;
  readonly promise: LinePromise | undefined;
}

const text = (value: number): QuantityText => String(value) as QuantityText;
const some = fc.nat(6);
const line: fc.Arbitrary<OddLine> = fc.record({
  ordered: some, fulfilled: some, cancelled: some, returned: some,
  location: fc.constantFrom(undefined, 'W1' as LocationId, 'W2' as LocationId), promise: fc.constantFrom<LinePromise | undefined>(undefined, 'backorder', 'preorder'),
});

/** Lines of one sku, up to so many. */
export function oddLines(most: number): fc.Arbitrary<readonly OddLine[]> {
  return fc.array(line, { minLength: 1, maxLength: most });
}

/** The order of such lines. */
export function oddOrder(lines: readonly OddLine[], rest: { readonly payment?: OrderObservation['payment'] | undefined; readonly orderId?: string; readonly minute?: number } = {}): OrderObservation {
  const { payment, orderId = '#1', minute = 0 } = rest;
  return {
    kind: 'order', channel: 'shop' as ChannelId, orderId, revision: addMs(NOON, minute * 60_000), placedAt: NOON, ...(payment === undefined ? {} : { payment }),
    lines: lines.map(({ ordered, fulfilled, cancelled, returned, location, promise }, index) => ({
      id: String(index), sku: 'A' as Sku, ordered: text(ordered), fulfilled: text(fulfilled), cancelled: text(cancelled), returned: text(returned),
      ...(location === undefined ? {} : { location }), ...(promise === undefined ? {} : { promise }),
    })),
  };
}

/** Several revisions of such orders, in any order. */
export function oddOrders(): fc.Arbitrary<readonly OrderObservation[]> {
  return fc.array(fc.tuple(oddLines(3), fc.record({ orderId: fc.constantFrom('odd 1', 'odd 2'), minute: fc.integer({ min: -30, max: 30 }) })).map(([lines, rest]) => oddOrder(lines, rest)), { maxLength: 4 });
}

/** What one transfer from W1 to W2 is said to have come to, in any order. */
export function oddTransfers(): fc.Arbitrary<readonly TransferObservation[]> {
  return fc.array(fc.record({ minute: fc.nat(9), dispatched: some, received: some, lost: some }), { minLength: 1, maxLength: 4 }).map((all) => all.map(({ minute, dispatched, received, lost }) => ({
    kind: 'transfer', source: 'wms' as SourceId, id: 'odd', sku: 'A' as Sku, from: 'W1' as LocationId, to: 'W2' as LocationId, at: addMs(NOON, minute * 60_000),
    dispatched: text(dispatched), received: text(received), lost: text(lost),
  })));
}
