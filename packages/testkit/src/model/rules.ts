import type { CatalogItem, Instant, Overlay, Policy, PolicyRule } from '@stockwright/core';

/** A rule of one kind. */
export type RuleOf<Kind extends PolicyRule['kind']> = Extract<PolicyRule, { kind: Kind }>;

/** Where a rule is asked about: a location for rules on stock, a channel for the others. */
export interface Where {
  readonly item: CatalogItem;
  readonly location?: string;
  readonly channel?: string;
  /** Channels that draw on exactly the same locations as the channel, itself included. */
  readonly peers?: readonly string[];
}

type Scope = { readonly sku?: string | undefined; readonly category?: string | undefined; readonly location?: string | undefined; readonly channel?: string | undefined };

/** A rule with the number of its overlay, 0 for the policy's own, and its window within that of the overlay. */
interface Candidate<Rule> { readonly rule: Rule; readonly overlay: number }

/** All rules of a kind that apply, the winner first: later overlays, then sku, then category, then places, then the smaller id. */
export function rulesFor<Kind extends PolicyRule['kind']>(policy: Policy, kind: Kind, { asOf, where }: { readonly asOf: Instant; readonly where: Where }): readonly RuleOf<Kind>[] {
  const own = policy.rules.map((rule) => ({ rule, overlay: 0 }));
  const campaigns = policy.overlays.flatMap((overlay, index) => overlay.rules.map((rule) => ({ rule: within(rule, overlay), overlay: index + 1 })));
  return [...own, ...campaigns]
    .filter((one): one is Candidate<RuleOf<Kind>> => one.rule.kind === kind)
    .filter((one) => lasts(one.rule, asOf) && !isSuspended(policy, one, asOf) && concerns(one.rule, where))
    .sort((a, b) => b.overlay - a.overlay || precision(b.rule) - precision(a.rule) || (a.rule.id < b.rule.id ? -1 : 1))
    .map(({ rule }) => rule);
}

function within<Rule extends PolicyRule>(rule: Rule, { from, until }: Overlay): Rule {
  return { ...rule, from: rule.from === undefined || rule.from < from ? from : rule.from, until: rule.until === undefined || rule.until > until ? until : rule.until };
}

function lasts({ from, until }: { readonly from?: Instant | undefined; readonly until?: Instant | undefined }, asOf: Instant): boolean {
  return (from === undefined || from <= asOf) && (until === undefined || asOf < until);
}

/** An overlay suspends rules of the policy and of overlays before it, while it lasts. */
function isSuspended({ overlays }: Policy, { rule, overlay }: Candidate<PolicyRule>, asOf: Instant): boolean {
  return overlays.some((one, index) => index + 1 > overlay && lasts(one, asOf) && one.suspends.includes(rule.id));
}

function concerns(rule: PolicyRule, { item, location, channel, peers = [] }: Where): boolean {
  const scope: Scope = rule.scope ?? {};
  if (scope.sku !== undefined && scope.sku !== item.sku) return false;
  if (scope.category !== undefined && scope.category !== item.category) return false;
  if (scope.location !== undefined && scope.location !== location) return false;
  if (scope.channel !== undefined && scope.channel !== channel) return false;
  // A rule between channels concerns every channel that has the same locations as one that it names.
  const named = rule.kind === 'share' ? Object.keys(rule.between) : rule.kind === 'priority' ? rule.order : undefined;
  return named === undefined || named.some((id) => peers.includes(id));
}

function precision(rule: PolicyRule): number {
  const { sku, category, location, channel }: Scope = rule.scope ?? {};
  const places = [location, channel].filter((place) => place !== undefined).length;
  return (sku === undefined ? 0 : 8) + (category === undefined ? 0 : 4) + places;
}
