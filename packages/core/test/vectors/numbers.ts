import { z } from 'zod';
import {
  consumedByChannel, createAvailability, decideHold, formatQuantity, giveUpExcess, headroom, parseCatalog, parseChannelId, parsePolicy, parseQuantity, parseSku,
  type ChannelId, type HoldDecision, type HoldRequestLine, type LedgerEntry, type Movement,
} from '@stockwright/core';
import { criticalRatio, demandText } from './normal.ts';
import {
  account, answersTo, ask, BEFORE, booked, FINE, held, here, holdsAt, LATER, NOW, operation, ownOf, place, positionAt, refusedAsInput, SHOP, shown, signed, SKU, stepsFor, text, textBy, thresholdRules, who, worldOf,
  type Held, type Operation, type Place, type Question,
} from './words.ts';

/** What is asked about stock at places and what claims it. */
export interface Stocked {
  readonly locations: readonly Place[];
  readonly holds?: readonly Held[] | undefined;
  readonly ledger?: readonly string[] | undefined;
  readonly outOfStockThreshold?: string | undefined;
  readonly backorder?: string | undefined;
  readonly clamp?: boolean | undefined;
  readonly clampPerLocation?: boolean | undefined;
}

/** A question about stock at places; its claims are everybody's. The ledger takes off what it is told with a minus. */
export function questionOf({ locations, holds = [], ledger = [], outOfStockThreshold = '0', backorder, clampPerLocation = false }: Stocked): Question {
  const demand = ledger.flatMap((entry) => booked(entry, { into: account('demand'), from: account('committed', { channel: SHOP }), read: FINE.read }));
  return {
    steps: FINE, places: locations, rules: thresholdRules(outOfStockThreshold, backorder), policy: { clamp: clampPerLocation ? 'perLocation' : 'total' },
    position: positionAt(locations, FINE, { more: demand, holds: holdsAt(holds, FINE) }), ownHolds: ownOf(holds),
  };
}

/** What may be sold, beyond stock included; signed unless the total is clamped. */
export function sellableOf(stocked: Stocked): string {
  const question = questionOf(stocked);
  if (stocked.clamp !== true) return signed(question);
  const [line] = decided(question, { sku: SKU, quantity: FINE.read('1'), promise: 'backorder' }).lines;
  return line?.atMost === undefined ? 'unlimited' : FINE.write(line.atMost);
}

/** The threshold is the one that won already; `overrideLevel` says which level it stood at. */
const sellable = operation(
  { locations: z.array(place), holds: z.array(held).optional(), ledger: z.array(text).optional(), outOfStockThreshold: text.optional(), overrideLevel: z.string().optional(), clamp: z.boolean().optional(), clampPerLocation: z.boolean().optional() },
  { sellable: text, sellableUnclamped: text, salable: z.boolean() },
  (input) => ({
    sellable: sellableOf(input), sellableUnclamped: sellableOf({ ...input, clamp: false }),
    salable: decided(questionOf(input), { sku: SKU, quantity: 1, promise: 'backorder' }).status === 'granted',
  }),
);

const amounts = z.array(z.tuple([z.string(), text]));
/** `components` is what the recipe in `bom` comes to, where there is one; `uom` says in prose how. */
const kit = operation(
  {
    components: amounts, stock: z.record(z.string(), textBy), mode: z.enum(['pooled', 'perLocation']), kit: z.string().optional(), bom: z.record(z.string(), amounts).optional(),
    allowNegative: z.boolean().optional(), uom: z.string().optional(),
  },
  { kits: z.number(), perLocation: z.record(z.string(), z.number()) },
  ({ components, stock, mode, kit: name = 'KIT', bom = { [name]: components }, allowNegative = false }) => {
    const places = Object.keys(stock).length === 0 ? ['nowhere'] : Object.keys(stock);
    const stocked = [...new Set(Object.values(bom).flat().map(([sku]) => sku))].filter((sku) => bom[sku] === undefined);
    const { scale, read } = stepsFor(...[...Object.values(bom).flat(), ...components].map(([, quantity]) => quantity), ...Object.values(stock).flatMap((at) => Object.values(at)));
    const catalog = parseCatalog([...stocked.map((sku) => ({ sku, scale })), ...Object.entries(bom).map(([sku, recipe]) => ({ sku, components: recipe.map(([part, quantityPer]) => ({ sku: part, quantityPer })) }))]);
    const calculator = (publish: 'total' | 'perLocation') => createAvailability({ catalog, policy: parsePolicy({ version: '1', kits: mode, channels: [{ id: 'shop', locations: places, publish }] }) });
    const positions = { position: (sku: string) => ({ ...positionAt(places.map((id) => ({ id, onHand: stock[id]?.[sku] ?? '0' })), { ...FINE, scale, read }), sku: parseSku(sku) }) };
    const [key, moment] = [{ channel: SHOP, sku: parseSku(name) }, { asOf: NOW }];
    const kits = allowNegative ? headroom(calculator('total'), key, { positions, moment }) : calculator('total').compute(key, positions, moment).immediate;
    const { parts } = calculator('perLocation').compute(key, positions, moment);
    return { kits: typeof kits === 'string' ? kits : formatQuantity(kits ?? 0), perLocation: Object.fromEntries([...parts].map(([location, part]) => [location, formatQuantity(part)])) };
  },
);

