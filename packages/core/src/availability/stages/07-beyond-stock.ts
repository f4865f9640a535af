import type { CatalogItem } from '../../catalog/catalog.ts';
import type { ChannelId } from '../../identity/ids.ts';
import type { HeldBeyondStock, Hold } from '../../ledger/position.ts';
import { ruleWhere, scopeOf, type RuleOf } from '../../policy/item-rules.ts';
import { sumQuantities, type Quantity } from '../../quantity/quantity.ts';
import type { StageContext } from '../context.ts';
import { isOpen } from '../open-hold.ts';
import type { Listing } from './08-listing.ts';
import { missingRead } from './missing-read.ts';
import { inSteps } from './rule-quantity.ts';

/** What may be promised beyond stock. */
export interface BeyondStock<N> {
  /** Absent where nothing may be; `unlimited` where no limit holds. */
  readonly backorder: N | 'unlimited' | undefined;
  readonly preorder: N | undefined;
}

/** No promise beyond stock. */
export const NOTHING_BEYOND: BeyondStock<never> = { backorder: undefined, preorder: undefined };

/** What stage 7 asks of the components of what is sold. */
export interface Expected<N> {
  /** What of the demand of a stocked sku stock cannot serve; absent for a kit. */
  readonly backordering?: { short(): N; ownShort(): N | undefined };
  /** How much more could be sold once what is expected has come and all that is owed is served, in what is sold. */
  unpromised(): N;
}

/**
 * Stage 7: what may be promised beyond stock: a limit for the channel less what it has open, and one for all channels
 * less what all have open; the smaller remainder wins. What live holds were promised beyond stock
 * is open like orders. Demand that stock cannot serve counts as backordered, whoever says so, unless it is preordered; against
 * the limit of a channel as far as its own locations cannot serve it once others are served. What is incoming is promised once, whether as a sku or in kits, and only what is left of it when
 * all that is owed is served: orders and holds that stock cannot meet, and what locations owe. A limit holds until its rule ends.
 *
 * @see stage 7 of the README
 */
export function beyondStock<N>(context: StageContext<N>, listing: Listing, expected: Expected<N>): BeyondStock<N> {
  const { rules } = listing;
  if (rules.backorderLimit === undefined && rules.preorderLimit === undefined) return NOTHING_BEYOND;
  return {
    backorder: rules.backorderLimit === undefined ? undefined : backorder(context, listing, expected),
    preorder: rules.preorderLimit === undefined ? undefined : preorder(context, listing, expected),
  };
}

type LimitKind = 'backorderLimit' | 'preorderLimit';

/** The limits that hold: the channel's own, and the one for all channels together. */
function limitsOf<N, Kind extends LimitKind>(context: StageContext<N>, { rules }: Listing, kind: Kind): { readonly own: RuleOf<Kind> | undefined; readonly total: RuleOf<Kind> | undefined } {
  const { index } = context.channel;
  const named = (rule: RuleOf<LimitKind>): boolean => scopeOf(rule).channel !== undefined;
  const own = ruleWhere<RuleOf<LimitKind>>(rules[kind], index, { when: context, fits: named });
  const total = ruleWhere<RuleOf<LimitKind>>(rules[kind], index, { when: context, fits: (rule) => !named(rule) });
  return { own, total } as { own: RuleOf<Kind> | undefined; total: RuleOf<Kind> | undefined };
}

function backorder<N>(context: StageContext<N>, listing: Listing, expected: Expected<N>): N | 'unlimited' | undefined {
  const { ops, channel } = context;
  const { item } = listing;
  const { own, total } = limitsOf(context, listing, 'backorderLimit');
  const left: N[] = [];
  for (const rule of [own, total]) {
    if (rule === undefined || rule.limit === 'unlimited') continue;
    const about = ops.because?.(ops.about?.('beyondStock', item.sku), rule);
    const told = openOf(context, item, { rule, part: 'backordered', needed: rule === own || expected.backordering === undefined });
    const ordered = ops.input(rule === own ? (told?.get(channel.id) ?? 0) : sumQuantities(told?.values() ?? []), ops.note?.(about, `backordered ${rule === own ? `on ${channel.id}` : 'on all channels'}`));
    const open = withHeld(context, ordered, { item, promise: 'backorder', rule, of: rule === own ? channel.id : undefined });
    const short = rule === own ? expected.backordering?.ownShort() : expected.backordering?.short();
    const used = short === undefined ? open : ops.max([open, short], ops.note?.(about, 'backordered, or demand that stock cannot serve'));
    const limit = ops.input(inSteps(rule.limit, item.scale, 'down'), ops.note?.(about, `backorder limit ${rule === own ? `of ${channel.id}` : 'of all channels'}`));
    left.push(ops.notNegative(ops.subtract(limit, used, ops.note?.(about, 'rest of the limit')), ops.note?.(about, 'may be backordered', 'BACKORDER_LIMIT')));
  }
  if (left.length === 0) return own === undefined && total === undefined ? undefined : 'unlimited';
  return least(context, item, { left, label: 'may be backordered' });
}

