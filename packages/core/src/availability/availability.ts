import { NEVER } from '../ledger/hold.ts';
import type { Catalog } from '../catalog/catalog.ts';
import { invalidInput, type Issue } from '../errors/error.ts';
import { shown } from '../errors/issue.ts';
import { plainArithmetic, type Arithmetic } from '../explanation/arithmetic.ts';
import { limitOf, type LimitingFactor } from '../explanation/limit.ts';
import { tracingArithmetic, type Tracing } from '../explanation/tracing.ts';
import type { TraceStep } from '../explanation/trace.ts';
import type { ChannelId, LocationId, Sku } from '../identity/ids.ts';
import { instantProblem, type Instant } from '../identity/instant.ts';
import { channelOf, compilePolicy, itemOf, type CompiledPolicy } from '../policy/compile.ts';
import type { CustomRule } from '../policy/define-rule.ts';
import type { Policy } from '../policy/policy.ts';
import { isObject } from '../policy/shape.ts';
import { formatQuantity, type Quantity, type QuantityText } from '../quantity/quantity.ts';
import { calculate, supplyAt } from './calculate.ts';
import type { Kept, PositionReader, StageContext } from './context.ts';
import { NO_PARTS, PlainNumbers } from './plain/plain-number.ts';
import { isReader, readAlone, readerProblem, Told } from './told.ts';

/** Which number: one sku on one channel. @public */
export interface AvailabilityKey {
  readonly channel: ChannelId;
  readonly sku: Sku;
}

/** When, and for whom. @public */
export interface Moment {
  readonly asOf: Instant;
  /** Holds that are the caller's own and must not stand in its way. */
  readonly ownHolds?: Iterable<string>;
}

/** What a channel may be told. @public */
export interface Availability extends AvailabilityKey {
  /** What may be sold now, in steps of the sku, `>= 0`; absent for a sku that nothing limits. */
  readonly immediate: Quantity | undefined;
  /** One part per location of the channel, in its order; the parts sum to `immediate`. Empty where the channel shows one number. */
  readonly parts: ReadonlyMap<LocationId, Quantity>;
  /** What may be promised beyond stock, on top of `immediate`; zero unless a rule allows some. */
  readonly backorder: Quantity | 'unlimited';
  /** What may be promised of what is expected, on top of `immediate`; zero unless a rule allows some. */
  readonly preorder: Quantity;
  readonly policyVersion: string;
  readonly asOf: Instant;
  /** The next moment at which time alone may change the answer; absent where there is none. */
  readonly validUntil: Instant | undefined;
}

/** What decides how a number is counted and is no step of arithmetic. @public */
export interface ExplanationSettings extends Pick<Policy, 'clamp' | 'kits'> {
  /** Whether stock limits the sku at all. */
  readonly tracked: boolean;
}

/** An answer with every step that led to it. @public */
export interface Explanation {
  readonly key: AvailabilityKey;
  readonly availability: Availability;
  /** The locations that serve the channel, most preferred first. */
  readonly locations: readonly LocationId[];
  /** Decimal digits of the sku's step; the values in `steps` count steps of the sku that each is about. */
  readonly scale: number;
  readonly settings: ExplanationSettings;
  /** Arithmetic in order; each step refers to earlier ones. */
  readonly steps: readonly TraceStep[];
  /** The step that is `immediate`; absent for a sku that nothing limits. */
  readonly totalStep: number | undefined;
  /** The steps that are the parts. */
  readonly partSteps: ReadonlyMap<LocationId, number>;
  /** The step that is `backorder` or `preorder`; absent where no rule gives a number. */
  readonly backorderStep: number | undefined;
  readonly preorderStep: number | undefined;
  /** What keeps the number from being larger. */
  readonly limitingFactor: LimitingFactor | undefined;
}

