import type { TableName } from '@stockwright/engine/ports';
import { layoutOf, listed, namesOf, quoted, TABLE_NAMES, type Column } from '../names.ts';
import { REWRITTEN } from '../schema.ts';
import { branched, cellsOf, DONE, isLeft, updateMet, type Routine, type Scope } from './routine.ts';

/** Somebody made the row first that a commit expected not to be there. Everything is undone, and judged anew. */
export const LOST_RACE = 'SW001';

const NUMBER: Column = { name: 'n', type: 'integer' };
const EXPECTED: Column = { name: 'expected', type: 'integer' };
const PART = ['v_part jsonb', 'v_table int'];

/**
 * The routines over the engine's tables. Each takes parts `{table, rows}`, the table by its place among the names and
 * each row as its cells, in the order of tables, with rows in the order of keys: in that order everybody locks. A
 * table's branch is static SQL, which the server plans once a connection.
 */
export function rowRoutines(scope: Scope): readonly Routine[] {
  return [checkRows(scope), insertRows(scope), writeRows(scope), removeRows(scope), placeRows(scope)];
}

/** Locks rows and compares their versions. Says nothing where all is as expected, else which expectations were kept and which rows are there. */
function checkRows(scope: Scope): Routine {
  return {
    name: 'check_rows', parameters: 'p_namespace text, p_parts jsonb, p_kept bigint', returns: 'jsonb',
    declare: [...PART, 'v_ok bigint[]', 'v_there bigint[]', `v_all_ok bigint[] := '{}'`, `v_all_there bigint[] := '{}'`, 'v_bad boolean := false'],
    body: eachPart((table) => {
      const { key, hasVersion } = layoutOf(table);
      const kept = hasVersion ? 'found."actual" = found."expected"' : 'false';
      return `SELECT array_agg(found."n") FILTER (WHERE ${kept}), array_agg(found."n"), coalesce(bool_or(found."expected" = 0), false) OR v_bad INTO v_ok, v_there, v_bad
        FROM (SELECT r."n", r."expected"${hasVersion ? ', t."version" AS "actual"' : ''} FROM ${rowsOf([NUMBER, EXPECTED, ...key])} CROSS JOIN LATERAL (${locked(scope, table)}) AS t) AS found WHERE found."expected" IS NOT NULL;
      v_all_ok := v_all_ok || v_ok; v_all_there := v_all_there || v_there;`;
    }) + `
    IF NOT v_bad AND cardinality(v_all_ok) = p_kept THEN RETURN NULL; END IF;
    RETURN jsonb_build_object('kept', v_all_ok, 'there', v_all_there);`,
  };
}

/** Makes rows that were expected not to be there; raises where somebody else made one meanwhile. */
function insertRows(scope: Scope): Routine {
  return {
    name: 'insert_rows', parameters: 'p_namespace text, p_parts jsonb', returns: 'boolean', declare: [...PART, 'v_count bigint'],
    body: eachPart((table) => `${insertInto(scope, table)} ON CONFLICT DO NOTHING;
      GET DIAGNOSTICS v_count = ROW_COUNT;
      IF v_count <> jsonb_array_length(v_part -> 'rows') THEN RAISE EXCEPTION 'another commit made a row of ${table} first' USING ERRCODE = '${LOST_RACE}'; END IF;`) + DONE,
  };
}

/**
 * Sets the columns of the mask, and keeps the others where the row is there already. Where rows mostly are there, they
 * are updated first, since an insert that finds a row locks it before it writes; what was not there is inserted then,
 * and what this transaction has just written is left alone.
 */
