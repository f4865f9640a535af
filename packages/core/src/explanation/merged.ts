import type { Explanation, ExplanationSettings } from '../availability/availability.ts';
import type { LocationId, Sku } from '../identity/ids.ts';
import { subtractQuantities, ZERO, type Quantity } from '../quantity/quantity.ts';
import { describeChange, describeServing, describeSetting, describeStep, isLeftAlone, isOfLocation, originOf, ruledOrigin, settingBehind, type Found } from './described-change.ts';
import { ANY_ORDER, isBeginning, isNothing, isNumberOnWay, isSameUnderAnotherRule, keyOf, labelsOf, membersByKey, type Link, type Links, quantityOf, Steps, textsOf } from './merged-steps.ts';
import { withOtherRules } from './other-rules.ts';
import type { TraceOperation, TraceStep } from './trace.ts';

/** One place in the arithmetic of both explanations. What it is made of stands before it; `NONE` is nothing at all. */
export type MergedNode =
  | { readonly kind: 'value'; readonly value: Quantity }
  | { readonly kind: 'switch'; readonly off: number; readonly on: number }
  | { readonly kind: 'operation'; readonly operation: TraceOperation; readonly args: readonly number[]; readonly texts: readonly Quantity[] };

/** The number of no place. */
export const NONE = -1;

/** How many steps a comparison looks at for where two explanations meet: what thousands of locations in another order are made of meets nowhere near. */
const MOST_LOOKED = 1_000_000;

/** Something that differs, and the switches that turn it from how it was into how it is. */
export interface Difference extends Found {
  readonly switches: number[];
}

type Explained = Pick<Explanation, 'steps' | 'locations' | 'settings'>;

/** What a step is called where it is the only member. */
function onlyKey(step: TraceStep, steps: Steps): string {
  return [...membersByKey([step], steps).keys()][0] ?? '';
}

/** Two steps of which each may be missing. */
interface Pair {
  readonly was: TraceStep | undefined;
  readonly is: TraceStep | undefined;
}

/**
 * The arithmetic of two explanations in one, with a switch wherever they differ: all off it comes to what was, all on to
 * what is. Steps that are the same stand once, so that what differs early reaches everything that follows.
 *
 * Steps are matched along the way that a number takes through the stages. A step on the way of one alone is an operation
 * that a switch turns on or off; a number on both is a switch between two values. What only follows from other
 * differences (demand that nothing can serve any more gives nothing back) has no name of its own and is turned with the
 * last of those.
 */
export class Merged {
  readonly nodes: MergedNode[] = [];
  readonly differences: Difference[] = [];
  readonly #before: Steps;
  readonly #after: Steps;
  readonly #known = new Map<string, number>();
  /** By place, the last difference that it depends on. */
  readonly #last: number[] = [];
  /** Steps of one explanation alone, and their places, that no difference has told of yet. */
  #untold: { readonly steps: Steps; readonly step: TraceStep; readonly place: number }[] = [];

  /** By step that is in one explanation alone, or whose number is another way, the difference that it belongs to. */
  readonly #owner = new Map<TraceStep, number>();
  /** Steps that were looked at for where two explanations meet. */
  #looked = 0;
  /** By location that serves the channel in one explanation alone, the difference that says so. */
  readonly #serving = new Map<LocationId, number>();
  /** By setting that differs, how that is told, and the difference that says so once something follows from it. */
  readonly #set = new Map<keyof ExplanationSettings, { readonly described: Found; number: number }>();

  constructor(before: Explained, after: Explained) {
    for (const setting of ['tracked', 'clamp', 'kits'] as const) {
      if (before.settings[setting] !== after.settings[setting]) this.#set.set(setting, { described: describeSetting(setting, before.settings, after.settings), number: NONE });
    }
    // What a rule does with stock comes after that there is any to limit it.
    this.#setBy('tracked');
    this.#before = new Steps(before.steps);
    this.#after = new Steps(after.steps);
    const [served, serving] = [new Set(before.locations), new Set(after.locations)];
    for (const location of new Set([...served, ...serving])) {
      if (served.has(location) === serving.has(location)) continue;
      this.#serving.set(location, this.differences.push({ ...describeServing(location, serving.has(location) ? 'added' : 'removed'), switches: [] }) - 1);
    }
  }

