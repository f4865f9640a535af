import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  addQuantities, createAvailability, formatQuantity, negateQuantity, parseCatalog, parseChannelId, parseInstant, parseLocationId, parsePolicy, parseQuantity, parseSku, sumQuantities,
  type ChannelId, type Explanation, type PolicyInput, type Position, type PositionReader, type Quantity,
} from '../../src/index.ts';

/*
 * What other systems' tests, documents and threads say a channel may sell, asked of `explain`. What each operation means
 * stands in the file itself; here is only the way from its words to ours.
 */
const repository = resolve(import.meta.dirname, '../../../..');
const file = resolve(process.env['STOCKWRIGHT_SHARED'] ?? resolve(repository, '../shared'), 'vectors/vectors.json');
const isThere = existsSync(file);
if (!isThere && process.env['CI'] === undefined) console.warn(`The vectors are not at ${file}; they are not checked. Name their folder by STOCKWRIGHT_SHARED.`);

type Rule = NonNullable<PolicyInput['rules']>[number];
interface Place { readonly id: string; readonly onHand: string; readonly reserved?: string; readonly allocated?: string; readonly active?: boolean; readonly status?: string }
interface Held { readonly qty: string; readonly expired?: boolean; readonly own?: boolean }
interface Input {
  readonly locations: readonly Place[]; readonly holds?: readonly Held[]; readonly ledger?: readonly string[]; readonly outOfStockThreshold?: string; readonly clampPerLocation?: boolean;
  readonly components: readonly (readonly [string, string])[]; readonly stock: Readonly<Record<string, Readonly<Record<string, string>>>>; readonly mode: 'pooled' | 'perLocation';
  readonly available: string; readonly buffer: { readonly kind: 'fixed' | 'percent'; readonly value: string }; readonly floor: string | null; readonly percent: string;
  readonly supply: string; readonly rule: { readonly kind: string; readonly value: string }; readonly ratio: readonly string[]; readonly targets: Readonly<Record<string, string>>;
  readonly segments: Readonly<Record<string, string>>; readonly unsegmented: string; readonly mayUseUnsegmented: readonly string[]; readonly orders?: readonly (readonly [string, string])[];
  readonly channelLimit: string; readonly channelPreordered: string; readonly globalLimit?: string; readonly globalPreordered?: string;
}
interface Vector { readonly id: string; readonly op: string; readonly input: Input; readonly expect: Readonly<Record<string, unknown>> }
const vectors: readonly Vector[] = isThere ? (JSON.parse(readFileSync(file, 'utf8')) as { vectors: Vector[] }).vectors : [];

const SCALE = 4;
const NOW = parseInstant('2026-11-23T12:00:00Z');
const [BEFORE, LATER] = [parseInstant('2026-11-23T11:00:00Z'), parseInstant('2026-11-23T13:00:00Z')];
const who = { owner: 'other systems', reason: 'vector' };
const read = (value: string): Quantity => parseQuantity(value, { scale: SCALE });
const write = (value: Quantity, scale = SCALE): string => formatQuantity(value, scale);

function positionOf(sku: string, places: readonly Place[], rest: Partial<Position> = {}): Position {
  const locations = places.map(({ id, onHand, reserved = '0', allocated = '0' }) => [
    parseLocationId(id), { onHand: read(onHand), unavailable: 0, committed: addQuantities(read(reserved), read(allocated)), incoming: 0, inTransit: 0 },
  ] as const);
  return { sku: parseSku(sku), scale: SCALE, locations: new Map(locations), unrouted: new Map(), holds: [], ...rest };
}

interface Question {
  readonly policy?: Partial<PolicyInput>;
  readonly rules?: readonly object[];
  readonly places?: readonly string[];
  readonly position?: Position;
  readonly channels?: readonly string[];
  readonly channel?: string;
  readonly reads?: Omit<PositionReader, 'position'>;
  readonly ownHolds?: readonly string[];
}

