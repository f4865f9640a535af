import { z } from 'zod';
import {
  createAvailability, foldMovements, formatQuantity, headroom, isStockwrightError, isZeroQuantity, parseCatalog, parseChannelId, parseInstant, parseLocationId, parsePolicy, parseQuantity, parseSku, positionFromBalances,
  type AccountRef, type ChannelId, type Explanation, type Hold, type HoldWorld, type Instant, type Movement, type PolicyInput, type Position, type PositionReader, type Quantity, type Sku,
} from '@stockwright/core';

/** How an operation of the vectors is asked: what its input looks like, what may be expected of it, and the way from its words to ours. */
export interface Operation {
  readonly input: z.ZodType;
  readonly expect: z.ZodType;
  /** An answer that depends on what is asked for is a function of what is expected. */
  answer(input: unknown): Readonly<Record<string, unknown>>;
}

/** Makes an operation; unknown properties of its input and its expectation are refused. */
export function operation<Input extends z.ZodRawShape>(input: Input, expect: z.ZodRawShape, answer: (input: z.infer<z.ZodObject<Input>>) => Readonly<Record<string, unknown>>): Operation {
  return { input: z.strictObject(input), expect: z.strictObject(expect).partial(), answer: (given) => answer(given as z.infer<z.ZodObject<Input>>) };
}

export const text: z.ZodString = z.string().regex(/^-?\d+(\.\d+)?$/, 'not a decimal text such as 12 or -0.5');
export const textBy: z.ZodRecord<z.ZodString, z.ZodString> = z.record(z.string(), text);
export const answersTo: z.ZodRecord<z.ZodString, z.ZodBoolean> = z.record(text, z.boolean());
export const place = z.strictObject({
  id: z.string(), onHand: text, reserved: text.optional(), allocated: text.optional(), committed: text.optional(), active: z.boolean().optional(), status: z.enum(['inStock', 'outOfStock']).optional(),
});
export const held = z.strictObject({ qty: text, expired: z.boolean().optional(), own: z.boolean().optional() });
export type Place = z.infer<typeof place>;
export type Held = z.infer<typeof held>;
export type Rule = NonNullable<PolicyInput['rules']>[number];

export const SKU: Sku = parseSku('X');
export const SHOP: ChannelId = parseChannelId('shop');
export const NOW: Instant = parseInstant('2026-11-23T12:00:00Z');
export const [BEFORE, LATER] = [parseInstant('2026-11-23T11:00:00Z'), parseInstant('2026-11-23T13:00:00Z')];
export const who = { owner: 'other systems', reason: 'vector' };

/** From texts to steps of 10^-scale and back. */
export interface Steps {
  readonly scale: number;
  read(value: string): Quantity;
  write(value: Quantity): string;
}

/** Steps as fine as the finest of some texts; whole units where all are whole. */
export function stepsFor(...texts: readonly (string | null | undefined)[]): Steps {
  const scale = Math.max(0, ...texts.map((value) => value?.split('.')[1]?.replace(/0+$/, '').length ?? 0));
  return { scale, read: (value) => parseQuantity(value, { scale }), write: (value) => formatQuantity(value, scale) };
}

/** Steps for what may ask for parts of a unit whatever the stock is counted in. */
export const FINE: Steps = stepsFor('0.0001');

export const here = (onHand: string): Place => ({ id: 'here', onHand });

/** An account of the ledger: a measure at a location or a channel, or, without either, a counterpart. */
export const account = (name: AccountRef['account'], { location = '', channel = '' }: Partial<Omit<AccountRef, 'account'>> = {}): AccountRef => ({ account: name, location, channel });

/** A signed figure as the movement that it is; nothing moves where it is zero. */
export function booked(figure: string, { into, from, read }: { readonly into: AccountRef; readonly from: AccountRef } & Pick<Steps, 'read'>): readonly Movement[] {
  const isLess = figure.startsWith('-');
  const quantity = read(isLess ? figure.slice(1) : figure);
  if (isZeroQuantity(quantity)) return [];
  return [isLess ? { from: into, to: from, quantity } : { from, to: into, quantity }];
}

/** What stands at the places and is claimed there, and whatever else is booked, as the position that the ledger makes of it. */
export function positionAt(places: readonly Place[], { scale, read }: Steps, { more = [], holds = [] }: { readonly more?: readonly Movement[]; readonly holds?: readonly Hold[] } = {}): Position {
  const standing = places.flatMap(({ id, onHand, reserved = '0', allocated = '0', committed = '0' }) => {
    const location = parseLocationId(id);
    const claims = [reserved, allocated, committed].flatMap((claim) => booked(claim, { into: account('committed', { location }), from: account('demand'), read }));
    return [...booked(onHand, { into: account('onHand', { location }), from: account('adjustment'), read }), ...claims];
  });
  return positionFromBalances({ sku: SKU, scale }, foldMovements([...standing, ...more]), holds);
}

