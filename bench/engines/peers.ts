import { createRequire } from 'node:module';
import { Engine, type Almanac } from 'json-rules-engine';
import jsonata from 'jsonata';
import { made, type Document } from './world.ts';
import { zenEngine } from './zen.ts';

type Answer = (document: Document) => number | Promise<number>;

const require = createRequire(import.meta.url);
interface JsonLogic { apply(rule: unknown, data: unknown): unknown; add_operation(name: string, does: (...values: number[]) => number): void }
interface RoolsModule { readonly Rools: new (options: object) => { register(rules: readonly object[]): Promise<void>; evaluate(facts: object): Promise<unknown> }; readonly Rule: new (options: object) => object }

/** The whole policy as an expression. */
export function withJsonata(): Answer {
  const expression = jsonata(`( $a := $min(components.( $q := qty; $floor($sum(locations[eligible].( $v := onHand - reserved - safety; $v > 0 ? $v : 0 )) / $q) ));
    $b := $a - channel.buffer; $c := $b < channel.threshold ? 0 : $b; $c > channel.cap ? channel.cap : $c )`);
  return async (document) => Number(await expression.evaluate(document));
}

/** The whole policy as a graph of one expression node, one key a call; nothing where the engine cannot be had. */
export function withZen(): Answer | undefined {
  const zen = zenEngine();
  if (zen === undefined) return undefined;
  const expressions = [
    ['a', 'min(map(components, floor(sum(map(filter(#.locations, #.eligible), max([#.onHand - #.reserved - #.safety, 0]))) / #.qty)))'],
    ['b', '$.a - channel.buffer'], ['ats', '$.b < channel.threshold ? 0 : ($.b > channel.cap ? channel.cap : $.b)'],
  ].map(([key, value], id) => ({ id: `x${String(id)}`, key, value }));
  const position = { x: 0, y: 0 };
  const decision = new zen.ZenEngine().createDecision({
    contentType: 'application/vnd.gorules.decision',
    nodes: [{ id: 'i', type: 'inputNode', name: 'in', position }, { id: 'e', type: 'expressionNode', name: 'ats', position, content: { expressions } }, { id: 'o', type: 'outputNode', name: 'out', position }],
    edges: [{ id: 'e1', sourceId: 'i', targetId: 'e' }, { id: 'e2', sourceId: 'e', targetId: 'o' }],
  });
  return async (document) => Number(((await decision.evaluate(document)).result as { ats: unknown }).ats);
}

/** It has no arithmetic: the sum is a fact in JavaScript, the rules only decide. That flatters it. */
export function withJsonRulesEngine(): Answer {
  const engine = new Engine();
  const of = async (almanac: Almanac): Promise<Document> => almanac.factValue<Document>('document');
  engine.addFact('left', async (_, almanac) => { const document = await of(almanac); return made(document) - document.channel.buffer; });
  engine.addFact('threshold', async (_, almanac) => (await of(almanac)).channel.threshold);
  engine.addFact('cap', async (_, almanac) => (await of(almanac)).channel.cap);
  const when = (operator: string, fact: string): { fact: string; operator: string; value: { fact: string } } => ({ fact: 'left', operator, value: { fact } });
  engine.addRule({ priority: 3, conditions: { all: [when('lessThan', 'threshold')] }, event: { type: 'zero' } });
  engine.addRule({ priority: 2, conditions: { all: [when('greaterThanInclusive', 'threshold'), when('greaterThan', 'cap')] }, event: { type: 'cap' } });
  engine.addRule({ priority: 1, conditions: { all: [when('greaterThanInclusive', 'threshold'), when('lessThanInclusive', 'cap')] }, event: { type: 'pass' } });
  return async (document) => {
    const { events, almanac } = await engine.run({ document });
    const type = events[0]?.type;
    return type === 'zero' ? 0 : type === 'cap' ? document.channel.cap : almanac.factValue<number>('left');
  };
}

/** The whole policy in two rules. */
export function withJsonLogic(): Answer {
  const logic = require('json-logic-js') as JsonLogic;
  logic.add_operation('floor', Math.floor);
  logic.add_operation('least', (...values) => Math.min(...values.flat()));
  const of = (name: string): object => ({ var: name });
  const net = { '-': [{ '-': [of('current.onHand'), of('current.reserved')] }, of('current.safety')] };
  const sum = { reduce: [{ filter: [of('locations'), of('eligible')] }, { '+': [of('accumulator'), { max: [0, net] }] }, 0] };
  const left = { '-': [{ least: [{ map: [of('components'), { floor: [{ '/': [sum, of('qty')] }] }] }] }, of('channel.buffer')] };
  const listed = { if: [{ '<': [of('left'), of('channel.threshold')] }, 0, { if: [{ '>': [of('left'), of('channel.cap')] }, of('channel.cap'), of('left')] }] };
  return (document) => Number(logic.apply(listed, { left: logic.apply(left, document), channel: document.channel }));
}

interface Facts { readonly document: Document; made?: number; left?: number; answer?: number }

/** Rules are functions: JavaScript in their order. */
/* oxlint-disable unicorn/no-thenable -- rools names it so */
export async function withRools(): Promise<Answer> {
  const { Rools, Rule } = require('rools') as RoolsModule;
  const rools = new Rools({ logging: { error: false, debug: false } });
  const known = ({ left }: Facts): boolean => left !== undefined;
  const at = ({ left = 0 }: Facts): number => left;
  await rools.register([
    new Rule({ name: 'sum', when: (facts: Facts) => facts.made === undefined, then: (facts: Facts) => { facts.made = made(facts.document); } }),
    new Rule({ name: 'buffer', when: (facts: Facts) => facts.made !== undefined && facts.left === undefined, then: (facts: Facts) => { facts.left = (facts.made ?? 0) - facts.document.channel.buffer; } }),
    new Rule({ name: 'zero', when: [known, (facts: Facts) => at(facts) < facts.document.channel.threshold], then: (facts: Facts) => { facts.answer = 0; } }),
    new Rule({ name: 'cap', when: [known, (facts: Facts) => at(facts) >= facts.document.channel.threshold, (facts: Facts) => at(facts) > facts.document.channel.cap], then: (facts: Facts) => { facts.answer = facts.document.channel.cap; } }),
    new Rule({ name: 'pass', when: [known, (facts: Facts) => at(facts) >= facts.document.channel.threshold, (facts: Facts) => at(facts) <= facts.document.channel.cap], then: (facts: Facts) => { facts.answer = at(facts); } }),
  ]);
  return async (document) => {
    const facts: Facts = { document };
    await rools.evaluate(facts);
    return facts.answer ?? Number.NaN;
  };
}