function ask({ policy = {}, rules = [], places = ['here'], position = positionOf('X', []), channels = ['shop'], channel = 'shop', reads = {}, ownHolds = [] }: Question): Explanation {
  const calculator = createAvailability({
    catalog: parseCatalog([{ sku: 'X', scale: SCALE }]),
    policy: parsePolicy({ version: '1', channels: channels.map((id) => ({ id, locations: [...places] })), rules: rules.map((rule, index) => ({ ...who, id: String(index), ...rule })) as Rule[], ...policy }),
  });
  const key = { channel: parseChannelId(channel), sku: parseSku('X') };
  const explanation = calculator.explain(key, { ...reads, position: () => position }, { asOf: NOW, ownHolds });
  expect(calculator.compute(key, { ...reads, position: () => position }, { asOf: NOW, ownHolds })).toEqual(explanation.availability);
  return explanation;
}
const shown = ({ availability: { immediate = 0 } }: Explanation): string => write(immediate);
const stocked = (onHand: string): Position => positionOf('X', [{ id: 'here', onHand }]);

/** The number before it was kept from falling below nothing. */
function unclamped({ steps, totalStep = 0 }: Explanation, scale: number): string {
  const [before] = steps[totalStep]?.args ?? [];
  return write(parseQuantity(steps[Number(before)]?.value), scale);
}

function sellable({ locations, holds = [], ledger = [], outOfStockThreshold = '0', clampPerLocation = false }: Input) {
  const booked = negateQuantity(sumQuantities(ledger.map(read)));
  const position = positionOf('X', locations, {
    unrouted: new Map(booked === 0 ? [] : [['shop' as ChannelId, booked]]),
    holds: holds.map(({ qty, expired = false }, index) => ({ id: String(index), channel: parseChannelId('shop'), location: '' as const, quantity: read(qty), expiresAt: expired ? BEFORE : LATER })),
  });
  const beyond = outOfStockThreshold.startsWith('-');
  const answer = ask({
    position, places: locations.map(({ id }) => id),
    policy: {
      clamp: clampPerLocation ? 'perLocation' : 'total',
      locations: locations.map(({ id, active = true, status }) => ({ id, lifecycle: !active ? 'closed' as const : status === 'outOfStock' ? { frozen: 'zero' as const } : 'live' as const })),
    },
    rules: [beyond ? { kind: 'backorderLimit', limit: outOfStockThreshold.slice(1) } : { kind: 'buffer', withhold: { fixed: outOfStockThreshold } }],
    ownHolds: holds.flatMap(({ own = false }, index) => (own ? [String(index)] : [])),
  });
  const { immediate = 0, backorder } = answer.availability;
  const all = backorder === 'unlimited' ? immediate : addQuantities(immediate, backorder);
  return { sellable: write(all), salable: all !== 0, sellableUnclamped: unclamped(answer, SCALE) };
}

function kit({ components, stock, mode }: Input) {
  const places = Object.keys(stock);
  const catalog = parseCatalog([...components.map(([sku]) => ({ sku, scale: SCALE })), { sku: 'KIT', components: components.map(([sku, quantityPer]) => ({ sku, quantityPer })) }]);
  const calculator = (publish: 'total' | 'perLocation') => createAvailability({ catalog, policy: parsePolicy({ version: '1', kits: mode, channels: [{ id: 'shop', locations: places, publish }] }) });
  const positions = { position: (sku: string) => positionOf(sku, places.map((id) => ({ id, onHand: stock[id]?.[sku] ?? '0' }))) };
  const key = { channel: parseChannelId('shop'), sku: parseSku('KIT') };
  const { availability: { parts } } = calculator('perLocation').explain(key, positions, { asOf: NOW });
  return { kits: Number(unclamped(calculator('total').explain(key, positions, { asOf: NOW }), 0)), perLocation: Object.fromEntries([...parts].map(([location, part]) => [location, Number(part)])) };
}

function segments({ segments: own, unsegmented, mayUseUnsegmented, orders = [] }: Input) {
  const channels = Object.keys(own);
  const onHand = write(sumQuantities([...Object.values(own), unsegmented].map(read)));
  const taken = (channel: string): Quantity => sumQuantities(orders.filter(([of]) => of === channel).map(([, quantity]) => read(quantity)));
  const position = { ...stocked(onHand), unrouted: new Map(channels.map((channel) => [parseChannelId(channel), taken(channel)])) };
  const rules = channels.map((channel) => ({ kind: 'ringfence', scope: { channel }, segment: own[channel], shared: mayUseUnsegmented.includes(channel) }));
  const shownOn = Object.fromEntries(channels.map((channel) => [channel, shown(ask({ channels, channel, rules, position, reads: { consumed: (query) => taken(query.channel) } }))]));
  const nobody = shown(ask({ channels: [...channels, 'nobody'], channel: 'nobody', rules, position, reads: { consumed: (query) => taken(query.channel) } }));
  return { available: shownOn, unsegmented: nobody, rejects: (requests: readonly (readonly [string, string])[]) => requests.filter(([channel, quantity]) => Number(quantity) > Number(shownOn[channel])) };
}

