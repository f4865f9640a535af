/** What a search can ask of a row, by field name: a text compares equal, a number compares by size. */
export type SearchFields = Readonly<Record<string, string | number | boolean>>;

interface Term {
  readonly field: string;
  readonly operator: '' | '>' | '>=' | '<' | '<=';
  readonly value: string;
}

const TERM = /(-?)([a-z_]+):(>=|<=|>|<)?(?:'([^']*)'|"([^"]*)"|(\S+))/gi;

/**
 * The test that a search text makes, such as `updated_at:>='2026-11-23T10:00:00Z'`. Terms are joined by AND. Words without
 * a field and fields that the row does not have match everything, as the vendor's do; times are given in milliseconds.
 */
export function toSearchTest(query: string | null | undefined): (fields: SearchFields) => boolean {
  const terms: Term[] = [];
  for (const match of (query ?? '').matchAll(TERM)) {
    terms.push({
      field: (match[2] ?? '').toLowerCase(),
      operator: (match[3] ?? '') as Term['operator'],
      value: match[4] ?? match[5] ?? match[6] ?? '',
    });
  }
  return (fields) => terms.every((term) => matches(term, fields[term.field]));
}

function matches(term: Term, actual: string | number | boolean | undefined): boolean {
  if (actual === undefined) return true;
  if (typeof actual !== 'number') return String(actual) === term.value;
  const wanted = /^-?\d+$/.test(term.value) ? Number(term.value) : Date.parse(term.value);
  if (Number.isNaN(wanted)) return true;
  switch (term.operator) {
    case '>': return actual > wanted;
    case '>=': return actual >= wanted;
    case '<': return actual < wanted;
    case '<=': return actual <= wanted;
    default: return actual === wanted;
  }
}
