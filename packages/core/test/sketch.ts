import {
  createAvailability, parseCatalog, parseChannelId, parsePolicy, parseSku,
  type Availability, type AvailabilityCalculator, type CatalogItemInput, type ChannelId, type Explanation, type Hold, type Instant, type LimitingFactor, type LocationId,
  type LocationStock, type PolicyInput, type Position, type PositionReader, type Quantity, type Sku,
} from '../src/index.ts';

/** A channel as a policy lists it. */
export type ChannelInput = PolicyInput['channels'][number];
/** A rule as a policy lists it. */
export type RuleInput = NonNullable<PolicyInput['rules']>[number];
/** A position in few words. */
export interface Sketch {
  /** On hand, or more, per location. */
  readonly at?: Readonly<Record<string, number | Partial<LocationStock>>>;
  readonly unrouted?: Readonly<Record<string, number>>;
  readonly holds?: readonly (Partial<Hold> & { readonly quantity: number })[];
  /** Of the sku; 0 where absent. */
  readonly scale?: number;
}

export const NOW: Instant = '2026-11-23T12:00:00.000Z' as Instant;
export const LATER: Instant = '2026-11-23T12:10:00.000Z' as Instant;
export const who: { readonly owner: string; readonly reason: string } = { owner: 'ops', reason: 'because' };
export const shopOn = (...locations: string[]): ChannelInput => ({ id: 'shop', locations });
export const MUG: CatalogItemInput = { sku: 'MUG', category: 'cups' };

/** The position that a sketch describes. */
export function position(sku: string, { at = {}, unrouted = {}, holds = [], scale = 0 }: Sketch): Position {
  const locations = Object.entries(at).map(([location, stock]) => [
    location as LocationId,
    { onHand: 0, unavailable: 0, committed: 0, incoming: 0, inTransit: 0, ...(typeof stock === 'number' ? { onHand: stock } : stock) },
  ] as const);
  return {
    sku: parseSku(sku), scale, locations: new Map(locations),
    unrouted: new Map(Object.entries(unrouted) as [ChannelId, number][]),
    holds: holds.map((hold, index) => ({ id: `hold-${String(index)}`, channel: 'shop' as ChannelId, location: '', expiresAt: LATER, ...hold })),
  };
}

/** A question with all that it is asked about. */
export interface Case {
  readonly channels?: ChannelInput[];
  readonly rules?: RuleInput[];
  readonly policy?: Partial<PolicyInput>;
  readonly catalog?: readonly CatalogItemInput[];
  readonly stock: Readonly<Record<string, Sketch>>;
  readonly sku?: string;
  readonly channel?: string;
  readonly asOf?: Instant;
  readonly ownHolds?: readonly string[];
  readonly reads?: Omit<PositionReader, 'position'>;
}

export function calculatorFor({ channels = [shopOn('W1', 'W2')], rules = [], policy = {}, catalog = [MUG] }: Omit<Case, 'stock'>): AvailabilityCalculator {
  return createAvailability({ catalog: parseCatalog(catalog), policy: parsePolicy({ version: '1', channels, rules, ...policy }) });
}

/** The explained answer to a question. */
export function explained(question: Case): Explanation {
  const { stock, sku = 'MUG', channel = 'shop', asOf = NOW, ownHolds = [], reads, catalog = [MUG] } = question;
  const positions = new Map(Object.entries(stock).map(([name, sketch]) => [parseSku(name), position(name, { scale: catalog.find((item) => item.sku === name)?.scale ?? 0, ...sketch })]));
  const reader: PositionReader = { position: (wanted: Sku) => positions.get(wanted), ...reads };
  return calculatorFor(question).explain({ channel: parseChannelId(channel), sku: parseSku(sku) }, reader, { asOf, ownHolds });
}

/** The answer to a question, its parts by location. */
export function ask(question: Case): Omit<Availability, 'parts'> & { readonly parts: Readonly<Record<string, Quantity>>; readonly limit: LimitingFactor | undefined } {
  const { availability, limitingFactor } = explained(question);
  return { ...availability, parts: Object.fromEntries(availability.parts), limit: limitingFactor };
}

/** What may be sold now. */
export function immediate(question: Case): Quantity | undefined {
  return ask(question).immediate;
}
