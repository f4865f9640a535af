import type { LocationId } from '../identity/ids.ts';
import { addQuantities, compareQuantities, isZeroQuantity, maxQuantity, minQuantity, negateQuantity, subtractQuantities, type Quantity } from '../quantity/quantity.ts';
import type { Instant } from '../identity/instant.ts';
import type { Measure } from '../observations/observations.ts';
import type { AccountRef, ContraAccount } from './accounts.ts';
import { findBase } from './bases.ts';
import type { Books } from './books.ts';
import type { ExpectedSupply, IncomingDocument, IncomingStep, TransferDocument, TransferStep } from './documents.ts';
import { factOf, put, type Setting, type Tally } from './tally.ts';

/** One measure that a document moves, and how much it had moved by each moment. */
interface Effect {
  readonly measure: Measure;
  readonly location: LocationId;
  readonly contra: ContraAccount;
  /** What it came to by a moment, and in all where no moment is given. */
  readonly by: (moment?: Instant) => Quantity;
  /** What it adds to a figure as of a moment, where that is not just what came since. */
  readonly beyond?: (moment: Instant) => Quantity;
}

/** Adds what transfers and expected supply moved since the owners' figures. */
export function addDocuments(into: Tally, setting: Setting): void {
  for (const transfer of setting.books.transfers ?? []) {
    add(into, { of: transfer, id: ['transfer', transfer.source, transfer.id, transfer.from, transfer.to].join('\u001f'), effects: effectsOfTransfer(transfer) }, setting);
  }
  for (const line of setting.books.incoming ?? []) {
    const effects = [...new Set(line.steps.map((step) => step.location))].map((location): Effect =>
      ({ measure: 'incoming', location, contra: 'supplier', by: (moment) => openAt(line, location, moment) }));
    add(into, { of: line, id: `incoming\u001f${line.source}\u001f${line.reference}`, effects }, setting);
  }
}

function effectsOfTransfer({ steps, from, to }: TransferDocument): readonly Effect[] {
  const step = (moment?: Instant): TransferStep => lastBy(steps, moment) ?? NO_STEP;
  return [
    { measure: 'onHand', location: from, contra: 'transit', by: (moment) => negateQuantity(sentBy(step(moment))), beyond: (moment) => negateQuantity(sentSince(step(moment), step())) },
    { measure: 'onHand', location: to, contra: 'transit', by: (moment) => step(moment).received },
    { measure: 'inTransit', location: to, contra: 'transit', by: (moment) => underWay(step(moment)) },
    { measure: 'inTransit', location: to, contra: 'adjustment', by: (moment) => negateQuantity(lostOf(step(moment))) },
  ];
}

/**
 * The supply that is still expected of a sku, line by line, from what its sources told of single lines.
 *
 * @returns By the moment it is expected, lines without one last; a line of which nothing is open is left out.
 * @example
 * ```ts
 * const place = { source: 'erp', reference: 'PO-7', sku: 'MUG', location: 'W1' };
 * const line = parseObservation({ kind: 'incoming', ...place, revision: asOf, expectedAt: addMs(asOf, 86_400_000), expected: 10, received: 4, cancelled: 0 });
 * expectedSupply(acceptObservation(emptyBooks(parseSku('MUG')), line)).map(({ reference, quantity }) => [reference, quantity]) // => [['PO-7', 6]]
 * ```
 * @public
 */
export function expectedSupply({ incoming = [] }: Pick<Books, 'incoming'>): readonly ExpectedSupply[] {
  const lines: ExpectedSupply[] = [];
  for (const line of incoming) {
    const last = line.steps.at(-1);
    if (last === undefined) continue;
    const quantity = openAt(line, last.location);
    if (compareQuantities(quantity, 0) <= 0) continue;
    lines.push({ source: line.source, reference: line.reference, location: last.location, expectedAt: last.expectedAt === '' ? undefined : last.expectedAt, quantity });
  }
  const when = ({ expectedAt }: ExpectedSupply): string => expectedAt ?? '~';
  return lines.sort((a, b) => (when(a) < when(b) ? -1 : when(a) > when(b) ? 1 : 0));
}

const NO_STEP: TransferStep = { at: '' as Instant, dispatched: 0, received: 0, lost: 0 };

/** The owner's figure contains what the document had moved by then; the rest is ours to add. */
function add(into: Tally, { of, id, effects }: { readonly of: object; readonly id: string; readonly effects: readonly Effect[] }, { books, rules }: Setting): void {
  const open = effects.filter(({ location }) => rules.closed?.has(location) !== true);
  for (const { measure, location, by, beyond = (moment: Instant): Quantity => subtractQuantities(by(), by(moment)) } of open) {
    const base = findBase(books.bases, measure, location);
    put(into.events, accountOf(measure, location), base === undefined ? by() : beyond(base.asOf));
  }
  into.facts.push({ of, id: () => id, facts: () => open.map(({ measure, location, contra, by }) => factOf(accountOf(measure, location), contra, by())) });
}

function accountOf(measure: Measure, location: LocationId): AccountRef {
  return { account: measure, location, channel: '' };
}

function lastBy<Step extends { readonly at: Instant }>(steps: readonly Step[], moment?: Instant): Step | undefined {
  return steps.findLast(({ at }) => moment === undefined || at <= moment);
}

/** What arrived was sent, also where nobody has said so yet; and as long as what is said falls short of that, so was what was lost. */
function sentBy({ dispatched, received, lost }: TransferStep): Quantity {
  const isTold = !isZeroQuantity(dispatched) && compareQuantities(dispatched, maxQuantity(received, lost)) >= 0;
  return isTold ? dispatched : addQuantities(received, lost);
}

/**
 * What left since a step. Of what was received and lost by then without word that it was dispatched some may be the same, found
 * again, so only the larger is surely gone by then; and no later word brings back what a figure shows as gone.
 */
function sentSince(then: TransferStep, now: TransferStep): Quantity {
  if (then === now) return 0;
  const gone = maxQuantity(then.dispatched, maxQuantity(then.received, then.lost));
  return maxQuantity(subtractQuantities(sentBy(now), gone), 0);
}

function underWay(step: TransferStep): Quantity {
  return subtractQuantities(sentBy(step), step.received);
}

function lostOf(step: TransferStep): Quantity {
  return minQuantity(step.lost, underWay(step));
}

function openAt(line: IncomingDocument, location: LocationId, moment?: Instant): Quantity {
  const step: IncomingStep | undefined = lastBy(line.steps, moment);
  if (step === undefined || step.location !== location) return 0;
  const receipts = line.receipts.filter(({ at }) => moment === undefined || at <= moment);
  const sum = (of: IncomingDocument['receipts']): Quantity => of.reduce<Quantity>((all, { quantity }) => addQuantities(all, quantity), 0);
  // The line's own counter has none that came after it.
  const received = maxQuantity(sum(receipts), addQuantities(step.received, sum(receipts.filter(({ at }) => at > step.at))));
  return maxQuantity(subtractQuantities(subtractQuantities(step.expected, step.cancelled), received), 0);
}
