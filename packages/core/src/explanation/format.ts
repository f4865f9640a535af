import { formatQuantity, parseQuantity, type QuantityText } from '../quantity/quantity.ts';
import type { Explanation } from '../availability/availability.ts';
import { oneLine } from './one-line.ts';
import { EXPLANATION } from './sound.ts';
import type { TraceStep } from './trace.ts';

/**
 * An explanation as lines that a merchandiser reads: the number, what limits it, and the arithmetic that leads to it in
 * order, then what leads to a number beyond stock where a rule lets anything be promised. What changed nothing is left out,
 * and of a kit only the scarcest component is told in full, of the others what there is. Every figure that a line uses
 * stands in a line before it.
 *
 * @throws `INVALID_INPUT` with a path where it is no explanation.
 * @returns Lines separated by line feeds, without one at the end; quantities in units of their sku.
 * @example
 * ```ts
 * const sku = parseSku('MUG');
 * const calculator = createAvailability({ catalog: parseCatalog([{ sku }]), policy: parsePolicy({ version: '1', channels: [{ id: 'shop', locations: ['W1'] }] }) });
 * const onHand = accountKey({ account: 'onHand', location: parseLocationId('W1'), channel: '' });
 * const explanation = calculator.explain({ channel: shop, sku }, { position: () => positionFromBalances({ sku }, new Map([[onHand, 15]])) }, { asOf });
 * const [number, limit, ...arithmetic] = formatExplanation(explanation).split('\n');
 * number // => 'MUG on shop: 15 available to sell as of 2026-11-23T10:00:00.000Z (policy 1)'
 * limit // => 'Limited by: stock on hand'
 * arithmetic // => ['          15  on hand (W1)']
 * ```
 * @public
 */
export function formatExplanation(explanation: Explanation): string {
  EXPLANATION(explanation, []);
  const { number, context, limit, told, rest } = partsOf(explanation);
  return [`${number} ${context}`, ...limit, ...new Set(told.map(lineOf)), ...rest.map((line) => (line.startsWith('at ') ? `  ${line.slice(3)}` : line))].join('\n');
}

/**
 * The same as Markdown: the number, what limits it, and a table of the arithmetic.
 *
 * @throws `INVALID_INPUT` as {@link formatExplanation}.
 * @example
 * ```ts
 * const calculator = createAvailability({ catalog: parseCatalog([{ sku: 'CARD', tracked: false }]), policy: parsePolicy({ version: '7', channels: [{ id: 'shop', locations: ['W1'] }] }) });
 * explanationMarkdown(calculator.explain({ channel: shop, sku: parseSku('CARD') }, positions, { asOf })) // => '**CARD on shop: not limited** as of 2026-11-23T10:00:00.000Z (policy 7)'
 * ```
 * @public
 */
export function explanationMarkdown(explanation: Explanation): string {
  EXPLANATION(explanation, []);
  const { number, context, limit, told, rest } = partsOf(explanation);
  const rows = told.map(({ value, what, how, why = '' }) => `| ${[value, what, how.replace(/^: /, ''), why].map((cell) => cell.replaceAll('|', '\\|')).map((cell) => (cell === '' ? '' : `${cell} `)).join('| ')}|`);
  const table = rows.length === 0 ? [] : ['', '| quantity | what | how | rule |', '| ---: | --- | --- | --- |', ...new Set(rows)];
  const list = rest.length === 0 ? [] : ['', ...rest.map((line) => `- ${line}`)];
  return [`**${number}** ${context}`, ...limit.flatMap((line) => ['', line.replaceAll('|', '\\|')]), ...table, ...list].join('\n');
}

interface Parts {
  readonly number: string;
  readonly context: string;
  readonly limit: readonly string[];
  readonly told: readonly Told[];
  readonly rest: readonly string[];
}

