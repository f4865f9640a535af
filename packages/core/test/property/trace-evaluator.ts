import type { TraceStep } from '../../src/index.ts';

/** All that is seen of a step. */
type Blind = Pick<TraceStep, 'operation' | 'args'>;

/** Reads a trace by what its steps do, never by what they say that they came to: from their operation, their arguments and nothing else. */
export function evaluate(steps: readonly Blind[], id: number): bigint {
  const step = steps[id];
  if (step === undefined) throw new Error(`no step ${String(id)}`);
  if (step.args.some((arg) => typeof arg === 'number' && arg >= id)) throw new Error(`step ${String(id)} refers to what is not there yet`);
  const args = step.args.map((arg) => (typeof arg === 'number' ? evaluate(steps, arg) : arg));
  const whole = (index: number): bigint => BigInt(args[index] ?? 'nothing');
  const all = args.map((_, index) => whole.bind(undefined, index));
  const floor = (a: bigint, b: bigint): bigint => (a % b < 0n ? a / b - 1n : a / b);
  switch (step.operation) {
    case 'input':
    case 'constant': return whole(0);
    case 'sum': return all.reduce((sum, read) => sum + read(), 0n);
    case 'subtract': return whole(0) - whole(1);
    case 'min': return all.map((read) => read()).reduce((a, b) => (a < b ? a : b));
    case 'max': return all.map((read) => read()).reduce((a, b) => (a > b ? a : b));
    case 'floorDivide': return floor(whole(0) * (args.length > 2 ? whole(2) : 1n), whole(1));
    case 'percentUp': return -floor(-whole(0) * BigInt(Math.round(Number(args[1]) * 10_000)), 1_000_000n);
    case 'percentDown': return floor(whole(0) * BigInt(Math.round(Number(args[1]) * 10_000)), 1_000_000n);
    case 'proportionDown': return floor(whole(0) * whole(1), whole(2));
    case 'apportion': return dealtOut(whole(0), all.slice(2).map((read) => read()))[Number(whole(1))] ?? 0n;
    case 'custom': return whole(1);
    case 'ratioUp': return -floor(-whole(0) * whole(1), whole(2));
    case 'multipleDown': return floor(whole(0), whole(1)) * whole(1);
    case 'zeroAtOrBelow': return whole(0) <= whole(1) ? 0n : whole(0);
  }
}

/** D'Hondt's method as its definition says: one step at a time to the largest quotient, of equal ones to the first. */
function dealtOut(amount: bigint, weights: readonly bigint[]): readonly bigint[] {
  const parts = weights.map(() => 0n);
  for (let left = amount; left > 0n; left -= 1n) {
    const best = weights.reduce((champion, weight, index) => (weight * ((parts[champion] ?? 0n) + 1n) > (weights[champion] ?? 0n) * ((parts[index] ?? 0n) + 1n) ? index : champion), 0);
    parts[best] = (parts[best] ?? 0n) + 1n;
  }
  return parts;
}
