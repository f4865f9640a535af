import { invalidInput, type StockwrightError } from '../errors/error.ts';
import { shown } from '../errors/issue.ts';
import { named } from '../identity/ids.ts';
import type { BookObservation, ConditionObservation, CountObservation, IncomingObservation, OrderWatermark, ReceiptObservation, TransferObservation } from '../observations/events.ts';
import type { Measure, StockDelta } from '../observations/observations.ts';
import { compareQuantities, maxQuantity, negateQuantity, parseQuantity, quantitiesEqual, type Quantity, type QuantityText } from '../quantity/quantity.ts';
import { acceptAcknowledgement, acceptChange, acceptDelta, acceptFigures, acceptOrder, acceptStock } from './accept.ts';
import type { ContraAccount } from './accounts.ts';
import { compareText } from './bases.ts';
import type { BookingRules, Books, Watermark } from './books.ts';
import type { IncomingDocument, IncomingStep, TransferDocument, TransferStep } from './documents.ts';

/** How many watermarks of one source and channel are remembered; only figures older than all of them miss one. */
export const MAX_WATERMARKS = 16;

/**
 * Takes anything that a system said into the books of one sku. Duplicates and disorder change nothing about the result.
 *
 * @param observation - Of the books' sku, by the owner of what it speaks of (the caller checks who that is); an order and a
 *   watermark may speak of others besides.
 * @param rules - Needed only where an owner tells by watermark, see {@link acceptOrder}.
 * @returns The same books where nothing changed.
 * @throws `INVALID_INPUT` where it speaks of another sku or is of no known kind, a quantity is not one of the sku's step, or negative where nothing can be.
 * @example
 * ```ts
 * const count = parseObservation({ kind: 'count', source: 'wms', sku: 'MUG', location: 'W1', at: asOf, onHand: 12 });
 * const books = acceptObservation(emptyBooks(parseSku('MUG')), count);
 * books.bases.map(({ measure, quantity }) => [measure, quantity]) // => [['onHand', 12]]
 * acceptObservation(books, count) === books // => true
 * ```
 * @public
 */
export function acceptObservation(books: Books, observation: BookObservation, rules?: BookingRules): Books {
  if ('sku' in observation && observation.sku !== books.sku) throw invalidInput('observation', [{ path: ['sku'], message: `speaks of ${named(observation.sku)}, and these are the books of ${books.sku}` }]);
  switch (observation.kind) {
    case 'stock':
      return acceptStock(books, observation);
    case 'delta':
      return acceptDelta(books, observation);
    case 'order':
      return acceptOrder(books, observation, rules);
    case 'acknowledgement':
      return acceptAcknowledgement(books, observation);
    case 'receipt':
      return acceptReceipt(books, observation);
    case 'condition':
      return acceptCondition(books, observation);
    case 'count':
      return acceptCount(books, observation);
    case 'transfer':
      return acceptTransfer(books, observation);
    case 'incoming':
      return acceptIncoming(books, observation);
    case 'watermark':
      return acceptWatermark(books, observation);
    default:
      throw unknownKind(observation);
  }
}

function unknownKind(observation: never): StockwrightError {
  const { kind } = observation as { readonly kind?: unknown };
  return invalidInput('observation', [{ path: ['kind'], message: `there is no observation of kind ${shown(kind)}` }]);
}

function acceptReceipt(books: Books, receipt: ReceiptObservation): Books {
  const quantity = positiveQuantity(books, receipt.quantity, 'quantity');
  const unavailable = receipt.unavailable === undefined ? 0 : counter(books, receipt.unavailable, 'unavailable');
  if (compareQuantities(unavailable, quantity) > 0) {
    throw invalidInput('receipt', [{ path: ['unavailable'], message: `${receipt.unavailable ?? ''} of a receipt of ${receipt.quantity} cannot be unavailable` }]);
  }
  const id = idOf(receipt);
  let next = change(books, receipt, { id, measure: 'onHand', delta: quantity, contra: 'supplier' });
  if (unavailable !== 0) next = change(next, receipt, { id, measure: 'unavailable', delta: unavailable, contra: 'condition' });
  return receipt.incoming === undefined ? next : receiveIncoming(next, receipt, quantity);
}