function partsOf(explanation: Explanation): Parts {
  const { key, availability, steps, scale, limitingFactor, totalStep } = explanation;
  const shown = availability.immediate === undefined ? 'not limited' : `${formatQuantity(availability.immediate, scale)} available to sell`;
  const told = totalStep === undefined ? new Set<number>() : worthTelling(steps, totalStep);
  const besides = new Set([explanation.backorderStep, explanation.preorderStep].flatMap((step) => (step === undefined ? [] : [...worthTelling(steps, step)])));
  const parts = [...availability.parts].map(([location, part]) => `at ${location} shows ${formatQuantity(part, scale)}`);
  const until = availability.validUntil === undefined ? [] : [`Holds until ${availability.validUntil} unless something moves.`];
  return {
    number: `${key.sku} on ${key.channel}: ${shown}`,
    context: `as of ${availability.asOf} (policy ${availability.policyVersion})`,
    limit: limitingFactor === undefined ? [] : [`Limited by: ${limitText(limitingFactor, explanation)}`],
    told: [
      ...steps.filter(({ id }) => told.has(id)).map((step) => toldOf(step, explanation, told)),
      ...steps.filter(({ id }) => besides.has(id) && !told.has(id)).map((step) => toldOf(step, explanation, new Set([...told, ...besides]))),
    ],
    rest: [...parts, ...beyondStock(explanation), ...until],
  };
}

/** What rules let be promised, also where that is nothing. */
function beyondStock({ availability: { backorder, preorder }, backorderStep, preorderStep, scale }: Explanation): readonly string[] {
  const backordered = backorder === 'unlimited' ? ['any number may be backordered'] : backorderStep === undefined ? [] : [`${formatQuantity(backorder, scale)} may be backordered`];
  const preordered = preorderStep === undefined ? [] : [`${formatQuantity(preorder, scale)} may be preordered`];
  return [...backordered, ...preordered].map((text) => `Beyond stock: ${text}`);
}

function limitText({ label, sku, rule, version = '', owner = '', reason = '' }: NonNullable<Explanation['limitingFactor']>, { key, availability }: Explanation): string {
  const named = versionText(version, availability.policyVersion);
  return [label, sku === undefined || sku === key.sku || label.includes(sku) ? '' : ` of ${sku}`, rule === undefined ? '' : ` (rule ${rule}${named === '' ? '' : `${named},`} of ${oneLine(owner)}: ${oneLine(reason)})`].join('');
}

/** The version of a rule where it is not the policy's, which is told once. */
function versionText(version: string, policyVersion: string): string {
  return version === policyVersion ? '' : `, version ${version}`;
}

/** The steps on the way to the number that changed something, or that say what was there. */
function worthTelling(steps: readonly TraceStep[], from: number): ReadonlySet<number> {
  const told = new Set<number>();
  const visit = (id: number): void => {
    const step = carried(id, steps);
    if (step === undefined || told.has(step.id)) return;
    if (step.label !== 'nothing') told.add(step.id);
    const args = madeOf(step);
    const scarcest = comparesComponents(step, steps) ? args.find((arg) => steps[arg]?.value === step.value) : undefined;
    for (const arg of args) {
      if (scarcest === undefined || arg === scarcest) visit(arg);
      else tellShortly(arg);
    }
  };
  const tellShortly = (id: number): void => {
    for (const step of [steps[id], ...madeOf(steps[id]).map((arg) => carried(arg, steps))]) if (step !== undefined && step.label !== 'nothing') told.add(step.id);
  };
  visit(from);
  return told;
}

/** The steps that a step is made of. */
function madeOf(step: TraceStep | undefined): readonly number[] {
  return step?.args.filter((arg): arg is number => typeof arg === 'number') ?? [];
}

/** A step or, where it hands another on unchanged, that. */
function carried(id: number, steps: readonly TraceStep[]): TraceStep | undefined {
  let step = steps[id];
  while (step !== undefined && carries(step, steps)) step = steps[madeOf(step)[0] ?? NaN];
  return step;
}

/** Operations that may hand their first argument on unchanged. */
const CARRIERS: ReadonlySet<TraceStep['operation']> = new Set(['min', 'max', 'subtract', 'zeroAtOrBelow', 'multipleDown', 'custom']);

function carries(step: TraceStep, steps: readonly TraceStep[]): boolean {
  const [first] = step.args;
  return typeof first === 'number' && CARRIERS.has(step.operation) && steps[first]?.value === step.value && !comparesComponents(step, steps);
}

