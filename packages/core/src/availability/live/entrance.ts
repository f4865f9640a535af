import type { CatalogItem } from '../../catalog/catalog.ts';
import { invalidInput, type StockwrightError } from '../../errors/error.ts';
import { shown } from '../../errors/issue.ts';
import { identifierProblem, named, type LocationId, type Sku } from '../../identity/ids.ts';
import { instantProblem } from '../../identity/instant.ts';
import type { Position } from '../../ledger/position.ts';
import { positionIssues } from '../../ledger/position-issues.ts';
import { MEASURES, type Measure } from '../../observations/observations.ts';
import type { AvailabilityKey } from '../availability.ts';
import type { Columns } from './columns.ts';
import type { IndexEvent } from './index-types.ts';

type Path = readonly (string | number)[];

/** A refusal of an event, or of what it says of one thing. */
function refusedEvent(path: Path, message: string): StockwrightError {
  return invalidInput('event', [{ path, message }]);
}

/** Hands an event on that is of a known kind; what it says is looked at where it is read. */
export function kindOf(event: IndexEvent): IndexEvent['kind'] {
  const unread: unknown = event;
  if (typeof unread !== 'object' || unread === null) throw refusedEvent([], `must be an event, not ${shown(unread)}`);
  const { kind } = unread as { readonly kind?: unknown };
  if (kind === 'delta' || kind === 'position' || kind === 'reads') return kind;
  throw refusedEvent(['kind'], `must be delta, position or reads, not ${shown(kind)}`);
}

/** @throws `INVALID_INPUT` where a value is no measure. */
export function refuseMeasure(measure: Measure): void {
  if (!MEASURES.includes(measure)) throw refusedEvent(['measure'], `must be one of ${MEASURES.join(', ')}, not ${shown(measure)}`);
}

/** @throws `INVALID_INPUT` where a value cannot be the name of a location. */
export function refuseLocation(location: unknown): void {
  const problem = identifierProblem(location, 'location');
  if (problem !== undefined) throw refusedEvent(['location'], problem);
}

/** @throws `INVALID_INPUT` where a moment would not compare with others. */
export function refuseInstant(asOf: unknown): void {
  const problem = instantProblem(asOf);
  if (problem !== undefined) throw invalidInput('moment', [{ path: ['asOf'], message: problem }]);
}

/** Hands a key on that is one; its names are looked up where they are read. */
export function refuseNoKey(key: AvailabilityKey): AvailabilityKey {
  const unread: unknown = key;
  if (typeof unread === 'object' && unread !== null) return key;
  throw invalidInput('question', [{ path: [], message: `must be a key of a channel and a sku, not ${shown(unread)}` }]);
}

/** Lets in what is sound, by the numbers that things have inside. */
export class Entrance {
  readonly #numbers: ReadonlyMap<unknown, number>;
  readonly #items: readonly CatalogItem[];
  readonly #columns: Columns;

  constructor(items: readonly CatalogItem[], columns: Columns) {
    this.#numbers = new Map(items.map(({ sku }, number) => [sku, number]));
    this.#items = items;
    this.#columns = columns;
  }

  /** The number of a sku or kit, absent where the catalogue has none of that name. */
  find(sku: Sku): number | undefined {
    return this.#numbers.get(sku);
  }

  /** The number of something that is stocked. */
  stocked(sku: Sku, path: Path): number {
    const number = this.#known(sku, path);
    if (this.#items[number]?.components === undefined) return number;
    throw refusedEvent(path, `${sku} is a kit: its components have stock, it has none`);
  }

  #known(sku: Sku, path: Path): number {
    const number = this.#numbers.get(sku);
    if (number === undefined) throw refusedEvent(path, `the catalogue has no sku ${named(sku)}`);
    return number;
  }

  /** The numbers of the skus and kits of which reads answer otherwise; nothing where that may be all. */
  reread(skus: readonly Sku[] | undefined): readonly number[] | undefined {
    if (skus === undefined || Array.isArray(skus)) return skus?.map((sku: Sku, order) => this.#known(sku, ['skus', order]));
    throw refusedEvent(['skus'], `must be a list of skus, not ${shown(skus)}`);
  }

  /** The number of the sku of a position that is one. */
  placed(position: Position, path: Path): number {
    const unread: unknown = position;
    if (typeof unread !== 'object' || unread === null) throw refusedEvent(path, `must be a position, not ${shown(unread)}`);
    const number = this.stocked(position.sku, [...path, 'sku']);
    const issues = positionIssues(unread, { path, isKnown: this.#isPlace });
    const scale = this.#items[number]?.scale;
    if (issues.length === 0 && position.scale !== scale) {
      issues.push({ path: [...path, 'scale'], message: `must be ${String(scale)}, the scale that the catalogue gives ${position.sku}, not ${String(position.scale)}` });
    }
    if (issues.length > 0) throw invalidInput('event', issues);
    return number;
  }

  readonly #isPlace = (location: unknown): boolean => this.#columns.place(location as LocationId) !== undefined;
}
