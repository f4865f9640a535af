import type { LocationId, Sku } from '../identity/ids.ts';
import { NO_STOCK } from '../ledger/position.ts';
import { itemOf } from '../policy/compile.ts';
import { ruleAt } from '../policy/item-rules.ts';
import { addQuantities, compareQuantities, minQuantity, subtractQuantities, type Quantity } from '../quantity/quantity.ts';
import type { StageContext, Stocked } from './context.ts';
import { locationSupply } from './stages/01-location-supply.ts';
import { afterSafetyStock } from './stages/02-safety-stock.ts';
import { afterSourcing } from './stages/03-sourcing.ts';
import { pooled, shortOf, type Pool } from './stages/04-pools.ts';
import { divided } from './stages/05-division.ts';
import { guardsOf } from './stages/05-guards.ts';

/** A stocked sku inside one calculation: stages 1 to 5, each part worked out once and only when it is asked for. */
export interface Stock<N> {
  /** What a location can give. */
  at(place: number): N;
  /** What the channel may draw. */
  left(): N;
  /** How much demand the stock cannot serve. */
  short(): N;
  /** What is expected at the channel's locations. */
  incoming(): N;
}

/** Reads a stocked sku for the context's channel. */
export function stockOf<N>(context: StageContext<N>, sku: Sku): Stock<N> {
  const { compiled, ops, channel } = context;
  const item = itemOf(compiled, sku);
  const stocked: Stocked = { item, position: context.positions.position(sku), rules: compiled.rules.of(item) };
  const supplies: (N | undefined)[] = [];
  const supply = (place: number): N => {
    let here = supplies[place];
    if (here === undefined) {
      here = afterSafetyStock(context, stocked, { place, supply: locationSupply(context, stocked, compiled.locationAt[place] ?? ('' as LocationId)) });
      here = afterSourcing(context, stocked, { place, supply: here });
      supplies[place] = here;
    }
    return here;
  };
  let known: Pool<N> | undefined;
  const pool = (): Pool<N> => (known ??= { supply, claims: claimReader(context, stocked), guards: guardsOf(context, stocked) });
  let left: N | undefined;
  return {
    at: supply,
    left: () => (left ??= divided(context, stocked, { pool: pooled(context, stocked, pool()), guards: pool().guards })),
    short: () => shortOf(context, stocked, pool()),
    incoming: () => {
      const expected = channel.locations.map((location) =>
        ops.input(stocked.position?.locations.get(location)?.incoming ?? NO_STOCK.incoming, ops.note(ops.about('beyondStock', sku, location), 'incoming')));
      return ops.sum(expected, ops.note(ops.about('beyondStock', sku), 'incoming'));
    },
  };
}

/** Open demand of each channel that is not routed to a location, and its live holds; absent where nobody has any. */
function claimReader<N>(context: StageContext<N>, stocked: Stocked): ((channel: number) => N | undefined) | undefined {
  const { position } = stocked;
  if (position === undefined || (position.unrouted.size === 0 && position.holds.length === 0)) return undefined;
  const served = servedByIncoming(context, stocked);
  const known = new Map<number, N | undefined>();
  return (number) => {
    if (!known.has(number)) known.set(number, claimsOf(context, stocked, { number, served: served.get(number) }));
    return known.get(number);
  };
}

function claimsOf<N>({ ops, asOf, ownHolds, boundaries, compiled }: StageContext<N>, { item, position }: Stocked, { number, served }: { number: number; served: Quantity | undefined }): N | undefined {
  const channel = compiled.channelAt[number]?.id;
  if (channel === undefined || position === undefined) return undefined;
  const about = ops.about('pools', item.sku);
  const parts: N[] = [];
  const orders = position.unrouted.get(channel) ?? 0;
  if (orders !== 0) {
    const open = ops.input(orders, ops.note(about, `open orders of ${channel}`, 'CLAIMS'));
    parts.push(served === undefined ? open : ops.subtract(open, ops.input(served, ops.note(about, `preorders of ${channel} that wait for incoming stock`)), ops.note(about, `open orders of ${channel} on stock`, 'CLAIMS')));
  }
  for (const hold of position.holds) {
    if (hold.location !== '' || hold.channel !== channel || hold.expiresAt <= asOf || ownHolds.has(hold.id)) continue;
    boundaries(hold.expiresAt);
    parts.push(ops.input(hold.quantity, ops.note(about, `held for ${channel} until ${hold.expiresAt}`, 'CLAIMS')));
  }
  return parts.length > 1 ? ops.sum(parts, ops.note(about, `open demand of ${channel}`)) : parts[0];
}

const NOTHING: ReadonlyMap<number, Quantity> = new Map();

/** Preorders consume what is incoming until it is received, the smaller channel id first; only what is left of them asks for stock. */
function servedByIncoming<N>(context: StageContext<N>, { item, position, rules }: Stocked): ReadonlyMap<number, Quantity> {
  if (rules.preorderLimit === undefined || position === undefined) return NOTHING;
  const preordered = context.positions.promised?.(item.sku)?.preordered;
  if (preordered === undefined || preordered.size === 0) return NOTHING;
  let expected: Quantity = 0;
  for (const { incoming } of position.locations.values()) expected = addQuantities(expected, incoming);
  const served = new Map<number, Quantity>();
  for (const { id, index } of context.compiled.channelAt.toSorted((a, b) => (a.id < b.id ? -1 : 1))) {
    const open = minQuantity(preordered.get(id) ?? 0, position.unrouted.get(id) ?? 0);
    if (compareQuantities(open, 0) <= 0 || compareQuantities(expected, 0) <= 0 || ruleAt(rules.preorderLimit, index, context) === undefined) continue;
    const taken = minQuantity(open, expected);
    served.set(index, taken);
    expected = subtractQuantities(expected, taken);
  }
  return served;
}
