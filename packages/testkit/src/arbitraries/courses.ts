import fc from 'fast-check';
import { formatQuantity, type AvailabilityKey, type ExpectedSupply, type IndexEvent, type OrderEvent, type OrderHistory, type PastMoment, type PerKit, type Policy, type Sku } from '@stockwright/core';
import { positionsOf, readerOf, worlds } from './positions.ts';
import { instants, quantities } from './values.ts';
import { CHANNELS, LOCATIONS, minutes, NOON, scaleOf, SOURCES, STOCKED, text } from './words.ts';

const KITS: readonly Sku[] = ['SET', 'BOX', 'FREE'] as string[] as Sku[];

/**
 * How many steps a kit takes of something: whole numbers, fractions in lowest terms, and numbers beyond safe integers.
 *
 * @example
 * ```ts
 * fc.sample(perKits(), { numRuns: 100, seed: 1 }).every((per) => compareQuantities(unitsTaken(per, kitsFrom(per, 100)), 100) <= 0) // => true
 * ```
 * @public
 */
export function perKits(): fc.Arbitrary<PerKit> {
  const commonDivisor = (a: number, b: number): number => (b === 0 ? a : commonDivisor(b, a % b));
  const fraction = fc.tuple(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 2, max: 60 })).map(([top, bottom]): PerKit => {
    const by = commonDivisor(top, bottom);
    return bottom === by ? top / by : { numerator: top / by, denominator: bottom / by };
  });
  return fc.oneof(fraction, quantities({ least: 1 }));
}

const STEPS = ['ordered', 'ordered', 'cancelled', 'fulfilled', 'fulfilmentUndone', 'returned'] as const;

/**
 * What happened to an order, as `orderFromEvents` takes it: lines that grow, ship, are called off and come back, never more than there
 * was; some events told twice, and all in any order of arrival.
 *
 * @example
 * ```ts
 * fc.sample(orderHistories(), { numRuns: 50, seed: 1 }).every((history) => orderFromEvents(history).lines.length === history.lines.length) // => true
 * ```
 * @public
 */
export function orderHistories(): fc.Arbitrary<OrderHistory> {
  const line = fc.record({ sku: fc.constantFrom(...STOCKED, ...KITS), location: fc.option(fc.constantFrom(...LOCATIONS), { nil: undefined }) });
  const step = fc.record({ line: fc.nat(3), kind: fc.constantFrom(...STEPS), most: fc.integer({ min: 1, max: 9 }) });
  return fc.record({ channel: fc.constantFrom(...CHANNELS), number: fc.nat(), lines: fc.array(line, { minLength: 1, maxLength: 3 }), steps: fc.array(step, { maxLength: 20 }) })
    .map(({ channel, number, lines, steps }) => ({ channel, orderId: `#${String(number)}`, lines: lines.map((one, index) => ({ id: String(index), ...one })), events: happened(lines.length, steps) }))
    .chain((history) => fc.tuple(fc.subarray([...history.events]), fc.constant(history)))
    .chain(([again, history]) => fc.shuffledSubarray([...history.events, ...again], { minLength: history.events.length + again.length }).map((events) => ({ ...history, events })));
}

/** Of the steps those that can have happened, of as much as there was. */
function happened(lines: number, steps: readonly { readonly line: number; readonly kind: OrderEvent['kind']; readonly most: number }[]): readonly OrderEvent[] {
  const standing = Array.from({ length: lines }, () => ({ open: 0, shipped: 0 }));
  const events: OrderEvent[] = [{ id: 'first', line: '0', at: NOON, kind: 'ordered', quantity: text(3) }];
  if (standing[0] !== undefined) standing[0].open = 3;
  for (const { line, kind, most } of steps) {
    const at = standing[line % lines];
    if (at === undefined) continue;
    const quantity = kind === 'ordered' ? most : Math.min(most, kind === 'cancelled' || kind === 'fulfilled' ? at.open : at.shipped);
    if (quantity === 0) continue;
    if (kind === 'ordered' || kind === 'fulfilmentUndone') at.open += quantity;
    if (kind === 'cancelled' || kind === 'fulfilled') at.open -= quantity;
    if (kind === 'fulfilled') at.shipped += quantity;
    if (kind === 'fulfilmentUndone' || kind === 'returned') at.shipped -= quantity;
    events.push({ id: `event ${String(events.length)}`, line: String(line % lines), at: minutes(events.length), kind, quantity: text(quantity) });
  }
  return events;
}

