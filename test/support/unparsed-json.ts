import fc from 'fast-check';

/** Values that have broken programs before. */
const nasty = fc.constantFrom<unknown>(
  '', ' ', '__proto__', 'constructor', 'toString', '\u0000', '\u001f', '\u001fA', '\ud800', 'A\udc00', '1e308', '-0', '00', '9'.repeat(400), '٣',
  1e308, -1e308, 5e-324, -0, 2 ** 53, -(2 ** 53), 0.1, 1e-13, null, true, [], {}, [[]], [null],
  '2026-11-23T10:00:00Z', '2026-02-30T10:00:00Z', '2026-11-23', '0000-01-01T00:00:00Z', '9999-12-31T23:59:59.999Z', '2026-03-29T02:30', 'Europe/Berlin', 'A', 'W1', 'shop', 1, '1',
);
/** Names that every object has already. */
const INHERITED = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf', 'prototype', 'length'] as const;
const KEYS = [
  ...INHERITED, '', 'x', 'kind', 'id', 'sku', 'skus', 'lines', 'measures', 'components', 'conversions', 'mappings', 'supply', 'balances', 'location', 'locations', 'channels', 'rules', 'overlays', 'between', 'quantity', 'settings', '~stockwright/error', 'details',
] as const;

/** Any JSON, small; as JSON.parse makes it, a key `__proto__` is a property like any other. */
export const anyJson: fc.Arbitrary<unknown> = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    nasty, fc.string(), fc.double(),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.array(fc.tuple(fc.constantFrom(...KEYS), tie('value')), { maxLength: 5 }).map(objectOf),
  ),
})).value;

/** An object with exactly these own properties, whatever their names. */
export function objectOf(entries: Iterable<readonly [string, unknown]>): object {
  const made = {};
  for (const [key, value] of entries) Object.defineProperty(made, key, { value, enumerable: true, configurable: true, writable: true });
  return made;
}

type Edit = (parent: readonly [string, unknown][], at: number) => readonly (readonly [string, unknown])[];

/** What may happen to one property or element. */
const edits: fc.Arbitrary<Edit> = fc.oneof(
  anyJson.map((by): Edit => (all, at) => all.with(at, [nameAt(all, at), by])),
  fc.constant<Edit>((all, at) => all.toSpliced(at, 1)),
  fc.constantFrom(...KEYS).map((key): Edit => (all, at) => [...all, [key, all[at]?.[1]]]),
  fc.constantFrom(...INHERITED).map((key): Edit => (all, at) => all.with(at, [key, all[at]?.[1]])),
  fc.integer({ min: 1, max: 200 }).map((depth): Edit => (all, at) => all.with(at, [nameAt(all, at), nested(depth, all[at]?.[1])])),
);

function nameAt(all: readonly [string, unknown][], at: number): string {
  return all[at]?.[0] ?? '';
}

/** A value inside so many lists and objects. */
export function nested(depth: number, inmost: unknown = 'x'): unknown {
  let deep = inmost;
  for (let level = 0; level < depth; level += 1) deep = level % 2 === 0 ? [deep] : { settings: deep };
  return deep;
}

/** A document with one edit at the end of a random walk into it. */
function edited(value: unknown, edit: Edit, walk: readonly number[]): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  if (entries.length === 0) return value;
  const [step = 0, ...rest] = walk;
  const at = step % entries.length;
  const inner = entries[at]?.[1] as unknown;
  const deeper = rest.length > 0 && typeof inner === 'object' && inner !== null && Object.keys(inner).length > 0;
  const changed = deeper ? entries.with(at, [nameAt(entries, at), edited(inner, edit, rest)]) : edit(entries, at);
  return Array.isArray(value) ? changed.map(([, element]) => element) : objectOf(changed);
}

/** The same document with one of its texts another everywhere, as values and as names. */
function renamed(value: unknown, from: string, to: string): unknown {
  if (value === from) return to;
  if (Array.isArray(value)) return value.map((inner) => renamed(inner, from, to));
  if (typeof value !== 'object' || value === null) return value;
  return objectOf(Object.entries(value).map(([key, inner]) => [key === from ? to : key, renamed(inner, from, to)]));
}

/** Sound documents, and the same nearly so: a few places edited, or a name changed for one that every object has. */
export function nearly(sound: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  const damage = fc.oneof(
    fc.tuple(edits, fc.array(fc.nat(9), { minLength: 1, maxLength: 5 })).map(([edit, walk]) => (value: unknown) => edited(value, edit, walk)),
    fc.tuple(fc.constantFrom('shop', 'market', 'wholesale', 'A', 'SET', 'W1', 'erp'), fc.constantFrom(...INHERITED)).map(([from, to]) => (value: unknown) => renamed(value, from, to)),
  );
  return fc.tuple(sound, fc.array(damage, { maxLength: 3 })).map(([value, all]) => all.reduce((now, change) => change(now), JSON.parse(JSON.stringify(value)) as unknown));
}

const MILLION = 1_000_000;
/** As text: eighty functions are given it, and to parse it takes half as long as to define one property after another. */
const PROPERTIES = `{${Array.from({ length: 100_000 }, (_, index) => `"k${String(index)}":${String(index)}`).join()}}`;

/** So many of something. */
export function many<Item>(count: number, of: (index: number) => Item): Item[] {
  return Array.from({ length: count }, (_, index) => of(index));
}

/** Inputs of a size that nobody has, for every function: deep, long, wide. */
export const MONSTERS: readonly (readonly [string, () => unknown])[] = [
  ['lists in lists, 100,000 deep', () => JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`) as unknown],
  ['objects and lists, 100,000 deep', () => nested(100_000)],
  ['a text of a million', () => 'x'.repeat(MILLION)],
  ['a text of a million between spaces', () => ` ${'x'.repeat(MILLION)} `],
  ['a million digits', () => '9'.repeat(MILLION)],
  ['a million nulls', () => Array<null>(MILLION).fill(null)],
  ['a list of a million holes', () => Object.assign([], { length: MILLION })],
  ['a hundred thousand empty objects', () => many(100_000, () => ({}))],
  ['a hundred thousand properties', () => JSON.parse(PROPERTIES) as unknown],
  ['a property with a name of a million', () => ({ ['k'.repeat(MILLION)]: 1 })],
  ['prototypes', () => JSON.parse('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}') as unknown],
];
