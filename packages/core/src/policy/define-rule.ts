import { callable, identifier, oneOf } from '../errors/common-looks.ts';
import { invalidInput, StockwrightError, type Issue } from '../errors/error.ts';
import { cut, MAX_MESSAGE_LENGTH, shown } from '../errors/issue.ts';
import { fit, list, parts } from '../errors/looks.ts';
import type { ChannelId, LocationId, Sku } from '../identity/ids.ts';
import { addQuantities, compareQuantities, formatQuantity, isQuantity, quantitiesEqual, type Quantity } from '../quantity/quantity.ts';
import type { CustomStage, Policy, PolicyRule } from './policy.ts';

/**
 * What a rule of one's own is asked. No moment is among it: an answer says until when it is valid, and nobody could say
 * when the result of a rule that looks at the time changes. The `from` and `until` of each use of a rule say when it applies.
 *
 * @example
 * ```ts
 * // In the policy: three less over Christmas.
 * const use = {
 *   id: 'christmas', owner: 'ops', reason: 'gifts are exchanged', kind: 'custom', rule: 'acme.keep', ruleVersion: 1, stage: 'listing',
 *   settings: { units: 3 }, from: '2026-12-24T00:00:00Z', until: '2027-01-02T00:00:00Z',
 * };
 * ```
 * @public
 */
export interface CustomRuleInput<Settings> {
  /** What the stages before left, in steps of the sku; may be negative. */
  readonly quantity: Quantity;
  readonly settings: Settings;
  readonly sku: Sku;
  /** Decimal digits of the sku's step. */
  readonly scale: number;
  readonly category: string | undefined;
  readonly channel: ChannelId;
  /** Only at stage `supply`. */
  readonly location: LocationId | undefined;
}

/**
 * What a rule promises: the result is never more than what it was given; never less; never less when it is given more.
 *
 * @public
 */
export type RuleLaw = 'neverRaises' | 'neverLowers' | 'monotone';

/** A rule of one's own. @public */
export interface CustomRule<Settings> {
  /** Its name, under which policies use it: unlike any other's, such as `acme.launchReserve`. */
  readonly rule: string;
  /** Raised whenever the same settings give another number. */
  readonly version: number;
  readonly stage: CustomStage;
  /** What it is called in explanations. */
  readonly label: string;
  readonly laws: readonly RuleLaw[];
  /** Reads the settings of one use; throws where they are wrong. A zod schema is one. */
  readonly settings: { parse(input: unknown): Settings };
  /** Whole steps; a function of its input alone, so of no clock either. */
  apply(input: CustomRuleInput<Settings>): Quantity;
}

/**
 * Makes a rule of one's own. The explanation shows what it was given, what it returned, and who wants it.
 *
 * @throws `INVALID_INPUT` with a path where the definition is none: a law or stage that does not exist, a version that is
 *   no whole number from 1, a name or label that is none. So does everything else that takes definitions.
 * @example
 * ```ts
 * const evenOnly = defineRule({
 *   rule: 'acme.evenOnly', version: 1, stage: 'listing', label: 'an even number', laws: ['neverRaises', 'monotone'],
 *   settings: { parse: () => ({}) },
 *   apply: ({ quantity }) => multiplyQuantity(scaleQuantity(quantity, 1, 2, 'down'), 2),
 * });
 * evenOnly.rule // => 'acme.evenOnly'
 * ```
 * @public
 */
export function defineRule<Settings>(definition: CustomRule<Settings>): CustomRule<Settings> {
  RULE(definition, []);
  return Object.freeze({ ...definition });
}

const RULE = parts({
  rule: identifier,
  version: fit((value) => Number.isSafeInteger(value) && Number(value) > 0, 'a whole number from 1'),
  stage: oneOf('supply', 'draw', 'listing'),
  label: identifier,
  laws: list(oneOf('neverRaises', 'neverLowers', 'monotone')),
  settings: fit((value) => typeof (value as Partial<CustomRule<unknown>['settings']> | null | undefined)?.parse === 'function', 'what parses settings, such as a zod schema'),
  apply: callable,
});
const RULES = list(RULE);

/** A definition with the settings of one use. */
export interface BoundRule {
  readonly label: string;
  apply(input: Omit<CustomRuleInput<unknown>, 'settings'>): Quantity;
}

/**
 * Finds the definition of every custom rule of a policy.
 *
 * @throws `INVALID_INPUT` where a definition is none, `INVALID_POLICY` where one is missing or its settings are wrong.
 */
export function boundRules(policy: Policy, definitions: readonly CustomRule<unknown>[]): ReadonlyMap<string, BoundRule> {
  RULES(definitions, ['rules']);
  const issues: Issue[] = [];
  const bound = new Map<string, BoundRule>();
  const lists = [policy.rules, ...policy.overlays.map(({ rules }) => rules)];
  lists.forEach((rules, list) => {
    rules.forEach((rule, index) => {
      if (rule.kind !== 'custom') return;
      const found = bind(rule, definitions);
      if (typeof found === 'string') issues.push({ path: [...(list === 0 ? [] : ['overlays', list - 1]), 'rules', index], message: found });
      else bound.set(rule.id, found);
    });
  });
  if (issues.length === 0) return bound;
  const { message, issues: told } = invalidInput('policy', issues);
  throw new StockwrightError(message, { code: 'INVALID_POLICY', issues: told });
}

