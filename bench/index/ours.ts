import {
  createAvailabilityIndex, parseCatalog, parseInstant, parseLocationId, parsePolicy, parseSku,
  type AvailabilityKey, type IndexEvent, type LocationId, type LocationStock, type Position, type QuantityText, type Sku,
} from '@stockwright/core';
import type { Implementation } from './child.ts';
import type { SharedWorld } from './world.ts';

const STEPS = 1_000;
const SCALE = 3;

/** Keys enough for a checksum. */
export function availabilityKeys({ NS, CH }: SharedWorld): readonly (readonly [number, number])[] {
  return Array.from({ length: Math.ceil(NS / 7) * CH }, (_, index) => [Math.floor(index / CH) * 7, index % CH] as const);
}

/** Core's index over the same catalogue, stock and policy; events are texts. */
export function ourIndex(world: SharedWorld, stocked: number): Implementation {
  const { NS, NL, LOC, checked } = world;
  const skuOf = (sku: number): string => `SKU-${String(sku)}`;
  const locations = Array.from({ length: LOC }, (_, place) => parseLocationId(`warehouse-${String(place)}`));
  const catalog = parseCatalog(Array.from({ length: NS }, (_, sku) => (sku < NL
    ? { sku: skuOf(sku), scale: SCALE, category: 'stocked' }
    : { sku: skuOf(sku), category: 'kit', components: (checked.comp[sku - NL] ?? []).map(([part, quantityPer]) => ({ sku: skuOf(part), quantityPer })) })));
  const cold = timingFirstPass();
  const index = createAvailabilityIndex({ catalog, policy: policyOf(world, locations), asOf: parseInstant('2026-11-23T10:00:00Z'), positions: positionsOf(world, { locations, stocked, skus: [...catalog.items.keys()] }) });
  const channels = index.calculator.policy.channels.map(({ id }) => id);
  return {
    coldMs: cold(),
    prepare: ({ sku, loc, field, delta }) => {
      const events = Array.from(sku, (number, at): IndexEvent => ({
        kind: 'delta', sku: skuOf(number) as Sku, location: `warehouse-${String(loc[at] ?? 0)}` as LocationId, measure: field[at] === 0 ? 'onHand' : 'unavailable', delta: ((delta[at] ?? 0) / STEPS).toFixed(SCALE) as QuantityText,
      }));
      return (at) => { index.apply(events[at] as IndexEvent); };
    },
    drain: () => { index.drainChanges(); },
    full: () => { index.recompute(); },
    shown: (sku, channel) => Math.floor(Number(index.compute({ sku: parseSku(skuOf(sku)), channel: channels[channel] } as AvailabilityKey).immediate) / (sku < NL ? STEPS : 1)),
  };
}

/**
 * An index works everything out as it is made. So that this pass can be timed apart from what fills the index, the method
 * is wrapped that does it, as an index of nothing has it.
 *
 * @returns Milliseconds of the first pass since, once there was one.
 */
function timingFirstPass(): () => number {
  const of = Object.getPrototypeOf(createAvailabilityIndex({ catalog: parseCatalog([]), policy: parsePolicy({ version: '1', channels: [{ id: 'c', locations: ['l'] }] }), asOf: parseInstant('2026-11-23T10:00:00Z') })) as { recompute: () => void };
  const { recompute } = of;
  let ms = Number.NaN;
  of.recompute = function timed(this: unknown): void {
    const start = performance.now();
    recompute.call(this);
    ms = performance.now() - start;
    of.recompute = recompute;
  };
  return () => {
    if (Number.isNaN(ms)) throw new Error('The index made no pass as it was made.');
    return ms;
  };
}

/** A stocked sku is hidden below a threshold in steps, a kit below whole ones. */
function policyOf({ CH, checked }: SharedWorld, locations: readonly LocationId[]): ReturnType<typeof parsePolicy> {
  const base = { owner: 'ops', reason: 'bench' };
  const channels = Array.from({ length: CH }, (_, channel) => `C${String(channel)}`);
  return parsePolicy({
    version: '1', clamp: 'perLocation',
    channels: channels.map((id, channel) => ({ id, locations: locations.filter((_, place) => checked.chLoc[channel]?.[place] === 1) })),
    rules: channels.flatMap((id, channel) => {
      const { buffer, cap, threshold } = checked.pol(channel);
      const scope = { channel: id };
      return [
        { ...base, id: `buffer-${id}`, kind: 'buffer' as const, scope, withhold: { fixed: buffer / STEPS } },
        { ...base, id: `cap-${id}`, kind: 'cap' as const, scope, most: cap / STEPS },
        ...(threshold === 0 ? [] : [
          { ...base, id: `hide-${id}`, kind: 'hideAtOrBelow' as const, scope: { channel: id, category: 'stocked' }, threshold: String((threshold - 1) / STEPS) },
          { ...base, id: `hide-kits-${id}`, kind: 'hideAtOrBelow' as const, scope: { channel: id, category: 'kit' }, threshold: threshold / STEPS - 1 },
        ]),
      ];
    }),
  });
}

/** One position at a time, so that only the index keeps them. What is committed and what is kept for safety are one column here. */
function* positionsOf({ NL, checked }: SharedWorld, { locations, stocked, skus }: { readonly locations: readonly LocationId[]; readonly stocked: number; readonly skus: readonly Sku[] }): Generator<Position> {
  const columns = new Float64Array(NL * locations.length * 3);
  checked.init((sku, place, ...[onHand, unavailable, committed, safety]) => { columns.set([onHand, unavailable, committed + safety], (sku * locations.length + place) * 3); });
  for (let sku = 0; sku < NL; sku += 1) {
    const stocks = locations.flatMap((location, place): [LocationId, LocationStock][] => {
      const at = (sku * locations.length + place) * 3;
      const [onHand = 0, unavailable = 0, committed = 0] = columns.subarray(at, at + 3);
      return (place + sku) % locations.length < stocked ? [[location, { onHand, unavailable, committed, incoming: 0, inTransit: 0 }]] : [];
    });
    yield { sku: skus[sku] ?? ('' as Sku), scale: SCALE, locations: new Map(stocks), unrouted: new Map(), holds: [] };
  }
}
