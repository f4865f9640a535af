import type { FulfillmentLineWire, FulfillmentOrderWire } from '../wire/orders-wire.ts';

/** A fulfillment order whose lines were read, too. */
export interface FulfillmentPart extends FulfillmentOrderWire {
  readonly lines: readonly FulfillmentLineWire[];
}

/** Where the lines of an order ship from: every line from one place, or each from its own, as far as it has one. */
export type LineLocations = { readonly everyLine: string | undefined } | { readonly byLine: ReadonlyMap<string, string> };

/** One place for the whole order, without looking at its lines; nothing where there are several or where one is not known. */
export function commonLocation(orders: readonly FulfillmentOrderWire[]): string | undefined {
  const places = new Set(orders.filter(isInForce).map(({ assignedLocation }) => assignedLocation.location?.id));
  const [only] = places;
  return places.size === 1 ? only : undefined;
}

/** Whether the lines must be read to tell where each ships from. */
export function isSplit(orders: readonly FulfillmentOrderWire[]): boolean {
  return new Set(orders.filter(isInForce).map(({ assignedLocation }) => assignedLocation.location?.id)).size > 1;
}

/** The place of each line that sits wholly at one; a line at two places has none. */
export function locationsByLine(parts: readonly FulfillmentPart[]): ReadonlyMap<string, string> {
  const places = new Map<string, Set<string | undefined>>();
  for (const { assignedLocation, lines } of parts.filter(isInForce)) {
    for (const { lineItem, totalQuantity } of lines) {
      if (totalQuantity <= 0) continue;
      const ofLine = places.get(lineItem.id) ?? new Set();
      places.set(lineItem.id, ofLine.add(assignedLocation.location?.id));
    }
  }
  const single = new Map<string, string>();
  for (const [line, ofLine] of places) {
    const [only] = ofLine;
    if (ofLine.size === 1 && only !== undefined) single.set(line, only);
  }
  return single;
}

function isInForce({ status }: FulfillmentOrderWire): boolean {
  return status !== 'CANCELLED';
}