function bind(rule: Extract<PolicyRule, { kind: 'custom' }>, definitions: readonly CustomRule<unknown>[]): BoundRule | string {
  const named = definitions.filter((definition) => definition.rule === rule.rule);
  const definition = named.find(({ version }) => version === rule.ruleVersion);
  if (definition === undefined) {
    const known = named.length === 0 ? 'no definition of it was given' : `what was given is version ${named.map(({ version }) => String(version)).join(', ')}`;
    return `rule ${rule.id} uses ${rule.rule} version ${String(rule.ruleVersion)}, but ${known}`;
  }
  if (definition.stage !== rule.stage) return `rule ${rule.id} uses ${rule.rule} at stage ${rule.stage}, but it is defined for stage ${definition.stage}`;
  let settings: unknown;
  try {
    settings = definition.settings.parse(rule.settings);
  } catch (error) {
    return `rule ${rule.id}: the settings of ${rule.rule} are refused: ${error instanceof Error ? error.message : String(error)}`;
  }
  return { label: definition.label, apply: (input) => whole(applied(definition, { ...input, settings }), rule.rule) };
}

/** What a rule makes of its input; where it throws nobody else could say which one it was, and of what. */
function applied(definition: CustomRule<unknown>, input: CustomRuleInput<unknown>): Quantity {
  try {
    return definition.apply(input);
  } catch (cause) {
    const message = `Custom rule ${definition.rule} threw for sku ${input.sku}: ${cause instanceof Error ? cause.message : shown(cause)}`;
    throw new StockwrightError(message, { code: 'INVALID_INPUT', cause, issues: [{ path: ['rules', definition.rule], message: cut(message, MAX_MESSAGE_LENGTH) }] });
  }
}

function whole(result: Quantity, rule: string): Quantity {
  if (isQuantity(result)) return addQuantities(result, 0);
  const message = `Custom rule ${rule} returned ${shown(result)}, which is not a whole count of steps.`;
  throw new StockwrightError(message, { code: 'INVALID_INPUT', issues: [{ path: ['rules', rule], message }] });
}

/** A law that does not hold, and the input that shows it. @public */
export interface LawViolation<Settings> {
  readonly law: RuleLaw | 'pure' | 'whole';
  readonly input: CustomRuleInput<Settings>;
  readonly message: string;
}

/**
 * Tries what a rule promises on inputs, which a test draws at random. Every rule must also be pure: the same input gives
 * the same result.
 *
 * @returns The first law that does not hold, or nothing.
 * @throws `INVALID_INPUT` where the definition is none, such as with a law that does not exist.
 * @example
 * ```ts
 * const oneMore = defineRule({
 *   rule: 'acme.oneMore', version: 1, stage: 'listing', label: 'one more', laws: ['neverRaises'],
 *   settings: { parse: () => ({}) },
 *   apply: ({ quantity }) => addQuantities(quantity, 1),
 * });
 * const input = { quantity: 5, settings: {}, sku: parseSku('MUG'), scale: 0, category: undefined, channel: shop, location: undefined };
 * findLawViolation(oneMore, [input])?.message // => 'acme.oneMore: 5 became 6'
 * ```
 * @public
 */
export function findLawViolation<Settings>(definition: CustomRule<Settings>, inputs: Iterable<CustomRuleInput<Settings>>): LawViolation<Settings> | undefined {
  RULE(definition, []);
  for (const input of inputs) {
    const violation = violationOf(definition, input);
    if (violation !== undefined) return violation;
  }
  return undefined;
}

function violationOf<Settings>(definition: CustomRule<Settings>, input: CustomRuleInput<Settings>): LawViolation<Settings> | undefined {
  const broken = (law: LawViolation<Settings>['law'], message: string, of = input): LawViolation<Settings> => ({ law, input: of, message: `${definition.rule}: ${message}` });
  const result = resultOf(definition, input);
  if (typeof result === 'string') return broken('whole', result);
  const [given, got] = [formatQuantity(input.quantity), formatQuantity(result)];
  const again = resultOf(definition, input);
  if (typeof again === 'string') return broken('pure', `${given} gave ${got} once, and the next time: ${again}`);
  if (!quantitiesEqual(again, result)) return broken('pure', `${given} gave ${got} once and something else the next time`);
  const order = compareQuantities(result, input.quantity);
  if (definition.laws.includes('neverRaises') && order > 0) return broken('neverRaises', `${given} became ${got}`);
  if (definition.laws.includes('neverLowers') && order < 0) return broken('neverLowers', `${given} became ${got}`);
  if (!definition.laws.includes('monotone')) return undefined;
  const larger = { ...input, quantity: addQuantities(input.quantity, 1) };
  const more = resultOf(definition, larger);
  if (typeof more === 'string') return broken('whole', more, larger);
  return compareQuantities(more, result) < 0 ? broken('monotone', `${given} gave ${got}, and one more gave ${formatQuantity(more)}`) : undefined;
}

/** What a rule makes of its input, or as a text why that is no number. */
function resultOf<Settings>(definition: CustomRule<Settings>, input: CustomRuleInput<Settings>): Quantity | string {
  try {
    return whole(definition.apply({ ...input }), definition.rule);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
