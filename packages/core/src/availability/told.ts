import type { CatalogItem } from '../catalog/catalog.ts';
import { shown } from '../errors/issue.ts';
import { fit, list, map, maybe, parts, refuse, type Look } from '../errors/looks.ts';
import type { LocationId, Sku } from '../identity/ids.ts';
import { instantProblem } from '../identity/instant.ts';
import type { LocationStock, Position } from '../ledger/position.ts';
import { itemOf, type CompiledPolicy } from '../policy/compile.ts';
import { compareQuantities, isQuantity } from '../quantity/quantity.ts';
import type { Kept, PositionReader } from './context.ts';

type Reads = Required<Omit<PositionReader, 'position'>>;

/**
 * A reader of one's own, all answers of which are looked at before anything is counted with them: another scale than the
 * item's makes a number wrong by powers of ten, and what is no number would end in an answer like any other.
 */
export class Told implements PositionReader {
  readonly reader: PositionReader;
  readonly consumed: Reads['consumed'];
  readonly heardAt: Reads['heardAt'];
  readonly velocity: Reads['velocity'];
  readonly promised: Reads['promised'];
  readonly #compiled: CompiledPolicy;

  constructor(reader: PositionReader, compiled: CompiledPolicy) {
    this.reader = reader;
    this.#compiled = compiled;
    this.consumed = told(reader, 'consumed', count);
    this.heardAt = told(reader, 'heardAt', maybe(moment));
    this.velocity = told(reader, 'velocity', maybe(parts({ units: amount, days: someDays })));
    this.promised = told(reader, 'promised', maybe(parts({ backordered: map(count), preordered: map(count), preorderedAt: maybe(map(map(count))) })));
  }

  position(sku: Sku): Position | undefined {
    return soundPosition(this.reader.position(sku), itemOf(this.#compiled, sku));
  }
}

/** Why something is not where positions come from; nothing where it is. */
export function readerProblem(reader: unknown): string | undefined {
  return isReader(reader) ? undefined : `must be where positions come from, with a method position, not ${shown(reader)}`;
}

/** The same as a look. */
export const READER: Look = fit(isReader, 'where positions come from, with a method position');

/** Whether positions can be read from it. */
export function isReader(reader: unknown): boolean {
  return typeof (reader as Partial<PositionReader> | null | undefined)?.position === 'function';
}

/**
 * What is read for a number that takes no more than on hand, what is not sellable and what is asked for: where that is sound,
 * an explanation has to end in the number, whatever else was told.
 */
export function readAlone(reader: PositionReader): NonNullable<Kept['told']> {
  const position = (sku: Sku): Position | undefined => {
    const told = reader.position(sku);
    const get = (location: LocationId): LocationStock | undefined => {
      const stock = told?.locations.get(location);
      return [stock?.onHand, stock?.unavailable, stock?.committed].every(isQuantity) ? stock : undefined;
    };
    return told === undefined ? undefined : { ...told, locations: { get } as Position['locations'], holds: [] };
  };
  return { reader, position };
}

/** A method that looks at what it hands on; absent where the reader has none, since that is how the stages know. */
function told<Method extends keyof Reads>(reader: PositionReader, method: Method, look: Look): Reads[Method] {
  const looked = (query: never): unknown => {
    const answer = reader[method]?.(query);
    look(answer, ['positions', method, ...Object.values<string>(typeof query === 'string' ? [query] : query).slice(0, 2)]);
    return answer;
  };
  return (reader[method] === undefined ? undefined : looked) as Reads[Method];
}

/** Hands a position on that is one of the item. @throws `INVALID_INPUT` naming the first thing for which it is not. */
export function soundPosition(position: Position | undefined, { sku, scale }: CatalogItem): Position | undefined {
  if (position === undefined || isSound(position, scale)) return position;
  const path = ['positions', 'position', sku];
  POSITION(position, path);
  if (position.scale !== scale) refuse(`${String(scale)}, the scale that the catalogue gives ${sku}`, position.scale, [...path, 'scale']);
  return position;
}

/** What the looks below see, at the speed of a calculation; what is rare is left to them. */
function isSound(position: Position, scale: number): boolean {
  try {
    const { locations, unrouted, holds } = position;
    if (position.scale !== scale || !Array.isArray(holds)) return false;
    for (const { onHand, unavailable, committed, incoming, inTransit } of locations.values()) {
      if (!isQuantity(onHand) || !isQuantity(unavailable) || !isQuantity(committed) || !isQuantity(incoming) || !isQuantity(inTransit)) return false;
    }
    if (unrouted.size !== 0) for (const open of unrouted.values()) if (!isQuantity(open)) return false;
    for (const { quantity, expiresAt, beyond } of holds) if (beyond !== undefined || !isAmount(quantity) || !compares(expiresAt)) return false;
    return true;
  } catch {
    return false;
  }
}

/** Whether a text has the form in which instants compare; that it is one was asked where it was read. */
function compares(text: string): boolean {
  return text.length === 24 && text[4] === '-' && text[10] === 'T' && text[19] === '.' && text[23] === 'Z';
}

function isAmount(value: unknown): boolean {
  return isQuantity(value) && compareQuantities(value, 0) >= 0;
}

const count = fit(isQuantity, 'a whole count of steps');
const amount = fit(isAmount, 'a whole count of steps, not below 0');
const someDays = fit((value) => value !== 0 && isAmount(value), 'a whole number of days above 0');
const moment = fit((value) => instantProblem(value) === undefined, 'an instant, as parseInstant gives it');
const POSITION = parts({
  locations: map(parts({ onHand: count, unavailable: count, committed: count, incoming: count, inTransit: count })), unrouted: map(count),
  holds: list(parts({ quantity: amount, expiresAt: moment, beyond: maybe(list(parts({ quantity: amount, units: amount }))) })),
});
