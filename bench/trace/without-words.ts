const WORDS = /(?:context\.)?\bops\.(?:note|about|because)\?\.\(/g;

/** Where a text that starts here ends; a quote in it is escaped. */
function endOfText(source: string, start: number): number {
  let at = start + 1;
  while (source[at] !== "'") at += source[at] === '\\' ? 2 : 1;
  return at;
}

/** Replaces every call that makes words by nothing, whatever brackets and texts its arguments have. */
export function withoutWords(source: string): string {
  let result = '';
  let done = 0;
  for (let match = WORDS.exec(source); match !== null; match = WORDS.exec(source)) {
    let at = match.index + match[0].length;
    for (let depth = 1; depth > 0; at += 1) {
      const sign = source[at];
      if (sign === undefined) throw new Error(`A call has no end: ${source.slice(match.index, match.index + 80)}`);
      if (sign === '(') depth += 1;
      else if (sign === ')') depth -= 1;
      else if (sign === "'") at = endOfText(source, at);
    }
    result += `${source.slice(done, match.index)}undefined`;
    done = at;
    WORDS.lastIndex = at;
  }
  return result + source.slice(done);
}
