import fc from 'fast-check';

/*
 * Cases of the operations with what is right for them, worked out by the sentence that says what the operation means and
 * by nothing of the library: in quarters, which doubles count exactly, and with loops that anybody can check.
 */

/** A case of an operation. */
export interface Case {
  readonly input: object;
  readonly expect: object;
}

const quarters = (min: number, max: number): fc.Arbitrary<number> => fc.integer({ min: min * 4, max: max * 4 }).map((count) => count / 4);
const whole = (min: number, max: number): fc.Arbitrary<number> => fc.integer({ min, max });
const sum = (numbers: readonly number[]): number => numbers.reduce((all, number) => all + number, 0);
const positive = (number: number): number => Math.max(0, number);
const down = (number: number, to: number): number => Math.floor(number / to) * to;
const NAMES = ['a', 'b', 'c'];

/** The same with every number as text, as files of vectors write quantities. */
function texts<Value>(value: Value): unknown {
  if (typeof value === 'number') return String(value);
  if (Array.isArray(value)) return value.map(texts);
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value).map(([name, of]) => [name, texts(of)])) : value;
}
const caseOf = (input: object, expect: object): Case => ({ input: texts(input) as object, expect: texts(expect) as object });

const places = fc.uniqueArray(fc.record({
  id: fc.constantFrom(...NAMES), onHand: quarters(-4, 12), reserved: quarters(0, 4), allocated: quarters(0, 4), committed: quarters(0, 4), active: fc.boolean(), status: fc.constantFrom('inStock', 'outOfStock'),
}, { requiredKeys: ['id', 'onHand'] }), { selector: ({ id }) => id, maxLength: 3 });
type Places = typeof places extends fc.Arbitrary<infer Of> ? Of : never;
const holds = fc.array(fc.record({ qty: quarters(0, 5), expired: fc.boolean(), own: fc.boolean() }, { requiredKeys: ['qty'] }), { maxLength: 3 });
const liveOthers = (all: readonly { readonly qty: number; readonly expired?: boolean; readonly own?: boolean }[]): number => sum(all.filter(({ expired, own }) => expired !== true && own !== true).map(({ qty }) => qty));

function there(locations: Places, clamped = false): number {
  return sum(locations.filter(({ active = true, status }) => active && status !== 'outOfStock').map(({ onHand, reserved = 0, allocated = 0, committed = 0 }) => {
    const left = onHand - reserved - allocated - committed;
    return clamped ? positive(left) : left;
  }));
}

const sellable = fc.record({ locations: places, holds, ledger: fc.array(quarters(-6, 3), { maxLength: 3 }), outOfStockThreshold: quarters(-6, 6), clamp: fc.boolean(), clampPerLocation: fc.boolean() }).map((drawn) => {
  // How far beyond stock may be sold where a location owes something is no matter of clamping.
  const input = drawn.clampPerLocation ? { ...drawn, outOfStockThreshold: Math.abs(drawn.outOfStockThreshold) } : drawn;
  const signed = there(input.locations, input.clampPerLocation) + sum(input.ledger) - liveOthers(input.holds) - input.outOfStockThreshold;
  return caseOf(input, { sellable: input.clamp ? positive(signed) : signed, sellableUnclamped: signed, salable: signed > 0 });
});

const canSell = fc.record({
  locations: places, outOfStockThreshold: quarters(-6, 6), maxQty: quarters(0, 8), minQty: quarters(0, 3), increment: whole(1, 4), allowDecimal: fc.boolean(), asked: fc.uniqueArray(quarters(0, 10), { minLength: 1, maxLength: 5 }), limits: fc.subarray(['maxQty', 'minQty', 'increment']),
}).map(({ locations, outOfStockThreshold, allowDecimal, asked, limits, ...all }) => {
  const { maxQty = Number.POSITIVE_INFINITY, minQty = 0, increment = allowDecimal ? 0.25 : 1 } = Object.fromEntries(limits.map((name) => [name, all[name as keyof typeof all]]));
  const most = there(locations) - outOfStockThreshold;
  const may = (quantity: number): boolean => quantity > 0 && quantity <= most && quantity <= maxQty && quantity >= minQty && down(quantity, increment) === quantity;
  const given = Object.fromEntries(limits.map((name) => [name, all[name as keyof typeof all]]));
  return caseOf({ locations, outOfStockThreshold, allowDecimal, ...given }, { sellable: most, requests: Object.fromEntries(asked.map((quantity) => [quantity, may(quantity)])) });
});