/** The calculation for one policy and catalogue. Pure: the same positions and moment give the same answer. @public */
export interface AvailabilityCalculator {
  readonly policy: Policy;
  readonly catalog: Catalog;
  /** The definitions of custom rules that it was made with. */
  readonly rules: readonly CustomRule<unknown>[];
  /**
   * The number of one key.
   *
   * @throws `INVALID_INPUT` where the policy has no such channel or the catalogue no such sku, and where `asOf` is not in
   *   the form of every instant, since it would not compare. So is what `positions` tells: a position of another scale than
   *   the catalogue gives the sku, and whatever is no count of steps or no instant where one is read. What the question
   *   does not read may be anything, to this function and to `explain` alike.
   */
  compute(key: AvailabilityKey, positions: PositionReader, moment: Moment): Availability;
  /** One answer per key, in the order given. Each equals that of `compute`. */
  computeMany(keys: Iterable<AvailabilityKey>, positions: PositionReader, moment: Moment): readonly Availability[];
  /** The same number with every step. */
  explain(key: AvailabilityKey, positions: PositionReader, moment: Moment): Explanation;
  /** Every key whose number the position of a sku enters: its own and those of the kits that use it, on all channels. */
  affectedKeys(sku: Sku): readonly AvailabilityKey[];
  /** The skus whose positions a key's number reads. */
  readsOf(sku: Sku): readonly Sku[];
}

/**
 * Prepares the calculation.
 *
 * @param options - `rules`: the definitions of the custom rules that the policy uses.
 * @throws `INVALID_POLICY` where a custom rule of the policy has no definition, or another version or stage, or refuses its settings;
 *   `INVALID_INPUT` where a definition among `rules` is none, with its path.
 * @example
 * ```ts
 * const sku = parseSku('MUG');
 * const calculator = createAvailability({
 *   catalog: parseCatalog([{ sku }]),
 *   policy: parsePolicy({ version: '1', channels: [{ id: 'shop', locations: ['W1'] }] }),
 * });
 * const stock = { onHand: 5, unavailable: 0, committed: 2, incoming: 0, inTransit: 0 };
 * const reader = { position: () => ({ sku, scale: 0, locations: new Map([[parseLocationId('W1'), stock]]), unrouted: new Map(), holds: [] }) };
 * calculator.compute({ channel: shop, sku }, reader, { asOf }).immediate // => 3
 * ```
 * @public
 */
export function createAvailability({ policy, catalog, rules = [] }: { readonly policy: Policy; readonly catalog: Catalog; readonly rules?: readonly CustomRule<unknown>[] }): AvailabilityCalculator {
  return calculatorOf(compilePolicy(policy, catalog, rules));
}

/** The calculation for a policy that is compiled already. */
export function calculatorOf(compiled: CompiledPolicy): AvailabilityCalculator {
  const { policy, catalog } = compiled;
  const plain = new PlainNumbers(compiled);
  const [keptPlain, keptTraced]: readonly [Kept, Kept] = [{}, {}];
  const newTracing = (): Tracing => tracingArithmetic((sku) => itemOf(compiled, sku).scale, policy.version);
  let idle: Tracing | undefined;
  const refuseUnsound = questionGuard();
  const compute = (key: AvailabilityKey, positions: PositionReader, moment: Moment): Availability => {
    refuseUnsound(key, positions, moment);
    return plain.answer(key, positions, moment.asOf) ?? answer(compiled, key, { positions, moment, kept: keptPlain });
  };
  const calculator: AvailabilityCalculator = {
    policy,
    catalog,
    rules: compiled.definitions,
    compute,
    computeMany: (keys, positions, asked) => {
      if (typeof (keys as Partial<typeof keys> | null)?.[Symbol.iterator] !== 'function') throw invalidInput('question', [{ path: ['keys'], message: `must be a list of keys, not ${shown(keys)}` }]);
      const moment: Moment = asked?.ownHolds === undefined ? asked : { asOf: asked.asOf, ownHolds: holdSet(asked.ownHolds) };
      return Array.from(keys, (key) => compute(key, positions, moment));
    },
    explain: (key, positions, moment) => {
      refuseUnsound(key, positions, moment);
      // A rule of one's own may ask for an explanation while one is being written.
      const tracing = idle ?? newTracing();
      idle = undefined;
      try {
        const explanation = explained(compiled, key, { question: { positions, moment, kept: keptTraced }, tracing });
        idle = tracing;
        return explanation;
      } catch (error) {
        // Where compute has an answer it never read what is refused here.
        if (plain.answer(key, positions, moment.asOf) === undefined) throw error;
        return explained(compiled, key, { question: { positions, moment, kept: { told: readAlone(positions) } }, tracing: newTracing() });
      }
    },
    affectedKeys: (sku) => {
      itemOf(compiled, sku);
      const skus = [sku, ...(catalog.kitsUsing.get(sku) ?? [])];
      return skus.flatMap((affected) => policy.channels.map(({ id }) => ({ channel: id, sku: affected })));
    },
    readsOf: (sku) => itemOf(compiled, sku).components?.map((component) => component.sku) ?? [sku],
  };
  compiledBy.set(calculator, compiled);
  return calculator;
}

