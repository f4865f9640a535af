import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { isStockwrightError, parsePolicy } from '../../src/index.ts';
import { policies } from './arbitraries.ts';

const validate = new Ajv2020({ strict: false }).compile(JSON.parse(readFileSync(new URL('../../src/policy/policy.schema.json', import.meta.url), 'utf8')) as object);

function isRead(input: unknown): boolean {
  try {
    parsePolicy(input);
    return true;
  } catch (error) {
    if (isStockwrightError(error)) return false;
    throw error;
  }
}

/** Values at the edges of what a name, a quantity, a percentage and a time may be. */
const odd = fc.constantFrom<unknown>(
  '', ' ', 'a b', ' a', 'a ', 'a\u0001', '\u00e9\ufeff', 'a'.repeat(200), 'a'.repeat(201), '0', '-0', '-1', '+5', '007', '.5', '5.', '1e3', ' 5', '1.50', '0.0', '0.0000000000001', '1.100000000000000', '9'.repeat(24), '9'.repeat(25),
  '100', '100.0', '100.5', '33.3333', '33.33333', '99.99990', 0, -1, 1.5, 1e-7, 100.5, 33.33333, 1e308, 2 ** 53, 5_256_001,
  '2026-11-23T10:00:00Z', '2026-11-23T10:00', '2026-11-23T10:00:00+01:00', '2026-11-23T10:00:00.123456789+0100', '2026-11-23', 'tomorrow', 'unlimited', 'incoming', 'Europe/Berlin', null, true, [], {}, ['W1'], [''], { fixed: 1 }, { level: '3' }, { percent: 7 },
);

/** A copy in which what stands at one place, counted as a reader meets it, is another, is gone, or has a neighbour. */
function mutated(input: unknown, { at, value, way }: { readonly at: number; readonly value: unknown; readonly way: 'replace' | 'remove' | 'add' }): unknown {
  const copy = structuredClone(input);
  const places: (readonly [Record<string, unknown>, string])[] = [];
  const walk = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    for (const key of Object.keys(node)) {
      places.push([node as Record<string, unknown>, key]);
      walk((node as Record<string, unknown>)[key]);
    }
  };
  walk(copy);
  const [node, key] = places[at % places.length] ?? [{}, ''];
  if (way === 'add') node[Array.isArray(node) ? String(node.length) : 'locations'] = value;
  else if (way === 'replace') node[key] = value;
  else if (Array.isArray(node)) node.splice(Number(key), 1);
  else Reflect.deleteProperty(node, key);
  return copy;
}

it('what parsePolicy reads, policy.schema.json accepts, and what that refuses parsePolicy refuses too', () => {
  const met = { read: 0, refused: 0, missed: 0 };
  const change = fc.record({ at: fc.nat({ max: 10_000 }), value: odd, way: fc.constantFrom('replace', 'replace', 'replace', 'remove', 'add') });
  fc.assert(fc.property(policies(), fc.array(change, { maxLength: 2 }), (policy, changes) => {
    const input = changes.reduce<unknown>(mutated, JSON.parse(JSON.stringify(policy)));
    const [read, accepted] = [isRead(input), validate(input)];
    expect(read && !accepted, `${JSON.stringify(input)} ${JSON.stringify(validate.errors)}`).toBe(false);
    met.read += Number(read);
    met.refused += Number(!accepted);
    met.missed += Number(accepted && !read);
  }), { numRuns: 1_000 });
  // Both answers are met, and the schema leaves little to the parser.
  expect(Math.min(met.read, met.refused)).toBeGreaterThan(200);
  expect(met.missed).toBeLessThan(met.refused / 20);
});
