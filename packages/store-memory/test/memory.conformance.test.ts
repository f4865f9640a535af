import { createMemoryStore } from '@stockwright/store-memory';
import { registerConformance, STORE_CASES } from '@stockwright/testkit';
import { describe, it } from 'vitest';

registerConformance({ describe, it }, STORE_CASES, {
  name: 'store-memory',
  capabilities: { durable: false },
  setup: async () => {
    let nowMs = 1_000_000;
    const clock = { now: () => nowMs, set: (ms: number) => { nowMs = ms; } };
    return { subject: { store: createMemoryStore({ clock }), clock } };
  },
});
