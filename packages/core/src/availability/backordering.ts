import type { Quantity } from '../quantity/quantity.ts';
import type { StageContext } from './context.ts';
import type { Now } from './expected.ts';
import type { Waiting } from './preorders.ts';
import { pooled, shortOf, unguarded, type Pool } from './stages/04-pools.ts';

/**
 * A stocked sku as those see it who want to know what is backordered: nothing is kept for anybody, and preorders ask for
 * nothing, whether or not anything is incoming for them, since they have limits of their own.
 *
 * @see stage 7 of the README
 */
export class Backordering<N> implements Pool<N> {
  readonly stage = 'beyondStock';
  readonly guards = undefined;
  readonly asked: boolean;
  readonly net: Pool<N>['net'];
  readonly #context: StageContext<N>;
  readonly #now: Now<N>;
  readonly #inVain: Waiting['inVain'];
  readonly #supplies: (N | undefined)[] = [];
  readonly #claims: (N | undefined)[] = [];

  constructor(context: StageContext<N>, now: Now<N>, { inVain }: Waiting) {
    this.#context = context;
    this.#now = now;
    this.#inVain = inVain;
    this.asked = now.asked;
    this.net = now.net;
  }

  at(place: number): N {
    return (this.#supplies[place] ??= this.#preordersAside(this.#now.at(place), this.#inVain.at.get(place), { place }));
  }

  claims(channel: number): N | undefined {
    const claims = this.#now.claims(channel);
    return claims === undefined ? undefined : (this.#claims[channel] ??= this.#preordersAside(claims, this.#inVain.of.get(channel), { channel }));
  }

  unlisted(): N | undefined {
    return this.#now.unlisted();
  }

  /** How much demand the stock cannot serve. */
  short(): N {
    return shortOf(this.#context, this.#now, this);
  }

  /** How much of what the context's channel asks for its locations cannot serve once all others are; absent where it asks for nothing. */
  ownShort(): N | undefined {
    const { ops, channel } = this.#context;
    const claims = this.claims(channel.index);
    if (claims === undefined) return undefined;
    const about = ops.about?.('beyondStock', this.#now.item.sku);
    const room = ops.notNegative(pooled(this.#context, this.#now, unguarded(this, channel.index)), ops.note?.(about, `stock for ${channel.id} once others are served`));
    return ops.notNegative(ops.subtract(claims, room, ops.note?.(about, `open demand of ${channel.id} beyond that`)), ops.note?.(about, `open demand of ${channel.id} that stock cannot serve`));
  }

  /** What a location has without them, or what a channel asks for. */
  #preordersAside(number: N, inVain: Quantity | undefined, { place, channel = -1 }: { readonly place?: number; readonly channel?: number }): N {
    if (inVain === undefined || inVain === 0) return number;
    const { ops, compiled } = this.#context;
    const about = ops.about?.('beyondStock', this.#now.item.sku, place === undefined ? undefined : compiled.locationAt[place]);
    const preorders = ops.input(inVain, ops.note?.(about, `preorders ${place === undefined ? `of ${compiled.channelAt[channel]?.id ?? ''}` : 'here'} that wait for incoming stock in vain`));
    const note = ops.note?.(about, 'preorders aside');
    return place === undefined ? ops.subtract(number, preorders, note) : ops.add(number, preorders, note);
  }
}
