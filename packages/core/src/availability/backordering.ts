import type { About } from '../explanation/arithmetic.ts';
import type { Quantity } from '../quantity/quantity.ts';
import type { StageContext } from './context.ts';
import type { Now } from './expected.ts';
import type { Waiting } from './preorders.ts';
import { pooled, shortOf, type Pool } from './stages/04-pools.ts';

/**
 * A stocked sku as those see it who want to know what is backordered: nothing is kept for anybody, and preorders ask for
 * nothing, whether or not anything is incoming for them, since they have limits of their own.
 *
 * @see design.md section 6, stage 7
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
    const { ops, compiled } = this.#context;
    const about = ops.about?.('beyondStock', this.#now.item.sku, compiled.locationAt[place]);
    return (this.#supplies[place] ??= this.#preordersAside(this.#now.at(place), this.#inVain.at.get(place), { about, name: 'here', isClaim: false }));
  }

  claims(channel: number): N | undefined {
    const { ops, compiled } = this.#context;
    const claims = this.#now.claims(channel);
    if (claims === undefined) return undefined;
    const about = ops.about?.('beyondStock', this.#now.item.sku);
    return (this.#claims[channel] ??= this.#preordersAside(claims, this.#inVain.of.get(channel), { about, name: `of ${compiled.channelAt[channel]?.id ?? ''}`, isClaim: true }));
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
    const { stage, asked, net, guards } = this;
    const others: Pool<N> = { stage, asked, net, guards, at: (place) => this.at(place), claims: (number) => (number === channel.index ? undefined : this.claims(number)), unlisted: () => this.unlisted() };
    const about = ops.about?.('beyondStock', this.#now.item.sku);
    const room = ops.notNegative(pooled(this.#context, this.#now, others), ops.note?.(about, `stock for ${channel.id} once others are served`));
    return ops.notNegative(ops.subtract(claims, room, ops.note?.(about, `open demand of ${channel.id} beyond that`)), ops.note?.(about, `open demand of ${channel.id} that stock cannot serve`));
  }

  #preordersAside(number: N, inVain: Quantity | undefined, { about, name, isClaim }: { readonly about: About | undefined; readonly name: string; readonly isClaim: boolean }): N {
    if (inVain === undefined || inVain === 0) return number;
    const { ops } = this.#context;
    const preorders = ops.input(inVain, ops.note?.(about, `preorders ${name} that nothing is incoming for`));
    const note = ops.note?.(about, `${isClaim ? 'open demand' : 'not committed'} ${name}, preorders aside`);
    return isClaim ? ops.subtract(number, preorders, note) : ops.add(number, preorders, note);
  }
}
