import { z } from 'zod';
import {
  createAvailability, formatQuantity, parseCatalog, parseChannelId, parseInstant, parseLocationId, parsePolicy, parseQuantity, parseSku, sumQuantities,
  type ChannelId, type Explanation, type HoldWorld, type Instant, type PolicyInput, type Position, type PositionReader, type Quantity, type Sku,
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

/** What stands at the places, in the words of a position. */
export function positionAt(places: readonly Place[], { scale, read }: Steps, rest: Partial<Position> = {}): Position {
  const locations = places.map(({ id, onHand, reserved = '0', allocated = '0', committed = '0' }) => [
    parseLocationId(id), { onHand: read(onHand), unavailable: 0, committed: sumQuantities([reserved, allocated, committed].map(read)), incoming: 0, inTransit: 0 },
  ] as const);
  return { sku: SKU, scale, locations: new Map(locations), unrouted: new Map(), holds: [], ...rest };
}

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

/** The calculator and the positions of a question. */
export function worldOf({ steps: { scale }, position, places = [here('0')], channels = ['shop'], rules = [], policy = {}, reads = {}, ownHolds = [] }: Question) {
  const locations = places.length === 0 ? ['nowhere'] : places.map(({ id }) => id);
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

/** The number before it was kept from falling below nothing: the trace has it. */
export function unclamped({ steps, totalStep = 0, scale }: Explanation): string {
  const [before] = steps[totalStep]?.args ?? [];
  return formatQuantity(parseQuantity(steps[Number(before)]?.value), scale);
}
