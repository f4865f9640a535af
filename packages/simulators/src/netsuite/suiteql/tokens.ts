import { invalidQuery } from '../problems.ts';

/** One word or sign of a statement, with the white space before it. */
export interface Token {
  readonly kind: 'name' | 'quoted' | 'text' | 'number' | 'placeholder' | 'sign';
  readonly space: string;
  readonly text: string;
  /** Upper case, for comparing. */
  readonly word: string;
  /** How many parentheses are open around it; a parenthesis counts as outside of itself. */
  readonly depth: number;
}

const SPACE = /(?:\s|--[^\n]*|\/\*[\s\S]*?\*\/)*/y;
const TOKENS: readonly (readonly [Token['kind'], RegExp])[] = [
  ['name', /[A-Za-z_][A-Za-z0-9_$#]*/y],
  ['quoted', /"[^"]+"/y],
  ['text', /'(?:[^']|'')*'/y],
  ['number', /(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?/y],
  ['placeholder', /\?/y],
  ['sign', /\|\||<>|!=|<=|>=|[-+*/%(),.<>=]/y],
];

/** Cuts a statement into tokens; comments count as white space. */
export function tokenize(statement: string): readonly Token[] {
  const tokens: Token[] = [];
  let [position, depth] = [0, 0];
  while (position < statement.length) {
    const space = match(SPACE, statement, position);
    position += space.length;
    if (position >= statement.length) break;
    const { kind, text } = nextToken(statement, position);
    if (text === ')') depth -= 1;
    if (depth < 0) throw invalidQuery('A parenthesis is closed that was never opened.');
    tokens.push({ kind, text, space: space === '' ? '' : ' ', word: text.toUpperCase(), depth });
    if (text === '(') depth += 1;
    position += text.length;
  }
  if (depth > 0) throw invalidQuery('A parenthesis is never closed.');
  return tokens;
}

function nextToken(statement: string, position: number): { kind: Token['kind']; text: string } {
  for (const [kind, pattern] of TOKENS) {
    const text = match(pattern, statement, position);
    if (text !== '') return { kind, text };
  }
  throw invalidQuery(`Unexpected "${statement[position]}" at position ${position}.`);
}

function match(pattern: RegExp, statement: string, position: number): string {
  pattern.lastIndex = position;
  return pattern.exec(statement)?.[0] ?? '';
}