function preorder<N>(context: StageContext<N>, listing: Listing, expected: Expected<N>): N | undefined {
  const { ops, channel } = context;
  const { item } = listing;
  const { own, total } = limitsOf(context, listing, 'preorderLimit');
  const left: N[] = [];
  for (const rule of [own, total]) {
    if (rule === undefined) continue;
    const about = ops.because?.(ops.about?.('beyondStock', item.sku), rule);
    const told = openOf(context, item, { rule, part: 'preordered', needed: true });
    if (rule.limit === 'incoming') {
      left.push(ops.notNegative(expected.unpromised(), ops.note?.(about, 'may be preordered', 'PREORDER_LIMIT')));
      continue;
    }
    const ordered = ops.input(rule === own ? (told?.get(channel.id) ?? 0) : sumQuantities(told?.values() ?? []), ops.note?.(about, `preordered ${rule === own ? `on ${channel.id}` : 'on all channels'}`));
    const used = withHeld(context, ordered, { item, promise: 'preorder', rule, of: rule === own ? channel.id : undefined });
    const limit = ops.input(inSteps(rule.limit, item.scale, 'down'), ops.note?.(about, `preorder limit ${rule === own ? `of ${channel.id}` : 'of all channels'}`));
    left.push(ops.notNegative(ops.subtract(limit, used, ops.note?.(about, 'rest of the limit')), ops.note?.(about, 'may be preordered', 'PREORDER_LIMIT')));
  }
  return left.length === 0 ? undefined : least(context, item, { left, label: 'may be preordered' });
}

interface Held {
  readonly item: CatalogItem;
  readonly promise: HeldBeyondStock['promise'];
  readonly rule: RuleOf<LimitKind>;
  /** Whose holds; all where absent. */
  readonly of: ChannelId | undefined;
}

/** The holds that say anything beyond stock of an item. One of a kit says so at each of its components, and is met once. */
function openHolds<N>(context: StageContext<N>, { sku: own, components }: CatalogItem): readonly Hold[] {
  const says = ({ beyond = [] }: Hold): boolean => beyond.some(({ sku }) => sku === own);
  const met = new Set<string>();
  return (components ?? [{ sku: own }]).flatMap(({ sku }) => {
    const holds = (context.positions.position(sku)?.holds ?? []).filter((hold) => isOpen(hold, context) && !met.has(hold.id) && says(hold));
    for (const { id } of holds) met.add(id);
    return holds;
  });
}

/** What is ordered and what live holds were promised. */
function withHeld<N>(context: StageContext<N>, ordered: N, { item, promise, rule, of }: Held): N {
  const { ops, boundaries } = context;
  const about = ops.because?.(ops.about?.('beyondStock', item.sku), rule);
  const open = [ordered];
  for (const { channel, expiresAt, beyond = [] } of openHolds(context, item)) {
    for (const held of beyond) {
      if (held.sku !== item.sku || held.promise !== promise || (of ?? channel) !== channel) continue;
      boundaries(expiresAt);
      open.push(ops.input(held.quantity, ops.note?.(about, `held beyond stock for ${channel} until ${expiresAt}`)));
    }
  }
  return open.length === 1 ? ordered : ops.sum(open, ops.note?.(about, `${promise === 'backorder' ? 'backordered' : 'preordered'} or held so`));
}

function least<N>({ ops }: StageContext<N>, item: CatalogItem, { left, label }: { readonly left: readonly N[]; readonly label: string }): N {
  const [only] = left;
  return left.length === 1 && only !== undefined ? only : ops.min(left, ops.note?.(ops.about?.('beyondStock', item.sku), label));
}

function openOf<N>({ positions }: StageContext<N>, item: CatalogItem, { rule, part, needed }: { readonly rule: RuleOf<LimitKind>; readonly part: 'backordered' | 'preordered'; readonly needed: boolean }): ReadonlyMap<ChannelId, Quantity> | undefined {
  if (positions.promised === undefined && needed) {
    throw missingRead('promised', `Rule ${rule.id} limits what is promised of ${item.sku}, so what is open must be known`);
  }
  return positions.promised?.(item.sku)?.[part];
}