const compiledBy = new WeakMap<AvailabilityCalculator, CompiledPolicy>();

/** The policy of a calculator in the form that the pipeline reads; that of one that somebody wrapped is prepared anew, once. */
export function compiledOf(calculator: AvailabilityCalculator): CompiledPolicy {
  let compiled = compiledBy.get(calculator);
  if (compiled === undefined) compiledBy.set(calculator, (compiled = compilePolicy(calculator.policy, calculator.catalog, calculator.rules)));
  return compiled;
}

/** Refuses what is no question; a moment that was looked at last time is not looked at again. */
function questionGuard(): (key: AvailabilityKey, positions: PositionReader, moment: Moment) => void {
  let sound: Instant | undefined;
  return (key, positions, moment) => {
    if (isObject(key) && isReader(positions) && isObject(moment) && moment.asOf === sound && sound !== undefined) return;
    const issues: Issue[] = [];
    if (!isObject(key)) issues.push({ path: [], message: `must be a key of a channel and a sku, not ${shown(key)}` });
    const unreadable = readerProblem(positions);
    if (unreadable !== undefined) issues.push({ path: ['positions'], message: unreadable });
    const problem = isObject(moment) ? instantProblem(moment.asOf) : 'must be said';
    if (problem !== undefined) issues.push({ path: ['asOf'], message: problem });
    if (issues.length > 0) throw invalidInput('question', issues);
    sound = moment.asOf;
  };
}

interface Question {
  readonly positions: PositionReader;
  readonly moment: Moment;
  readonly kept: Kept;
}

const NO_HOLDS: ReadonlySet<string> = new Set();

function holdSet(ids: Moment['ownHolds']): ReadonlySet<string> {
  if (ids === undefined) return NO_HOLDS;
  // A text is a row of texts to the compiler, and no character of it is a hold.
  if (typeof ids !== 'object' || typeof ids?.[Symbol.iterator] !== 'function') throw invalidInput('question', [{ path: ['ownHolds'], message: `must be a list or set of the ids of holds, not ${shown(ids)}` }]);
  return ids instanceof Set ? ids : new Set(ids);
}

/** Collects the next moment at which time alone may change the answer. */
class Boundaries {
  readonly #asOf: Instant;
  next: Instant | undefined;

  constructor(asOf: Instant) {
    this.#asOf = asOf;
  }

