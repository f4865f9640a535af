import { tableDefinition, type TableName } from '@stockwright/engine/ports';
import { layoutOf, listed, literal, namesOf, quoted, SQL_TYPE, TABLE_NAMES } from '../names.ts';
import { NOW, type Routine, type Scope } from './routine.ts';

/** The names of the columns by which a look-up asks, in the order in which it passes their values. */
export function lookUpName(table: TableName, columns: readonly string[]): string {
  return [table, ...columns].join(' ');
}

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

/**
 * Reads by keys, with the moment: `p_asked` has for each look-up its name and rows of a place and the values asked for.
 * A branch is static SQL, planned once a connection, where the same statement sent as text is planned each time, which
 * takes longer than to run it. Stable, so that all branches see what the calling statement sees: one moment.
 *
 * A plan is made while a table is empty, when all its indexes look the same, and is kept while it grows. So each branch
 * asks for an order that only an index beginning with its columns has, and sorting is switched off. The order counts
 * only while its column is not held equal, which is why the last one lies between a value and itself.
 */
export function readRoutines(scope: Scope): readonly Routine[] {
  const branches = [...lookUps()].map(([name, { table, columns, last }]) => {
    const { key, columns: others } = layoutOf(table);
    const types = new Map([...key, ...others].map((column) => [column.name, SQL_TYPE[column.type]]));
    const value = (column: string, index: number): string => {
      const text = `a.value ->> ${String(index + 1)}`;
      return types.get(column) === 'text' ? text : `(${text})::bigint`;
    };
    const same = ['t."namespace" = p_namespace', ...columns.map((column, index) => {
      const asked = `q."v${String(index)}"`;
      return column === last ? `t.${quoted(column)} >= ${asked} AND t.${quoted(column)} <= ${asked}` : `t.${quoted(column)} = ${asked}`;
    })].join(' AND ');
    const asked = `SELECT (a.value ->> 0)::int AS "place"${columns.map((column, index) => `, ${value(column, index)} AS "v${String(index)}"`).join('')} FROM jsonb_array_elements(v_look -> 1) AS a`;
    const ofTable = listed(namesOf([...key, ...others]), 't.');
    return `WHEN ${literal(name)} THEN
      SELECT json_agg(json_build_array(f."place", ${listed(namesOf([...key, ...others]), 'f.')}) ORDER BY f."place", ${listed(namesOf(key), 'f.')})::text INTO v_rows
        FROM (SELECT q."place", ${ofTable} FROM (${asked} OFFSET 0) AS q CROSS JOIN LATERAL (SELECT * FROM ${scope.table(table)} AS t WHERE ${same} ORDER BY t.${quoted(last)} OFFSET 0) AS t) AS f;`;
  });
  return [{
    name: 'look', parameters: 'p_namespace text, p_asked jsonb, p_now bigint', returns: 'text', isEntry: true, isStable: true,
    declare: ['v_look jsonb', 'v_rows text', `v_all text[] := ARRAY[(${NOW})::text]`],
    body: `FOR v_look IN SELECT value FROM jsonb_array_elements(p_asked) LOOP
    CASE v_look ->> 0
    ${branches.join('\n    ')}
    END CASE;
    v_all := v_all || coalesce(v_rows, '[]');
  END LOOP;
  RETURN '[' || array_to_string(v_all, ',') || ']';`,
  }];
}
