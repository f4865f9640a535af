import type { CatalogItem } from '../catalog/catalog.ts';
import type { LocationId } from '../identity/ids.ts';
import { NO_STOCK, type LocationStock, type Position } from '../ledger/position.ts';
import { ruleAt, type ItemRules } from '../policy/item-rules.ts';
import { addQuantities, compareQuantities, minQuantity, subtractQuantities, type Quantity } from '../quantity/quantity.ts';
import type { StageContext, Stocked } from './context.ts';
import { locationSupply } from './stages/01-location-supply.ts';
import { afterSafetyStock } from './stages/02-safety-stock.ts';
import { afterSourcing } from './stages/03-sourcing.ts';
import { pooled, shortOf, type Pool } from './stages/04-pools.ts';
import { divided } from './stages/05-division.ts';
import { guardsOf, type Guards } from './stages/05-guards.ts';
import { customised } from './stages/custom.ts';

const NOTHING: ReadonlyMap<number, Quantity> = new Map();

/** A stocked sku inside one calculation: stages 1 to 5, each part worked out once and only when it is asked for. */
export class Stock<N> implements Stocked, Pool<N> {
  readonly item: CatalogItem;
  readonly rules: ItemRules;
  readonly position: Position | undefined;
  readonly asked: boolean;
  readonly net: ReadonlyMap<LocationId, LocationStock> | undefined;
  readonly #context: StageContext<N>;
  #supplies: (N | undefined)[] | undefined;
  #claims: (N | null)[] | undefined;
  #served: ReadonlyMap<number, Quantity> | undefined;
  #guards: Guards<N> | undefined;
  #guarded = false;
  #left: N | undefined;

  constructor(context: StageContext<N>, item: CatalogItem, rules: ItemRules) {
    this.#context = context;
    context.kept.stock = this;
    this.item = item;
    this.rules = rules;
    const position = context.positions.position(item.sku);
    this.position = position;
    const plain = position !== undefined && position.holds.length === 0 && rules.safetyStock === undefined && rules.customSupply === undefined && context.compiled.plainPlaces;
    this.net = plain ? position.locations : undefined;
    this.asked = position !== undefined && (position.unrouted.size > 0 || position.holds.length > 0);
  }

  /** What a location can give. */
  at(place: number): N {
    this.#supplies ??= [];
    const known = this.#supplies[place];
    if (known !== undefined) return known;
    const context = this.#context;
    let here = locationSupply(context, this, place);
    if (this.rules.safetyStock !== undefined) here = afterSafetyStock(context, this, { place, supply: here });
    if (context.compiled.settingsAt[place] !== undefined) here = afterSourcing(context, this, { place, supply: here });
    if (this.rules.customSupply !== undefined) here = customised(context, here, { item: this.item, stage: 'sourcing', rules: this.rules.customSupply, place, location: context.compiled.locationAt[place] });
    this.#supplies[place] = here;
    return here;
  }

  /** Unrouted orders and live unrouted holds of a channel, absent where it has none. */
  claims(channel: number): N | undefined {
    this.#claims ??= [];
    const known = this.#claims[channel];
    if (known !== undefined) return known ?? undefined;
    this.#served ??= servedByIncoming(this.#context, this);
    const claims = claimsOf(this.#context, this, { number: channel, served: this.#served.get(channel) });
    this.#claims[channel] = claims ?? null;
    return claims;
  }

  /** What is kept for a channel; absent where nothing is kept for anybody. */
  get guards(): Guards<N> | undefined {
    if (!this.#guarded) this.#guards = guardsOf(this.#context, this);
    this.#guarded = true;
    return this.#guards;
  }

  /** What the channel may draw. */
  left(): N {
    if (this.#left !== undefined) return this.#left;
    const context = this.#context;
    const drawn = divided(context, this, { pool: pooled(context, this, this), guards: this.guards });
    this.#left = customised(context, drawn, { item: this.item, stage: 'division', rules: this.rules.customDraw, place: context.channel.index });
    return this.#left;
  }

  /** How much demand the stock cannot serve. */
  short(): N {
    return shortOf(this.#context, this, this);
  }

  /** What is expected at the channel's locations. */
  incoming(): N {
    const { ops, channel } = this.#context;
    const { item: { sku }, position } = this;
    const expected = channel.locations.map((location) =>
      ops.input(position?.locations.get(location)?.incoming ?? NO_STOCK.incoming, ops.note?.(ops.about?.('beyondStock', sku, location), 'incoming')));
    return ops.sum(expected, ops.note?.(ops.about?.('beyondStock', sku), 'incoming'));
  }
}

function claimsOf<N>({ ops, asOf, ownHolds, boundaries, compiled }: StageContext<N>, { item, position }: Stocked, { number, served }: { number: number; served: Quantity | undefined }): N | undefined {
  const channel = compiled.channelAt[number]?.id;
  if (channel === undefined || position === undefined) return undefined;
  const about = ops.about?.('pools', item.sku);
  let total: N | undefined;
  const count = (claim: N): void => {
    total = total === undefined ? claim : ops.add(total, claim, ops.note?.(about, `open demand of ${channel}`));
  };
  const orders = position.unrouted.get(channel) ?? 0;
  if (orders !== 0) {
    const open = ops.input(orders, ops.note?.(about, `open orders of ${channel}`, 'CLAIMS'));
    count(served === undefined ? open : ops.subtract(open, ops.input(served, ops.note?.(about, `preorders of ${channel} that wait for incoming stock`)), ops.note?.(about, `open orders of ${channel} on stock`, 'CLAIMS')));
  }
  for (const hold of position.holds) {
    if (hold.location !== '' || hold.channel !== channel || hold.expiresAt <= asOf || ownHolds.has(hold.id)) continue;
    boundaries(hold.expiresAt);
    count(ops.input(hold.quantity, ops.note?.(about, `held for ${channel} until ${hold.expiresAt}`, 'CLAIMS')));
  }
  return total;
}

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
