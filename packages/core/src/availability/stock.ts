import type { CatalogItem } from '../catalog/catalog.ts';
import type { PlainStocks } from '../explanation/arithmetic.ts';
import type { Position } from '../ledger/position.ts';
import type { ItemRules } from '../policy/item-rules.ts';
import { compareQuantities, type Quantity } from '../quantity/quantity.ts';
import type { StageContext, Stocked } from './context.ts';
import { Backordering } from './backordering.ts';
import { Expected } from './expected.ts';
import { isOpen } from './open-hold.ts';
import { isPreordered, mayAnythingWait, NOTHING_WAITS, waitingFor, type Served, type Waiting } from './preorders.ts';
import { locationSupply } from './stages/01-location-supply.ts';
import { afterSafetyStock, heldAlways } from './stages/02-safety-stock.ts';
import { afterSourcing } from './stages/03-sourcing.ts';
import { pooled, unguarded, type Pool } from './stages/04-pools.ts';
import { divided } from './stages/05-division.ts';
import { guardsOf, type Guards } from './stages/05-guards.ts';
import { customised } from './stages/custom.ts';

/** A stocked sku inside one calculation: stages 1 to 5, each part worked out once and only when it is asked for. */
export class Stock<N> implements Stocked, Pool<N> {
  readonly item: CatalogItem;
  readonly rules: ItemRules;
  readonly position: Position | undefined;
  readonly asked: boolean;
  readonly net: PlainStocks | undefined;
  readonly #context: StageContext<N>;
  #supplies: (N | undefined)[] | undefined;
  #claims: (N | null)[] | undefined;
  #unlisted: N | null | undefined;
  readonly #awaits: boolean;
  #waiting: Waiting | undefined;
  #guards: Guards<N> | undefined;
  #guarded = false;
  #left: N | undefined;
  #pool: N | undefined;
  #whatComes: N | undefined;
  #unpromised: N | undefined;
  #demands: (N | null)[] | undefined;
  #waitingAt: (N | undefined)[] | undefined;
  #expected: Expected<N> | undefined;
  #backordering: Backordering<N> | undefined;

  constructor(context: StageContext<N>, item: CatalogItem, rules: ItemRules) {
    this.#context = context;
    context.kept.stock = this;
    this.item = item;
    this.rules = rules;
    const position = context.positions.position(item.sku);
    this.position = position;
    this.#awaits = position !== undefined && mayAnythingWait(context.compiled, item);
    const plain = position !== undefined && !this.#awaits && position.holds.length === 0 && rules.customSupply === undefined && context.compiled.plainPlaces;
    const held = plain && rules.safetyStock !== undefined ? heldAlways(rules.safetyStock, item.scale) : undefined;
    this.net = plain && (held !== undefined || rules.safetyStock === undefined) ? { at: position.locations, held } : undefined;
    this.asked = position !== undefined && (position.unrouted.size > 0 || position.holds.length > 0);
  }

