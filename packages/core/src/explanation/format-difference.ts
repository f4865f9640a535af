import { addQuantities, formatQuantity, MAX_SCALE, parseQuantity, ZERO, type Quantity, type QuantityText } from '../quantity/quantity.ts';
import type { Cause, ExplanationDifference } from './diff.ts';
import type { OtherRule } from './described-change.ts';
import { oneLine } from './one-line.ts';
import { DIFFERENCE } from './sound.ts';

/** Whoever wants to know why a number changed does not read a hundred things that did not change it. */
const MOST_UNFELT = 10;

/**
 * Why a number is another than it was, as lines that a merchandiser reads: what it was and is, and each cause with its
 * effect. The effects add up to the difference. What changed without an effect comes last; the same change at several
 * locations is one line.
 *
 * @throws `INVALID_INPUT` with a path where it is no difference.
 * @returns Lines separated by line feeds, without one at the end; quantities in units of their sku.
 * @example
 * ```ts
 * const sku = parseSku('MUG');
 * const calculator = createAvailability({ catalog: parseCatalog([{ sku }]), policy: parsePolicy({ version: '1', channels: [{ id: 'shop', locations: ['W1'] }] }) });
 * const onHand = accountKey({ account: 'onHand', location: parseLocationId('W1'), channel: '' });
 * const yesterday = calculator.explain({ channel: shop, sku }, { position: () => positionFromBalances({ sku }, new Map([[onHand, 20]])) }, { asOf: addMs(asOf, -86_400_000) });
 * const today = calculator.explain({ channel: shop, sku }, { position: () => positionFromBalances({ sku }, new Map([[onHand, 15]])) }, { asOf });
 * const [number, ...causes] = formatDifference(diffExplanations(yesterday, today)).split('\n');
 * number // => 'MUG on shop: 20 at 2026-11-22T10:00:00.000Z, 15 at 2026-11-23T10:00:00.000Z, because:'
 * causes // => ['      -5  on hand (W1): 20 before, 15 now']
 * ```
 * @public
 */
export function formatDifference(difference: ExplanationDifference): string {
  DIFFERENCE(difference, []);
  const { key, asOf, policyVersion, scale, before, after, causes } = difference;
  const versions = policyVersion.before === policyVersion.after ? ['', ''] : [` (policy ${policyVersion.before})`, ` (policy ${policyVersion.after})`];
  const head = `${key.sku} on ${key.channel}: ${numberOf(before, scale.before)} at ${asOf.before}${versions[0] ?? ''}, ${numberOf(after, scale.after)} at ${asOf.after}${versions[1] ?? ''}`;
  if (causes.length === 0) return `${head}. Nothing that enters the number changed.`;
  const told = together(causes);
  const [felt, unfelt] = [told.filter((one) => hasEffect(one, difference)), told.filter((one) => !hasEffect(one, difference))];
  return [
    `${head}${felt.length === 0 ? '.' : ', because:'}`,
    ...felt.map((one) => `${effectText(one).padStart(8)}  ${causeText(one, difference)}${beyondText(one)}`),
    ...unfeltLines(unfelt.map((one) => causeText(one, difference)), felt.length === 0 ? 'What changed has no effect:' : 'Changed without effect:'),
  ].join('\n');
}

function unfeltLines(texts: readonly string[], title: string): readonly string[] {
  const more = texts.length - MOST_UNFELT;
  const lines = (more > 1 ? [...texts.slice(0, MOST_UNFELT), `and ${String(more)} more`] : texts).map((text) => `${' '.repeat(10)}${text}`);
  return lines.length === 0 ? [] : [title, ...lines];
}

function numberOf(quantity: Quantity | undefined, scale: number): string {
  return quantity === undefined ? 'not limited' : formatQuantity(quantity, scale);
}

/** Causes that say the same of several locations as one. */
interface Told extends Omit<Cause, 'location'> {
  readonly locations: readonly string[];
}

function together(causes: readonly Cause[]): readonly Told[] {
  const all = new Map<string, Told>();
  for (const { location, ...cause } of causes) {
    const { kind, stage, label, labelBefore, locationBefore, sku, rule, version, ruleBefore, versionBefore, otherRules = [], measure, before, after } = cause;
    const key = [kind, stage, label, labelBefore, locationBefore, sku, rule, version, ruleBefore, versionBefore, ...otherRules.map(otherText), measure, before, after].join('\u001f');
    const known = all.get(key);
    const at = location === undefined ? [] : [location];
    all.set(key, known === undefined ? { ...cause, locations: at } : {
      ...known, locations: [...new Set([...known.locations, ...at])],
      effect: { immediate: plus(known.effect.immediate, cause.effect.immediate), backorder: plus(known.effect.backorder, cause.effect.backorder), preorder: plus(known.effect.preorder, cause.effect.preorder) },
    });
  }
  return [...all.values()];
}

