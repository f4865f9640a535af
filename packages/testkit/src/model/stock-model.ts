import type { Allotted, CatalogItem, Instant, Policy, PolicyChannel, PolicyRule, Position, PositionReader, StaleRule } from '@stockwright/core';
import { afterWithholding, once, part, positive, steps, sumOf } from './arithmetic.ts';
import { dealtOut } from './dealt-out.ts';
import { leftByMaximumFlow, served, type Needs } from './maximum-flow.ts';
import { toldOf, waiting, type Expecting, type Seller } from './preorders-model.ts';
import { rulesFor, type RuleOf } from './rules.ts';

/** Everything that a number depends on. Quantities are plain numbers: the model is for small worlds. */
export interface ModelWorld {
  readonly policy: Policy;
  readonly reader: PositionReader;
  readonly channel: PolicyChannel;
  readonly asOf: Instant;
  readonly ownHolds: ReadonlySet<string>;
  /** What sells a stocked sku: itself, and kits of it. */
  sellersOf(sku: string): readonly Seller[];
}

/**
 * One stocked sku as one channel sees it: stages 1 to 5 of the pipeline, each as its definition says. With `received` as it
 * will be once all that is expected has come and nothing waits for it: everything owed, told of or booked, asks for stock.
 */
export class StockModel {
  readonly #world: ModelWorld;
  readonly #item: CatalogItem;
  readonly #position: Position | undefined;
  readonly #received: 'not' | 'booked' | 'told';
  readonly #waits = once(() => waiting(this.#expecting()));
  readonly #told = once(() => (this.#received === 'booked' ? { of: new Map<string, number>(), at: new Map<string, number>() } : toldOf(this.#expecting())));
  readonly #keeping = once(() => this.#needs());

  constructor(world: ModelWorld, item: CatalogItem, received: 'not' | 'booked' | 'told' = 'not') {
    this.#received = received;
    this.#world = world;
    this.#item = item;
    this.#position = world.reader.position(item.sku);
  }

  /** What a location could give. */
  at(location: string): number {
    return this.#at(location) + (this.#received === 'not' ? 0 : this.#comingTo(location));
  }