const grant = fc.tuple(places, quarters(-4, 4), quarters(0, 15)).map(([locations, outOfStockThreshold, requested]) => {
  const most = there(locations) - outOfStockThreshold;
  return caseOf({ locations, outOfStockThreshold, requested }, { granted: Math.min(positive(most), requested), sellable: most });
});
const grantPolicy = fc.tuple(quarters(-3, 12), quarters(0, 12), fc.boolean()).map(([most, requested, partial]) =>
  caseOf({ sellable: most, requested, partial }, { granted: requested <= positive(most) ? requested : partial ? positive(most) : 0 }));
const shortage = fc.tuple(quarters(-3, 12), quarters(0, 12)).map(([most, requested]) => caseOf({ sellable: most, requested }, { backordered: positive(requested - positive(most)) }));

const lifecycle = fc.record({ onHand: quarters(-2, 20), committed: quarters(0, 8), drawn: fc.array(fc.tuple(fc.constantFrom('commit', 'cancel', 'ship', 'unship', 'adjust'), quarters(0, 6)), { maxLength: 8 }) }).map(({ drawn, ...start }) => {
  let [onHand, committed, shipped] = [start.onHand, start.committed, 0];
  const events = drawn.map(([what, wished]): [string, number] => {
    const quantity = Math.min(wished, what === 'cancel' || what === 'ship' ? committed : what === 'unship' ? shipped : wished);
    if (what === 'commit') committed += quantity;
    if (what === 'cancel' || what === 'ship') committed -= quantity;
    if (what === 'unship') committed += quantity;
    if (what === 'ship') [onHand, shipped] = [onHand - quantity, shipped + quantity];
    if (what === 'unship') [onHand, shipped] = [onHand + quantity, shipped - quantity];
    if (what === 'adjust') onHand += quantity;
    return [what, quantity];
  });
  return caseOf({ start, events }, { onHand, committed, sellable: onHand - committed });
});

const race = fc.tuple(quarters(0, 12), fc.array(quarters(0, 5), { minLength: 1, maxLength: 5 })).map(([stock, asked]) => {
  let left = stock;
  const accepted = asked.map((quantity) => {
    const fits = quantity > 0 && quantity <= left;
    if (fits) left -= quantity;
    return fits;
  });
  return caseOf({ pools: { all: ['S'] }, stock: { S: stock }, requests: asked.map((quantity) => ['all', quantity]) }, { accepted });
});
const reserved = fc.tuple(quarters(1, 12), fc.array(fc.tuple(fc.constantFrom('reserve', 'cancel'), quarters(0, 6)), { maxLength: 6 })).map(([ordered, drawn]) => {
  let now = 0;
  const events: [string, number][] = [];
  const after = drawn.map(([what, wished]) => {
    const quantity = what === 'cancel' ? Math.min(wished, now) : wished;
    events.push([what, quantity]);
    now += what === 'cancel' ? -quantity : now + quantity <= ordered ? quantity : 0;
    return now;
  });
  return caseOf({ ordered, events }, { reserved: after });
});

const parts = fc.uniqueArray(fc.tuple(fc.constantFrom('p', 'q', 'r'), quarters(1, 4)), { selector: ([part]) => part, minLength: 1, maxLength: 3 });
const kit = fc.tuple(parts, fc.array(fc.tuple(...['p', 'q', 'r'].map(() => quarters(-6, 20))), { minLength: 1, maxLength: 3 }), fc.constantFrom('pooled', 'perLocation')).map(([components, drawn, mode]) => {
  // Per location a place that owes something lowers no other, but the sum of all: kept apart from it here.
  const numbers = drawn.map((at) => (mode === 'perLocation' && drawn.length > 1 ? at.map(positive) : at));
  const stock = Object.fromEntries(numbers.map((at, index) => [NAMES[index], Object.fromEntries(['p', 'q', 'r'].map((part, which) => [part, at[which] ?? 0]))]));
  const least = (of: readonly number[]): number => Math.min(...components.map(([part, per]) => Math.floor((of[['p', 'q', 'r'].indexOf(part)] ?? 0) / per)));
  const pooled = least(['p', 'q', 'r'].map((_, which) => sum(numbers.map((at) => at[which] ?? 0))));
  const apart = numbers.map(least);
  const kits = mode === 'pooled' ? pooled : drawn.length === 1 ? (apart[0] ?? 0) : sum(apart);
  const one = caseOf({ components, stock, mode, allowNegative: true }, {});
  return { ...one, expect: { kits, ...(mode === 'perLocation' ? { perLocation: Object.fromEntries(apart.map((count, index) => [NAMES[index], positive(count)])) } : {}) } };
});

