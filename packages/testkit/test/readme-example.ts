import { describe, it } from 'vitest';
import fc from 'fast-check';
import { defineRule, maxQuantity, parseQuantity, subtractQuantities } from '@stockwright/core';
import { registerRuleLaws } from '@stockwright/testkit';

/** Keeps some units for the shelf in front of the shop. */
const shelf = defineRule({
  rule: 'acme.shelf', version: 1, stage: 'supply', label: 'left behind the shelf', laws: ['neverRaises', 'monotone'],
  settings: { parse: (input) => ({ units: Number((input as { units?: unknown }).units) }) },
  apply: ({ quantity, settings, scale }) => {
    if (Number(quantity) <= 0) return quantity;
    return maxQuantity(subtractQuantities(quantity, parseQuantity(settings.units, { scale })), 0);
  },
});

registerRuleLaws({ describe, it }, shelf, { settings: fc.record({ units: fc.nat(20) }) });
