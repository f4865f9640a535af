import type { ChannelId, LocationId } from '../identity/ids.ts';
import type { Instant } from '../identity/instant.ts';

export type { PolicyInput } from './schema.ts';

/** A policy with its defaults filled in. @public */
export interface Policy {
  readonly version: string;
  /** Whether a negative location lowers the others (`total`) or counts as empty (`perLocation`). */
  readonly clamp: 'total' | 'perLocation';
  /** Whether components of one kit may come from different locations. A channel with locations always counts per location. */
  readonly kits: 'pooled' | 'perLocation';
  /** Who puts sellable returns back on hand. */
  readonly returns: 'owner' | 'channel';
  /** Whether supply that was due and has not come is promised as if it came on the first day that is asked about. A question may say otherwise. */
  readonly overdue: 'ignore' | 'count';
  /** What is known of locations; one that is not listed is live and has no region, kind or method. */
  readonly locations: readonly PolicyLocation[];
  readonly channels: readonly PolicyChannel[];
  readonly rules: readonly PolicyRule[];
  /** Campaigns: rules that win over all others for a time. */
  readonly overlays: readonly Overlay[];
}
/**
 * A campaign. While it lasts its rules win over the policy's own and over those of earlier overlays, and the rules that
 * it suspends are not in effect.
 *
 * @public
 */
export interface Overlay {
  readonly id: string;
  readonly owner: string;
  readonly reason: string;
  readonly zone?: string | undefined;
  readonly from: Instant;
  readonly until: Instant;
  readonly suspends: readonly string[];
  readonly rules: readonly PolicyRule[];
}
/** A location and what may be sold from it. @public */
export interface PolicyLocation {
  readonly id: LocationId;
  readonly region?: string | undefined;
  /** What it is: a warehouse, a shop, a drop-shipper. */
  readonly kind?: string | undefined;
  /** How it can hand goods over: ship, pick up. */
  readonly methods: readonly string[];
  readonly lifecycle: Lifecycle;
  readonly stale?: StaleRule | undefined;
}
/**
 * Only a `live` location sells. An `onboarding` one does not yet and a `closed` one no longer; one that is `frozen` for
 * a stock-take keeps its figures or counts as empty.
 *
 * @public
 */
export type Lifecycle = 'onboarding' | 'live' | 'closed' | { readonly frozen: 'keep' | 'zero' };
/** What becomes of a location whose source was silent for so long: nothing, some more held back, or it counts as empty. @public */
export interface StaleRule {
  readonly afterMinutes: number;
  readonly becomes: 'keep' | 'zero' | { readonly extraBuffer: Withheld };
}
/** Which locations serve a channel: those that fit everything that is given, in the order of the policy's locations. @public */
export interface Sourcing {
  readonly regions?: readonly string[] | undefined;
  readonly kinds?: readonly string[] | undefined;
  /** At least one of these. */
  readonly methods?: readonly string[] | undefined;
}
/** How a channel is supplied and shown. @public */
export interface PolicyChannel {
  readonly id: ChannelId;
  /** The locations that may serve it, most preferred first; those that fit `sourcing` where that is given. */
  readonly locations: readonly LocationId[];
  readonly sourcing?: Sourcing | undefined;
  /** One number, or one per location. */
  readonly publish: 'total' | 'perLocation';
  /** How the number is divided over locations. */
  readonly spread: 'priority' | 'proportional';
  /** The largest number that it can express, in units of the sku: of one that shows parts each part, else its one number. */
  readonly maximum?: string | number | undefined;
  /** Whether it can express whole units alone, also of what is counted in finer steps. */
  readonly wholeUnits?: boolean | undefined;
}
/** How much is held back: a fixed number of units, or a percentage, rounded up. @public */
export type Withheld = { readonly fixed: string | number } | { readonly percent: string | number };
/** Where a rule of one's own applies: to what a location can give, to what a channel may draw of a stocked sku, or to what a listing shows. @public */
export type CustomStage = 'supply' | 'draw' | 'listing';
/** So many days' sales are held back; how fast a sku sells is an input of the calculation. @public */
export interface DaysOfCover { readonly daysOfCover: number }
/** What is held back depends on how much there is: the last level whose `from` is not above it decides. @public */
export interface ByLevel { readonly levels: readonly (Withheld & { readonly from: string | number })[] }
/**
 * One rule, with who wants it and why.
 *
 * - `safetyStock`: held back at a location. `buffer`: held back from what a listing shows.
 * - `hideAtOrBelow`: shows nothing where so few are left. `cap`: shows at most this number.
 * - `pin`: shows this number. On a channel that shows parts a pin of a location is that location's part, whatever is there, and the
 *   others divide what is left beside it, so that beside a `buffer` in percent, which is of everything, what comes to the pinned location may
 *   leave the others less; a pin without one is divided like any number, so it shows no more than the locations have.
 * - `protection`: kept from the other channels. `ringfence`: kept from them, and all that its channel may draw unless `shared`.
 * - `share`: divides what is there between channels by weight. `priority`: earlier channels need not respect what is kept for later ones.
 * - `percentOfPool`: at most this percentage of what is there, rounded down. `drawCap`: at most this may be drawn.
 *
 * - `backorderLimit`, `preorderLimit`: how far beyond stock may be promised, `unlimited` at most or what is `incoming`
 *   and owed to nobody; with a channel for that channel, without one for all together.
 * - `forceOut`: nothing is shown or promised. `sellMultiple`: only whole multiples are shown, of
 *   those that the sku's step can count: of 2.5 in whole pieces 5, 10 and so on, which `lintPolicy` asks about.
 * - `custom`: a rule of one's own, made by {@link defineRule}.
 *
 * Protections, ringfences, shares, priorities, percentages and caps on drawing bind stocked skus, so a kit is bound through its components.
 *
 * @public
 */