function writeRows(scope: Scope): Routine {
  return {
    name: 'write_rows', parameters: 'p_namespace text, p_parts jsonb', returns: 'boolean', declare: [...PART, 'v_mask bigint', 'v_count bigint'],
    body: eachPart((table) => {
      const { key, columns } = layoutOf(table);
      const setFrom = (row: string): string => columns.map(({ name }, index) => `${quoted(name)} = CASE WHEN v_mask & ${String(2 ** index)} <> 0 THEN ${row}.${quoted(name)} ELSE t.${quoted(name)} END`).join(', ');
      const upsert = (where: string): string => `${insertInto(scope, table)}${where} ON CONFLICT (${listed(['namespace', ...namesOf(key)])}) DO UPDATE SET ${setFrom('excluded')};`;
      const mask = `v_mask := (v_part ->> 'mask')::bigint;\n`;
      if (!REWRITTEN.has(table)) return mask + upsert('');
      return `${mask}${updateMet(scope.table(table), { set: setFrom('r'), rows: rowsOf([...key, ...columns]), same: sameKey(key) })}
      GET DIAGNOSTICS v_count = ROW_COUNT;
      IF v_count < jsonb_array_length(v_part -> 'rows') THEN ${upsert(` WHERE ${isLeft(scope.table(table), sameKey(key))}`)} END IF;`;
    }) + DONE,
  };
}

function removeRows(scope: Scope): Routine {
  return {
    name: 'remove_rows', parameters: 'p_namespace text, p_parts jsonb', returns: 'boolean', declare: PART,
    body: eachPart((table) => `DELETE FROM ${scope.table(table)} AS d USING ${rowsOf(layoutOf(table).key)} CROSS JOIN LATERAL (${locked(scope, table)}) AS t WHERE d.ctid = t.ctid;`) + DONE,
  };
}

/**
 * Locks rows, and in place of those that are not there puts empty ones, since only a row that is there can keep others
 * out. The answer names the empty ones; who asked takes care that nobody sees them and that none is left.
 */
function placeRows(scope: Scope): Routine {
  return {
    name: 'place_rows', parameters: 'p_namespace text, p_parts jsonb', returns: 'bigint[]', declare: [...PART, 'v_placed bigint[]', `v_all bigint[] := '{}'`, 'v_count bigint'],
    body: `${eachPart((table) => {
      const { key } = layoutOf(table);
      const columns = listed(['namespace', ...namesOf(key)]);
      return `LOOP
        PERFORM t.ctid FROM ${rowsOf([NUMBER, ...key])} CROSS JOIN LATERAL (${locked(scope, table)}) AS t;
        GET DIAGNOSTICS v_count = ROW_COUNT;
        EXIT WHEN v_count = jsonb_array_length(v_part -> 'rows');
        WITH made AS (INSERT INTO ${scope.table(table)} (${columns}) SELECT p_namespace, ${listed(namesOf(key), 'r.')} FROM ${rowsOf([NUMBER, ...key])} ON CONFLICT DO NOTHING RETURNING ${columns})
        SELECT array_agg(r."n") INTO v_placed FROM ${rowsOf([NUMBER, ...key])} JOIN made AS t ON ${sameKey(key)};
        v_all := v_all || v_placed;
      END LOOP;`;
    })}
    RETURN v_all;`,
  };
}

function eachPart(branch: (table: TableName) => string): string {
  return `FOR v_index IN 0 .. coalesce(jsonb_array_length(p_parts), 0) - 1 LOOP
    v_part := p_parts -> v_index;
    v_table := (v_part ->> 'table')::int;
    ${branched('v_table', TABLE_NAMES.map(branch))}
  END LOOP;`;
}

function insertInto(scope: Scope, table: TableName): string {
  const { key, columns } = layoutOf(table);
  const all = namesOf([...key, ...columns]);
  return `INSERT INTO ${scope.table(table)} AS t ("namespace", ${listed(all)}) SELECT p_namespace, ${listed(all, 'r.')} FROM ${rowsOf([...key, ...columns])}`;
}

function rowsOf(columns: readonly Column[]): string {
  return cellsOf(`v_part -> 'rows'`, columns);
}

/** The row of a key, locked: asked for one after the other in the order given, and by the key whatever the planner thinks of the table. */
function locked(scope: Scope, table: TableName): string {
  const { key, hasVersion } = layoutOf(table);
  return `SELECT t.ctid${hasVersion ? ', t."version"' : ''} FROM ${scope.table(table)} AS t WHERE ${sameKey(key)} FOR UPDATE`;
}

function sameKey(key: readonly Column[]): string {
  return ['t."namespace" = p_namespace', ...key.map(({ name }) => `t.${quoted(name)} = r.${quoted(name)}`)].join(' AND ');
}
