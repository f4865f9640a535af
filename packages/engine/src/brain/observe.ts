import {
  addQuantities, formatQuantity, isZeroQuantity, maxQuantity, minQuantity, multiplyQuantity, parseQuantity, subtractQuantities, unitsTaken, ZERO, type LineCounters, type Measure, type Observation, type OrderAcknowledgement, type OrderObservation,
  type Quantity, type QuantityText, type Sku, type StockObservation,
} from '@stockwright/core';
import type { Row } from '../ports/index.ts';
import { text } from './rows.ts';
import type { BrainSettings } from './settings.ts';

/** What a unit of observations says of each stocked sku, and what nobody could place. */
export interface Sorted {
  readonly bySku: Map<Sku, Observation[]>;
  readonly orders: OrderObservation[];
  readonly unknown: { readonly origin: string; readonly sku: string }[];
  readonly refused: { readonly origin: string; readonly reference: string; readonly reason: string }[];
  readonly evidence: { readonly observation: StockObservation; readonly measure: Measure; readonly observed: string }[];
}

/** Sorts observations by the stocked sku that they speak of. */
export function sortObservations(observations: readonly Observation[], settings: BrainSettings): Sorted {
  const sorted: Sorted = { bySku: new Map(), orders: [], unknown: [], refused: [], evidence: [] };
  for (const observation of observations) sortOne(observation, sorted, settings);
  return sorted;
}

function sortOne(observation: Observation, sorted: Sorted, settings: BrainSettings): void {
  const add = (sku: Sku, said: Observation): void => {
    const known = sorted.bySku.get(sku);
    if (known === undefined) sorted.bySku.set(sku, [said]);
    else if (!known.includes(said)) known.push(said);
  };
  if (observation.kind === 'order') {
    const { order, unknown } = explodeOrder(observation, settings);
    sorted.orders.push(observation);
    unknown.forEach((sku) => sorted.unknown.push({ origin: observation.channel, sku }));
    order.lines.forEach(({ sku }) => { add(sku, order); });
  } else if (observation.kind === 'acknowledgement') {
    const exploded = explodeAcknowledgement(observation, settings);
    for (const { sku } of exploded.contained) {
      if (settings.catalog.items.has(sku)) add(sku, exploded);
      else sorted.unknown.push({ origin: observation.source, sku });
    }
  } else if (!settings.catalog.items.has(observation.sku)) {
    sorted.unknown.push({ origin: observation.source, sku: observation.sku });
  } else if (observation.kind === 'delta') {
    if (settings.ownerOf(observation.measure, observation.location) === observation.source) add(observation.sku, observation);
    else sorted.refused.push({ origin: observation.source, reference: `delta ${observation.id}`, reason: `${observation.source} does not own ${observation.measure} at ${observation.location}` });
  } else {
    const { owned, evidence } = splitByOwner(observation, settings);
    if (owned !== undefined) add(observation.sku, owned);
    for (const measure of evidence) sorted.evidence.push({ observation, measure, observed: String(observation.measures[measure] ?? '') });
  }
}

/** Splits what a source says into what it owns and what is only evidence. */
export function splitByOwner(observation: StockObservation, settings: BrainSettings): { readonly owned: StockObservation | undefined; readonly evidence: readonly Measure[] } {
  const owned: Partial<Record<Measure, QuantityText>> = {};
  const evidence: Measure[] = [];
  for (const [measure, quantity] of Object.entries(observation.measures) as [Measure, QuantityText | undefined][]) {
    if (quantity === undefined) continue;
    if (settings.ownerOf(measure, observation.location) === observation.source) owned[measure] = quantity;
    else evidence.push(measure);
  }
  return { owned: Object.keys(owned).length === 0 ? undefined : { ...observation, measures: owned }, evidence };
}

/** An order in stocked skus: a line of a kit becomes a line of each component. Skus that the catalogue lacks are named. */
export function explodeOrder(order: OrderObservation, settings: BrainSettings): { readonly order: OrderObservation; readonly unknown: readonly string[] } {
  const unknown: string[] = [];
  const lines = order.lines.flatMap((line) => {
    const item = settings.catalog.items.get(line.sku);
    if (item === undefined) {
      unknown.push(line.sku);
      return [];
    }
    return item.components === undefined ? [line] : explode(line, settings);
  });
  return { order: { ...order, lines }, unknown };
}

