import fc from 'fast-check';
import { addQuantities, compareQuantities, createAvailability, findLawViolation, formatQuantity, parseCatalog, parsePolicy, parseQuantity, type CustomRule, type CustomRuleInput, type Position, type PolicyInput, type RuleLaw, type Sku } from '@stockwright/core';
import { positionsOf, readerOf } from '../arbitraries/positions.ts';
import { CHANNELS, LOCATIONS, NOON, STOCKED } from '../arbitraries/words.ts';
import { expectPure } from './purity.ts';
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
 * What a rule of one's own promises, as cases for a runner: that it accepts its settings, gives whole steps and the same
 * for the same input, keeps each of its laws, and that a policy with it explains the number it computes.
 *
 * @remarks
 * The same input is asked about again after others, and with `Date` and `performance` set to other times while the rule runs, so a
 * rule that looks at the clock or remembers what it was asked is found; one that took hold of either before is not.
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
  const inputs = fc.tuple(settings, inputsFor(rule)).map(([raw, input]): CustomRuleInput<Settings> => ({ ...input, settings: rule.settings.parse(raw) }));
  const holds = async <Drawn>(property: fc.IProperty<Drawn>): Promise<void> => { await Promise.resolve(); fc.assert(property, parameters); };
  const keeps = (laws: readonly RuleLaw[]): Promise<void> => holds(fc.property(inputs, (input) => {
    const violation = findLawViolation({ ...rule, laws }, [input]);
    if (violation !== undefined) throw new Error(violation.message);
  }));
  // What a rule remembers shows best while it remembers nothing yet.
  const pure = async (): Promise<void> => {
    const questions = fc.record({ raw: settings, asked: fc.array(inputsFor(rule), { minLength: 2, maxLength: 10 }), moments: fc.tuple(MOMENTS, MOMENTS) });
    await holds(fc.property(questions, ({ raw, asked, moments }) => { expectPure(rule, { settings: rule.settings.parse(raw), inputs: asked }, moments); }));
    await keeps([]);
  };
  // One more finds a step down only at its edge; any number more finds it from afar.
  const grows = (): Promise<void> => holds(fc.property(inputs, fc.integer({ min: 1, max: 1000 }), (input, by) => {
    const [less, more] = [input.quantity, addQuantities(input.quantity, by)].map((quantity) => ({ quantity, result: rule.apply({ ...input, quantity }) }));
    if (less === undefined || more === undefined || compareQuantities(more.result, less.result) >= 0) return;
    throw new Error(`${rule.rule}: ${formatQuantity(less.quantity)} gave ${formatQuantity(less.result)}, and ${formatQuantity(more.quantity)} gave ${formatQuantity(more.result)}`);
  }));
  // And what falls at one number alone is seen where all are tried.
  const climbs = (): Promise<void> => {
    const places = fc.property(inputs, (input) => {
      const violation = findLawViolation({ ...rule, laws: ['monotone'] }, Array.from({ length: 1050 }, (_, index) => ({ ...input, quantity: index - 50 })));
      if (violation !== undefined) throw new Error(violation.message);
    });
    return Promise.resolve().then(() => { fc.assert(places, { ...parameters, numRuns: Math.min(runs, 5) }); });
  };
  return [
    { key: 'settings', title: 'reads every settings that it is used with', run: () => holds(fc.property(settings, (raw) => { rule.settings.parse(raw); })) },
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

/** Quantities small and beyond 2^53, positive and not, as the stage of the rule would give them. */
function inputsFor({ stage }: Pick<CustomRule<unknown>, 'stage'>): fc.Arbitrary<Omit<CustomRuleInput<never>, 'settings'>> {
  const long = fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }).map((value) => parseQuantity(String(value)));
  return fc.record({
    quantity: fc.oneof({ arbitrary: fc.integer({ min: -50, max: 1000 }), weight: 8 }, { arbitrary: long, weight: 1 }),
    sku: fc.constantFrom(...STOCKED),
    scale: fc.constantFrom(0, 0, 1, 3),
    category: fc.constantFrom(undefined, 'mugs', 'plates'),
    channel: fc.constantFrom(...CHANNELS),
    location: stage === 'supply' ? fc.constantFrom(...LOCATIONS) : fc.constant(undefined),
  });
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
