import { foundIn, lookUpName, lookUps, textsOf, toldOf } from './code/read-routines.ts';
import type { Routines } from './code/routines.ts';
import { NOW_MS } from './code/routine.ts';
import { checkQuery, storable, tableDefinition, type Look, type Query, type Row, type TableName, type Value } from '@stockwright/engine/ports';
import type { PostgresQueryable } from './database.ts';
import { layoutOf, listed, quoted, SQL_TYPE, type Column } from './names.ts';

/** Queries that differ in their values alone. */
interface Shape {
  readonly table: TableName;
  /** The columns in the order in which they were asked for, and whether each is to be null. */
  readonly columns: readonly string[];
  readonly isEmpty: readonly boolean[];
  /** The columns that are compared, by name. */
  readonly compared: readonly string[];
  /** The columns that are to be null. */
  readonly empty: readonly string[];
  /** The place of each query, and its values of the compared columns. */
  readonly asked: (readonly [number, ...Value[]])[];
}

/** A look-up as the routine `look` takes it: its place among those that have a branch, and what is asked, each behind its place among the queries. */
export type PackedLookUp = readonly [number | undefined, readonly (readonly [number, ...Value[]])[]];

/** The moment, and for each shape its rows as texts, behind the place of the query that asked for them. */
type Answer = readonly [number, ...(readonly (readonly (string | null)[])[])[]];

/** The place of each look-up that has a branch. */
const BRANCHES: ReadonlyMap<string, number> = new Map([...lookUps().keys()].map((name, place) => [name, place]));

/** Reads the engine's tables of one namespace. */
export class Reads {
  private readonly schema: string;
  private readonly namespace: string;
  private readonly routines: Routines;

  constructor({ schema, namespace, routines }: { readonly schema: string; readonly namespace: string; readonly routines: Routines }) {
    this.schema = schema;
    this.namespace = namespace;
    this.routines = routines;
  }

  async load(run: PostgresQueryable, queries: readonly Query[]): Promise<readonly (readonly Row[])[]> {
    return queries.length === 0 ? [] : (await this.look(run, queries, null)).rows;
  }

  /** The rows of each query, and the moment. One statement, so that all see one moment; queries of one shape are one look-up. */
  async look(run: PostgresQueryable, queries: readonly Query[], atMs: number | null): Promise<Look> {
    const rows: Row[][] = queries.map(() => []);
    const shapes = shapesOf(queries);
    const [nowMs, ...tables] = await this.answered(run, shapes, atMs);
    shapes.forEach(({ table, compared }, index) => {
      const told = toldOf(table, compared);
      for (const cells of tables[index] ?? []) {
        const place = Number(cells[0]);
        const row: Record<string, Value> = {};
        for (const column of compared) row[column] = storable(queries[place]?.where[column] ?? null);
        rows[place]?.push(withCells(row, told, cells));
      }
    });
    return { rows, nowMs };
  }

  private async answered(run: PostgresQueryable, shapes: readonly Shape[], atMs: number | null): Promise<Answer> {
    const values: unknown[] = [this.namespace];
    let statement = `SELECT ${this.routines.call('look')}($1, $2, $3) AS "answer"`;
    if (shapes.every(hasBranch)) values.push(JSON.stringify(shapes.map(packed)), atMs);
    else {
      const moment = `coalesce($${String(values.push(atMs))}::bigint, ${NOW_MS})`;
      statement = `SELECT json_build_array(${[moment, ...shapes.map((shape) => this.lookUp(shape, values))].join(', ')})::text AS "answer"`;
    }
    const [found] = (await run.query(statement, values)).rows as { readonly answer: string }[];
    return JSON.parse(found?.answer ?? '[0]') as Answer;
  }

  /** The rows of a query after one, at most so many, in the order of their keys. */
  async page(run: PostgresQueryable, query: Query, { after, limit }: { readonly after: Row | undefined; readonly limit: number }): Promise<readonly Row[]> {
    const { table, where } = query;
    checkQuery(query);
    const values: unknown[] = [this.namespace];
    const bind = (value: unknown): string => `$${String(values.push(value))}`;
    const conditions = ['"namespace" = $1', ...Object.keys(where).map((column) => (where[column] === null ? `${quoted(column)} IS NULL` : `${quoted(column)} = ${bind(storable(where[column] ?? null))}`))];
    // What is held fixed sorts nothing; leaving it out lets the order and the continuation come from the index.
    const order = tableDefinition(table).key.filter((column) => where[column] === undefined);
    if (after !== undefined && order.length > 0) conditions.push(`(${listed(order)}) > (${order.map((column) => bind(after[column])).join(', ')})`);
    const sorting = order.length === 0 ? '' : ` ORDER BY ${listed(order)}`;
    const { rows } = await run.query(
      `SELECT coalesce(json_agg(${textsOf(layoutOf(table).all, 't')}), '[]')::text AS "answer"
        FROM (SELECT * FROM ${this.at(table)} WHERE ${conditions.join(' AND ')}${sorting} LIMIT ${bind(limit)}) AS t`,
      values,
    );
    const [answer] = rows as { readonly answer: string }[];
    return (JSON.parse(answer?.answer ?? '[]') as (string | null)[][]).map((cells) => withCells({}, layoutOf(table).all, [null, ...cells]));
  }