function acceptCondition(books: Books, observation: ConditionObservation): Books {
  const quantity = positiveQuantity(books, observation.quantity, 'quantity');
  const { from, to } = observation;
  if (from === to) throw invalidInput('change of condition', [{ path: ['to'], message: `from ${from} to ${to} changes nothing` }]);
  const id = idOf(observation);
  const unavailable = from === 'unavailable' ? negateQuantity(quantity) : quantity;
  const next = from === 'unavailable' || to === 'unavailable'
    ? change(books, observation, { id, measure: 'unavailable', delta: unavailable, contra: 'condition' })
    : books;
  return to === 'writtenOff' ? change(next, observation, { id, measure: 'onHand', delta: negateQuantity(quantity), contra: 'adjustment' }) : next;
}

function acceptCount(books: Books, { source, location, at, onHand, unavailable }: CountObservation): Books {
  const next = acceptFigures(books, { source, location, asOf: at, measures: { onHand } }, { counted: true });
  return unavailable === undefined ? next : acceptFigures(next, { source, location, asOf: at, measures: { unavailable } }, {});
}

function acceptTransfer(books: Books, { source, id, from, to, at, ...told }: TransferObservation): Books {
  if (from === to) throw invalidInput('transfer', [{ path: ['to'], message: `a transfer from ${from} must go somewhere else` }]);
  const step: TransferStep = {
    at, dispatched: counter(books, told.dispatched, 'dispatched'), received: counter(books, told.received, 'received'), lost: counter(books, told.lost, 'lost'),
  };
  const all = books.transfers ?? [];
  const same = (known: TransferDocument): boolean => known.source === source && known.id === id && known.from === from && known.to === to;
  const before = all.find(same);
  const steps = addStep(before?.steps ?? [], step);
  if (before !== undefined && steps === before.steps) return books;
  const transfers = [...all.filter((known) => !same(known)), { source, id, from, to, steps }].sort(
    (a, b) => compareText(a.source, b.source) || compareText(a.id, b.id) || compareText(a.from, b.from) || compareText(a.to, b.to),
  );
  return { ...books, transfers };
}

/** Keeps each moment by which a transfer had come further than any earlier one had shown. */
function addStep(steps: readonly TransferStep[], fact: TransferStep): readonly TransferStep[] {
  const kept: TransferStep[] = [];
  let most: TransferStep = { at: fact.at, dispatched: 0, received: 0, lost: 0 };
  for (const { at, dispatched, received, lost } of [...steps, fact].sort((a, b) => compareText(a.at, b.at))) {
    const grown = { at, dispatched: maxQuantity(most.dispatched, dispatched), received: maxQuantity(most.received, received), lost: maxQuantity(most.lost, lost) };
    if (sameProgress(grown, most)) continue;
    if (kept.at(-1)?.at === at) kept.pop();
    kept.push(grown);
    most = grown;
  }
  const unchanged = kept.length === steps.length && kept.every((step, index) => step.at === steps[index]?.at && sameProgress(step, steps[index]));
  return unchanged ? steps : kept;
}

function sameProgress(a: TransferStep, b: TransferStep): boolean {
  return quantitiesEqual(a.dispatched, b.dispatched) && quantitiesEqual(a.received, b.received) && quantitiesEqual(a.lost, b.lost);
}

function acceptIncoming(books: Books, { source, reference, location, revision, expectedAt, ...told }: IncomingObservation): Books {
  const step: IncomingStep = {
    at: revision, location, expectedAt: expectedAt ?? '',
    expected: counter(books, told.expected, 'expected'), received: counter(books, told.received, 'received'), cancelled: counter(books, told.cancelled, 'cancelled'),
  };
  return replaceIncoming(books, { source, reference }, (before) => {
    const twin = before.steps.find(({ at }) => at === revision);
    if (twin !== undefined && compareSteps(twin, step) >= 0) return before;
    return { ...before, steps: [...before.steps.filter((known) => known !== twin), step].sort((a, b) => compareText(a.at, b.at)) };
  });
}

