import type { ChannelId } from '../identity/ids.ts';
import type { SoldOf } from '../policy/compile.ts';
import type { StageContext, Stocked } from './context.ts';
import { expectedAt, unbookedPreorders, type Unbooked } from './preorders.ts';
import { emptiedAt } from './stages/03-sourcing.ts';
import type { Pool } from './stages/04-pools.ts';
import type { Guards } from './stages/05-guards.ts';

const NONE_TOLD: Unbooked = { of: new Map(), at: new Map() };

/** A stocked sku as it stands now. */
export interface Now<N> extends Stocked, Pool<N> {
  /** All that a channel asks for, what waits for incoming stock included. */
  demand(channel: number): N | undefined;
  /** Of what is routed to a location, what waits for incoming stock; absent where nothing does. */
  waitingAt(place: number): N | undefined;
}

/**
 * A stocked sku as it will be once all that is expected has come: what is incoming is there, and nothing waits for it any
 * more, so that all demand asks for what is there.
 *
 * @see stage 7 of the README
 */
export class Expected<N> implements Pool<N> {
  readonly stage = 'beyondStock';
  readonly net = undefined;
  readonly asked: boolean;
  readonly #context: StageContext<N>;
  readonly #now: Now<N>;
  readonly #unbooked: Unbooked;
  readonly #supplies: (N | undefined)[] = [];
  readonly #claims: (N | null)[] = [];
  #unlisted: N | null | undefined;

  /** @param sold - What is told of as preordered of these counts too, beyond what the position has; nothing of that where absent. */
  constructor(context: StageContext<N>, now: Now<N>, sold?: readonly SoldOf[]) {
    this.#context = context;
    this.#now = now;
    this.#unbooked = sold === undefined ? NONE_TOLD : unbookedPreorders(context, now, sold);
    this.asked = now.asked || this.#unbooked.of.size > 0;
  }

  /** Whether more is preordered than the position has. */
  get isTold(): boolean {
    return this.#unbooked.of.size > 0 || this.#unbooked.at.size > 0;
  }

  get guards(): Guards<N> | undefined {
    return this.#now.guards;
  }

  at(place: number): N {
    return (this.#supplies[place] ??= this.#supplyAt(place));
  }

  claims(channel: number): N | undefined {
    const known = this.#claims[channel];
    if (known !== undefined) return known ?? undefined;
    const claims = this.#claimsOf(channel);
    this.#claims[channel] = claims ?? null;
    return claims;
  }

  unlisted(): N | undefined {
    if (this.#unlisted === undefined) this.#unlisted = this.#plusUnbooked(this.#now.unlisted(), [...this.#unbooked.of.keys()].filter((id) => !this.#context.compiled.channels.has(id))) ?? null;
    return this.#unlisted ?? undefined;
  }

  #supplyAt(place: number): N {
    const { ops, compiled } = this.#context;
    const location = compiled.locationAt[place];
    const about = ops.about?.('beyondStock', this.#now.item.sku, location);
    let there = this.#now.at(place);
    const incoming = expectedAt(this.#context, this.#now, place);
    if (incoming !== 0) there = ops.add(there, ops.input(incoming, ops.note?.(about, 'incoming')), ops.note?.(about, 'there once what is expected has come'));
    const waiting = this.#now.waitingAt(place);
    if (waiting !== undefined) there = ops.subtract(there, waiting, ops.note?.(about, 'after preorders here that wait for it', 'CLAIMS'));
    const unbooked = location === undefined ? undefined : this.#unbooked.at.get(location);
    if (unbooked === undefined || emptiedAt(this.#context, place) !== undefined) return there;
    return ops.subtract(there, ops.input(unbooked, ops.note?.(about, 'preordered here beside what is committed')), ops.note?.(about, 'after preorders here', 'CLAIMS'));
  }

  #claimsOf(channel: number): N | undefined {
    const id = this.#context.compiled.channelAt[channel]?.id;
    return this.#plusUnbooked(this.#now.demand(channel), id !== undefined && this.#unbooked.of.has(id) ? [id] : []);
  }

  #plusUnbooked(demand: N | undefined, channels: readonly ChannelId[]): N | undefined {
    const { ops } = this.#context;
    const about = ops.about?.('beyondStock', this.#now.item.sku);
    let all = demand;
    for (const id of channels) {
      const more = ops.input(this.#unbooked.of.get(id) ?? 0, ops.note?.(about, `preordered on ${id} beside open orders`));
      all = all === undefined ? more : ops.add(all, more, ops.note?.(about, 'open demand, preorders included'));
    }
    return all;
  }
}