const preorder = fc.record({ channelLimit: quarters(0, 12), channelPreordered: quarters(0, 6), globalLimit: quarters(0, 15), more: quarters(0, 6), holds, asked: fc.uniqueArray(quarters(0, 12), { maxLength: 4 }), isGlobal: fc.boolean() })
  .map(({ channelLimit, channelPreordered, globalLimit, more, holds: carts, asked, isGlobal }) => {
    const held = liveOthers(carts);
    const own = channelLimit - channelPreordered - held;
    const left = positive(isGlobal ? Math.min(own, globalLimit - channelPreordered - more - held) : own);
    const global = isGlobal ? { globalLimit, globalPreordered: channelPreordered + more } : {};
    return caseOf({ channelLimit, channelPreordered, holds: carts, ...global }, { sellable: left, requests: Object.fromEntries(asked.map((quantity) => [quantity, quantity > 0 && quantity <= left])) });
  });

const fill = fc.tuple(quarters(-2, 8), quarters(0, 10), fc.boolean()).map(([onHand, requested, mayBackorder]) => {
  const taken = Math.min(positive(onHand), requested);
  return caseOf({ onHand, requested, mayBackorder }, { fill: [taken, mayBackorder ? requested - taken : 0] });
});
const onHandFirst = fc.tuple(fc.shuffledSubarray(NAMES), fc.tuple(...NAMES.map(() => quarters(-2, 6))), fc.subarray(NAMES), quarters(0, 15)).map(([order, numbers, may, requested]) => {
  const onHand = Object.fromEntries(NAMES.map((name, index) => [name, numbers[index] ?? 0]));
  let left = requested;
  const taken = order.flatMap((name): [string, number][] => {
    const some = Math.min(left, positive(onHand[name] ?? 0));
    left -= some;
    return some === 0 ? [] : [[name, some]];
  });
  const taker = order.find((name) => may.includes(name));
  return caseOf({ order, onHand, mayBackorder: may, requested }, { onHand: Object.fromEntries(taken), backordered: left > 0 && taker !== undefined ? { [taker]: left } : {} });
});
const split = fc.tuple(fc.shuffledSubarray(NAMES), fc.tuple(...NAMES.map(() => quarters(0, 12))), fc.array(whole(0, 4), { minLength: 1, maxLength: 3 }), fc.option(quarters(1, 3))).map(([order, numbers, asked, per]) => {
  let left = sum(asked);
  const taken = order.flatMap((name): [string, number][] => {
    const units = Math.min(left, per === null ? numbers[NAMES.indexOf(name)] ?? 0 : Math.floor((numbers[NAMES.indexOf(name)] ?? 0) / per));
    left -= units;
    return units <= 0 ? [] : [[name, units * (per ?? 1)]];
  });
  const input = caseOf({ order, stock: { X: Object.fromEntries(NAMES.map((name, index) => [name, numbers[index] ?? 0])) }, lines: asked.map((quantity) => ['X', quantity]), ...(per === null ? {} : { quantityPer: per }) }, { allocations: { X: Object.fromEntries(taken) } });
  return { ...input, expect: { ...input.expect, complete: left === 0, packages: taken.length } };
});
const eligible = fc.tuple(places, quarters(1, 8)).map(([locations, requested]) => caseOf({ locations, requested }, { locations: locations.filter((one) => there([one]) >= requested).map(({ id }) => id) }));

