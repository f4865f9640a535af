import { formatQuantity, isStockwrightError, StockwrightError, type HoldDecision, type HoldSettlement, type HoldChange, type Observation, type OrderObservation, type Sku } from '@stockwright/core';
import type { RowWrite } from '../ports/index.ts';
import { bookObservations } from './book.ts';
import { applyHold, type HoldUnit } from './holds.ts';
import { keyText, refuseDatedAhead } from './observation-edge.ts';
import { explodeOrder, salesOf, sortObservations, type Sorted } from './observe.ts';
import { World, type WorldChange, type WorldGround } from './world.ts';

/** What is kept or refused as a whole: observations that belong together, or one step of a hold. */
export type Unit = { readonly kind: 'observations'; readonly observations: readonly Observation[] } | HoldUnit;

/** What came of one unit. */
export type UnitOutcome =
  | { readonly status: 'observed'; readonly moved: readonly Sku[]; /** Whether anything was new in it. */ readonly news: boolean }
  | { readonly status: 'decided'; readonly answer: HoldDecision | HoldChange | HoldSettlement | undefined }
  /** It cannot be taken in, and nothing of it was. */
  | { readonly status: 'failed'; readonly error: unknown };

/** A commit of several units, and what came of each. */
export interface BatchPlan extends WorldChange {
  readonly outcomes: readonly UnitOutcome[];
}

/**
 * Works out one commit for units in their order: each sees what those before it changed, and one that is refused
 * leaves no trace. The plan stands only where nothing is missing from what was read.
 *
 * @param calls - What each unit is a part of: where one part is refused, those after it are not tried.
 */
export function planBatch(units: readonly Unit[], { calls = [], ...ground }: WorldGround & { readonly calls?: readonly object[] | undefined }): BatchPlan {
  const world = new World(ground);
  const refused = new Map<object, UnitOutcome>();
  const outcomes = units.map((unit, index): UnitOutcome => {
    const call = calls[index];
    const before = call && refused.get(call);
    if (before !== undefined) return before;
    const draft = world.draft();
    try {
      const outcome = unit.kind === 'observations' ? observe(draft, unit.observations) : ({ status: 'decided', answer: applyHold(draft, unit) } as const);
      draft.keep();
      return outcome;
    } catch (error) {
      // Also what is no error of ours: whoever gave what cannot be read hears of it, and nobody else.
      const failed: UnitOutcome = { status: 'failed', error: asOurs(error) };
      if (call !== undefined) refused.set(call, failed);
      return failed;
    }
  });
  return { ...world.close(), outcomes };
}

/** What a plan throws is never the store's doing, and must not be taken for it. */
function asOurs(error: unknown): unknown {
  if (isStockwrightError(error)) return error;
  return new StockwrightError(`This cannot be taken in: ${error instanceof Error ? error.message : String(error)}.`, { code: 'INVARIANT_VIOLATED', cause: error });
}

function observe(world: World, observations: readonly Observation[]): UnitOutcome {
  const { settings, nowMs } = world;
  refuseDatedAhead(observations, { nowMs, aheadMs: settings.aheadMs });
  const sorted = sortObservations(observations, settings);
  for (const order of sorted.orders) takeBack(world, order, sorted);
  const moved: Sku[] = [];
  let news = false;
  for (const [sku, said] of sorted.bySku) {
    for (const one of said) if (one.kind === 'order' || one.kind === 'acknowledgement') world.recall(one.channel, one.orderId, [sku]);
    const before = world.books(sku);
    const booked = bookObservations(before, said, { settings, nowMs });
    world.setBooks(booked.open);
    news ||= booked.moved || isOther(before.books.claims, booked.open.books.claims) || isOther(before.books.bases, booked.open.books.bases);
    if (booked.moved) moved.push(sku);
  }
  for (const order of sorted.orders) if (keepOrder(world, order)) news = true;
  const oddities = odditiesOf(world, sorted);
  world.write(oddities);
  return { status: 'observed', moved, news: news || oddities.length > 0 };
}

