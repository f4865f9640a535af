import { z } from 'zod';
import {
  addQuantities, compareQuantities, createAvailability, decideHold, formatQuantity, giveUpExcess, isLiveHold, multiplyQuantity, negateQuantity, parseCatalog, parseChannelId, parseLocationId, parsePolicy, parseQuantity, parseSku, scaleQuantity,
  subtractQuantities, sumQuantities, type ChannelId, type Hold, type HoldRequestLine, type LocationId, type Quantity,
} from '@stockwright/core';
import { normalQuantile } from './normal.ts';
import {
  answersTo, ask, BEFORE, FINE, held, here, LATER, NOW, operation, place, positionAt, SHOP, shown, SKU, stepsFor, text, textBy, thresholdRules, unclamped, who, worldOf, type Held, type Operation, type Place, type Question,
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

const holdsAt = (holds: readonly Held[], location: LocationId | ''): Hold[] =>
  holds.map(({ qty, expired = false }, index) => ({ id: String(index), channel: SHOP, location, quantity: FINE.read(qty), expiresAt: expired ? BEFORE : LATER }));

/** A question about stock at places; its claims are everybody's. */
export function questionOf({ locations, holds = [], ledger = [], outOfStockThreshold = '0', backorder, clampPerLocation = false }: Stocked): Question {
  const booked = negateQuantity(sumQuantities(ledger.map(FINE.read)));
  return {
    steps: FINE, places: locations, rules: thresholdRules(outOfStockThreshold, backorder), policy: { clamp: clampPerLocation ? 'perLocation' : 'total' },
    position: positionAt(locations, FINE, { unrouted: new Map(booked === 0 ? [] : [[SHOP, booked]]), holds: holdsAt(holds, '') }),
    ownHolds: holds.flatMap(({ own = false }, index) => (own ? [String(index)] : [])),
  };
}

/** How far below nothing: everything that is claimed or kept stands at one place, where supply is signed. */
function signed(stocked: Stocked): string {
  const { locations, holds = [], ledger = [], outOfStockThreshold = '0', clampPerLocation = false } = stocked;
  if (clampPerLocation) return signed({ ...stocked, clampPerLocation: false, locations: [here(shown(questionOf({ locations, clampPerLocation })))] });
  const claims = parseLocationId('claims');
  const claimed = { onHand: 0, unavailable: FINE.read(outOfStockThreshold), committed: negateQuantity(sumQuantities(ledger.map(FINE.read))), incoming: 0, inTransit: 0 };
  const { locations: standing, ...rest } = positionAt(locations, FINE, { holds: holdsAt(holds, claims) });
  return unclamped(ask({ ...questionOf(stocked), places: [...locations, { id: claims, onHand: '0' }], rules: [], position: { ...rest, locations: new Map([...standing, [claims, claimed]]) } }));
}

/** What may be sold, beyond stock included; signed unless the total is clamped. */
export function sellableOf(stocked: Stocked): string {
  const { immediate = 0, backorder } = ask(questionOf(stocked)).availability;
  if (backorder === 'unlimited') return backorder;
  const all = addQuantities(immediate, backorder);
  return all === 0 && stocked.clamp !== true ? signed(stocked) : FINE.write(all);
}

/** The threshold is the one that won already; `overrideLevel` says which level it stood at. */
const sellable = operation(
  { locations: z.array(place), holds: z.array(held).optional(), ledger: z.array(text).optional(), outOfStockThreshold: text.optional(), overrideLevel: z.string().optional(), clamp: z.boolean().optional(), clampPerLocation: z.boolean().optional() },
  { sellable: text, sellableUnclamped: text, salable: z.boolean() },
  (input) => ({
    sellable: sellableOf(input), sellableUnclamped: sellableOf({ ...input, clamp: false }),
    salable: compareQuantities(FINE.read(sellableOf(input)), 0) > 0,
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
    const places = Object.keys(stock);
    const stocked = [...new Set(Object.values(bom).flat().map(([sku]) => sku))].filter((sku) => bom[sku] === undefined);
    const { scale, read } = stepsFor(...[...Object.values(bom).flat(), ...components].map(([, quantity]) => quantity), ...Object.values(stock).flatMap((at) => Object.values(at)));
    const catalog = parseCatalog([...stocked.map((sku) => ({ sku, scale })), ...Object.entries(bom).map(([sku, recipe]) => ({ sku, components: recipe.map(([part, quantityPer]) => ({ sku: part, quantityPer })) }))]);
    const calculator = (publish: 'total' | 'perLocation') => createAvailability({ catalog, policy: parsePolicy({ version: '1', kits: mode, channels: [{ id: 'shop', locations: places, publish }] }) });
    const positions = { position: (sku: string) => ({ ...positionAt(places.map((id) => ({ id, onHand: stock[id]?.[sku] ?? '0' })), { ...FINE, scale, read }), sku: parseSku(sku) }) };
    const key = { channel: SHOP, sku: parseSku(name) };
    const all = calculator('total').explain(key, positions, { asOf: NOW });
    const { parts } = calculator('perLocation').compute(key, positions, { asOf: NOW });
    return { kits: allowNegative ? unclamped(all) : formatQuantity(all.availability.immediate ?? 0), perLocation: Object.fromEntries([...parts].map(([location, part]) => [location, formatQuantity(part)])) };
  },
);

const segments = operation(
  { segments: textBy, unsegmented: text, mayUseUnsegmented: z.array(z.string()), orders: amounts.optional() },
  { available: textBy, unsegmented: text, rejects: amounts },
  ({ segments: own, unsegmented, mayUseUnsegmented, orders = [] }) => {
    const steps = stepsFor(...Object.values(own), unsegmented, ...orders.map(([, quantity]) => quantity));
    const channels = Object.keys(own);
    const taken = (channel: string): Quantity => sumQuantities(orders.filter(([of]) => of === channel).map(([, quantity]) => steps.read(quantity)));
    const stock = steps.write(sumQuantities([...Object.values(own), unsegmented].map(steps.read)));
    const question = (channel: string): Question => ({
      steps, channel, channels: [...channels, 'nobody'],
      rules: channels.map((id) => ({ kind: 'ringfence', scope: { channel: id }, segment: own[id], shared: mayUseUnsegmented.includes(id) })),
      position: positionAt([here(stock)], steps, { unrouted: new Map(channels.map((id) => [parseChannelId(id), taken(id)])) }), reads: { consumed: (query) => taken(query.channel) },
    });
    return {
      available: Object.fromEntries(channels.map((channel) => [channel, shown(question(channel))])),
      unsegmented: shown(question('nobody')),
      rejects: (requests: z.infer<typeof amounts>) => requests.filter(([channel, quantity]) => !isGranted(question(channel), { sku: SKU, quantity: steps.read(quantity) })),
    };
  },
);

/** Whether a line could be held in full. */
function isGranted(question: Question, line: HoldRequestLine): boolean {
  const { calculator, world } = worldOf(question);
  return decideHold(calculator, { id: 'asked', channel: parseChannelId(question.channel ?? 'shop'), expiresAt: LATER, grant: 'all', lines: [line] }, world).status === 'granted';
}

const preorder = operation(
  { channelLimit: text, channelPreordered: text, globalLimit: text.optional(), globalPreordered: text.optional(), holds: z.array(held).optional() },
  { sellable: text, requests: answersTo },
  ({ channelLimit, channelPreordered, globalLimit, globalPreordered = channelPreordered, holds = [] }) => {
    const steps = FINE;
    const live = holdsAt(holds.filter(({ own = false }) => !own), '').filter(({ id, channel, expiresAt }) => isLiveHold({ id, channel, expiresAt, state: 'held', orderId: '', lines: [] }, NOW));
    const preordered = new Map<ChannelId, Quantity>([
      [SHOP, sumQuantities([steps.read(channelPreordered), ...live.map(({ quantity }) => quantity)])],
      [parseChannelId('other'), subtractQuantities(steps.read(globalPreordered), steps.read(channelPreordered))],
    ]);
    const question: Question = {
      steps, position: positionAt([], steps), reads: { promised: () => ({ backordered: new Map(), preordered }) },
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
      const channels = ratio.map((_, index) => `c${String(index).padStart(3, '0')}`);
      const rules = [{ kind: 'share', between: Object.fromEntries(channels.map((channel, index) => [channel, ratio[index]])) }];
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
      const { read } = FINE;
      const gain = subtractQuantities(read(fareHigh), read(fareLow));
      const quantile = normalQuantile(Number(gain) / Number(read(fareHigh)), { mean: Number(mean), sd: Number(sd) });
      // What is withheld is rounded up, and nobody keeps less than nothing.
      const protection = String(Math.max(0, Math.ceil(quantile)));
      const steps = stepsFor(capacity);
      const rules = [{ ...who, id: 'protect', kind: 'protection', scope: { channel: 'high' }, keep: { level: protection } }];
      return {
        criticalRatio: (told: string) => nearest(gain, read(fareHigh), told.split('.')[1]?.length ?? 0),
        protection, bookingLimit: shown({ steps, channels: ['high', 'low'], channel: 'low', rules, position: positionAt([here(capacity)], steps) }),
      };
    },
  ),
};

/** A ratio to the nearest of so many digits, as ratios are printed. */
function nearest(part: Quantity, of: Quantity, scale: number): string {
  const twice = multiplyQuantity(multiplyQuantity(part, parseQuantity('1', { scale })), 2);
  return formatQuantity(scaleQuantity(addQuantities(twice, of), 1, multiplyQuantity(of, 2), 'down'), scale);
}

/** What a channel may sell: operations that ask the calculation. */
export const NUMBERS: Readonly<Record<string, Operation>> = { sellable, kit, segments, preorder, ...OTHERS };