  /** What a location will have more: what is expected there, less the preorders routed there that ask for nothing yet. */
  #comingTo(location: string): number {
    if (this.#isEmptied(location)) return 0;
    const { incoming = 0, committed = 0 } = this.#position?.locations.get(location as never) ?? {};
    const told = this.#told().at.get(location) ?? 0;
    return positive(Number(incoming)) - (this.#waits().at.get(location) ?? 0) - positive(told - positive(Number(committed)));
  }

  /** Stages 1 to 3, as things stand. */
  #at(location: string): number {
    const { policy, asOf } = this.#world;
    const { onHand = 0, unavailable = 0, committed = 0 } = this.#position?.locations.get(location as never) ?? {};
    let supply = Number(onHand) - Number(unavailable) - Number(committed) - sumOf(this.#liveHolds().filter((hold) => hold.location === location).map(({ quantity }) => Number(quantity)));
    supply += this.#waits().at.get(location) ?? 0;
    const [rule] = rulesFor(policy, 'safetyStock', { asOf, where: { item: this.#item, location } });
    if (rule !== undefined) supply = 'daysOfCover' in rule.withhold ? this.#afterCover(supply, location, rule.withhold.daysOfCover) : afterWithholding(supply, rule.withhold, this.#item);
    return this.#afterSourcing(supply, location);
  }

  #liveHolds(): Position['holds'] {
    return (this.#position?.holds ?? []).filter(({ id, expiresAt }) => expiresAt > this.#world.asOf && !this.#world.ownHolds.has(id));
  }

  #afterCover(supply: number, location: string, days: number): number {
    const velocity = this.#world.reader.velocity?.({ sku: this.#item.sku, location: location as never });
    if (velocity === undefined) return supply;
    return supply - Math.min(Math.ceil((Number(velocity.units) * days) / velocity.days), positive(supply));
  }

  #afterSourcing(supply: number, location: string): number {
    if (this.#isEmptied(location)) return 0;
    const stale = this.#silent(location);
    return stale === undefined || typeof stale === 'string' ? supply : afterWithholding(supply, stale.extraBuffer, this.#item);
  }

  /** What a silent source makes of its location; absent where it is not silent. */
  #silent(location: string): StaleRule['becomes'] | undefined {
    const { policy, reader, asOf } = this.#world;
    const stale = policy.locations.find(({ id }) => id === location)?.stale;
    const heard = reader.heardAt?.(location as never);
    return stale === undefined || (heard !== undefined && Date.parse(asOf) - Date.parse(heard) < stale.afterMinutes * 60_000) ? undefined : stale.becomes;
  }

  /** Whether nothing is sold from a location, whatever is there. */
  #isEmptied(location: string): boolean {
    const lifecycle = this.#world.policy.locations.find(({ id }) => id === location)?.lifecycle;
    return lifecycle === 'onboarding' || lifecycle === 'closed' || (typeof lifecycle === 'object' && lifecycle.frozen === 'zero') || this.#silent(location) === 'zero';
  }

  /** Unrouted orders and holds of a channel; preorders, ordered or held, ask for stock only where nothing is expected for them. */
  #claims(channel: string): number {
    const orders = Number(this.#position?.unrouted.get(channel as never) ?? 0);
    const holds = sumOf(this.#liveHolds().filter((hold) => hold.location === '' && hold.channel === channel).map(({ quantity }) => Number(quantity)));
    if (this.#received === 'not') return orders - (this.#waits().of.get(channel) ?? 0) + holds;
    return Math.max(orders, this.#told().of.get(channel) ?? orders) + holds;
  }

  /** What channels that the policy does not list ask for: nobody knows from where, so as if it were from here. */
  #unlisted(): number {
    const known = new Set<string>(this.#world.policy.channels.map(({ id }) => id));
    const told: ReadonlyMap<string, number> = this.#received === 'not' ? new Map() : this.#told().of;
    const booked: ReadonlyMap<string, unknown> = this.#position?.unrouted ?? new Map();
    const orders = [...new Set([...booked.keys(), ...told.keys()])].filter((id) => !known.has(id)).map((id) => Math.max(0, Number(booked.get(id) ?? 0), told.get(id) ?? 0));
    return sumOf([...orders, ...this.#liveHolds().filter((hold) => hold.location === '' && !known.has(hold.channel)).map(({ quantity }) => Number(quantity))]);
  }

  #expecting(): Expecting {
    const { policy, reader, asOf, sellersOf } = this.#world;
    return { policy, reader, asOf, sellers: sellersOf(this.#item.sku), position: this.#position, holds: this.#liveHolds(), isEmptied: (location) => this.#isEmptied(location) };
  }

  /**
   * What each location has, and who asks for how much of it from where; channels of other sets also for what is kept for them, unless rules are left aside. What
   * is expected is kept for nobody, but for where it matters from which of the channel's locations something is taken.
   */
  #needs(rules: 'kept' | 'aside' = 'kept'): Needs {
    const { policy, channel } = this.#world;
    const all = [...new Set(policy.channels.flatMap(({ locations }) => locations))];
    const keepsNothing = (other: Policy['channels'][number]): boolean =>
      rules === 'aside' || this.#peers().includes(other.id) || (this.#received !== 'not' && channel.locations.every((location) => other.locations.includes(location)));
    const listed = policy.channels.map((other) => ({ from: other.locations, units: this.#claims(other.id) + (keepsNothing(other) ? 0 : this.#kept(other.id)?.units ?? 0) }));
    return { supply: new Map(all.map((location) => [location, positive(this.at(location))])), demands: [...listed, { from: channel.locations, units: this.#unlisted() }] };
  }

  /**
   * Stage 4: what a maximum flow leaves the channel when claims, and what is kept for channels of other sets, are served; less what its own
   * locations owe. Where anything is preordered no more than can be had once what is expected has come, since all that is owed is served in the end.
   */
  pool(rules: 'kept' | 'aside' = 'kept'): number {
    const { policy, channel } = this.#world;
    const left = leftByMaximumFlow(channel.locations, this.#needs(rules));
    const pool = policy.clamp === 'perLocation' ? left : left - sumOf(channel.locations.map((location) => positive(-this.at(location))));
    return this.#received !== 'not' || !this.isPreordered() ? pool : Math.min(pool, positive(this.received('booked').pool('aside')));
  }

  /** Whether anybody wishes to wait for what is expected, in vain or not. */
  isPreordered(): boolean {
    const { of, at } = this.#waits().wished;
    return [...of.values(), ...at.values()].some((units) => units > 0);
  }

  /** Whether all that is asked can be served as well as before when so many units are taken from some locations. */
  spares(taken: ReadonlyMap<string, number>): boolean {
    const needs = this.#keeping();
    const rest = new Map([...needs.supply].map(([location, units]) => [location, units - (taken.get(location) ?? 0)]));
    return served({ ...needs, supply: rest }) === served(needs);
  }

  /** The same of those only who cannot be served from all of the channel's locations: to whom it matters from which one is taken. */
  leavesOthers(taken: ReadonlyMap<string, number>): boolean {
    const { supply, demands } = this.#keeping();
    const others = demands.filter(({ from }) => !this.#world.channel.locations.every((location) => from.includes(location)));
    const rest = new Map([...supply].map(([location, units]) => [location, units - (taken.get(location) ?? 0)]));
    return served({ supply: rest, demands: others }) === served({ supply, demands: others });
  }

  /** Channels with exactly this channel's locations, by id. */
  #peers(): readonly string[] {
    const set = (locations: readonly string[]): string => [...new Set(locations)].sort().join(' ');
    return this.#world.policy.channels.filter(({ locations }) => set(locations) === set(this.#world.channel.locations)).map(({ id }) => id).sort();
  }

  /** What protections and ringfences keep for a channel; absent where no rule says anything. */
  #kept(channel: string): { readonly units: number; readonly only: boolean } | undefined {
    const where = { item: this.#item, channel };
    const [protection] = rulesFor(this.#world.policy, 'protection', { asOf: this.#world.asOf, where });
    const [ringfence] = rulesFor(this.#world.policy, 'ringfence', { asOf: this.#world.asOf, where });
    if (protection === undefined && ringfence === undefined) return undefined;
    const units = (protection === undefined ? 0 : this.#allotted(channel, protection, protection.keep, Math.ceil)) + (ringfence === undefined ? 0 : this.#allotted(channel, ringfence, { quota: ringfence.segment }, Math.ceil));
    return { units, only: ringfence !== undefined && !ringfence.shared };
  }

  // oxlint-disable-next-line max-params -- whose, by which rule, how much and how rounded
  #allotted(channel: string, { from, until }: PolicyRule, allotted: Allotted, round: (value: number) => number): number {
    if ('level' in allotted) return steps(allotted.level, this.#item, round);
    const taken = this.#world.reader.consumed?.({ sku: this.#item.sku, channel: channel as never, from, until });
    return positive(steps(allotted.quota, this.#item, round) - Number(taken));
  }

  /** Stage 5: what the channel may draw of what is left to all channels of its set. */
  left(): number {
    const { policy, asOf, channel } = this.#world;
    const pool = this.pool();
    if (pool <= 0) return pool;
    const rule = <Kind extends PolicyRule['kind']>(kind: Kind): RuleOf<Kind> | undefined => rulesFor(policy, kind, { asOf, where: { item: this.#item, channel: channel.id, peers: this.#peers() } })[0];
    let drawn = this.#shared(this.#afterGuards(pool, rule('priority')?.order ?? []), rule('share'));
    const percentage = rule('percentOfPool');
    if (percentage !== undefined) drawn = Math.min(drawn, part(pool, percentage.percent, Math.floor));
    const cap = rule('drawCap');
    return cap === undefined ? drawn : Math.min(drawn, this.#allotted(channel.id, cap, cap.most, Math.floor));
  }

  #afterGuards(pool: number, order: readonly string[]): { readonly left: number; readonly own: number | undefined; readonly below: number } {
    const me = this.#world.channel.id;
    const rank = (id: string): number => (order.includes(id) ? order.indexOf(id) : Number.POSITIVE_INFINITY);
    const kept = this.#peers().flatMap((id) => { const guard = this.#kept(id); return guard === undefined ? [] : [{ id, units: guard.units, rank: rank(id) }]; });
    const units = (of: typeof kept): number => sumOf(of.map((guard) => guard.units));
    const after = positive(pool - units(kept.filter((guard) => guard.rank < rank(me))));
    const equal = kept.filter((guard) => guard.rank === rank(me));
    const below = units(kept.filter((guard) => guard.rank > rank(me)));
    const mine = equal.findIndex(({ id }) => id === me);
    if (mine >= 0 && units(equal) > after) {
      const own = dealtOut(after, equal.map((guard) => guard.units))[mine] ?? 0;
      return { left: own, own, below };
    }
    return { left: positive(after - units(equal.filter(({ id }) => id !== me))), own: equal[mine]?.units, below };
  }

  #shared({ left, own, below }: { readonly left: number; readonly own: number | undefined; readonly below: number }, share: RuleOf<'share'> | undefined): number {
    const me = this.#world.channel.id;
    if (this.#kept(me)?.only === true && own !== undefined) return Math.min(left, own);
    if (share === undefined) return left;
    const members = this.#peers().filter((id) => share.between[id] !== undefined);
    const parts = dealtOut(positive(left - (own ?? 0) - below), members.map((id) => Number(share.between[id])));
    return (own ?? 0) + (parts[members.indexOf(me)] ?? 0);
  }

  /** What stock has to serve where preorders ask for nothing: what each location has, signed, and what each channel asks for; no channel's own has no id. */
  #backordering(): { readonly supply: ReadonlyMap<string, number>; readonly demands: readonly { readonly id?: string; readonly units: number; readonly from: readonly string[] }[] } {
    const { policy, channel } = this.#world;
    const { of, at, wished } = this.#waits();
    const inVain = (kind: 'of' | 'at', key: string): number => (wished[kind].get(key) ?? 0) - ({ of, at }[kind].get(key) ?? 0);
    return {
      supply: new Map([...new Set(policy.channels.flatMap(({ locations }) => locations))].map((location) => [location, this.at(location) + inVain('at', location)])),
      demands: [...policy.channels.map(({ id, locations }) => ({ id, from: locations, units: this.#claims(id) - inVain('of', id) })), { from: channel.locations, units: this.#unlisted() }],
    };
  }

  /** How much demand stock cannot serve, and what locations owe beside it: what a maximum flow leaves unserved. */
  short(): number {
    const { supply, demands } = this.#backordering();
    const owed = sumOf([...supply.values()].map((units) => positive(-units)));
    if (owed > 0 && this.#world.policy.clamp === 'total') return this.#shortInAll();
    return owed + sumOf(demands.map(({ units }) => units)) - served({ supply: new Map([...supply].map(([location, units]) => [location, positive(units)])), demands });
  }

  /** Where one location makes up for what another owes there is no flow: the most over every group of channels, counted together. */
  #shortInAll(): number {
    const { channels } = this.#world.policy;
    const { supply, demands } = this.#backordering();
    const groups = channels.reduce<PolicyChannel[][]>((found, channel) => [...found, ...found.map((group) => [...group, channel])], [[]]);
    return Math.max(...groups.map((group) => {
      const places = [...new Set(group.flatMap(({ locations }) => locations))];
      const inside = demands.filter(({ from }) => from.every((location) => (places as readonly string[]).includes(location)));
      return sumOf(inside.map(({ units }) => units)) - sumOf(places.map((location) => supply.get(location) ?? 0));
    }));
  }

  /** How many units of what the channel asks for go without when everybody else is served first. */
  ownShort(): number {
    const { channel, policy } = this.#world;
    const { supply, demands } = this.#backordering();
    const there = new Map([...supply].map(([location, units]) => [location, positive(units)]));
    const others = demands.filter(({ id }) => id !== channel.id);
    const owed = policy.clamp === 'total' ? sumOf(channel.locations.map((location) => positive(-(supply.get(location) ?? 0)))) : 0;
    const mine = sumOf(demands.filter(({ id }) => id === channel.id).map(({ units }) => units));
    return positive(mine - positive(leftByMaximumFlow(channel.locations, { supply: there, demands: others }) - owed));
  }

  /** What live holds of a channel, or of all, were promised beyond stock of something that is sold, by the id of the hold. */
  heldBeyond(sku: string, promise: 'backorder' | 'preorder', channel?: string): ReadonlyMap<string, number> {
    const held = new Map<string, number>();
    for (const hold of this.#liveHolds()) {
      for (const one of hold.beyond ?? []) {
        if (one.sku === sku && one.promise === promise && (channel ?? hold.channel) === hold.channel) held.set(hold.id, (held.get(hold.id) ?? 0) + Number(one.quantity));
      }
    }
    return held;
  }

  /** The same once what is expected has come, and all that is told of is owed, or what is booked alone. */
  received(owed: 'booked' | 'told' = 'told'): StockModel {
    return new StockModel(this.#world, this.#item, owed);
  }

  /** How many more can be had once what is expected has come, everybody who is owed anything being served as well as can be, than now; whatever rules keep of stock. */
  unpromised(): number {
    return positive(this.received().pool('aside')) - positive(this.pool('aside'));
  }
}