const dated = fc.array(fc.tuple(whole(1, 10), quarters(0, 9)), { maxLength: 5 }).map((all) => Object.fromEntries(all));
const atp = fc.tuple(quarters(-3, 30), whole(1, 10), dated, dated).map(([onHand, days, demand, supply]) => {
  const until = (all: Readonly<Record<string, number>>, last: number): number => sum(Object.entries(all).filter(([day]) => Number(day) <= last).map(([, quantity]) => quantity));
  const projected = Array.from({ length: days }, (_, index) => onHand + until(supply, index + 1) - until(demand, index + 1));
  const input = caseOf({ method: 'lookAhead', onHand, demand, supply }, { atp: projected.map((_, index) => positive(Math.min(...projected.slice(index)))) });
  return { ...input, input: { ...input.input, days } };
});

const segments = fc.tuple(fc.tuple(quarters(0, 8), quarters(0, 8), quarters(0, 8)), quarters(0, 10), fc.subarray(NAMES), fc.array(fc.tuple(whole(0, 2), quarters(0, 6)), { maxLength: 4 })).map(([own, unsegmented, may, drawn]) => {
  const used = [0, 0, 0];
  const rest = (index: number): number => positive((own[index] ?? 0) - (used[index] ?? 0));
  const shared = (): number => unsegmented - sum(used.map((taken, index) => positive(taken - (own[index] ?? 0))));
  const most = (index: number): number => rest(index) + (may.includes(NAMES[index] ?? '') ? shared() : 0);
  const orders = drawn.map(([index, wished]): [string, number] => {
    const quantity = Math.min(wished, most(index));
    used[index] = (used[index] ?? 0) + quantity;
    return [NAMES[index] ?? '', quantity];
  });
  const over = NAMES.map((name, index): [string, number] => [name, most(index) + 0.25]);
  return caseOf({ segments: Object.fromEntries(NAMES.map((name, index) => [name, own[index] ?? 0])), unsegmented, mayUseUnsegmented: may, orders }, { available: Object.fromEntries(NAMES.map((name, index) => [name, most(index)])), unsegmented: shared(), rejects: over });
});

const share = fc.tuple(whole(0, 40), fc.constantFrom('number', 'percent'), whole(0, 100)).map(([supply, kind, value]) => caseOf({ supply, rule: { kind, value } }, { allocated: kind === 'number' ? Math.min(supply, value) : Math.floor((supply * value) / 100) }));
const percentShare = fc.tuple(quarters(-2, 40), whole(0, 100)).map(([supply, percent]) => caseOf({ available: supply, percent, rounding: 'down' }, { published: Math.floor((positive(supply) * percent) / 100) }));
const buffer = fc.tuple(whole(-2, 40), fc.constantFrom('fixed', 'percent'), whole(0, 30), fc.option(whole(0, 10))).map(([supply, kind, value, floor]) => {
  const rest = positive(supply - (kind === 'fixed' ? value : Math.ceil((positive(supply) * value) / 100)));
  return caseOf({ available: supply, buffer: { kind, value }, floor }, { published: floor !== null && rest <= floor ? 0 : rest });
});

/** One unit at a time to whoever has the largest weight for one more; of equal ones to the first. */
function dealt(units: number, weights: readonly number[]): readonly number[] {
  const got = weights.map(() => 0);
  for (let left = units; left > 0; left -= 1) {
    const claims = weights.map((weight, index) => weight / ((got[index] ?? 0) + 1));
    got[claims.indexOf(Math.max(...claims))]! += 1;
  }
  return got;
}
const shareRatio = fc.tuple(whole(0, 40), fc.array(whole(0, 9), { minLength: 1, maxLength: 4 }).filter((ratio) => sum(ratio) > 0)).map(([supply, ratio]) => caseOf({ supply, ratio }, { allocated: dealt(supply, ratio) }));
const scale = fc.tuple(whole(0, 40), fc.tuple(whole(0, 20), whole(0, 20), whole(0, 20))).map(([supply, targets]) => {
  const named = (numbers: readonly number[]): object => Object.fromEntries(NAMES.map((name, index) => [name, numbers[index] ?? 0]));
  return caseOf({ supply, targets: named(targets) }, { allocated: named(sum(targets) <= supply ? targets : dealt(supply, targets)) });
});

/** By operation. */
export const NAIVE: Readonly<Record<string, fc.Arbitrary<Case>>> = {
  sellable, canSell, grant, grantPolicy, shortage, lifecycle, race, holds: reserved, kit, preorder, fill, onHandFirst, split, eligible, atp, segments, share, percentShare, buffer, shareRatio, scale,
};
