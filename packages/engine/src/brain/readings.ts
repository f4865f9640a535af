import type { Query, Row } from '../ports/index.ts';

/**
 * The rows that a plan stands on. A plan asks for what it needs; what is not there yet is remembered, read, and the plan
 * is made anew, so that no plan has to say beforehand what it will come to need.
 */
export class Readings {
  private readonly known = new Map<string, readonly Row[]>();
  private readonly wanted = new Map<string, Query>();
  private readonly asked = new Map<string, Query>();

  /** The rows of a query; none while they have not been read. */
  rows(query: Query): readonly Row[] {
    const key = keyOf(query);
    const found = this.known.get(key);
    if (found === undefined) this.wanted.set(key, query);
    return found ?? [];
  }

  /** What was asked for and is not there. */
  get missing(): readonly Query[] {
    return [...this.wanted.values()];
  }

  /** Everything that was read. */
  get queries(): readonly Query[] {
    return [...this.asked.values()];
  }

  /** Takes what was read, in the order of the queries. */
  take(queries: readonly Query[], found: readonly (readonly Row[])[]): void {
    queries.forEach((query, index) => {
      const key = keyOf(query);
      this.known.set(key, found[index] ?? []);
      this.asked.set(key, query);
      this.wanted.delete(key);
    });
  }
}

function keyOf({ table, where }: Query): string {
  let key: string = table;
  for (const column of Object.keys(where)) key += `\u001f${column}\u001f${String(where[column])}`;
  return key;
}
