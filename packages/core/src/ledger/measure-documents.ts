import type { LocationId } from '../identity/ids.ts';
import { addQuantities, compareQuantities, maxQuantity, minQuantity, negateQuantity, subtractQuantities, type Quantity } from '../quantity/quantity.ts';
import type { Instant } from '../identity/instant.ts';
import type { Measure } from '../observations/observations.ts';
import type { ContraAccount } from './accounts.ts';
import { findBase } from './bases.ts';
import type { Books } from './books.ts';
import type { ExpectedSupply, IncomingDocument, IncomingStep, TransferStep } from './documents.ts';
import { put, state, type Setting, type Tally } from './tally.ts';

/** One measure that a document moves, and how much it had moved by each moment. */
interface Effect {
  readonly id: string;
  readonly measure: Measure;
  readonly location: LocationId;
  readonly contra: ContraAccount;
  /** What it came to by a moment, and in all where no moment is given. */
  readonly by: (moment?: Instant) => Quantity;
}

/** Adds what transfers and expected supply moved since the owners' figures. */
export function addDocuments(into: Tally, setting: Setting): void {
  for (const transfer of setting.books.transfers ?? []) {
    const id = `transfer ${transfer.source} ${transfer.id}`;
    const step = (moment?: Instant): TransferStep => lastBy(transfer.steps, moment) ?? NO_STEP;
    const { from, to } = transfer;
    add(into, { id, measure: 'onHand', location: from, contra: 'transit', by: (moment) => negateQuantity(step(moment).dispatched) }, setting);
    add(into, { id, measure: 'onHand', location: to, contra: 'transit', by: (moment) => step(moment).received }, setting);
    add(into, { id, measure: 'inTransit', location: to, contra: 'transit', by: (moment) => underWay(step(moment)) }, setting);
    add(into, { id, measure: 'inTransit', location: to, contra: 'adjustment', by: (moment) => negateQuantity(lostOf(step(moment))) }, setting);
  }
  for (const line of setting.books.incoming ?? []) {
    const id = `incoming ${line.source} ${line.reference}`;
    for (const location of new Set(line.steps.map((step) => step.location))) {
      add(into, { id, measure: 'incoming', location, contra: 'supplier', by: (moment) => openAt(line, location, moment) }, setting);
    }
  }
}

/**
 * The supply that is still expected of a sku, line by line, from what its sources told of single lines.
 *
 * @returns By the moment it is expected, lines without one last; a line of which nothing is open is left out.
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
function add(into: Tally, { id, measure, location, contra, by }: Effect, { books, rules }: Setting): void {
  if (rules.closed?.has(location) === true) return;
  const base = findBase(books.bases, measure, location);
  const all = by();
  const ref = { account: measure, location, channel: '' as const };
  put(into.events, ref, base === undefined ? all : subtractQuantities(all, by(base.asOf)));
  state(into, ref, { id, contra, quantity: all });
}

function lastBy<Step extends { readonly at: Instant }>(steps: readonly Step[], moment?: Instant): Step | undefined {
  return steps.findLast(({ at }) => moment === undefined || at <= moment);
}

/** More than was dispatched cannot be under way, nor less than nothing. */
function underWay({ dispatched, received }: TransferStep): Quantity {
  return maxQuantity(subtractQuantities(dispatched, received), 0);
}

function lostOf(step: TransferStep): Quantity {
  return minQuantity(step.lost, underWay(step));
}

function openAt(line: IncomingDocument, location: LocationId, moment?: Instant): Quantity {
  const step: IncomingStep | undefined = lastBy(line.steps, moment);
  if (step === undefined || step.location !== location) return 0;
  let receipts: Quantity = 0;
  for (const { at, quantity } of line.receipts) if (moment === undefined || at <= moment) receipts = addQuantities(receipts, quantity);
  const received = maxQuantity(step.received, receipts);
  return maxQuantity(subtractQuantities(subtractQuantities(step.expected, step.cancelled), received), 0);
}
