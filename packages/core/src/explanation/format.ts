import { formatQuantity } from '../quantity/quantity.ts';
import type { Explanation } from '../availability/availability.ts';
import type { TraceStep } from './trace.ts';

/**
 * An explanation as lines that a merchandiser reads: the number, what limits it, and the arithmetic in order. Steps that
 * only carry a number along are left out.
 *
 * @returns Lines separated by line feeds, without one at the end.
 * @example
 * ```ts
 * formatExplanation(calculator.explain(key, positions, { asOf }))
 * ```
 * @public
 */
export function formatExplanation(explanation: Explanation): string {
  const { key, availability, steps, scale, limitingFactor, totalStep } = explanation;
  const shown = availability.immediate === undefined ? 'not limited' : formatQuantity(availability.immediate, scale);
  const head = `${key.sku} on ${key.channel}: ${shown} available to sell as of ${availability.asOf} (policy ${availability.policyVersion})`;
  const limit = limitingFactor === undefined ? [] : [`Limited by: ${limitText(limitingFactor)}`];
  const body = steps.filter((step) => worthTelling(step, steps)).map((step) => lineOf(step, explanation));
  const parts = [...availability.parts].map(([location, part]) => `  ${location} shows ${formatQuantity(part, scale)}`);
  const until = availability.validUntil === undefined ? [] : [`Holds until ${availability.validUntil} unless something moves.`];
  return [head, ...limit, ...(totalStep === undefined ? [] : body), ...parts, ...until].join('\n');
}

function limitText({ label, sku, rule }: NonNullable<Explanation['limitingFactor']>): string {
  return [label, sku === undefined ? '' : ` of ${sku}`, rule === undefined ? '' : ` (rule ${rule})`].join('');
}

const SIGN: Partial<Record<TraceStep['operation'], string>> = {
  input: ' ', constant: ' ', sum: '=', subtract: '=', min: '=', max: '=', floorDivide: '=', percentUp: '=', proportionDown: '=', zeroAtOrBelow: '=',
};

function worthTelling(step: TraceStep, steps: readonly TraceStep[]): boolean {
  if (step.stage === 'spread' || step.label === 'nothing') return false;
  if (step.operation === 'input') return true;
  const [first] = step.args;
  return typeof first !== 'number' || steps[first]?.value !== step.value || step.rule !== undefined;
}

function lineOf(step: TraceStep, { key, steps }: Explanation): string {
  const where = [step.sku === undefined || step.sku === key.sku ? '' : step.sku, step.location ?? ''].filter((text) => text !== '').join(' at ');
  const how = arithmeticOf(step, steps);
  const why = step.rule === undefined ? '' : `   [${step.rule.id}: ${step.rule.reason}]`;
  const value = step.value.padStart(8);
  return `  ${SIGN[step.operation] ?? ' '} ${value}  ${step.label}${where === '' ? '' : ` (${where})`}${how}${why}`;
}

function arithmeticOf(step: TraceStep, steps: readonly TraceStep[]): string {
  const values = step.args.map((arg) => (typeof arg === 'number' ? (steps[arg]?.value ?? '?') : arg));
  switch (step.operation) {
    case 'input':
    case 'constant':
      return '';
    case 'sum':
      return `: ${values.join(' + ')}`;
    case 'subtract':
      return `: ${values.join(' - ')}`;
    case 'min':
      return `: the least of ${values.join(', ')}`;
    case 'max':
      return `: ${values[0] ?? ''}, not below ${values.slice(1).join(', ')}`;
    case 'floorDivide':
      return `: ${values.join(' / ')}, rounded down`;
    case 'percentUp':
      return `: ${values[1] ?? ''} % of ${values[0] ?? ''}, rounded up`;
    case 'proportionDown':
      return `: ${values.slice(0, 2).join(' x ')} / ${values[2] ?? ''}, rounded down`;
    case 'zeroAtOrBelow':
      return `: ${values[0] ?? ''}, hidden at ${values[1] ?? ''} or below`;
  }
}