  note = (instant: Instant): void => {
    // What claims until its order is booked does not end by time.
    if (instant !== NEVER && instant > this.#asOf && (this.next === undefined || instant < this.next)) this.next = instant;
  };
}

function contextFor<N>(compiled: CompiledPolicy, key: AvailabilityKey, { question: { positions, moment, kept }, ops, boundaries }: { question: Question; ops: Arithmetic<N>; boundaries: Boundaries }): StageContext<N> {
  if (kept.told?.reader !== positions) kept.told = new Told(positions, compiled);
  const context: StageContext<N> = { ops, compiled, channel: channelOf(compiled, key.channel), positions: kept.told, asOf: moment.asOf, ownHolds: holdSet(moment.ownHolds), boundaries: boundaries.note, kept };
  kept.context = context;
  return context;
}

/** What one location could give a channel by itself. */
export function supplyIn(compiled: CompiledPolicy, { place, ...key }: AvailabilityKey & { readonly place: number }, { positions, moment }: Omit<Question, 'kept'>): Quantity | undefined {
  const context = contextFor(compiled, key, { question: { positions, moment, kept: {} }, ops: plainArithmetic, boundaries: new Boundaries(moment.asOf) });
  return supplyAt(context, key.sku, place);
}

function answer(compiled: CompiledPolicy, key: AvailabilityKey, question: Question): Availability {
  const boundaries = new Boundaries(question.moment.asOf);
  const context = contextFor(compiled, key, { question, ops: plainArithmetic, boundaries });
  const { total, parts, backorder = 0, preorder = 0 } = calculate(context, key.sku);
  return {
    channel: key.channel, sku: key.sku, immediate: total, parts, backorder, preorder,
    policyVersion: compiled.policy.version, asOf: question.moment.asOf, validUntil: boundaries.next,
  };
}

function explained(compiled: CompiledPolicy, key: AvailabilityKey, { question, tracing: { ops, taken } }: { readonly question: Question; readonly tracing: Tracing }): Explanation {
  const boundaries = new Boundaries(question.moment.asOf);
  const context = contextFor(compiled, key, { question, ops, boundaries });
  const { total, parts, backorder, preorder } = calculate(context, key.sku);
  const availability: Availability = {
    channel: key.channel, sku: key.sku, immediate: total === undefined ? undefined : ops.value(total),
    parts: parts.size === 0 ? NO_PARTS : new Map([...parts].map(([location, part]) => [location, ops.value(part)])),
    backorder: typeof backorder === 'number' ? ops.value(backorder) : (backorder ?? 0), preorder: preorder === undefined ? 0 : ops.value(preorder),
    policyVersion: compiled.policy.version, asOf: question.moment.asOf, validUntil: boundaries.next,
  };
  const traces = taken();
  const { scale, tracked } = itemOf(compiled, key.sku);
  const { clamp, kits } = compiled.policy;
  return {
    key, availability, locations: context.channel.locations, scale, settings: { tracked, clamp, kits }, steps: traces.steps, totalStep: total,
    partSteps: parts, backorderStep: typeof backorder === 'number' ? backorder : undefined, preorderStep: preorder,
    limitingFactor: total === undefined ? undefined : limitOf(traces, total),
  };
}

/**
 * The immediate part as text, in units of the sku.
 *
 * @param scale - Decimal digits of the sku's step, 0 to 12, as the catalogue gives them.
 * @returns Every digit: nothing is rounded. Absent for a sku that nothing limits.
 * @throws `INVALID_INPUT` at `scale` where that is no such number.
 * @example
 * ```ts
 * const sku = parseSku('SUGAR');
 * const calculator = createAvailability({ catalog: parseCatalog([{ sku, scale: 2 }]), policy: parsePolicy({ version: '1', channels: [{ id: 'shop', locations: ['W1'] }] }) });
 * const stock = { onHand: 125, unavailable: 0, committed: 0, incoming: 0, inTransit: 0 };
 * const reader = { position: () => ({ sku, scale: 2, locations: new Map([[parseLocationId('W1'), stock]]), unrouted: new Map(), holds: [] }) };
 * immediateText(calculator.compute({ channel: shop, sku }, reader, { asOf }), 2) // => '1.25'
 * ```
 * @public
 */
export function immediateText({ immediate }: Availability, scale = 0): QuantityText | undefined {
  return immediate === undefined ? undefined : formatQuantity(immediate, scale);
}
