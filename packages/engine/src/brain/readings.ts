import type { Query, Row } from '../ports/index.ts';

/**
 * The rows that a plan stands on. A plan asks for what it needs; what is not there yet is remembered, read, and the plan
 * is made anew, so that no plan has to say beforehand what it will come to need.
 */
export class Readings {
  private readonly asked = new Map<string, Reading>();
  /** What was asked for and is not there. */
  private wanted: Reading[] = [];

  /** The rows of a query; none while they have not been read. */
  rows(query: Query): readonly Row[] {
    const key = keyOf(query);
    const known = this.asked.get(key);
    if (known !== undefined) return known.rows;
    const fresh: Reading = { query, rows: NONE };
    this.asked.set(key, fresh);
    this.wanted.push(fresh);
    return NONE;
  }

  get isComplete(): boolean {
    return this.wanted.length === 0;
  }

  /** Everything that was read. */
  get queries(): readonly Query[] {
    return [...this.asked.values()].map(({ query }) => query);
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
    [...this.asked.values()].forEach((reading, index) => { reading.rows = found[index] ?? NONE; });
  }
}

interface Reading {
  readonly query: Query;
  rows: readonly Row[];
}

const NONE: readonly Row[] = [];

function keyOf({ table, where }: Query): string {
  let key: string = table;
  for (const column of Object.keys(where)) key += `\u001f${column}\u001f${String(where[column])}`;
  return key;
}
