import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { policySchema } from '../src/policy/schema.ts';

const file = new URL('../src/policy/policy.schema.json', import.meta.url);
const schema = {
  ...z.toJSONSchema(policySchema, { io: 'input', reused: 'ref' }),
  title: 'Stockwright policy',
  description: 'Which channel may sell what, and why. What a schema cannot say (names that are listed twice, windows that end before they begin) parsePolicy refuses.',
};

describe('policy.schema.json', () => {
  it('is what the policy is read by; UPDATE_POLICY_SCHEMA=1 writes it', () => {
    const text = `${JSON.stringify(schema, undefined, 2)}\n`;
    // oxlint-disable-next-line no-process-env -- the one switch of this test
    if (process.env['UPDATE_POLICY_SCHEMA'] === '1') writeFileSync(file, text);
    expect(readFileSync(file, 'utf8')).toBe(text);
  });

  it('knows every kind of rule', () => {
    const text = JSON.stringify(schema);
    for (const kind of ['safetyStock', 'buffer', 'hideAtOrBelow', 'pin', 'forceOut', 'cap', 'sellMultiple', 'protection', 'ringfence', 'share', 'priority', 'percentOfPool', 'drawCap', 'backorderLimit', 'preorderLimit', 'custom']) {
      expect(text).toContain(`"const":"${kind}"`);
    }
  });
});