/** An acknowledgement in stocked skus, as {@link explodeOrder}. */
export function explodeAcknowledgement(acknowledgement: OrderAcknowledgement, settings: BrainSettings): OrderAcknowledgement {
  const contained = acknowledgement.contained.flatMap((line) =>
    settings.catalog.items.get(line.sku)?.components === undefined ? [line] : explode(line, settings));
  return { ...acknowledgement, contained };
}

function explode<Line extends LineCounters & { readonly sku: Sku }>(line: Line, { catalog }: BrainSettings): Line[] {
  return (catalog.items.get(line.sku)?.components ?? []).map(({ sku, quantityPer }) => {
    const scale = catalog.items.get(sku)?.scale ?? 0;
    const units = (kits: Quantity): Quantity => unitsTaken(quantityPer, kits);
    const [ordered, fulfilled, cancelled, returned] = [line.ordered, line.fulfilled, line.cancelled, line.returned].map((kits) => parseQuantity(kits)) as [Quantity, Quantity, Quantity, Quantity];
    // A fraction is rounded up for what is asked and for what left, so what is given back is what that makes of the rest: all counters end together.
    const back = (all: Quantity, less: Quantity): QuantityText => formatQuantity(subtractQuantities(units(all), units(subtractQuantities(all, less))), scale);
    return { ...line, sku, ordered: formatQuantity(units(ordered), scale), fulfilled: formatQuantity(units(fulfilled), scale), cancelled: back(ordered, cancelled), returned: back(fulfilled, returned) };
  });
}

/** What an order changed of a listing's number at its channel: sold of it, and taken back from the customer, cancelled or returned. */
export interface Sale {
  readonly location: string;
  readonly sku: Sku;
  readonly sold: Quantity;
  readonly givenBack: Quantity;
}

/**
 * What a channel sold of each listing since the order was last seen, and what it took back; only lines whose place is known
 * lower a place's number. What is taken back goes to the place that it was sold from: a line that is over may have none any more.
 */
export function salesOf(before: OrderObservation | undefined, after: OrderObservation, scaleOf: (sku: Sku) => number): readonly Sale[] {
  const sums = new Map<string, Sale>();
  const placeOf = new Map(before?.lines.map(({ id, location }) => [id, location]));
  const add = (line: { readonly sku: Sku; readonly location?: string | undefined }, what: 'sold' | 'givenBack', quantity: Quantity): void => {
    const key = `${line.location ?? ''}\u001f${line.sku}`;
    const sum = sums.get(key) ?? { location: line.location ?? '', sku: line.sku, sold: ZERO, givenBack: ZERO };
    sums.set(key, { ...sum, [what]: addQuantities(sum[what], quantity) });
  };
  for (const [order, sign] of [[after, 1], [before, -1]] as const) {
    for (const line of order?.lines ?? []) {
      const { sku } = line;
      const scale = scaleOf(sku);
      const [ordered, fulfilled, cancelled, returned] = [line.ordered, line.fulfilled, line.cancelled, line.returned].map((text) => parseQuantity(text, { scale })) as [Quantity, Quantity, Quantity, Quantity];
      // No more is taken back than waits, and no more comes back than left, whatever the counters say.
      const givenBack = addQuantities(minQuantity(cancelled, maxQuantity(subtractQuantities(ordered, fulfilled), ZERO)), minQuantity(returned, fulfilled));
      add(line, 'sold', multiplyQuantity(ordered, sign));
      add({ sku, location: line.location ?? placeOf.get(line.id) }, 'givenBack', multiplyQuantity(givenBack, sign));
    }
  }
  return [...sums.values()].filter(({ sold, givenBack }) => !isZeroQuantity(sold) || !isZeroQuantity(givenBack));
}

/** The order that a row keeps. */
export function orderFromRow(row: Row): OrderObservation {
  return {
    kind: 'order',
    channel: text(row, 'channel') as OrderObservation['channel'],
    orderId: text(row, 'orderId'),
    revision: text(row, 'revision') as OrderObservation['revision'],
    placedAt: text(row, 'placedAt') as OrderObservation['placedAt'],
    lines: JSON.parse(text(row, 'lines')) as OrderObservation['lines'],
  };
}
