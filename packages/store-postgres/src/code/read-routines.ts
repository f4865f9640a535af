import { tableDefinition, type TableName } from '@stockwright/engine/ports';
import { layoutOf, listed, namesOf, quoted, TABLE_NAMES, type Column } from '../names.ts';
import { branched, cellsOf, NOW, type Routine, type Scope } from './routine.ts';

/** The names of the columns by which a look-up asks, in the order in which it passes their values. */
export function lookUpName(table: TableName, columns: readonly string[]): string {
  return [table, ...columns].join(' ');
}

/** Which query of a look asked. */
const PLACE: Column = { name: 'place', type: 'integer' };

interface LookUp {
  readonly table: TableName;
  readonly columns: readonly string[];
  /** The column that comes last in the key or index. */
  readonly last: string;
}

/** The look-ups that have a branch of their own: by a beginning of the key or of an index, all columns filled. The whole of a table is left to the planner. */
export function lookUps(): ReadonlyMap<string, LookUp> {
  const found = new Map<string, LookUp>();
  for (const table of TABLE_NAMES) {
    const { key, indexes = [] } = tableDefinition(table);
    for (const index of [key, ...indexes]) {
      for (let length = 1; length <= index.length; length += 1) {
        const columns = index.slice(0, length).toSorted();
        found.set(lookUpName(table, columns), { table, columns, last: index[length - 1] ?? '' });
      }
    }
  }
  return found;
}

/** The cells of a row as an array of texts: for values of several types the server would look up the type of each, row by row. */
export function textsOf(columns: readonly Column[], row: string): string {
  return `ARRAY[${columns.map(({ name, type }) => `${row}.${quoted(name)}${type === 'text' ? '' : '::text'}`).join(', ')}]`;
}

/** The columns of a table that a look-up by some of them does not know beforehand. */
export function toldOf(table: TableName, compared: readonly string[]): readonly Column[] {
  return layoutOf(table).all.filter(({ name }) => !compared.includes(name));
}

/** The rows `f` of a table in the order of their keys, each behind the place of the query that asked for it, without what it asked by. */
export function foundIn(table: TableName, compared: readonly string[]): string {
  const order = namesOf(layoutOf(table).key).filter((name) => !compared.includes(name));
  return `coalesce(json_agg(${textsOf([PLACE, ...toldOf(table, compared)], 'f')} ORDER BY ${listed(['place', ...order], 'f.')}), '[]')`;
}

/**
 * Reads by keys, with the moment: `p_asked` has for each look-up its place and rows of a place and the values asked for.
 * A branch is static SQL, planned once a connection, where the same statement sent as text is planned each time, which
 * takes longer than to run it. Stable, so that all branches see what the calling statement sees: one moment.
 *
 * A plan is made while a table is empty, when all its indexes look the same, and is kept while it grows. So each branch
 * asks for an order that only an index beginning with its columns has, and sorting is switched off. The order counts
 * only while its column is not held equal, which is why the last one lies between a value and itself.
 */
export function readRoutines(scope: Scope): readonly Routine[] {
  const branches = [...lookUps().values()].map(({ table, columns, last }) => {
    const { all } = layoutOf(table);
    const same = ['t."namespace" = p_namespace', ...columns.map((column) => {
      const asked = `r.${quoted(column)}`;
      return column === last ? `t.${quoted(column)} >= ${asked} AND t.${quoted(column)} <= ${asked}` : `t.${quoted(column)} = ${asked}`;
    })].join(' AND ');
    const asked = cellsOf('v_look -> 1', [PLACE, ...columns.map((column) => all.find(({ name }) => name === column) ?? { name: column, type: 'text' as const })]);
    const told = namesOf(toldOf(table, columns)).map((name) => `, t.${quoted(name)}`).join('');
    return `SELECT ${foundIn(table, columns)}::text INTO v_rows
      FROM (SELECT r."place"${told} FROM (SELECT * FROM ${asked} OFFSET 0) AS r CROSS JOIN LATERAL (SELECT * FROM ${scope.table(table)} AS t WHERE ${same} ORDER BY t.${quoted(last)} OFFSET 0) AS t) AS f;`;
  });
  return [{
    name: 'look', parameters: 'p_namespace text, p_asked jsonb, p_now bigint', returns: 'text', isEntry: true, isStable: true,
    declare: ['v_look jsonb', 'v_branch int', 'v_rows text', `v_all text := '[' || (${NOW})::text`],
    body: `FOR v_index IN 0 .. jsonb_array_length(p_asked) - 1 LOOP
    v_look := p_asked -> v_index;
    v_branch := (v_look ->> 0)::int;
    ${branched('v_branch', branches)}
    v_all := v_all || ',' || v_rows;
  END LOOP;
  RETURN v_all || ']';`,
  }];
}