/** Which of two states of one revision counts: any total order will do, if only it never depends on arrival. */
function compareSteps(a: IncomingStep, b: IncomingStep): number {
  return compareQuantities(a.cancelled, b.cancelled) || compareQuantities(a.received, b.received) || compareQuantities(b.expected, a.expected)
    || compareText(a.expectedAt, b.expectedAt) || compareText(a.location, b.location);
}

function receiveIncoming(books: Books, { source, id, at, incoming = '' }: ReceiptObservation, quantity: Quantity): Books {
  return replaceIncoming(books, { source, reference: incoming }, (before) => {
    if (before.receipts.some((known) => known.id === id)) return before;
    return { ...before, receipts: [...before.receipts, { id, at, quantity }].sort((a, b) => compareText(a.id, b.id)) };
  });
}

function replaceIncoming(books: Books, { source, reference }: Pick<IncomingDocument, 'source' | 'reference'>, update: (before: IncomingDocument) => IncomingDocument): Books {
  const all = books.incoming ?? [];
  const before = all.find((known) => known.source === source && known.reference === reference) ?? { source, reference, steps: [], receipts: [] };
  const after = update(before);
  if (after === before) return books;
  const incoming = [...all.filter((known) => known !== before), after].sort((a, b) => compareText(a.source, b.source) || compareText(a.reference, b.reference));
  return { ...books, incoming };
}

function acceptWatermark(books: Books, { source, channel, revision, through }: OrderWatermark): Books {
  const all = books.watermarks ?? [];
  const own = all.filter((known) => known.source === source && known.channel === channel);
  const kept: Watermark[] = [];
  for (const fact of [...own, { source, channel, revision, through }].sort((a, b) => compareText(a.revision, b.revision) || compareText(a.through, b.through))) {
    const last = kept.at(-1);
    if (last !== undefined && fact.through <= last.through) continue;
    if (last?.revision === fact.revision) kept.pop();
    kept.push(fact);
  }
  const newest = kept.slice(-MAX_WATERMARKS);
  if (newest.length === own.length && newest.every((fact, index) => fact.revision === own[index]?.revision && fact.through === own[index].through)) return books;
  const others = all.filter((known) => known.source !== source || known.channel !== channel);
  const watermarks = [...others, ...newest].sort(
    (a, b) => compareText(a.source, b.source) || compareText(a.channel, b.channel) || compareText(a.revision, b.revision),
  );
  return { ...books, watermarks };
}

function change(
  books: Books,
  { source, location, at }: Pick<StockDelta, 'source' | 'location' | 'at'>,
  { id, measure, delta, contra }: { readonly id: string; readonly measure: Measure; readonly delta: Quantity; readonly contra: ContraAccount },
): Books {
  return acceptChange(books, { source, location, at, id, measure }, { delta, contra });
}

/** Its id among all that changes a figure. What joins them stands in no identifier, so a delta that is called `receipt 7` is another thing. */
function idOf({ kind, id }: ReceiptObservation | ConditionObservation): string {
  return `${kind}\u001f${id}`;
}

function counter(books: Books, text: QuantityText, name: string): Quantity {
  const value = parseQuantity(text, { scale: books.scale, path: [name] });
  if (compareQuantities(value, 0) < 0) throw invalidInput('quantity', [{ path: [name], message: `${text} must not be negative` }]);
  return value;
}

function positiveQuantity(books: Books, text: QuantityText, name: string): Quantity {
  const value = counter(books, text, name);
  if (value === 0) throw invalidInput('quantity', [{ path: [name], message: 'must be greater than zero' }]);
  return value;
}
