import type { Query, Row, TableName } from '../ports/index.ts';

/**
 * The rows that a plan stands on. A plan asks for what it needs; what is not there yet is remembered, read, and the plan
 * is made anew, so that no plan has to say beforehand what it will come to need.
 */
export class Readings {
  /** In the order in which it was asked for. */
  private readonly asked: Reading[] = [];
  private readonly shapes = new Map<TableName, Shape[]>();
  /** What was asked for and is not there. */
  private wanted: Reading[] = [];
  /** What nobody is going to ask: the commit stands only where it finds nothing. */
  private readonly unasked: Query[] = [];

  /** The rows of a query; none while they have not been read. */
  rows(query: Query): readonly Row[] {
    const { known, key } = this.shapeOf(query);
    const reading = known.get(key);
    if (reading !== undefined) return reading.rows;
    const fresh: Reading = { query, rows: NONE };
    known.set(key, fresh);
    this.asked.push(fresh);
    this.wanted.push(fresh);
    return NONE;
  }

  /**
   * Goes by a query finding nothing, without asking it.
   *
   * @param by - Who sees to it that this is true: a query of the commit, or a version that the commit expects anyway.
   */
  suppose(query: Query, by: 'query' | 'version'): void {
    const { known, key } = this.shapeOf(query);
    if (known.has(key)) return;
    known.set(key, { query, rows: NONE });
    if (by === 'query') this.unasked.push(query);
  }

  get supposed(): readonly Query[] {
    return this.unasked;
  }

  get isComplete(): boolean {
    return this.wanted.length === 0;
  }

  /** Everything that was read. */
  get queries(): readonly Query[] {
    return this.asked.map(({ query }) => query);
  }

  /** Reads what is missing, in one call. */
  async complete<Found extends { readonly rows: readonly (readonly Row[])[] }>(read: (queries: readonly Query[]) => Promise<Found>): Promise<Found> {
    const missing = this.wanted;
    const found = await read(missing.map(({ query }) => query));
    missing.forEach((reading, index) => { reading.rows = found.rows[index] ?? NONE; });
    this.wanted = [];
    return found;
  }

  /** Takes everything anew, in the order of {@link queries}. */
  renew(found: readonly (readonly Row[])[]): void {
    this.asked.forEach((reading, index) => { reading.rows = found[index] ?? NONE; });
  }

  /** Where queries by these columns are kept, and under which key: of one column its value, which need not be put together first. */
  private shapeOf({ table, where }: Query): { readonly known: Map<string, Reading>; readonly key: string } {
    let shapes = this.shapes.get(table);
    if (shapes === undefined) this.shapes.set(table, (shapes = []));
    let columns = '';
    let key = '';
    for (const column in where) {
      key = columns === '' ? String(where[column]) : `${key}\u001f${String(where[column])}`;
      columns = columns === '' ? column : `${columns}\u001f${column}`;
    }
    let shape = shapes.find((each) => each.columns === columns);
    if (shape === undefined) shapes.push((shape = { columns, known: new Map() }));
    return { known: shape.known, key };
  }
}

interface Reading {
  readonly query: Query;
  rows: readonly Row[];
}

/** What was asked of a table by the same columns. */
interface Shape {
  readonly columns: string;
  readonly known: Map<string, Reading>;
}

const NONE: readonly Row[] = [];