  /** What a location can give. */
  at(place: number): N {
    this.#supplies ??= [];
    const known = this.#supplies[place];
    if (known !== undefined) return known;
    const context = this.#context;
    let here = locationSupply(context, this, place);
    if (this.#awaits) here = this.#withWaiting(here, place);
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
    const demand = this.demand(channel);
    const served = this.#awaits && demand !== undefined ? this.#waits().of.get(channel) : undefined;
    const claims = demand === undefined || served === undefined ? demand : onStock(this.#context, this, { number: channel, demand, served });
    this.#claims[channel] = claims ?? null;
    return claims;
  }

  /** The same with what waits for incoming stock. */
  demand(channel: number): N | undefined {
    if (!this.#awaits) return demandOf(this.#context, this, channel);
    this.#demands ??= [];
    const known = this.#demands[channel];
    if (known !== undefined) return known ?? undefined;
    const demand = demandOf(this.#context, this, channel);
    this.#demands[channel] = demand ?? null;
    return demand;
  }

  /** Of what is routed to a location, what waits for incoming stock; absent where nothing does. */
  waitingAt(place: number): N | undefined {
    this.at(place);
    return this.#waitingAt?.[place];
  }

  /** Unrouted orders and live unrouted holds of channels that the policy does not list, absent where there are none. */
  unlisted(): N | undefined {
    if (this.#unlisted === undefined) this.#unlisted = unlistedClaims(this.#context, this) ?? null;
    return this.#unlisted ?? undefined;
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
    this.#pool = this.#withinWhatComes(pooled(context, this, this));
    const drawn = divided(context, this, { pool: this.#pool, guards: this.guards });
    this.#left = customised(context, drawn, { item: this.item, stage: 'division', rules: this.rules.customDraw, place: context.channel.index });
    return this.#left;
  }

  /** The same sku as those see it who want to know what is backordered. */
  get backordering(): Backordering<N> {
    return (this.#backordering ??= new Backordering(this.#context, this, this.#awaits ? this.#waits() : NOTHING_WAITS));
  }

  /** The same sku once what is expected has come. */
  get expected(): Expected<N> {
    return (this.#expected ??= new Expected(this.#context, this, this.#context.compiled.soldOf?.(this.item) ?? []));
  }

  /**
   * What is expected and promised to nobody yet: what the channel could have once that has come and all that is owed is
   * served, less what it can have now. What rules keep is kept of stock alone. Below zero where more is owed.
   */
  unpromised(): N {
    if (this.#unpromised !== undefined) return this.#unpromised;
    const context = this.#context;
    const { ops } = context;
    const about = ops.about?.('beyondStock', this.item.sku);
    const then = this.#then();
    const now = this.#pool === undefined || this.guards !== undefined ? this.#withinWhatComes(pooled(context, this, unguarded(this))) : this.#pool;
    return (this.#unpromised = ops.subtract(then, ops.notNegative(now, ops.note?.(about, 'left now, whatever is kept')), ops.note?.(about, 'incoming and promised to nobody')));
  }

  /** Whether any of its demand is preordered, in vain or not. */
  get preordered(): boolean {
    return this.#awaits && isPreordered(this.#waits());
  }

  /**
   * What waits for incoming stock takes none that is there, as long as all that is owed can still be served in the end: one may wait
   * for what only another can have, and is then served from what is there.
   */
  #withinWhatComes(now: N): N {
    const { ops } = this.#context;
    if (!this.preordered) return now;
    return ops.lesser(now, this.#booked(), ops.note?.(ops.about?.('pools', this.item.sku), 'left, with what is owed served in the end', 'CLAIMS'));
  }

  /** What the channel could have once what is expected has come, at least nothing. */
  #then(): N {
    return (this.#whatComes ??= this.#leftOnce(this.expected));
  }

  /** The same, whatever is told of that the position does not have: nothing of that is known to ask for what is there. */
  #booked(): N {
    return this.expected.isTold ? this.#leftOnce(new Expected(this.#context, this)) : this.#then();
  }

  #leftOnce(expected: Expected<N>): N {
    const { ops } = this.#context;
    return ops.notNegative(pooled(this.#context, this, unguarded(expected)), ops.note?.(ops.about?.('beyondStock', this.item.sku), 'left once what is expected has come and what is owed is served'));
  }

  #waits(): Waiting {
    return (this.#waiting ??= waitingFor(this.#context, this, this.#context.compiled.soldOf?.(this.item) ?? []));
  }

  /** What is routed to a location and waits for what it expects asks for nothing that is there. */
  #withWaiting(here: N, place: number): N {
    const { ops, compiled } = this.#context;
    const waiting = this.#waits().at.get(place) ?? 0;
    if (waiting === 0) return here;
    const about = ops.about?.('locationSupply', this.item.sku, compiled.locationAt[place]);
    this.#waitingAt ??= [];
    const step = ops.input(waiting, ops.note?.(about, 'preorders here that wait for incoming stock'));
    this.#waitingAt[place] = step;
    return ops.add(here, step, ops.note?.(about, 'not held, preorders aside'));
  }
}

function demandOf<N>(context: StageContext<N>, { item, position }: Stocked, number: number): N | undefined {
  const { ops, boundaries, compiled } = context;
  const channel = compiled.channelAt[number]?.id;
  if (channel === undefined || position === undefined) return undefined;
  const about = ops.about?.('pools', item.sku);
  let total: N | undefined;
  const count = (claim: N): void => {
    total = total === undefined ? claim : ops.add(total, claim, ops.note?.(about, `open demand of ${channel}`));
  };
  const orders = position.unrouted.get(channel) ?? 0;
  if (orders !== 0) count(ops.input(orders, ops.note?.(about, `open orders of ${channel}`, 'CLAIMS')));
  for (const hold of position.holds) {
    if (hold.location !== '' || hold.channel !== channel || !isOpen(hold, context)) continue;
    boundaries(hold.expiresAt);
    count(ops.input(hold.quantity, ops.note?.(about, `held for ${channel} until ${hold.expiresAt}`, 'CLAIMS')));
  }
  return total;
}

/** What of a channel's demand asks for stock. */
function onStock<N>({ ops, compiled }: StageContext<N>, { item }: Stocked, { number, demand, served }: { readonly number: number; readonly demand: N; readonly served: Served }): N {
  const channel = compiled.channelAt[number]?.id ?? '';
  const about = ops.about?.('pools', item.sku);
  const without = (from: N, units: Quantity, what: string): N => (units === 0 ? from : ops.subtract(from, ops.input(units, ops.note?.(about, `${what} of ${channel} that wait for incoming stock`)), ops.note?.(about, `open demand of ${channel} on stock`, 'CLAIMS')));
  return without(without(demand, served.orders, 'preorders'), served.held, 'held preorders');
}

/** No negative demand of theirs gives anything: what is not known of must not raise a number. */
function unlistedClaims<N>(context: StageContext<N>, { item, position }: Stocked): N | undefined {
  if (position === undefined) return undefined;
  const { ops, boundaries, compiled: { channels } } = context;
  const claims: N[] = [];
  const about = ops.about?.('pools', item.sku);
  for (const [channel, orders] of position.unrouted) {
    if (channels.has(channel) || compareQuantities(orders, 0) <= 0) continue;
    claims.push(ops.input(orders, ops.note?.(about, `open orders of ${channel}, which the policy does not list`, 'UNLISTED_CHANNEL')));
  }
  for (const hold of position.holds) {
    const { channel, location, quantity, expiresAt } = hold;
    if (location !== '' || channels.has(channel) || !isOpen(hold, context)) continue;
    boundaries(expiresAt);
    claims.push(ops.input(quantity, ops.note?.(about, `held for ${channel}, which the policy does not list, until ${expiresAt}`, 'UNLISTED_CHANNEL')));
  }
  const [only] = claims;
  return claims.length > 1 ? ops.sum(claims, ops.note?.(about, 'open demand of channels that the policy does not list', 'UNLISTED_CHANNEL')) : only;
}