/**
 * What is expected of incoming goods, with and without a day, as `datedSupply` takes it.
 *
 * @example
 * ```ts
 * fc.sample(expectedSupplies(), { numRuns: 50, seed: 1 }).every((lines) => datedSupply(lines).length <= lines.length) // => true
 * ```
 * @public
 */
export function expectedSupplies(): fc.Arbitrary<readonly ExpectedSupply[]> {
  const line = fc.record({
    source: fc.constantFrom(...SOURCES), reference: fc.nat(99).map((number) => `PO-${String(number)}`), location: fc.constantFrom(...LOCATIONS),
    expectedAt: fc.option(instants(), { nil: undefined }), quantity: quantities({ least: 1 }),
  });
  return fc.array(line, { maxLength: 8 });
}

/** Numbers that can be asked for: the channels of a policy, and the skus and kits of {@link catalogInputs}. @public */
export function availabilityKeys(policy: Pick<Policy, 'channels'>): fc.Arbitrary<AvailabilityKey> {
  return fc.record({ channel: fc.constantFrom(...policy.channels.map(({ id }) => id)), sku: fc.constantFrom(...STOCKED, ...KITS) });
}

/**
 * A past for `whatIf`: worlds at moments that follow each other, some of which name the numbers to compare.
 *
 * @example
 * ```ts
 * const [policy] = fc.sample(policies(), { numRuns: 1, seed: 1 });
 * const [catalog] = fc.sample(catalogs(), { numRuns: 1, seed: 1 });
 * const [past = []] = fc.sample(pastMoments(policy!), { numRuns: 1, seed: 1 });
 * whatIf({ catalog: catalog!, before: policy!, after: policy! }, past).changes // => []
 * ```
 * @public
 */
export function pastMoments(policy: Pick<Policy, 'channels'>): fc.Arbitrary<readonly PastMoment[]> {
  const moment = fc.record({ world: worlds(), keys: fc.option(fc.array(availabilityKeys(policy), { maxLength: 4 }), { nil: undefined }) });
  return fc.array(moment, { maxLength: 4 }).map((all) => all.map(({ world, keys }, index) => ({ asOf: minutes(index), positions: readerOf(world), ...(keys === undefined ? {} : { keys }) })));
}

/**
 * What an index takes: changes of one number, whole positions, and words that reads answer otherwise.
 *
 * @example
 * ```ts
 * const [policy] = fc.sample(policies(), { numRuns: 1, seed: 1 });
 * const [catalog] = fc.sample(catalogs(), { numRuns: 1, seed: 1 });
 * const index = createAvailabilityIndex({ policy: policy!, catalog: catalog!, asOf });
 * fc.sample(indexEvents(), { numRuns: 50, seed: 1 }).forEach((event) => index.apply(event));
 * index.affectedKeys(parseSku('A')).length >= policy!.channels.length // => true
 * ```
 * @public
 */
export function indexEvents(): fc.Arbitrary<IndexEvent> {
  const delta = fc.constantFrom(...STOCKED).chain((sku) => fc.record({
    kind: fc.constant('delta' as const), sku: fc.constant(sku), location: fc.constantFrom(...LOCATIONS), measure: fc.constantFrom('onHand' as const, 'unavailable' as const, 'committed' as const, 'incoming' as const, 'inTransit' as const),
    delta: fc.integer({ min: -9, max: 9 }).map((steps) => formatQuantity(steps, scaleOf(sku))),
  }));
  const position = fc.constantFrom(...STOCKED).chain((sku) => fc.record({ kind: fc.constant('position' as const), position: positionsOf(sku) }));
  const reads = fc.record({ kind: fc.constant('reads' as const), skus: fc.option(fc.subarray([...STOCKED]), { nil: undefined }) });
  return fc.oneof({ arbitrary: delta, weight: 4 }, { arbitrary: position, weight: 2 }, { arbitrary: reads, weight: 1 });
}