  private lookUp({ table, compared, empty, asked }: Shape, values: unknown[]): string {
    const bind = (value: unknown): string => `$${String(values.push(value))}`;
    const types = new Map(layoutOf(table).all.map(({ name, type }) => [name, SQL_TYPE[type]]));
    const arrays = [bind(asked.map(([place]) => place)) + '::int[]', ...compared.map((column, index) => `${bind(asked.map((cells) => cells[index + 1]))}::${types.get(column) ?? 'text'}[]`)];
    const conditions = ['t."namespace" = $1', ...compared.map((column, index) => `t.${quoted(column)} = q."v${String(index)}"`), ...empty.map((column) => `t.${quoted(column)} IS NULL`)];
    const asks = ['place', ...compared.map((_column, index) => `v${String(index)}`)];
    return `(SELECT ${foundIn(table, compared)} FROM (SELECT q."place", t.* FROM unnest(${arrays.join(', ')}) AS q(${listed(asks)}) JOIN ${this.at(table)} AS t ON ${conditions.join(' AND ')}) AS f)`;
  }

  private at(table: TableName): string {
    return `${quoted(this.schema)}.${quoted(table)}`;
  }
}

/** Queries by some filled columns, as a commit takes them that supposes them to find nothing. */
export function packLookUps(queries: readonly Query[]): readonly PackedLookUp[] {
  return shapesOf(queries).map(packed);
}

/** Which of the queries found something, by what `look` answered. */
export function foundBy(queries: readonly Query[], answer: string): readonly Query[] {
  const [, ...tables] = JSON.parse(answer) as Answer;
  const places = new Set(tables.flatMap((rows) => rows.map(([place]) => Number(place))));
  return queries.filter((_query, place) => places.has(place));
}

function packed(shape: Shape): PackedLookUp {
  return [BRANCHES.get(nameOf(shape)), shape.asked];
}

function shapesOf(queries: readonly Query[]): readonly Shape[] {
  const shapes: Shape[] = [];
  const ofTables = new Map<TableName, Shape[]>();
  queries.forEach((query, place) => {
    checkQuery(query);
    const { table, where } = query;
    let ofTable = ofTables.get(table);
    if (ofTable === undefined) ofTables.set(table, (ofTable = []));
    let shape = ofTable.find((each) => isOf(each, where));
    if (shape === undefined) {
      const columns = Object.keys(where);
      const sorted = columns.toSorted();
      shape = { table, columns, isEmpty: columns.map((column) => where[column] === null), compared: sorted.filter((column) => where[column] !== null), empty: sorted.filter((column) => where[column] === null), asked: [] };
      ofTable.push(shape);
      shapes.push(shape);
    }
    const cells: [number, ...Value[]] = [place];
    for (const column of shape.compared) cells.push(storable(where[column] ?? null));
    shape.asked.push(cells);
  });
  return shapes;
}

/** Whether a shape has the columns of a query, in the order in which the query has them. */
function isOf({ columns, isEmpty }: Shape, where: Query['where']): boolean {
  let index = 0;
  for (const column in where) {
    if (columns[index] !== column || isEmpty[index] !== (where[column] === null)) return false;
    index += 1;
  }
  return index === columns.length;
}

/** A row with the cells that stand as texts behind a place. */
function withCells(row: Record<string, Value>, columns: readonly Column[], cells: readonly (string | null)[]): Row {
  for (let column = 0; column < columns.length; column += 1) {
    const { name = '', type } = columns[column] ?? {};
    const cell = cells[column + 1] ?? null;
    row[name] = type === 'text' || cell === null ? cell : Number(cell);
  }
  return row;
}

function nameOf({ table, compared }: Shape): string {
  return lookUpName(table, compared);
}

function hasBranch(shape: Shape): boolean {
  return shape.empty.length === 0 && BRANCHES.has(nameOf(shape));
}
