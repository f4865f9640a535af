import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createAvailability, formatExplanation, parsePolicy } from '../../src/index.ts';
import { catalogs, NOON, policies, readerOf, worlds } from './arbitraries.ts';

/** The figures that a line says it was worked out of. Percentages, recipes, multiples and days are settings and stand nowhere else. */
function usedBy(how: string): readonly string[] {
  const [first = ''] = how.split(' ');
  const after = (word: string): readonly string[] => how.slice(word.length).split(', ');
  if (how.startsWith('the least of ')) return after('the least of ');
  if (/^\S+ % of /.test(how)) return [how.replace(/^\S+ % of /, '').split(',')[0] ?? ''];
  if (how.startsWith('from ')) return after('from ');
  if (/^\S+ (\/|in whole multiples of) /.test(how) || / x .*, rounded up$/.test(how)) return [first];
  if (/ divided in proportion to /.test(how)) return [first, ...(/to (.*), the part of number/.exec(how)?.[1]?.split(', ') ?? [])];
  if (/, not below /.test(how)) return how.split(/, not below |, /);
  if (/, hidden at /.test(how)) return how.replace(/ or below$/, '').split(', hidden at ');
  return how.replace(/, rounded down$/, '').split(/ [-+x/] /);
}

const negated = (figure: string): string => (figure.startsWith('-') ? figure.slice(1) : `-${figure}`);

/** Each line that uses a figure which no line before it has, with that figure. */
function unfounded(text: string): readonly string[] {
  // That nothing is nothing needs no line.
  const known = new Set(['0']);
  return text.split('\n').flatMap((line) => {
    const [, figure, what = ''] = /^ {2}[ =] +(-?[\d.]+) {2}(.*)$/.exec(line) ?? [];
    if (figure === undefined) return [];
    const [, how] = /: ((?:the least of|from|-?[\d.]).*)$/.exec(what.replace(/ {3}\[.*\]$/, '')) ?? [];
    const missing = how === undefined ? [] : usedBy(how).filter((used) => !known.has(used) && !(how.includes(` - ${used}`) && known.has(negated(used))));
    known.add(figure);
    return missing.map((used) => `${used} in:${line}`);
  });
}

it('every figure that a line of an explanation uses stands in a line before it', () => {
  let lines = 0;
  let kits = 0;
  fc.assert(fc.property(catalogs(), policies(), worlds(), fc.constantFrom('pooled', 'perLocation'), (catalog, policy, world, counted) => {
    const calculator = createAvailability({ catalog, policy: parsePolicy({ ...policy, kits: counted }) });
    for (const sku of catalog.items.keys()) {
      for (const { id } of policy.channels) {
        const text = formatExplanation(calculator.explain({ channel: id, sku }, readerOf(world), { asOf: NOON }));
        const missing = unfounded(text);
        expect(missing, text).toEqual([]);
        lines += text.split('\n').filter((line) => line.startsWith('  = ')).length;
        kits += Number(/kits that \w+ allows here/.test(text));
      }
    }
  }), { numRuns: 700 });
  expect(lines).toBeGreaterThan(5_000);
  expect(kits).toBeGreaterThan(40);
});
