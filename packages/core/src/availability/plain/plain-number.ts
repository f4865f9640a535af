import type { CatalogItem, Component } from '../../catalog/catalog.ts';
import type { ChannelId, LocationId, Sku } from '../../identity/ids.ts';
import type { Instant } from '../../identity/instant.ts';
import type { LocationStock, Position } from '../../ledger/position.ts';
import { channelOf, itemOf, type CompiledChannel, type CompiledPolicy } from '../../policy/compile.ts';
import type { ItemRules } from '../../policy/item-rules.ts';
import type { Quantity } from '../../quantity/quantity.ts';
import type { PositionReader } from '../context.ts';
import { mayAnythingWait } from '../preorders.ts';
import { isPlainStock, listedNumber, listingPlan, type ListingPlan } from './listing-plan.ts';

/** So many sums of three numbers of 32 bits are a safe integer. */
const MANY = 1_000_000;

/** What stands where a reader says null: no numbers. */
const NO_NUMBERS = {} as LocationStock;

/** Of a channel that shows one number. */
export const NO_PARTS: ReadonlyMap<LocationId, never> = new Map<LocationId, never>();

/** An answer that is a number and nothing else. */
export interface PlainAnswer {
  readonly channel: ChannelId;
  readonly sku: Sku;
  readonly immediate: number;
  readonly parts: ReadonlyMap<LocationId, never>;
  readonly backorder: 0;
  readonly preorder: 0;
  readonly policyVersion: string;
  readonly asOf: Instant;
  readonly validUntil: Instant | undefined;
}

/** What the rules of some items come to. */
interface Prepared {
  readonly rules: ItemRules;
  readonly plain: boolean;
  /** By scale and channel. */
  readonly slots: (Slot | undefined)[];
}

/** A plan, what it was made of and the moment that it was made for. */
interface Slot {
  readonly rules: ItemRules;
  readonly scale: number;
  readonly from: Instant;
  readonly plan: ListingPlan | undefined;
  /** The same, where the sku has stock that is a sum. */
  readonly ofStock: ListingPlan | undefined;
}

/**
 * The numbers that are nothing but sums and minima with a plain listing, without any note: what most questions come to.
 * Everything else is left to the pipeline, which gives the same wherever both have an answer.
 */
export class PlainNumbers {
  readonly #compiled: CompiledPolicy;
  readonly #version: string;
  readonly #ofAll: ItemRules | undefined;
  readonly #prepared = new Map<ItemRules, Prepared>();
  /** By channel the last plan: most questions in a row are about skus of the same rules, at one moment. */
  readonly #last: (Slot | undefined)[];
  #lately: Prepared | undefined;
  readonly #signed: boolean;
  readonly #pooledKits: boolean;
  readonly #unions: number;

  constructor(compiled: CompiledPolicy) {
    this.#compiled = compiled;
    this.#ofAll = compiled.rules.ofAll;
    this.#version = compiled.policy.version;
    this.#last = compiled.channelAt.map(() => undefined);
    this.#signed = compiled.policy.clamp === 'total';
    this.#unions = compiled.unions.length;
    this.#pooledKits = compiled.policy.kits === 'pooled';
  }

