import { anything, count, identifier, moment } from '../errors/common-looks.ts';
import { fit, list, map, maybe, parts, type Look } from '../errors/looks.ts';

const text = fit((value) => typeof value === 'string', 'a text');
const flag = fit((value) => typeof value === 'boolean', 'true or false');
const beyond = fit((value) => value === 'unlimited' || isCount(value), 'a whole count of steps or unlimited');
const key = parts({ channel: identifier, sku: identifier });
const step = maybe(count);

function isCount(value: unknown): boolean {
  try {
    count(value, []);
    return true;
  } catch {
    return false;
  }
}

/** What is read of an explanation, whoever kept it: JSON, for one, keeps no Map. */
export const EXPLANATION: Look = parts({
  key, locations: list(identifier), scale: count, settings: parts({ tracked: flag, clamp: text, kits: text }),
  availability: parts({ immediate: maybe(count), parts: map(count), backorder: beyond, preorder: count, policyVersion: text, asOf: moment, validUntil: maybe(moment) }),
  steps: list(parts({ stage: text, operation: text, args: list(anything), value: text, label: text })),
  totalStep: step, partSteps: map(count), backorderStep: step, preorderStep: step, limitingFactor: maybe(parts({ label: text })),
});

const both = (look: Look): Look => parts({ before: look, after: look });

/** What is read of a difference. */
export const DIFFERENCE: Look = parts({
  key, asOf: both(text), policyVersion: both(text), scale: both(count), before: maybe(count), after: maybe(count),
  causes: list(parts({ kind: text, label: text, measure: text, effect: parts({ immediate: maybe(text), backorder: maybe(text), preorder: maybe(text) }) })),
});
