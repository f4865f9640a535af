import fc from 'fast-check';
import { addQuantities, compareQuantities, createAvailability, findLawViolation, formatQuantity, parseCatalog, parsePolicy, type CustomRule, type CustomRuleInput, type Position, type PolicyInput, type Quantity, type RuleLaw, type Sku } from '@stockwright/core';
import { positionsOf, readerOf } from '../arbitraries/positions.ts';
import { CHANNELS, LOCATIONS, NOON } from '../arbitraries/words.ts';
import { askedWith, edgesOf, ladder, ofAnyLength } from './asked.ts';
import { expectPure, expectReadAlike } from './purity.ts';
import { registerConformance, same, type ConformanceCase, type Runner } from '../conformance/conformance.ts';

/** How the laws of a rule are tried. @public */
export interface RuleLawOptions {
  /** What a policy may carry as the settings of the rule, before the rule reads it; none where absent. */
  readonly settings?: fc.Arbitrary<Readonly<Record<string, unknown>>>;
  /** How many inputs each law is tried on; 500 where absent. */
  readonly runs?: number;
  /** Repeats the inputs of an earlier run, whose failure names it. */
  readonly seed?: number;
}

const TITLES: Readonly<Record<RuleLaw, string>> = {
  neverRaises: 'is never more than what it was given', neverLowers: 'is never less than what it was given', monotone: 'is never less when it is given more',
};

/** From the beginning of 2000 to the end of 2099. */
const MOMENTS = fc.integer({ min: Date.UTC(2000, 0), max: Date.UTC(2100, 0) - 1 });

/**
 * What a rule of one's own promises, as cases for a runner: that it accepts its settings and reads them alike each time, gives whole steps and the same
 * for the same input, keeps each of its laws, and that a policy with it explains the number it computes.
 *
 * @remarks
 * The same input is asked about again after others, and with `Date` and `performance` set to other times while the rule runs, so a
 * rule that looks at the clock or remembers what it was asked is found; one that took hold of either before is not. Quantities are of every
 * length up to 21 digits, and every other one is next to a number that the settings name.
 *
 * @throws `INVALID_INPUT` where the rule is none, such as with a law that does not exist: there would be nothing to keep.
 * @example
 * ```ts
 * for (const { title, run } of ruleLaws(evenOnly)) test(title, () => run(undefined));
 * ```
 * @public
 */
export function ruleLaws<Settings>(rule: CustomRule<Settings>, options: RuleLawOptions = {}): readonly ConformanceCase<undefined, never>[] {
  // Tries nothing, and refuses what is no rule before there is a case for it.
  findLawViolation(rule, []);
  const { settings = fc.constant({}), runs = 500, seed } = options;
  const parameters = { numRuns: runs, ...(seed === undefined ? {} : { seed }) };
  const uses = askedWith(rule, settings, { minLength: 1, maxLength: 1 }).map(({ raw, asked: [asked] }) => ({ raw, input: { ...asked, settings: rule.settings.parse(raw) } as CustomRuleInput<Settings> }));
  const inputs = uses.map(({ input }) => input);
  const holds = async <Drawn>(property: fc.IProperty<Drawn>): Promise<void> => { await Promise.resolve(); fc.assert(property, parameters); };
  const keeps = (laws: readonly RuleLaw[]): Promise<void> => holds(fc.property(inputs, (input) => {
    const violation = findLawViolation({ ...rule, laws }, [input]);
    if (violation !== undefined) throw new Error(violation.message);
  }));
  // What a rule remembers shows best while it remembers nothing yet.
  const pure = async (): Promise<void> => {
    const questions = fc.record({ use: askedWith(rule, settings, { minLength: 2, maxLength: 10 }), moments: fc.tuple(MOMENTS, MOMENTS) });
    await holds(fc.property(questions, ({ use: { raw, asked }, moments }) => { expectPure(rule, { settings: rule.settings.parse(raw), inputs: asked }, moments); }));
    await keeps([]);
  };
  const rises = (input: CustomRuleInput<Settings>, quantities: readonly Quantity[]): void => {
    let less: { readonly quantity: Quantity; readonly result: Quantity } | undefined;
    for (const quantity of quantities) {
      const result = rule.apply({ ...input, quantity });
      if (less !== undefined && compareQuantities(result, less.result) < 0) throw new Error(`${rule.rule}: ${formatQuantity(less.quantity)} gave ${formatQuantity(less.result)}, and ${formatQuantity(quantity)} gave ${formatQuantity(result)}`);
      less = { quantity, result };
    }
  };
  // One more finds a step down only at its edge; any number more finds it from afar.
  const grows = (): Promise<void> => holds(fc.property(inputs, ofAnyLength(6), (input, by) => { rises(input, [input.quantity, addQuantities(input.quantity, by)]); }));
  // And what falls at one number alone is seen where all are tried.
  const climbs = (): Promise<void> => Promise.resolve().then(() => {
    fc.assert(fc.property(uses, ({ raw, input }) => { rises(input, ladder(edgesOf(raw, input.scale))); }), { ...parameters, numRuns: Math.min(runs, 5) });
  });
  return [
    { key: 'settings', title: 'reads every settings that it is used with', run: () => holds(fc.property(settings, (raw) => { expectReadAlike(rule, raw); })) },
    { key: 'pure', title: 'gives whole steps, and the same for the same input, whenever and after whatever it is asked', run: pure },
    ...rule.laws.map((law) => ({ key: law, title: TITLES[law], run: () => (law === 'monotone' ? grows().then(climbs) : keeps([law])) })),
    { key: 'explained', title: 'is explained with the number that it leads to', run: () => holds(fc.property(settings, positionsOf('A' as Sku), (raw, position) => { explains(rule, raw, position); })) },
  ];
}

/**
 * Hands the laws of a rule to a runner.
 *
 * @example
 * ```ts
 * registerRuleLaws({ describe, it }, evenOnly);
 * ```
 * @public
 */
export function registerRuleLaws<Settings>(runner: Runner, rule: CustomRule<Settings>, options: RuleLawOptions = {}): void {
  registerConformance(runner, ruleLaws(rule, options), { name: `${rule.rule} version ${String(rule.version)}`, capabilities: {}, setup: () => Promise.resolve({ subject: undefined }) });
}

function explains<Settings>(rule: CustomRule<Settings>, settings: Readonly<Record<string, unknown>>, position: Position): void {
  const used = { id: 'own', owner: 'tests', reason: 'laws', kind: 'custom', rule: rule.rule, ruleVersion: rule.version, stage: rule.stage, settings };
  const policy = parsePolicy({ version: '1', channels: [{ id: 'shop', locations: [...LOCATIONS] }], rules: [used] } as PolicyInput);
  const calculator = createAvailability({ policy, catalog: parseCatalog([{ sku: 'A' }]), rules: [rule as CustomRule<unknown>] });
  const [key, reader] = [{ channel: CHANNELS[1] ?? ('shop' as never), sku: 'A' as Sku }, readerOf(new Map([['A' as Sku, position]]))];
  const { availability, steps } = calculator.explain(key, reader, { asOf: NOON });
  same(String(availability.immediate), String(calculator.compute(key, reader, { asOf: NOON }).immediate), 'explained and computed');
  if (!steps.some(({ label }) => label === rule.label)) throw new Error(`the explanation has no step "${rule.label}"`);
}