function plus(a: QuantityText | undefined, b: QuantityText | undefined): QuantityText | undefined {
  return a === undefined || b === undefined ? undefined : formatQuantity(addQuantities(finest(a), finest(b)), MAX_SCALE);
}

function finest(text: QuantityText): Quantity {
  return parseQuantity(text, { scale: MAX_SCALE });
}

/** What is or was no number may have changed by anything, unless it was none and is none. */
function hasEffect({ effect }: Told, { before, after, backorder }: ExplanationDifference): boolean {
  if (effect.immediate === undefined ? before !== undefined || after !== undefined : effect.immediate !== '0') return true;
  if (effect.backorder === undefined ? backorder.before !== backorder.after : effect.backorder !== '0') return true;
  return effect.preorder !== '0';
}

function effectText({ effect: { immediate } }: Told): string {
  return immediate === undefined ? '' : signed(immediate);
}

function signed(text: QuantityText): string {
  return finest(text) === ZERO || text.startsWith('-') ? text : `+${text}`;
}

function beyondText({ effect: { backorder, preorder } }: Told): string {
  const parts = [[backorder, 'may be backordered'], [preorder, 'may be preordered']] as const;
  return parts.flatMap(([text, what]) => (text === undefined || text === '0' ? [] : [`; ${signed(text)} ${what}`])).join('');
}

function causeText(cause: Told, { key, policyVersion }: ExplanationDifference): string {
  const { label, sku, locations, rule, owner = '', reason = '', ruleBefore, otherRules = [], measure } = cause;
  const what = measure === 'perKit' ? `${sku ?? ''} in each kit` : label;
  const where = [sku === undefined || sku === key.sku || what.includes(sku) ? '' : sku, locations.join(', ')].filter((text) => text !== '').join(' at ');
  const rules = [...(rule === undefined ? [] : [`rule ${rule} of ${oneLine(owner)}: ${oneLine(reason)}`]), ...versionTexts(cause, policyVersion), ...(ruleBefore === undefined ? [] : [`before, rule ${ruleBefore}`]), ...otherRules.map(otherText)];
  const why = rules.length === 0 ? '' : ` (${rules.join('; ')})`;
  return `${what}${where === '' ? '' : ` (${where})`}${figuresOf(cause)}${why}`;
}

function otherText({ kind, rule, owner, reason }: OtherRule): string {
  return `${kind === 'added' ? 'with' : 'without'} rule ${rule} of ${oneLine(owner)}: ${oneLine(reason)}`;
}

/** The versions of a rule where they are not those of the policies, which are told once. */
function versionTexts({ kind, version, versionBefore }: Told, { before, after }: ExplanationDifference['policyVersion']): readonly string[] {
  if (version === undefined || (version === (kind === 'removed' ? before : after) && (versionBefore ?? before) === before)) return [];
  return [`version ${version}${versionBefore === undefined ? '' : `, before version ${versionBefore}`}`];
}

/** What a figure was and is. A rule is in effect or not; of anything else there was none, or is none. */
function figuresOf({ kind, labelBefore, locationBefore, before, after, rule, measure }: Told): string {
  const unit = measure === 'percent' ? ' %' : '';
  if (labelBefore !== undefined) return `: ${after ?? ''} now, where before it was ${before ?? ''} (${labelBefore}${locationBefore === undefined ? '' : ` at ${locationBefore}`})`;
  if (kind === 'changed' && before === after) return `: ${after ?? ''}${unit} as before, worked out in another way`;
  if (kind === 'changed') return `: ${before ?? ''}${unit} before, ${after ?? ''}${unit} now`;
  const figure = `${after ?? before ?? ''}${unit}`;
  if (rule !== undefined) return `: ${figure}, ${kind === 'added' ? 'in effect now' : 'no longer in effect'}`;
  if (after === undefined && before === undefined) return kind === 'added' ? ': now' : ': no longer';
  return kind === 'added' ? `: none before, ${figure} now` : `: ${figure} before, none now`;
}
