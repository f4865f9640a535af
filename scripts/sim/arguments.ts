import { parseArgs } from 'node:util';
import { ABLATIONS, ablationOf, type Ablation } from '../../packages/testkit/src/harness/ablations.ts';
import { readSeed } from '../../packages/testkit/src/harness/prng.ts';
import { FULL_PLAN, NEWEST_PLAN, PLANS, type Plan } from '../../packages/testkit/src/harness/weather.ts';
import { TIERS, type Tier } from './messages.ts';

/** What is to be played. */
export interface Arguments {
  readonly seeds: number;
  readonly start: bigint;
  readonly tier: Tier;
  readonly plan: Plan;
  readonly threads: number;
  readonly ablations: readonly Ablation[] | undefined;
  readonly json: boolean;
  readonly history: boolean;
  readonly points: boolean;
}

/** Reads the command line. @throws RangeError or TypeError, saying what is wrong with it. */
export function readArguments(given: readonly string[]): Arguments {
  const { values } = parseArgs({
    args: [...given],
    options: {
      seeds: { type: 'string', default: '100' }, start: { type: 'string', default: '1' }, tier: { type: 'string', default: '1' }, plan: { type: 'string' },
      threads: { type: 'string', default: '2' }, ablate: { type: 'string' }, json: { type: 'boolean', default: false }, history: { type: 'boolean', default: false }, points: { type: 'boolean', default: false },
    },
  });
  const { json, history, points, ablate } = values;
  const tier = oneOf('--tier', TIERS, values.tier);
  const newest = tier === 1 ? NEWEST_PLAN : FULL_PLAN;
  return {
    seeds: count('--seeds', values.seeds), start: readSeed(values.start), tier, plan: values.plan === undefined ? newest : oneOf('--plan', PLANS, values.plan), threads: count('--threads', values.threads),
    ablations: ablate === undefined ? undefined : ablate === 'all' ? ABLATIONS : [ablationOf(ablate)], json, history, points,
  };
}

function count(name: string, text: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(value) && value >= 1) return value;
  throw new RangeError(`${name} takes a whole number of at least 1, and ${text} was given.`);
}

function oneOf<Value extends number>(name: string, all: readonly Value[], text: string): Value {
  const found = all.find((each) => String(each) === text);
  if (found === undefined) throw new RangeError(`${name} takes ${all.join(' or ')}, and ${text} was given.`);
  return found;
}
