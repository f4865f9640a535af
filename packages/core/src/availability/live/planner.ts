import type { CatalogItem } from '../../catalog/catalog.ts';
import type { Instant } from '../../identity/instant.ts';
import type { CompiledPolicy } from '../../policy/compile.ts';
import type { ItemRules } from '../../policy/item-rules.ts';
import { listingPlan, type ListingPlan } from '../plain/listing-plan.ts';

/** Numbers the listings of a catalogue: items of the same rules and scale have the same. */
export class Planner {
  readonly #compiled: CompiledPolicy;
  /** What nothing limits, which has no plan on any channel, is number 0. */
  readonly #kinds: { readonly rules: ItemRules; readonly scale: number }[] = [];
  readonly #numbers = new Map<ItemRules, number[]>();

  constructor(compiled: CompiledPolicy) {
    this.#compiled = compiled;
  }

  /** The number of an item's plans. */
  number(item: CatalogItem): number {
    if (!item.tracked || item.components?.length === 0) return 0;
    const rules = this.#compiled.rules.of(item);
    let byScale = this.#numbers.get(rules);
    if (byScale === undefined) this.#numbers.set(rules, (byScale = []));
    return (byScale[item.scale] ??= this.#kinds.push({ rules, scale: item.scale }));
  }

  /** By number, what each channel's listing does at a moment. */
  plans(asOf: Instant): readonly (readonly (ListingPlan | undefined)[])[] {
    const { channelAt } = this.#compiled;
    return [channelAt.map(() => undefined), ...this.#kinds.map(({ rules, scale }) =>
      channelAt.map((channel) => (channel.publish === 'total' ? listingPlan(rules, channel, { scale, asOf }) : undefined)))];
  }
}
