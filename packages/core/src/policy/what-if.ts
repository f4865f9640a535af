import { createAvailability, type Availability, type AvailabilityCalculator, type AvailabilityKey } from '../availability/availability.ts';
import type { PositionReader } from '../availability/context.ts';
import type { Both } from '../explanation/diff.ts';
import { READER } from '../availability/told.ts';
import { iterable, moment as instant } from '../errors/common-looks.ts';
import { isStockwrightError, StockwrightError } from '../errors/error.ts';
import { fit, maybe, parts } from '../errors/looks.ts';
import type { Catalog } from '../catalog/catalog.ts';
import type { ChannelId, Sku } from '../identity/ids.ts';
import type { Instant } from '../identity/instant.ts';
import { compareQuantities, type Quantity } from '../quantity/quantity.ts';
import type { CustomRule } from './define-rule.ts';
import type { Policy } from './policy.ts';
import { POLICY } from './sound.ts';

/** One moment of the past: what was known then. @public */
export interface PastMoment {
  readonly asOf: Instant;
  readonly positions: PositionReader;
  /** Which numbers to compare; every sku of the catalogue on every channel of both policies where absent. */
  readonly keys?: Iterable<AvailabilityKey>;
}

/** A number that would have been another: what is for sale now, what is promised beyond it, or where the units are. @public */
export interface WhatIfChange extends AvailabilityKey {
  readonly asOf: Instant;
  /** What is for sale now; absent where nothing limited it. */
  readonly before: Quantity | undefined;
  readonly after: Quantity | undefined;
  readonly backorder: Both<Availability['backorder']>;
  readonly preorder: Both<Availability['preorder']>;
  /** By location; empty where the channel shows one number. */
  readonly parts: Both<Availability['parts']>;
}

/** How the numbers of one channel would have differed. @public */
export interface WhatIfCounts {
  readonly compared: number;
  readonly raised: number;
  readonly lowered: number;
  /** Of those lowered: to nothing. */
  readonly emptied: number;
  /** Of those raised: from nothing. */
  readonly filled: number;
}

/** What another policy would have made of the past. @public */
export interface WhatIfReport {
  readonly channels: ReadonlyMap<ChannelId, WhatIfCounts>;
  /** In the order of the history, at most as many as were asked for. */
  readonly changes: readonly WhatIfChange[];
  /** How many changes there were in all. */
  readonly changed: number;
}

/** What is tried, and on what. @public */
export interface WhatIfOptions {
  readonly catalog: Catalog;
  /** The policy in effect. */
  readonly before: Policy;
  readonly after: Policy;
  /** Definitions of the custom rules of both. */
  readonly rules?: readonly CustomRule<unknown>[];
  /** How many changes to list, `>= 0`; 100 where absent. All are counted. */
  readonly limit?: number;
}

/**
 * Tries a policy on the past: which numbers would have been others, channel by channel. Numbers for sale now and beyond
 * stock count as one answer.
 *
 * @param history - Read once, moment by moment.
 * @throws `INVALID_INPUT` with a path where a policy or the catalogue is none, a moment of the history is none, or one of its numbers cannot be
 *   computed, as {@link AvailabilityCalculator.compute} says; `INVALID_POLICY` where a rule has no definition.
 * @see its own rule: two policies compute the same history, and what differs is counted
 * @example
 * ```ts
 * const policyOf = (fixed: number) => parsePolicy({
 *   version: String(fixed), channels: [{ id: 'shop', locations: ['W1'] }], rules: [{ id: 'keep', owner: 'ops', reason: 'breakage', kind: 'safetyStock', withhold: { fixed } }],
 * });
 * const stock = { onHand: 5, unavailable: 0, committed: 0, incoming: 0, inTransit: 0 };
 * const position = { sku: parseSku('MUG'), scale: 0, locations: new Map([[parseLocationId('W1'), stock]]), unrouted: new Map(), holds: [] };
 * const past = { position: () => position };
 * const report = whatIf({ catalog: parseCatalog([{ sku: 'MUG' }]), before: policyOf(1), after: policyOf(9) }, [{ asOf, positions: past }]);
 * report.channels.get(shop) // => { compared: 1, raised: 0, lowered: 1, emptied: 1, filled: 0 }
 * ```
 * @public
 */