const segments = operation(
  { segments: textBy, unsegmented: text, mayUseUnsegmented: z.array(z.string()), orders: amounts.optional() },
  { available: textBy, unsegmented: text, rejects: amounts },
  ({ segments: own, unsegmented, mayUseUnsegmented, orders: told = [] }) => {
    const steps = FINE;
    const channels = Object.keys(own);
    const orders: readonly LedgerEntry[] = told.flatMap(([channel, quantity], index) =>
      booked(quantity, { into: account('demand', { channel: parseChannelId(channel) }), from: account('demand'), read: steps.read }).map((sale) => ({ ...sale, occurredAt: BEFORE, reference: String(index) })));
    const consumed = consumedByChannel(orders);
    const open = told.flatMap(([channel, quantity]) => booked(quantity, { into: account('committed', { channel: parseChannelId(channel) }), from: account('demand'), read: steps.read }));
    const places = [{ id: 'unsegmented', onHand: unsegmented }, ...channels.map((id) => ({ id: `segment of ${id}`, onHand: own[id] ?? '0' }))];
    const question = (channel: string): Question => ({
      steps, channel, places, channels: [...channels, 'nobody'],
      rules: channels.map((id) => ({ kind: 'ringfence', scope: { channel: id }, segment: own[id], shared: mayUseUnsegmented.includes(id) })),
      position: positionAt(places, steps, { more: open }), reads: { consumed: (query) => consumed.get(query.channel) ?? 0 },
    });
    return {
      available: Object.fromEntries(channels.map((channel) => [channel, shown(question(channel))])),
      unsegmented: shown(question('nobody')),
      rejects: (requests: z.infer<typeof amounts>) => requests.filter(([channel, quantity]) => !isGranted(question(channel), { sku: SKU, quantity: steps.read(quantity) })),
    };
  },
);

/** What becomes of a line that is asked for in full. */
function decided(question: Question, line: HoldRequestLine): HoldDecision {
  const { calculator, world } = worldOf(question);
  return decideHold(calculator, { id: 'asked', channel: parseChannelId(question.channel ?? 'shop'), expiresAt: LATER, grant: 'all', lines: [line] }, world);
}

/** Whether a line could be held in full; what is no quantity that can be held could not. */
function isGranted(question: Question, line: HoldRequestLine): boolean {
  return refusedAsInput(() => decided(question, line))?.status === 'granted';
}

const preorder = operation(
  { channelLimit: text, channelPreordered: text, globalLimit: text.optional(), globalPreordered: text.optional(), holds: z.array(held).optional() },
  { sellable: text, requests: answersTo },
  ({ channelLimit, channelPreordered, globalLimit, globalPreordered = channelPreordered, holds = [] }) => {
    const steps = FINE;
    const of = (channel: string) => account('committed', { channel: parseChannelId(channel) });
    // The figure of all channels has in it what this one took: others took all of it but that.
    const taken: readonly Movement[] = [...booked(globalPreordered, { into: of('others'), from: account('demand'), read: steps.read }), ...booked(channelPreordered, { into: of('shop'), from: of('others'), read: steps.read })];
    const carts = holdsAt(holds, steps).map((cart) => ({ ...cart, beyond: [{ sku: SKU, promise: 'preorder' as const, quantity: cart.quantity, units: cart.quantity }] }));
    const position = positionAt([], steps, { more: taken, holds: carts });
    const question: Question = {
      steps, channels: ['shop', 'others'], position, ownHolds: ownOf(holds), reads: { promised: () => ({ backordered: new Map<ChannelId, number>(), preordered: position.unrouted }) },
      rules: [{ kind: 'preorderLimit', scope: { channel: 'shop' }, limit: channelLimit }, ...(globalLimit === undefined ? [] : [{ kind: 'preorderLimit', limit: globalLimit }])],
    };
    return {
      sellable: steps.write(ask(question).availability.preorder),
      requests: (asked: object) => Object.fromEntries(Object.keys(asked).map((quantity) => [quantity, isGranted(question, { sku: SKU, quantity: steps.read(quantity), promise: 'preorder' })])),
    };
  },
);