function isOther(before: readonly unknown[], after: readonly unknown[]): boolean {
  return before.length !== after.length || before.some((one, index) => one !== after[index]);
}

/**
 * A line that an order no longer has must be taken back, whichever of its forms comes first: the books of a sku hear of a
 * newer form also where it is silent about them. The form that is known may be of this very commit.
 */
function takeBack(world: World, order: OrderObservation, sorted: Sorted): void {
  const known = world.order(order.channel, order.orderId);
  const kept = known.next ?? known.order;
  if (kept === undefined) return;
  const [told, before] = [order, kept].map((form) => explodeOrder(form, world.settings).order) as [OrderObservation, OrderObservation];
  hearOf(told, before, sorted);
  if (before.revision > told.revision) hearOf(before, told, sorted);
}

/** Tells one form of an order to the skus that only the other one speaks of. */
function hearOf(form: OrderObservation, other: OrderObservation, { bySku }: Sorted): void {
  const spoken = new Set(form.lines.map(({ sku }) => sku));
  for (const { sku } of other.lines) {
    const said = bySku.get(sku);
    if (said === undefined) bySku.set(sku, [form]);
    else if (!spoken.has(sku) && !said.includes(form)) said.push(form);
  }
}

/** Keeps an order's newest form and what its channel has sold of each listing, and ends the holds that became it. @returns Whether the order is new in this form. */
function keepOrder(world: World, order: OrderObservation): boolean {
  const { catalog } = world.settings;
  const { channel, orderId } = order;
  const known = world.order(channel, orderId);
  const before = known.next ?? known.order;
  for (const holdId of world.holdsOfOrder(channel, orderId)) {
    const hold = world.hold(holdId);
    if (hold !== undefined && hold.lines.size > 0) world.setHold({ ...hold.record, lines: [] }, { asked: hold.asked, claims: false });
  }
  if (before !== undefined && (before.revision > order.revision || isKeptAlike(before, order))) return false;
  world.setOrder(order);
  const mapped = (one: OrderObservation): OrderObservation => ({ ...one, lines: one.lines.filter(({ sku }) => catalog.items.has(sku)) });
  const scaleOf = (sku: Sku): number => catalog.items.get(sku)?.scale ?? 0;
  for (const { location, sku, ...moves } of salesOf(before && mapped(before), mapped(order), scaleOf)) world.addSale({ channel, location: location as '', sku }, moves);
  return true;
}

/** Whether what is kept of two forms of an order is the same; of its payment nothing is kept beside what the books make of it. */
function isKeptAlike(one: OrderObservation, other: OrderObservation): boolean {
  return one.revision === other.revision && one.placedAt === other.placedAt && JSON.stringify(one.lines) === JSON.stringify(other.lines);
}

/** Identifiers that nobody could place, and words of systems that do not own what they speak of. */
function odditiesOf(world: World, { unknown, refused, evidence }: Sorted): RowWrite[] {
  const { nowMs } = world;
  const writes: RowWrite[] = [];
  const names = new Map(unknown.map(({ origin, sku }) => [`${origin}\u001f${sku}`, { origin, external: keyText(`sku:${sku}`) }]));
  for (const key of names.values()) writes.push({ table: 'unmapped', key, set: { lastSeenMs: nowMs } });
  for (const { origin, reference, reason } of refused) writes.push({ table: 'refused', key: { origin, reference }, set: { reason, lastSeenMs: nowMs } });
  for (const { observation, measure, observed } of evidence) {
    const { source, sku, location } = observation;
    const { balances, scale } = world.books(sku);
    const expected = formatQuantity(balances.get(`${measure}\u001f${location}\u001f`) ?? 0, scale);
    const key = { source, sku, location, measure };
    writes.push(expected === observed ? { table: 'variance', key, remove: true } : { table: 'variance', key, set: { kind: 'notOwner', expected, observed, lastSeenMs: nowMs } });
  }
  return writes;
}