/** Whether a step picks the scarcest of several components. */
function comparesComponents({ operation, args }: TraceStep, steps: readonly TraceStep[]): boolean {
  const [first] = args;
  return operation === 'min' && args.length > 1 && typeof first === 'number' && steps[first]?.operation === 'floorDivide';
}

/** What a line says of one step. */
interface Told {
  readonly value: string;
  readonly what: string;
  readonly how: string;
  readonly why: string | undefined;
  readonly begins: boolean;
}

/** Where not all that a step is made of is told, it is one that the text begins with. */
function toldOf(step: TraceStep, { key, steps, availability }: Explanation, told: ReadonlySet<number>): Told {
  const begins = step.operation === 'input' || step.operation === 'constant' || step.args.length === 0 || madeOf(step).map((arg) => carried(arg, steps)).some((from) => from !== undefined && from.label !== 'nothing' && !told.has(from.id));
  const where = [step.sku === undefined || step.sku === key.sku || step.label.includes(step.sku) ? '' : step.sku, step.location ?? ''].filter((text) => text !== '').join(' at ');
  return {
    value: shownValue(step),
    what: `${step.label}${where === '' ? '' : ` (${where})`}`,
    how: begins ? '' : arithmeticOf(step, steps),
    why: step.rule === undefined ? undefined : `${step.rule.id}${versionText(step.rule.version, availability.policyVersion)}: ${oneLine(step.rule.reason)}`,
    begins,
  };
}

function lineOf({ value, what, how, why, begins }: Told): string {
  return `  ${begins ? ' ' : '='} ${value.padStart(8)}  ${what}${how}${why === undefined ? '' : `   [${why}]`}`;
}

function shownValue({ value, scale = 0 }: TraceStep): QuantityText {
  return scale === 0 ? value : formatQuantity(parseQuantity(value), scale);
}

/** Operations whose second argument counts steps of the first. */
const IN_STEPS: ReadonlySet<TraceStep['operation']> = new Set(['floorDivide', 'multipleDown', 'custom']);

function arithmeticOf(step: TraceStep, steps: readonly TraceStep[]): string {
  const [first] = step.args;
  const scale = typeof first === 'number' ? (steps[first]?.scale ?? 0) : 0;
  const values = step.args.map((arg, index) => {
    const source = typeof arg === 'number' ? steps[arg] : undefined;
    if (source !== undefined) return shownValue(source);
    return IN_STEPS.has(step.operation) && index === 1 ? formatQuantity(parseQuantity(arg), scale) : String(arg);
  });
  return HOW[step.operation]?.(values[0] ?? '', values.slice(1)) ?? '';
}

const HOW: Partial<Record<TraceStep['operation'], (first: string, rest: readonly string[]) => string>> = {
  sum: (first, rest) => `: ${[first, ...rest.map((value) => (value.startsWith('-') ? `- ${value.slice(1)}` : `+ ${value}`))].join(' ')}`,
  subtract: (first, rest) => `: ${[first, ...rest].join(' - ')}`,
  min: (first, rest) => `: the least of ${[first, ...rest].join(', ')}`,
  max: (first, rest) => `: ${first}, not below ${rest.join(', ')}`,
  floorDivide: (first, [divisor = '', times]) => `: ${first} / ${times === undefined ? divisor : `(${divisor}/${times})`}, rounded down`,
  percentUp: (first, [percent = '']) => `: ${percent} % of ${first}, rounded up`,
  percentDown: (first, [percent = '']) => `: ${percent} % of ${first}, rounded down`,
  proportionDown: (first, [part = '', whole = '']) => `: ${first} x ${part} / ${whole}, rounded down`,
  apportion: (first, [index = '', ...weights]) => `: ${first} divided in proportion to ${weights.join(', ')}, the part of number ${String(Number(index) + 1)}`,
  custom: (first) => `: from ${first}`,
  ratioUp: (first, [part = '', whole = '']) => `: ${first} x ${part} / ${whole}, rounded up`,
  multipleDown: (first, [multiple = '']) => `: ${first} in whole multiples of ${multiple}`,
  zeroAtOrBelow: (first, [threshold = '']) => `: ${first}, hidden at ${threshold} or below`,
};
