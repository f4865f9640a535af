import { addQuantities, compareQuantities, quantitiesEqual, subtractQuantities, ZERO, type Quantity } from '../quantity/quantity.ts';
import { plainArithmetic as plain } from './arithmetic.ts';
import { NONE, type Merged, type MergedNode } from './merged.ts';
import { Places } from './places.ts';
import type { TraceOperation } from './trace.ts';

/**
 * The numbers of merged arithmetic as one difference after the other is turned on, in the order of the pipeline. What each
 * one adds is its effect: beside everything before it in that order, and before everything after it.
 *
 * Only what the numbers that are asked for are made of is worked out: each part of a spread leaves less for all later
 * ones, so with every location that changes all of these would change again.
 */
export class Waterfall {
  readonly #nodes: readonly MergedNode[];
  readonly #values: (Quantity | undefined)[];
  readonly #on: Uint8Array;
  /** By place that a number which is asked for is made of, the places that are made of it, as often as they are. */
  readonly #uses: (number[] | undefined)[];

  /** @param asked - The places whose numbers are asked for. */
  constructor({ nodes }: Merged, asked: readonly number[]) {
    this.#nodes = nodes;
    this.#on = new Uint8Array(nodes.length);
    this.#uses = nodes.map(() => undefined);
    this.#values = nodes.map(() => undefined);
    for (const place of asked) if (place !== NONE) this.#uses[place] = [];
    // What a place is made of stands before it, so that whoever comes from the end knows of a place all that it is part of.
    for (let place = nodes.length - 1; place >= 0; place -= 1) {
      const node = nodes[place];
      if (node === undefined || this.#uses[place] === undefined) continue;
      for (const part of partsOf(node)) (this.#uses[part] ??= []).push(place);
    }
    nodes.forEach((_, place) => { if (this.#uses[place] !== undefined) this.#values[place] = this.#evaluate(place); });
  }

  /** Absent for what is not there, as things are turned now, and for what was not asked for. */
  value(place: number): Quantity | undefined {
    return this.#values[place];
  }

  /** Turns switches on, and works out anew what follows from them and nothing else. */
  turnOn(switches: readonly number[]): void {
    const touched = new Places();
    // A sum may have a million members: it is told by how much one changed, and not added up anew.
    const changes = new Map<number, Quantity>();
    for (const place of switches) {
      this.#on[place] = 1;
      if (this.#uses[place] !== undefined) touched.add(place);
    }
    for (let place = touched.next(); place !== undefined; place = touched.next()) {
      const was = this.#values[place];
      const change = changes.get(place);
      const is = change === undefined ? this.#evaluate(place) : addQuantities(was ?? ZERO, change);
      this.#values[place] = is;
      if (isSame(was, is)) continue;
      const by = subtractQuantities(is ?? ZERO, was ?? ZERO);
      for (const user of this.#uses[place] ?? []) {
        touched.add(user);
        if (this.#isSum(user)) changes.set(user, addQuantities(changes.get(user) ?? ZERO, by));
      }
    }
  }

  #isSum(place: number): boolean {
    const node = this.#nodes[place];
    return node?.kind === 'operation' && node.operation === 'sum';
  }

  #evaluate(place: number): Quantity | undefined {
    const node = this.#nodes[place];
    if (node === undefined) return undefined;
    switch (node.kind) {
      case 'value': return node.value;
      case 'switch': return this.#values[this.#on[place] === 1 ? node.on : node.off];
      case 'operation': return resultOf(node.operation, node.args.flatMap((arg) => this.#values[arg] ?? []), node.texts);
    }
  }
}

function isSame(was: Quantity | undefined, is: Quantity | undefined): boolean {
  return was === is || (was !== undefined && is !== undefined && quantitiesEqual(was, is));
}

function partsOf(node: MergedNode): readonly number[] {
  if (node.kind === 'value') return [];
  return (node.kind === 'switch' ? [node.off, node.on] : node.args).filter((part) => part !== NONE);
}

/** What an operation makes of numbers; `texts` are those of its arguments that are no steps. */
function resultOf(operation: TraceOperation, args: readonly Quantity[], [text = ZERO, second = ZERO]: readonly Quantity[]): Quantity {
  const [a = ZERO, b = ZERO, c = ZERO] = args;
  switch (operation) {
    case 'input': case 'constant': case 'custom': return text;
    case 'sum': return plain.sum(args, undefined);
    case 'min': return plain.min(args, undefined);
    case 'max': return plain.max(args, undefined);
    case 'subtract': return subtractQuantities(a, b);
    case 'floorDivide': return plain.floorDivide(a, second === ZERO ? text : { numerator: text, denominator: second }, undefined);
    case 'percentUp': return plain.percentUp(a, text, undefined);
    case 'percentDown': return plain.percentDown(a, text, undefined);
    case 'proportionDown': return compareQuantities(c, ZERO) <= 0 ? ZERO : plain.proportionDown(a, b, { denominator: c, note: undefined });
    case 'apportion': return plain.apportion(a, args.slice(1), { index: Number(text), note: undefined });
    case 'zeroAtOrBelow': return plain.zeroAtOrBelow(a, b, undefined);
    case 'ratioUp': return plain.ratioUp(a, text, { denominator: second, note: undefined });
    case 'multipleDown': return plain.multipleDown(a, text, undefined);
  }
}