export function whatIf(options: WhatIfOptions, history: Iterable<PastMoment>): WhatIfReport {
  OPTIONS(options, []);
  iterable(history, ['history']);
  const { catalog, before, after, rules = [], limit = 100 } = options;
  const calculators = { before: createAvailability({ policy: before, catalog, rules }), after: createAvailability({ policy: after, catalog, rules }) };
  const channels = new Map<ChannelId, Counts>();
  const changes: WhatIfChange[] = [];
  let changed = 0;
  let index = -1;
  for (const moment of history) {
    index += 1;
    MOMENT(moment, ['history', index]);
    const { asOf, positions, keys = commonKeys(calculators) } = moment;
    for (const key of keys) {
      const [was, is] = within(index, () => [calculators.before.compute(key, positions, { asOf }), calculators.after.compute(key, positions, { asOf })] as const);
      const counts = channels.get(key.channel) ?? { compared: 0, raised: 0, lowered: 0, emptied: 0, filled: 0 };
      channels.set(key.channel, counts);
      count(counts, was, is);
      if (sameAnswer(was, is)) continue;
      changed += 1;
      if (changes.length < limit) changes.push(changeOf(was, is));
    }
  }
  return { channels, changes, changed };
}

const OPTIONS = parts({ before: POLICY, after: POLICY, limit: maybe(fit((value) => typeof value === 'number' && value >= 0, 'a number of zero or more')) });
const MOMENT = parts({ asOf: instant, positions: READER, keys: maybe(iterable) });

/** What is wrong with one of many moments is told with which one it is. */
function within<Result>(index: number, compute: () => Result): Result {
  try {
    return compute();
  } catch (error) {
    if (!isStockwrightError(error)) throw error;
    const issues = error.issues.map((issue) => ({ ...issue, path: ['history', index, ...issue.path] }));
    throw new StockwrightError(`In moment ${String(index)} of the history: ${error.message}`, { code: error.code, details: error.details, cause: error, issues });
  }
}

function changeOf(was: Availability, is: Availability): WhatIfChange {
  const both = <Name extends 'backorder' | 'preorder' | 'parts'>(name: Name): Both<Availability[Name]> => ({ before: was[name], after: is[name] });
  return { channel: is.channel, sku: is.sku, asOf: is.asOf, before: was.immediate, after: is.immediate, backorder: both('backorder'), preorder: both('preorder'), parts: both('parts') };
}

type Counts = { -readonly [Key in keyof WhatIfCounts]: WhatIfCounts[Key] };

function count(counts: Counts, { immediate: was }: Availability, { immediate: is }: Availability): void {
  counts.compared += 1;
  const order = was === undefined || is === undefined ? Number(is === undefined) - Number(was === undefined) : compareQuantities(is, was);
  if (order > 0) counts.raised += 1;
  if (order < 0) counts.lowered += 1;
  if (order > 0 && was === 0) counts.filled += 1;
  if (order < 0 && is === 0) counts.emptied += 1;
}

function sameAnswer(a: Availability, b: Availability): boolean {
  return a.immediate === b.immediate && a.backorder === b.backorder && a.preorder === b.preorder
    && a.parts.size === b.parts.size && [...a.parts].every(([location, part]) => b.parts.get(location) === part);
}

function* commonKeys({ before, after }: { readonly before: AvailabilityCalculator; readonly after: AvailabilityCalculator }): Iterable<AvailabilityKey> {
  const remaining = new Set(after.policy.channels.map(({ id }) => id));
  const channels = before.policy.channels.filter(({ id }) => remaining.has(id));
  for (const sku of before.catalog.items.keys()) for (const { id } of channels) yield keyOf(id, sku);
}

function keyOf(channel: ChannelId, sku: Sku): AvailabilityKey {
  return { channel, sku };
}