  /** The answer of a key; nothing where it takes the whole pipeline. */
  answer({ channel: id, sku }: Pick<PlainAnswer, 'channel' | 'sku'>, positions: PositionReader, asOf: Instant): PlainAnswer | undefined {
    const channel = channelOf(this.#compiled, id);
    const item = itemOf(this.#compiled, sku);
    const plan = this.#planOf(item, channel, asOf);
    if (plan === undefined) return undefined;
    const supply = item.components === undefined ? this.#left(positions.position(sku), item.scale, channel) : this.#kits(item.components, channel, positions);
    if (Number.isNaN(supply)) return undefined;
    return { channel: id, sku, immediate: listedNumber(plan, supply), parts: NO_PARTS, backorder: 0, preorder: 0, policyVersion: this.#version, asOf, validUntil: plan.validUntil };
  }

  /** What the listing of an item does at a moment; absent where the number takes the whole pipeline. */
  #planOf(item: CatalogItem, channel: CompiledChannel, asOf: Instant): ListingPlan | undefined {
    const { components, scale } = item;
    if (channel.publish !== 'total' || !item.tracked) return undefined;
    if (components !== undefined && (components.length === 0 || !this.#pooledKits)) return undefined;
    const rules = this.#ofAll ?? this.#compiled.rules.of(item);
    let slot = this.#last[channel.index];
    if (slot === undefined || slot.rules !== rules || slot.scale !== scale || !isStill(slot, asOf)) slot = this.#slotOf(rules, channel, { scale, asOf });
    if (components !== undefined) return slot.plan;
    return slot.ofStock !== undefined && mayAnythingWait(this.#compiled, item) ? undefined : slot.ofStock;
  }

  #slotOf(rules: ItemRules, channel: CompiledChannel, { scale, asOf }: { readonly scale: number; readonly asOf: Instant }): Slot {
    const { index } = channel;
    const { plain, slots } = this.#of(rules);
    const at = scale * this.#compiled.channelAt.length + index;
    let slot = slots[at];
    if (slot === undefined || !isStill(slot, asOf)) {
      const plan = listingPlan(rules, channel, { scale, asOf });
      slots[at] = slot = { rules, scale, from: asOf, plan, ofStock: plain ? plan : undefined };
    }
    this.#last[index] = slot;
    return slot;
  }

  #kits(components: readonly Component[], channel: CompiledChannel, positions: PositionReader): number {
    let least = Number.POSITIVE_INFINITY;
    for (const { sku, quantityPer } of components) {
      if (typeof quantityPer !== 'number') return Number.NaN;
      const item = itemOf(this.#compiled, sku);
      if (!this.#of(this.#ofAll ?? this.#compiled.rules.of(item)).plain || mayAnythingWait(this.#compiled, item)) return Number.NaN;
      const kits = Math.floor(this.#left(positions.position(sku), item.scale, channel) / quantityPer);
      if (Number.isNaN(kits)) return kits;
      if (kits < least) least = kits;
    }
    return least;
  }

  #of(rules: ItemRules): Prepared {
    if (this.#lately?.rules === rules) return this.#lately;
    let known = this.#prepared.get(rules);
    if (known === undefined) this.#prepared.set(rules, (known = { rules, plain: isPlainStock(this.#compiled, rules), slots: [] }));
    this.#lately = known;
    return known;
  }

  /** Numbers that a machine word holds need no other care: a million locations of them are still a safe integer. */
  #left(position: Position | undefined, scale: number, channel: CompiledChannel): number {
    if (position === undefined) return 0;
    // What is no position of the item is for the pipeline to refuse.
    if (position?.scale !== scale || position.holds?.length !== 0 || typeof position.locations?.get !== 'function') return Number.NaN;
    const { locations } = channel;
    if (position.unrouted?.size !== 0 || locations.length > MANY) return this.#leftOfAny(position, channel);
    const stocks = position.locations;
    const signed = this.#signed;
    let short = true;
    let sum = 0;
    for (let index = 0; index < locations.length; index += 1) {
      const stock = stocks.get(locations[index] as LocationId);
      if (stock === undefined) continue;
      const { onHand, unavailable, committed } = stock ?? NO_NUMBERS;
      short = isShort(onHand) && isShort(unavailable) && isShort(committed);
      if (!short) break;
      const net = (onHand as number) - (unavailable as number) - (committed as number);
      if (signed || net > 0) sum += net;
    }
    return short ? sum : this.#leftOfAny(position, channel);
  }

  /** The same for whatever is a number. Where all quantities together are a safe integer, so is every sum on the way, and one check is enough. */
  #leftOfAny(position: Position, { locations }: CompiledChannel): number {
    if (typeof position.unrouted?.get !== 'function') return Number.NaN;
    const asked = position.unrouted.size > 0;
    // With one set of locations what others ask for comes off the same sum; with several the pools decide.
    if (asked && this.#unions !== 1) return Number.NaN;
    let sum = 0;
    let there = 0;
    let size = 0;
    for (const location of locations) {
      const stock = position.locations.get(location);
      if (stock === undefined) continue;
      const { onHand, unavailable, committed } = stock ?? NO_NUMBERS;
      if (!isSafe(onHand) || !isSafe(unavailable) || !isSafe(committed)) return Number.NaN;
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
      if (!isSafe(open) || !this.#compiled.channels.has(id)) return Number.NaN;
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

/** Whether a quantity is a number, and a whole one. */
function isSafe(quantity: Quantity): quantity is number {
  return Number.isSafeInteger(quantity);
}

/** Whether a quantity is a signed number of 32 bits. */
function isShort(quantity: Quantity): boolean {
  return typeof quantity === 'number' && (quantity | 0) === quantity;
}