function preorder({ channelLimit, channelPreordered, globalLimit, globalPreordered = '0', holds = [] }: Input) {
  const held = sumQuantities(holds.filter(({ expired = false, own = false }) => !expired && !own).map(({ qty }) => read(qty)));
  const preordered = new Map([['shop', addQuantities(read(channelPreordered), held)], ['other', addQuantities(read(globalPreordered), negateQuantity(read(channelPreordered)))]]) as Map<ChannelId, Quantity>;
  const rules = [{ kind: 'preorderLimit', scope: { channel: 'shop' }, limit: channelLimit }, ...(globalLimit === undefined ? [] : [{ kind: 'preorderLimit', limit: globalLimit }])];
  const { availability } = ask({ rules, reads: { promised: () => ({ backordered: new Map(), preordered: globalPreordered === '0' ? new Map([...preordered].slice(0, 1)) : preordered }) } });
  return { sellable: write(availability.preorder), requests: (asked: Readonly<Record<string, boolean>>) => Object.fromEntries(Object.keys(asked).map((quantity) => [quantity, Number(quantity) <= Number(write(availability.preorder))])) };
}

const OPERATIONS: Readonly<Record<string, (input: Input) => Readonly<Record<string, unknown>>>> = {
  sellable, kit, segments, preorder,
  buffer: ({ available: onHand, buffer: { kind, value }, floor }) => ({
    published: shown(ask({ position: stocked(onHand), rules: [{ kind: 'buffer', withhold: { [kind]: value } }, ...(floor === null ? [] : [{ kind: 'hideAtOrBelow', threshold: floor }])] })),
  }),
  percentShare: ({ available: onHand, percent }) => ({ published: shown(ask({ position: stocked(onHand), rules: [{ kind: 'percentOfPool', scope: { channel: 'shop' }, percent }, { kind: 'sellMultiple', of: 1 }] })) }),
  share: ({ supply, rule: { kind, value } }) => ({
    allocated: shown(ask({
      position: stocked(supply), reads: { consumed: () => 0 },
      rules: [kind === 'percent' ? { kind: 'percentOfPool', scope: { channel: 'shop' }, percent: value } : { kind: 'ringfence', scope: { channel: 'shop' }, segment: value }],
    })),
  }),
  shareRatio: ({ supply, ratio }) => {
    const channels = ratio.map((_, index) => `c${String(index)}`);
    const rules = [{ kind: 'share', between: Object.fromEntries(channels.map((channel, index) => [channel, ratio[index]])) }];
    return { allocated: channels.map((channel) => shown(ask({ channels, channel, rules, position: stocked(supply) }))) };
  },
  scale: ({ supply, targets }) => {
    const channels = Object.keys(targets);
    const rules = channels.map((channel) => ({ kind: 'protection', scope: { channel }, keep: { level: targets[channel] } }));
    return { allocated: Object.fromEntries(channels.map((channel) => [channel, shown(ask({ channels, channel, rules, position: stocked(supply) }))])) };
  },
};

describe('what other systems say a channel may sell', () => {
  it.runIf(process.env['CI'] !== undefined)('can be checked', () => {
    expect(isThere, `${file} is missing`).toBe(true);
  });

  const ours = vectors.filter(({ op }) => op in OPERATIONS);
  it.skipIf(!isThere)('is there for every operation of this file', () => {
    expect([...new Set(ours.map(({ op }) => op))].sort()).toEqual(Object.keys(OPERATIONS).sort());
  });

  it.skipIf(!isThere).each(ours)('$op: $id', ({ op, input, expect: expected }) => {
    const answer = OPERATIONS[op]?.(input) ?? {};
    for (const [name, value] of Object.entries(expected)) {
      const told = answer[name];
      expect({ [name]: typeof told === 'function' ? (told as (value: unknown) => unknown)(value) : told }).toEqual({ [name]: typeof value === 'string' ? write(read(value)) : value });
    }
  });
});