export type PolicyRule = {
  readonly id: string;
  readonly owner: string;
  readonly reason: string;
  /** The time zone in which local times of the window were meant. */
  readonly zone?: string | undefined;
  readonly from?: Instant | undefined;
  readonly until?: Instant | undefined;
} & (
  | { readonly kind: 'safetyStock'; readonly scope?: StockScope | undefined; readonly withhold: Withheld | DaysOfCover }
  | { readonly kind: 'buffer'; readonly scope?: ListingScope | undefined; readonly withhold: Withheld | ByLevel }
  | { readonly kind: 'hideAtOrBelow'; readonly scope?: ListingScope | undefined; readonly threshold: string | number }
  | { readonly kind: 'pin'; readonly scope?: (StockScope & ListingScope) | undefined; readonly quantity: string | number }
  | { readonly kind: 'cap'; readonly scope?: ListingScope | undefined; readonly most: string | number }
  | { readonly kind: 'protection'; readonly scope: ChannelScope; readonly keep: Allotted }
  | { readonly kind: 'ringfence'; readonly scope: ChannelScope; readonly segment: string | number; readonly shared: boolean }
  | { readonly kind: 'share'; readonly scope?: ItemScope | undefined; readonly between: Readonly<Record<string, string | number>> }
  | { readonly kind: 'priority'; readonly scope?: ItemScope | undefined; readonly order: readonly string[] }
  | { readonly kind: 'percentOfPool'; readonly scope: ChannelScope; readonly percent: string | number }
  | { readonly kind: 'drawCap'; readonly scope: ChannelScope; readonly most: Allotted }
  | { readonly kind: 'backorderLimit'; readonly scope?: ListingScope | undefined; readonly limit: string | number }
  | { readonly kind: 'preorderLimit'; readonly scope?: ListingScope | undefined; readonly limit: string | number }
  | { readonly kind: 'forceOut'; readonly scope?: ListingScope | undefined }
  | {
    readonly kind: 'custom';
    /** The name, version and stage of a rule that {@link defineRule} made. */
    readonly rule: string;
    readonly ruleVersion: number;
    readonly stage: CustomStage;
    readonly scope?: (StockScope & ListingScope) | undefined;
    /** What the rule's own settings are read from. */
    readonly settings: Readonly<Record<string, unknown>>;
  }
  | { readonly kind: 'sellMultiple'; readonly scope?: ListingScope | undefined; readonly of: string | number }
);
/** What a rule on stock applies to; everything where empty. @public */
export interface StockScope { readonly sku?: string | undefined; readonly category?: string | undefined; readonly location?: string | undefined }
/** What a rule on listings applies to; everything where empty. @public */
export interface ListingScope { readonly sku?: string | undefined; readonly category?: string | undefined; readonly channel?: string | undefined }

/** What a rule between channels applies to; everything where empty. @public */
export interface ItemScope { readonly sku?: string | undefined; readonly category?: string | undefined }
/** What a rule for one channel applies to; all that it sells where only the channel is named. @public */
export interface ChannelScope { readonly channel: string; readonly sku?: string | undefined; readonly category?: string | undefined }
/**
 * How much is set apart: a `level` stands whatever was sold; a `quota` is used up by what the channel took in the rule's
 * window. In units of the stocked sku.
 *
 * @public
 */
export type Allotted = { readonly level: string | number } | { readonly quota: string | number };