const ofChannel = { scope: { channel: 'shop' } };
const OTHERS: Readonly<Record<string, Operation>> = {
  buffer: operation(
    { available: text, buffer: z.strictObject({ kind: z.enum(['fixed', 'percent']), value: text }), floor: text.nullable() }, { published: text },
    ({ available: onHand, buffer: { kind, value }, floor }) => {
      const steps = stepsFor(onHand, kind === 'fixed' ? value : null, floor);
      return { published: shown({ steps, position: positionAt([here(onHand)], steps), rules: [{ kind: 'buffer', withhold: { [kind]: value } }, ...(floor === null ? [] : [{ kind: 'hideAtOrBelow', threshold: floor }])] }) };
    },
  ),
  percentShare: operation(
    { available: text, percent: text, rounding: z.literal('down') }, { published: text },
    ({ available: onHand, percent }) => ({ published: shown({ steps: FINE, position: positionAt([here(onHand)], FINE), rules: [{ kind: 'percentOfPool', ...ofChannel, percent }, { kind: 'sellMultiple', of: 1 }] }) }),
  ),
  share: operation(
    { supply: text, rule: z.strictObject({ kind: z.enum(['number', 'percent']), value: text }) }, { allocated: text },
    ({ supply, rule: { kind, value } }) => {
      const steps = stepsFor(supply, kind === 'number' ? value : null);
      return { allocated: shown({ steps, position: positionAt([here(supply)], steps), rules: [kind === 'percent' ? { kind: 'percentOfPool', ...ofChannel, percent: value } : { kind: 'ringfence', ...ofChannel, segment: value }] }) };
    },
  ),
  shareRatio: operation(
    { supply: text, ratio: z.array(text) }, { allocated: z.array(text) },
    ({ supply, ratio }) => {
      const steps = stepsFor(supply);
      const channels = ratio.map((_, index) => `c${String(index).padStart(6, '0')}`);
      // Who has no part in the ratio is not one of those that share.
      const rules = [{ kind: 'share', between: Object.fromEntries(channels.flatMap((channel, index) => (Number(ratio[index]) === 0 ? [] : [[channel, ratio[index]]]))) }];
      return { allocated: channels.map((channel) => shown({ steps, channels, channel, rules, position: positionAt([here(supply)], steps) })) };
    },
  ),
  scale: operation(
    { supply: text, targets: textBy }, { allocated: textBy },
    ({ supply, targets }) => {
      const steps = stepsFor(supply, ...Object.values(targets));
      const channels = Object.keys(targets);
      const rules = channels.map((channel) => ({ kind: 'ringfence', scope: { channel }, segment: targets[channel] }));
      return { allocated: Object.fromEntries(channels.map((channel) => [channel, shown({ steps, channels, channel, rules, position: positionAt([here(supply)], steps) })])) };
    },
  ),
  overrideExcess: operation(
    { supply: text, percent: textBy, override: textBy }, { allocated: textBy },
    ({ supply, percent, override }) => {
      const { read, write } = FINE;
      const targets = Object.entries(override).map(([id, quantity]) => ({ id, quantity: read(quantity), weight: read(percent[id] ?? '0') }));
      return { allocated: Object.fromEntries(giveUpExcess(read(supply), targets).map(({ id, quantity }) => [id, write(quantity)])) };
    },
  ),
  littlewood: operation(
    { fareHigh: text, fareLow: text, demandHigh: z.strictObject({ dist: z.literal('normal'), mean: text, sd: text }), capacity: text }, { criticalRatio: text, protection: text, bookingLimit: text },
    ({ fareHigh, fareLow, demandHigh: { mean, sd }, capacity }) => {
      const ratio = criticalRatio({ high: Number(fareHigh), low: Number(fareLow) });
      const steps = stepsFor(capacity);
      const rules = [{ ...who, id: 'protect', kind: 'protection', scope: { channel: 'high' }, keep: { level: demandText(ratio, { mean: Number(mean), sd: Number(sd) }) } }];
      // The better fare has a place of its own as well, with nothing there, so that what is kept for it is told of where nothing is left too.
      const channels = [{ id: 'high', locations: ['here', 'nowhere'] }, { id: 'low', locations: ['here'] }];
      const { steps: told, availability } = ask({ steps, channel: 'low', rules, policy: { channels }, position: positionAt([here(capacity)], steps) });
      const kept = told.find(({ rule }) => rule?.id === 'protect');
      return {
        criticalRatio: (printed: string) => ratio.toFixed(printed.split('.')[1]?.length ?? 0),
        protection: steps.write(parseQuantity(kept?.value)), bookingLimit: steps.write(availability.immediate ?? 0),
      };
    },
  ),
};

/** What a channel may sell: operations that ask the calculation. */
export const NUMBERS: Readonly<Record<string, Operation>> = { sellable, kit, segments, preorder, ...OTHERS };
