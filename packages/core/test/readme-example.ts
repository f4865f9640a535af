import {
  acceptOrder, acceptStock, bookMovements, createAvailability, emptyBooks, foldMovements, formatExplanation, formatQuantity, measureBooks, parseCatalog,
  parseChannelId, parseInstant, parseLocationId, parsePolicy, parseQuantity, parseSku, parseSourceId, positionFromBalances, type BookingRules,
} from '@stockwright/core';

const [mug, shop, erp] = [parseSku('MUG'), parseChannelId('shop'), parseSourceId('erp')];
const units = (count: number) => formatQuantity(parseQuantity(count));
const none = units(0);

// What the owner of stock and a channel said, in any order and as often as they like, counted in the steps that the catalogue gives the sku.
const catalog = parseCatalog([{ sku: 'MUG' }]);
const scale = catalog.items.get(mug)?.scale;
let books = emptyBooks(mug, scale);
books = acceptStock(books, {
  kind: 'stock', source: erp, sku: mug, location: parseLocationId('W1'), asOf: parseInstant('2026-11-23T10:00:00Z'),
  measures: { onHand: units(10) },
});
books = acceptOrder(books, {
  kind: 'order', channel: shop, orderId: '#1001', revision: parseInstant('2026-11-23T10:01:00Z'), placedAt: parseInstant('2026-11-23T10:01:00Z'),
  lines: [{ id: '1', sku: mug, ordered: units(3), fulfilled: none, cancelled: none, returned: none }],
});

// Movements between accounts, and the position that they fold into.
const rules: BookingRules = { containment: new Map([[erp, { way: 'reference' }]]), returns: 'owner' };
const movements = bookMovements(measureBooks(emptyBooks(mug, scale), rules), measureBooks(books, rules));
const position = positionFromBalances(books, foldMovements(movements));

const calculator = createAvailability({
  catalog,
  policy: parsePolicy({
    version: '1',
    channels: [{ id: 'shop', locations: ['W1'] }],
    rules: [{ id: 'keep', owner: 'ops', reason: 'breakage', kind: 'safetyStock', withhold: { percent: 10 } }],
  }),
});
const explanation = calculator.explain({ channel: shop, sku: mug }, { position: () => position }, { asOf: parseInstant('2026-11-23T10:02:00Z') });

export const printed: string = formatExplanation(explanation);
console.log(printed);
