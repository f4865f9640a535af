import type { Against, Comparison, Goal } from './compare.ts';
import { withJsonata, withJsonLogic, withJsonRulesEngine, withRools, withZen } from './engines/peers.ts';
import { byHand, byHandOverPositions, calculator, documents, keys, moment, reader, type Document } from './engines/world.ts';

type Answer = (document: Document) => number | Promise<number>;

function ours(): string {
  let sum = 0;
  for (const key of keys) sum = (sum * 31 + Number(calculator.compute(key, reader, moment).immediate)) % 1_000_000_007;
  return String(sum);
}

function hand(): string {
  let sum = 0;
  for (const document of documents) sum = (sum * 31 + byHand(document)) % 1_000_000_007;
  return String(sum);
}

function handOverPositions(): string {
  let sum = 0;
  for (const key of keys) sum = (sum * 31 + byHandOverPositions(key)) % 1_000_000_007;
  return String(sum);
}

function peer(name: string, answer: Answer, goal?: Goal): Against {
  const run = async (): Promise<string> => {
    let sum = 0;
    for (const document of documents) sum = (sum * 31 + (await answer(document))) % 1_000_000_007;
    return String(sum);
  };
  return { name, ratio: 'speed', run, asynchronous: true, ...(goal === undefined ? {} : { goal }) };
}

const jsonLogic = withJsonLogic();
const zen = withZen();

/** Goals 1 and 2: the policy of `b/engines.mjs`, stocked skus and kits, one key after the other. All give the same answers. */
export const comparisons: readonly Comparison[] = [{
  name: 'compute, 999 keys, a tenth of them kits', per: keys.length, ours: { name: 'compute', run: ours },
  against: [
    { name: 'written by hand', ratio: 'time', run: handOverPositions, goal: { goal: 1, floor: 4, aim: 2 } },
    // Its locations are chosen and its components found beforehand: how far ours is from no look-up at all.
    { name: 'written by hand, flat documents', ratio: 'time', run: hand },
    peer('json-rules-engine 7', withJsonRulesEngine(), { goal: 2, floor: 20, aim: 45 }),
    peer('jsonata 2', withJsonata(), { goal: 2, floor: 60, aim: 150 }),
    ...(zen === undefined ? [] : [peer('zen-engine, one key a call', zen, { goal: 2, floor: 80, aim: 200 })]),
    { ...peer('json-logic-js 2', jsonLogic), asynchronous: false, run: () => { let sum = 0; for (const document of documents) sum = (sum * 31 + Number(jsonLogic(document))) % 1_000_000_007; return String(sum); } },
    peer('rools 2', await withRools()),
  ],
}];
