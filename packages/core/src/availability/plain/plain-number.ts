import type { CatalogItem } from '../../catalog/catalog.ts';
import type { Instant } from '../../identity/instant.ts';
import type { Position } from '../../ledger/position.ts';
import type { CompiledChannel, CompiledPolicy } from '../../policy/compile.ts';
import type { ItemRules } from '../../policy/item-rules.ts';
import type { PositionReader } from '../context.ts';
import { isPlainStock, listingPlan, type ListingPlan } from './listing-plan.ts';

/** What the rules of some items come to. */
interface Prepared {
  readonly plain: boolean;
  /** By scale and channel. */
  readonly slots: (Slot | undefined)[];
}

/** A plan and the moment that it was made for. */
interface Slot {
  readonly from: Instant;
  readonly plan: ListingPlan | undefined;
}

/**
 * The numbers that are nothing but sums and minima with a plain listing, without any note: what most questions come to.
 * Everything else is left to the pipeline, which gives the same wherever both have an answer.
 */
export class PlainNumbers {
  readonly #compiled: CompiledPolicy;
  readonly #prepared = new Map<ItemRules, Prepared>();
  /** Most questions in a row are about skus of the same rules. */
  #lastRules: ItemRules | undefined;
  #last: Prepared | undefined;
  readonly #signed: boolean;
  readonly #pooledKits: boolean;
  readonly #unions: number;

  constructor(compiled: CompiledPolicy) {
    this.#compiled = compiled;
    this.#signed = compiled.policy.clamp === 'total';
    this.#unions = compiled.unions.length;
    this.#pooledKits = compiled.policy.kits === 'pooled';
  }

  /** What the listing of an item does at a moment; absent where the number takes the whole pipeline. */
  planOf(item: CatalogItem, channel: CompiledChannel, asOf: Instant): ListingPlan | undefined {
    if (channel.publish !== 'total' || !item.tracked || (item.components !== undefined && (item.components.length === 0 || !this.#pooledKits))) return undefined;
    const rules = this.#compiled.rules.of(item);
    const { plain, slots } = this.#of(rules);
    if (!plain && item.components === undefined) return undefined;
    const at = item.scale * this.#compiled.channelAt.length + channel.index;
    const known = slots[at];
    if (known !== undefined && isStill(known, asOf)) return known.plan;
    const plan = listingPlan(rules, channel.index, { scale: item.scale, asOf });
    slots[at] = { from: asOf, plan };
    return plan;
  }

  /** What stages 1 to 6 leave; `NaN` where that takes the whole pipeline. */
  supply(item: CatalogItem, channel: CompiledChannel, positions: PositionReader): number {
    if (item.components === undefined) return this.#left(positions.position(item.sku), channel);
    let least = Number.POSITIVE_INFINITY;
    for (const { sku, quantityPer } of item.components) {
      const component = this.#compiled.catalog.items.get(sku);
      if (component === undefined || typeof quantityPer !== 'number' || !this.#of(this.#compiled.rules.of(component)).plain) return Number.NaN;
      const kits = Math.floor(this.#left(positions.position(sku), channel) / quantityPer);
      if (Number.isNaN(kits)) return kits;
      if (kits < least) least = kits;
    }
    return least;
  }

  #of(rules: ItemRules): Prepared {
    if (rules === this.#lastRules && this.#last !== undefined) return this.#last;
    let known = this.#prepared.get(rules);
    if (known === undefined) this.#prepared.set(rules, (known = { plain: isPlainStock(this.#compiled, rules), slots: [] }));
    this.#lastRules = rules;
    this.#last = known;
    return known;
  }

  /** Where all quantities together are a safe integer, so is every sum on the way, and one check is enough. */
  #left(position: Position | undefined, { locations }: CompiledChannel): number {
    if (position === undefined) return 0;
    const asked = position.unrouted.size > 0;
    // With one set of locations what others ask for comes off the same sum; with several the pools decide.
    if (position.holds.length > 0 || (asked && this.#unions !== 1)) return Number.NaN;
    const stocks = position.locations;
    let sum = 0;
    let there = 0;
    let size = 0;
    for (let index = 0; index < locations.length; index += 1) {
      const stock = stocks.get(locations[index] as (typeof locations)[number]);
      if (stock === undefined) continue;
      const { onHand, unavailable, committed } = stock;
      if (typeof onHand !== 'number' || typeof unavailable !== 'number' || typeof committed !== 'number') return Number.NaN;
      const net = onHand - unavailable - committed;
      sum += net;
      if (net > 0) there += net;
      size += Math.abs(onHand) + Math.abs(unavailable) + Math.abs(committed);
    }
    if (!(size <= Number.MAX_SAFE_INTEGER)) return Number.NaN;
    const left = this.#signed ? sum : there;
    return asked ? this.#lessClaims(position, { left, there, size }) : left;
  }

  /** Stage 4 where all channels draw on one set: demand that nothing can serve takes nothing. */
  #lessClaims({ unrouted }: Position, { left, there, size }: { readonly left: number; readonly there: number; readonly size: number }): number {
    let claims = 0;
    let all = size;
    for (const [id, open] of unrouted) {
      if (typeof open !== 'number' || !this.#compiled.channels.has(id)) return Number.NaN;
      claims += open;
      all += Math.abs(open);
    }
    if (!(all <= Number.MAX_SAFE_INTEGER)) return Number.NaN;
    const rest = left - claims;
    return rest < 0 && claims > there ? rest + claims - there : rest;
  }
}

/** A plan says itself until when it holds; that more than a plan is needed is only known of the moment. */
function isStill({ from, plan }: Slot, asOf: Instant): boolean {
  if (from === asOf) return true;
  return plan !== undefined && from < asOf && (plan.validUntil === undefined || asOf < plan.validUntil);
}
