import {
  acceptObservation, balancesOf, bookMovements, createAvailability, emptyBooks, foldMovements, formatExplanation, formatQuantity, measureBooks, parseCatalog, parseChannelId, parseInstant,
  parseObservation, parsePolicy, parseSku, parseSourceId, positionFromBalances, verifyLedger, type BookingRules,
} from '@stockwright/core';

const [sku, shop, at] = [parseSku('MUG'), parseChannelId('shop'), '2026-11-23T10:00:00Z'];
const rules: BookingRules = { containment: new Map([[parseSourceId('erp'), { way: 'reference' }]]), returns: 'owner' };

const told = [
  parseObservation({ kind: 'stock', source: 'erp', sku, location: 'W1', asOf: at, measures: { onHand: 10 } }),
  parseObservation({ kind: 'order', channel: shop, orderId: '1001', revision: at, placedAt: at, lines: [{ id: '1', sku, ordered: 3, fulfilled: 0, cancelled: 0, returned: 0 }] }),
];

const catalog = parseCatalog([{ sku: 'MUG' }]);
let books = emptyBooks(sku, catalog.items.get(sku)?.scale);
const ledger = [...told, ...told].flatMap((observation) => {
  const before = measureBooks(books, rules);
  books = acceptObservation(books, observation, rules);
  return bookMovements(before, measureBooks(books, rules));
});
ledger.length; // => 2
ledger.map(({ from, to, quantity }) => `${from.account} to ${to.account}: ${formatQuantity(quantity)}`); // => ['adjustment to onHand: 10', 'demand to committed: 3']

verifyLedger(ledger, balancesOf(measureBooks(books, rules))); // => { status: 'agrees' }

const position = positionFromBalances(books, foldMovements(ledger));
const { compute, explain } = createAvailability({
  catalog,
  policy: parsePolicy({ version: '1', channels: [{ id: 'shop', locations: ['W1'] }] }),
});
const question = [{ channel: shop, sku }, { position: () => position }, { asOf: parseInstant(at) }] as const;
formatQuantity(compute(...question).immediate ?? 0); // => '7'
console.log(formatExplanation(explain(...question)));
