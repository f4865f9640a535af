import { invalidQuery } from '../problems.ts';
import { tokenize, type Token } from './tokens.ts';

/** A statement as the embedded engine runs it. */
export interface Translated {
  readonly sql: string;
  /** `unordered` rows come as they please; `ordered` ones only as far as the statement said; `compound` ones exactly so. */
  readonly order: 'unordered' | 'ordered' | 'compound';
  readonly placeholders: number;
}

const TABLES = new Set(['AGGREGATEITEMLOCATION', 'ITEM', 'LOCATION', 'TRANSACTION', 'TRANSACTIONLINE', 'KITITEMMEMBER', 'DUAL']);

/** Functions that the vendor has, as the embedded engine calls them. Any other function is refused, as there. */
const FUNCTIONS: Readonly<Record<string, string>> = {
  TO_CHAR: 'to_char', TO_DATE: 'to_timestamp', TO_TIMESTAMP: 'to_timestamp', TO_TIMESTAMP_TZ: 'to_timestamp', TO_NUMBER: 'to_number',
  NVL: 'ifnull', COALESCE: 'coalesce', NULLIF: 'nullif', GREATEST: 'max', LEAST: 'min',
  COUNT: 'count', SUM: 'sum', MIN: 'min', MAX: 'max', AVG: 'avg',
  ABS: 'abs', SIGN: 'sign', ROUND: 'round', FLOOR: 'floor', CEIL: 'ceil', TRUNC: 'trunc', MOD: 'mod',
  UPPER: 'upper', LOWER: 'lower', SUBSTR: 'substr', LENGTH: 'length', TRIM: 'trim', LTRIM: 'ltrim', RTRIM: 'rtrim', REPLACE: 'replace', INSTR: 'instr',
  ROW_NUMBER: 'row_number', RANK: 'rank',
};

/** Words after which a parenthesis opens something other than a call. */
const BEFORE_PARENTHESIS = new Set([
  'IN', 'AND', 'OR', 'NOT', 'ON', 'WHERE', 'HAVING', 'FROM', 'JOIN', 'SELECT', 'BY', 'EXISTS', 'ANY', 'ALL', 'WHEN', 'THEN', 'ELSE', 'CASE',
  'UNION', 'MINUS', 'INTERSECT', 'LIKE', 'BETWEEN', 'OVER', 'DISTINCT', 'AS',
]);
const COMPOUNDS = new Set(['UNION', 'MINUS', 'INTERSECT']);
const NOW = new Set(['SYSDATE', 'SYSTIMESTAMP', 'CURRENT_TIMESTAMP', 'CURRENT_DATE']);
/** Words of the embedded engine's dialect that the vendor refuses, in any place. */
const REFUSED = new Set(['WITH', 'LIMIT', 'OFFSET', 'GLOB', 'REGEXP', 'PRAGMA', 'ATTACH', 'INDEXED', 'RECURSIVE', 'EXCEPT', 'VALUES', 'RETURNING']);
const IN_LIST_MAX = 1000;

/**
 * Turns SuiteQL, which follows Oracle, into the embedded engine's SQL.
 *
 * @throws ProblemError where the vendor would refuse the statement, or where this simulator does not know a part of it.
 */
export function translate(statement: string): Translated {
  const tokens = tokenize(statement);
  if (tokens[0]?.word !== 'SELECT') throw invalidQuery('A statement starts with SELECT.');
  assertTablesKnown(tokens);
  assertListsShort(tokens);
  const sql = tokens.map((token, index) => token.space + rewrite(token, tokens[index - 1], tokens[index + 1])).join('');
  const isCompound = tokens.some(({ depth, kind, word }) => depth === 0 && kind === 'name' && COMPOUNDS.has(word));
  const isOrdered = tokens.some(({ depth, word }, index) => depth === 0 && word === 'ORDER' && tokens[index + 1]?.word === 'BY');
  return {
    sql,
    order: isOrdered ? (isCompound ? 'compound' : 'ordered') : 'unordered',
    placeholders: tokens.filter(({ kind }) => kind === 'placeholder').length,
  };
}

function rewrite(token: Token, before: Token | undefined, after: Token | undefined): string {
  const { kind, text, word } = token;
  // Both dialects differ here: dividing whole numbers gives a fraction at the vendor.
  if (text === '/') return '* 1.0 /';
  if (text === '%') throw invalidQuery('There is no operator "%".');
  if (kind !== 'name') return text;
  if (word === 'TRANSACTION') return '"transaction"';
  // A column of some table may have any name.
  if (before?.text === '.') return text;
  return rewriteWord(token, after);
}

function rewriteWord(token: Token, after: Token | undefined): string {
  const { text, word } = token;
  if (REFUSED.has(word)) throw invalidQuery(`${word} is not supported.`);
  if (after?.text === '(' && !BEFORE_PARENTHESIS.has(word)) return functionName(token);
  if (NOW.has(word)) return 'sysdate()';
  return word === 'MINUS' ? 'EXCEPT' : text;
}

function functionName({ text, word }: Token): string {
  const name = FUNCTIONS[word];
  if (name === undefined) throw invalidQuery(`Function "${text}" is unknown.`);
  return name;
}

/** Every name after FROM, JOIN, and a comma between tables is one of the account's tables. */
function assertTablesKnown(tokens: readonly Token[]): void {
  const inFrom = new Set<number>();
  for (const [index, { text, word, depth }] of tokens.entries()) {
    if (CLAUSE_ENDS.has(word)) inFrom.delete(depth);
    if (text === ')') inFrom.delete(depth + 1);
    const opensTable = word === 'FROM' || word === 'JOIN';
    if (opensTable) inFrom.add(depth);
    if (opensTable || (text === ',' && inFrom.has(depth))) assertTableKnown(tokens[index + 1]);
  }
}

function assertTableKnown(token: Token | undefined): void {
  if (token === undefined || token.text === '(') return;
  if (token.kind !== 'name' || !TABLES.has(token.word)) throw invalidQuery(`Record '${token.text}' was not found.`);
}

const CLAUSE_ENDS = new Set(['WHERE', 'GROUP', 'ORDER', 'HAVING', 'UNION', 'MINUS', 'INTERSECT', 'ON', 'SELECT']);

function assertListsShort(tokens: readonly Token[]): void {
  for (const [index, token] of tokens.entries()) {
    if (token.word !== 'IN' || tokens[index + 1]?.text !== '(') continue;
    const end = tokens.findIndex(({ text, depth }, position) => position > index && text === ')' && depth === token.depth);
    const commas = tokens.slice(index, end).filter(({ text, depth }) => text === ',' && depth === token.depth + 1).length;
    if (commas >= IN_LIST_MAX) throw invalidQuery(`A list may hold ${IN_LIST_MAX} values; this one holds ${commas + 1}.`);
  }
}