/** Holds of the channel, at a location or anywhere; one that has expired is still told of. */
export const holdsAt = (holds: readonly Held[], { read }: Pick<Steps, 'read'>, rest: Partial<Hold> = {}): Hold[] =>
  holds.map(({ qty, expired = false }, index) => ({ id: String(index), channel: SHOP, location: '', quantity: read(qty), expiresAt: expired ? BEFORE : LATER, ...rest }));
export const ownOf = (holds: readonly Held[]): string[] => holds.flatMap(({ own = false }, index) => (own ? [String(index)] : []));

/** What a policy says of places that are off or out of stock. */
export function settingsOf(places: readonly Place[]): NonNullable<PolicyInput['locations']> {
  return places.map(({ id, active = true, status }) => ({ id, lifecycle: !active ? 'closed' as const : status === 'outOfStock' ? { frozen: 'zero' as const } : 'live' as const }));
}

/** A threshold above zero is held back from the listing; one below zero is how far beyond stock may be sold. */
export function thresholdRules(threshold: string, backorder?: string): Rule[] {
  const beyond = backorder ?? (threshold.startsWith('-') ? threshold.slice(1) : undefined);
  return [
    ...(threshold.startsWith('-') ? [] : [{ ...who, id: 'keep', kind: 'buffer' as const, withhold: { fixed: threshold } }]),
    ...(beyond === undefined ? [] : [{ ...who, id: 'beyond', kind: 'backorderLimit' as const, limit: beyond }]),
  ];
}

/** What is asked for as lines: nothing is no line. */
export function linesOf<Line extends { readonly quantity: Quantity }>(...lines: readonly Line[]): readonly Line[] {
  return lines.filter(({ quantity }) => !isZeroQuantity(quantity));
}

/** An answer, or nothing where the library refuses what was asked as no possible input. */
export function refusedAsInput<Answer>(answer: () => Answer): Answer | undefined {
  try {
    return answer();
  } catch (error) {
    if (isStockwrightError(error) && error.code === 'INVALID_INPUT') return undefined;
    throw error;
  }
}

/** A question about the one sku of most operations. */
export interface Question {
  readonly steps: Steps;
  readonly position: Position;
  readonly places?: readonly Place[];
  readonly channels?: readonly string[];
  readonly channel?: string;
  readonly rules?: readonly object[];
  readonly policy?: Partial<PolicyInput>;
  readonly reads?: Omit<PositionReader, 'position'>;
  readonly ownHolds?: readonly string[];
}

const NOTHING_OPEN: Omit<PositionReader, 'position'> = { promised: () => ({ backordered: new Map(), preordered: new Map() }), consumed: () => 0 };

/** A place of every channel at which there is nothing: what comes in may come in there, also where all other places are closed. */
const ELSEWHERE = 'elsewhere';

/** The calculator and the positions of a question. */
export function worldOf({ steps: { scale }, position, places = [here('0')], channels = ['shop'], rules = [], policy = {}, reads = {}, ownHolds = [] }: Question) {
  const locations = [...places.map(({ id }) => id), ELSEWHERE];
  const calculator = createAvailability({
    catalog: parseCatalog([{ sku: SKU, scale }]),
    policy: parsePolicy({ version: '1', locations: settingsOf(places), channels: channels.map((id) => ({ id, locations })), rules: rules.map((rule, index) => ({ ...who, id: `rule-${String(index)}`, ...rule })) as Rule[], ...policy }),
  });
  const world: HoldWorld = { positions: { ...NOTHING_OPEN, ...reads, position: () => position }, asOf: NOW, ownHolds };
  return { calculator, world };
}

/** The explained answer to a question. */
export function ask(question: Question): Explanation {
  const { calculator, world: { positions, asOf, ownHolds = [] } } = worldOf(question);
  return calculator.explain({ channel: parseChannelId(question.channel ?? 'shop'), sku: SKU }, positions, { asOf, ownHolds });
}

/** What the channel of a question is shown. */
export function shown(question: Question): string {
  return question.steps.write(ask(question).availability.immediate ?? 0);
}

/** What can be sold, beyond stock included, or below zero how much is lacking. */
export function signed(question: Question): string {
  const { calculator, world: { positions, asOf, ownHolds = [] } } = worldOf(question);
  const room = headroom(calculator, { channel: SHOP, sku: SKU, promise: 'backorder' }, { positions, moment: { asOf, ownHolds } });
  return room === 'unlimited' ? room : question.steps.write(room);
}