  /** The place of a number that is a step of each explanation, or of one. */
  place({ was, is }: { readonly was: number | undefined; readonly is: number | undefined }): number {
    const [old, now] = [was === undefined ? undefined : this.#before.all[was], is === undefined ? undefined : this.#after.all[is]];
    if ((old === undefined) === (now === undefined)) return this.#eitherOf({ was: old, is: now });
    const origin = { was: old === undefined ? undefined : originOf(old, this.#before), is: now === undefined ? undefined : originOf(now, this.#after) };
    return this.#switch({ off: this.#alone(old, this.#before), on: this.#alone(now, this.#after) }, describeStep(origin, this.#steps), [origin.was, origin.is].some((step) => step !== undefined && isNothing(step)));
  }

  /** Differences that only follow join one that does not, of the same sku where there is one: what they follow is not always a step. */
  finish(): readonly Difference[] {
    const begun = this.differences.filter(({ begins, kind, label }) => begins && (kind !== 'added' || label !== 'nothing'));
    if (begun.length === 0) return this.differences;
    const isBegun = new Set(begun);
    const first = new Map<Sku | undefined, Difference>();
    for (const one of begun) if (!first.has(one.sku)) first.set(one.sku, one);
    const nearest = new Map<Sku | undefined, Difference>();
    const joined = this.differences.map((one): Difference | undefined => {
      if (isBegun.has(one)) nearest.set(one.sku, one);
      if (isBegun.has(one) || one.begins) return isBegun.has(one) ? one : undefined;
      const other = nearest.get(one.sku) ?? first.get(one.sku) ?? begun[0];
      other?.switches.push(...one.switches);
      return other;
    });
    return withOtherRules(begun, { before: this.#before, after: this.#after, differenceOf: (step) => joined[this.#owner.get(step) ?? NONE] });
  }

  #eitherOf(pair: Pair): number {
    const { was, is } = pair;
    if (was !== undefined && is !== undefined) return this.#both(was, is);
    if (was === undefined && is === undefined) return NONE;
    const told = { was: was === undefined ? undefined : ruledOrigin(was, this.#before), is: is === undefined ? undefined : ruledOrigin(is, this.#after) };
    return this.#switch({ off: this.#alone(was, this.#before), on: this.#alone(is, this.#after) }, describeStep(told, { ...this.#steps, at: (is ?? was)?.operation === 'min' ? NONE : 0 }), this.#isDerived(pair), [was, is].filter((step) => step !== undefined));
  }

  get #steps(): { readonly before: Steps; readonly after: Steps } {
    return { before: this.#before, after: this.#after };
  }

  /** What two steps are made of first of all comes before them: what is left at one location after the other is a way too long to call oneself along. */
  #both(was: TraceStep, is: TraceStep): number {
    const way: (readonly [TraceStep, TraceStep])[] = [];
    let next: readonly [TraceStep | undefined, TraceStep | undefined] = [was, is];
    for (;;) {
      const [old, now] = next;
      if (old === undefined || now === undefined || this.#known.has(keyOf(old, now))) break;
      way.push([old, now]);
      if (isBeginning(now) || ANY_ORDER.has(now.operation) || this.#before.nameOf(old) !== this.#after.nameOf(now)) break;
      next = [this.#before.argsOf(old)[0], this.#after.argsOf(now)[0]];
    }
    for (const [old, now] of way.reverse()) this.#match(old, now);
    return this.#known.get(keyOf(was, is)) ?? NONE;
  }

  #match(was: TraceStep, is: TraceStep): void {
    const place = this.#before.nameOf(was) === this.#after.nameOf(is) ? this.#same(was, is) : this.#different(was, is);
    this.#known.set(keyOf(was, is), place);
    this.#before.paired.set(was.id, place);
    this.#after.paired.set(is.id, place);
  }

  #same(was: TraceStep, is: TraceStep): number {
    const { operation } = is;
    if (isBeginning(is)) {
      const [off, on] = [this.#value(quantityOf(was)), this.#value(quantityOf(is))];
      return was.value === is.value ? on : this.#switch({ off, on }, describeChange(was, is, this.#steps));
    }
    if (ANY_ORDER.has(operation)) return this.#members(is, { was: this.#before.argsOf(was), is: this.#after.argsOf(is) }) ?? this.#replaced(was, is);
    const [first, ...sides] = this.#before.argsOf(was);
    const [firstNow, ...sidesNow] = this.#after.argsOf(is);
    const from = this.#eitherOf({ was: first, is: firstNow });
    if (operation === 'custom') return this.#customised(from, this.#valueOrSwitch(this.#madeBy(was, is), { described: describeChange(was, is, this.#steps), another: was.rule?.version !== is.rule?.version }));
    const [texts, textsNow] = [textsOf(was), textsOf(is)];
    if (String(texts) === String(textsNow) && (operation !== 'apportion' || labelsOf(sides) === labelsOf(sidesNow))) {
      return this.#operation(operation, [from, ...sides.map((side, index) => this.#eitherOf({ was: side, is: sidesNow[index] }))], textsNow);
    }
    return this.#switch({
      off: this.#operation(operation, [from, ...sides.map((side) => this.#alone(side, this.#before))], texts),
      on: this.#operation(operation, [from, ...sidesNow.map((side) => this.#alone(side, this.#after))], textsNow),
    }, describeChange(was, is, this.#steps));
  }

  /** Members of a sum or of several of which one is the least; nothing where no member of a least one stayed. */
  #members({ operation }: TraceStep, { was, is }: { readonly was: readonly TraceStep[]; readonly is: readonly TraceStep[] }): number | undefined {
    const [before, after] = [membersByKey(was, this.#before), membersByKey(is, this.#after)];
    const [first, firstNow] = [before.keys().next().value ?? '', after.keys().next().value ?? ''];
    const leads = !after.has(first) && !before.has(firstNow) && isNumberOnWay(operation, was[0], is[0]);
    const stays = [...before.keys()].some((key) => after.has(key) && !isNothing(after.get(key) as TraceStep));
    if (operation !== 'sum' && !stays && !leads) return undefined;
    const args: number[] = [];
    if (leads && was[0] !== undefined && is[0] !== undefined) args.push(this.#both(was[0], is[0]));
    const grown = this.#grown(before, after);
    for (const key of new Set([...before.keys(), ...after.keys()])) {
      if ((leads && (key === first || key === firstNow)) || grown?.now === key) continue;
      args.push(this.#eitherOf({ was: before.get(key), is: after.get(grown?.old === key ? grown.now : key) }));
    }
    return this.#operation(operation, args, []);
  }

  /** The two members that are left where all others stayed, if one of them is a sum and the other a member of that: the same thing, with more or less beside it. */
  #grown(before: ReadonlyMap<string, TraceStep>, after: ReadonlyMap<string, TraceStep>): { readonly old: string; readonly now: string } | undefined {
    const [left, come] = [[...before].filter(([key]) => !after.has(key)), [...after].filter(([key]) => !before.has(key))];
    const [[gone, more], [came, moreNow]] = [left, come];
    if (gone === undefined || came === undefined || more !== undefined || moreNow !== undefined) return undefined;
    const [[old, was], [now, is]] = [gone, came];
    return this.#isMember(was, is) || this.#isMemberNow(is, was) ? { old, now } : undefined;
  }

  /** Two steps of which each is something else: what lies on the way of one alone is turned on or off. */
  #different(was: TraceStep, is: TraceStep): number {
    if (isSameUnderAnotherRule(was, is)) return this.#same(was, is);
    const grown = this.#asMember(was, is);
    if (grown !== undefined) return grown;
    for (const way of ['wayTo', 'madeOf'] as const) {
      // Whoever has looked far enough takes one for the other whole: less is told apart, and all of it still adds up.
      if (this.#looked >= MOST_LOOKED) break;
      const [of, ofNow] = [this.#before[way](was), this.#after[way](is)];
      this.#looked += of.size + ofNow.size;
      const met = this.#met(of, ofNow);
      if (met !== undefined) return met;
    }
    return this.#replaced(was, is);
  }

  /** The nearest step that both are made of, with what lies between on either side turned on or off. */
  #met(of: Links, ofNow: Links): number | undefined {
    const named = new Map([...of.keys()].toReversed().map((step) => [this.#before.nameOf(step), step]));
    for (const now of ofNow.keys()) {
      const old = named.get(this.#after.nameOf(now));
      if (old === undefined || isNothing(now)) continue;
      let place = this.#both(old, now);
      for (let link = of.get(old); link !== undefined; link = of.get(link.into)) place = this.#onWay(place, link, 'removed');
      for (let link = ofNow.get(now); link !== undefined; link = ofNow.get(link.into)) place = this.#onWay(place, link, 'added');
      return place;
    }
    return undefined;
  }

  /** Where one is a sum that the other is a member of, that is a sum of one. */
  #asMember(was: TraceStep, is: TraceStep): number | undefined {
    if (this.#isMember(was, is)) return this.#members(is, { was: [was], is: this.#after.argsOf(is) });
    if (this.#isMemberNow(is, was)) return this.#members(was, { was: this.#before.argsOf(was), is: [is] });
    return undefined;
  }

  /** Whether what was stands in the sum that is. */
  #isMember(was: TraceStep, is: TraceStep): boolean {
    return is.operation === 'sum' && membersByKey(this.#after.argsOf(is), this.#after).has(onlyKey(was, this.#before));
  }

  /** Whether what is stood in the sum that was. */
  #isMemberNow(is: TraceStep, was: TraceStep): boolean {
    return was.operation === 'sum' && membersByKey(this.#before.argsOf(was), this.#before).has(onlyKey(is, this.#after));
  }

  #onWay(from: number, { into: step, at }: Link, kind: 'added' | 'removed'): number {
    const steps = kind === 'removed' ? this.#before : this.#after;
    const pair: Pair = kind === 'removed' ? { was: step, is: undefined } : { was: undefined, is: step };
    const args = steps.argsOf(step).map((arg, index) => (index === at ? from : this.#alone(arg, steps)));
    const changed = step.operation === 'custom' ? this.#customised(from, this.#value(this.#byCustom(step, steps))) : this.#operation(step.operation, args, textsOf(step));
    steps.paired.set(step.id, changed);
    return this.#switch(kind === 'removed' ? { off: changed, on: from } : { off: from, on: changed }, describeStep(pair, { ...this.#steps, at }), this.#isDerived(pair, at), [step]);
  }

  #replaced(was: TraceStep, is: TraceStep): number {
    const places = { off: this.#alone(was, this.#before), on: this.#alone(is, this.#after) };
    const derived = this.#isDerived({ was, is: undefined }) && this.#isDerived({ was: undefined, is });
    return this.#switch(places, describeChange(was, is, this.#steps), derived, [was, is]);
  }

  /** Whether a step of one explanation brings no rule and no number that the other does not have; `but` is an argument that is not looked at. */
  #isDerived({ was, is }: Pair, but?: number): boolean {
    const [top, own, other] = is === undefined ? [was, this.#before, this.#after] : [is, this.#after, this.#before];
    const open = new Set(top === undefined ? [] : [top]);
    for (const step of open) {
      if (this.#looked >= MOST_LOOKED) return false;
      this.#looked += 1;
      // A number that no rule says and the other never heard of is a change of its own, also where it stood in what was told of before.
      if ((step !== top || but === undefined) && (own.paired.has(step.id) || own.told.has(step.id)) && (step !== top || !isBeginning(step) || step.rule !== undefined)) continue;
      if (isBeginning(step) ? !isNothing(step) && !isLeftAlone(step) && !other.beginsWith(step) : step.rule !== undefined || isOfLocation(step)) return false;
      own.argsOf(step).forEach((arg, at) => { if (step !== top || at !== but) open.add(arg); });
    }
    return true;
  }

  /** What stands for a step of one explanation: with the other's where they were matched. What it is made of first of all comes before it. */
  #alone(step: TraceStep | undefined, steps: Steps): number {
    const way: TraceStep[] = [];
    for (let one = step; one !== undefined && steps.placeOf(one) === undefined; one = steps.argsOf(one)[0]) way.push(one);
    for (const one of way.reverse()) {
      const args = steps.argsOf(one).map((arg) => this.#alone(arg, steps));
      const place = isBeginning(one) ? this.#value(quantityOf(one))
        : one.operation === 'custom' ? this.#customised(args[0] ?? NONE, this.#value(this.#byCustom(one, steps)))
          : this.#operation(one.operation, args, textsOf(one));
      steps.alone.set(one.id, place);
      this.#untold.push({ steps, step: one, place });
    }
    return (step === undefined ? undefined : steps.placeOf(step)) ?? NONE;
  }

  /** A rule of one's own is not known here, only by how much it changed a number. */
  #byCustom(step: TraceStep, steps: Steps): Quantity {
    const from = steps.arg(step, 0);
    return subtractQuantities(quantityOf(step), from === undefined ? ZERO : quantityOf(from));
  }

  #customised(from: number, by: number): number {
    return this.#operation('sum', [from, by], []);
  }

  #madeBy(was: TraceStep, is: TraceStep): { readonly off: Quantity; readonly on: Quantity } {
    return { off: this.#byCustom(was, this.#before), on: this.#byCustom(is, this.#after) };
  }

  /** @param another - Whether it is told even where it comes to the same. */
  #valueOrSwitch({ off, on }: { readonly off: Quantity; readonly on: Quantity }, { described, another }: { readonly described: Found; readonly another: boolean }): number {
    const places = { off: this.#value(off), on: this.#value(on) };
    return String(off) === String(on) && !another ? places.on : this.#switch(places, described);
  }

  #value(value: Quantity): number {
    return this.#put({ kind: 'value', value }, NONE);
  }

  #operation(operation: TraceOperation, args: readonly number[], texts: readonly Quantity[]): number {
    return this.#put({ kind: 'operation', operation, args, texts }, args.reduce((last, arg) => Math.max(last, this.#last[arg] ?? NONE), NONE));
  }

  /** A switch of its own difference or, where it only follows or was told of before, of an earlier one. */
  #switch({ off, on }: { readonly off: number; readonly on: number }, described: Found, follows = false, of: readonly TraceStep[] = []): number {
    const last = Math.max(this.#last[off] ?? NONE, this.#last[on] ?? NONE);
    const { location, locationBefore } = described;
    const served = (location === undefined ? undefined : this.#serving.get(location)) ?? (locationBefore === undefined ? undefined : this.#serving.get(locationBefore));
    let owner = this.#setBy(...settingBehind(described)) ?? served ?? (follows ? last : this.#toldAs(described));
    if (owner === NONE) owner = this.differences.push({ ...described, begins: described.begins && !follows, switches: [] }) - 1;
    for (const step of of) this.#owner.set(step, owner);
    for (const { steps, step, place } of this.#untold) {
      steps.told.add(step.id);
      this.#owner.set(step, owner);
      this.#last[place] = Math.max(this.#last[place] ?? NONE, owner);
    }
    this.#untold = [];
    const place = this.#put({ kind: 'switch', off, on }, Math.max(last, owner));
    this.differences[owner]?.switches.push(place);
    return place;
  }

  /** The difference in a setting that another only follows from. */
  #setBy(...settings: readonly (keyof ExplanationSettings)[]): number | undefined {
    const set = settings.flatMap((setting) => this.#set.get(setting) ?? [])[0];
    if (set?.number === NONE) set.number = this.differences.push({ ...set.described, switches: [] }) - 1;
    return set?.number;
  }

  /** A recipe is counted by in several places: in all stock, and at each location. */
  #toldAs({ kind, measure, sku, before, after }: Found): number {
    return measure === 'perKit' ? this.differences.findIndex((one) => one.measure === measure && one.kind === kind && one.sku === sku && one.before === before && one.after === after) : NONE;
  }

  #put(node: MergedNode, last: number): number {
    this.#last.push(last);
    return this.nodes.push(node) - 1;
  }
}
