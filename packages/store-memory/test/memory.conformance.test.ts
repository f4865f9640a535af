import { createMemoryStore } from '@stockwright/store-memory';
import { registerConformance, registerStoreModel, STORE_CASES, type ConformanceTarget, type StoreSubject } from '@stockwright/testkit';
import { describe, it } from 'vitest';

const target: ConformanceTarget<StoreSubject, 'durable'> = {
  name: 'store-memory',
  capabilities: { durable: false },
  setup: async () => {
    let nowMs = 1_000_000;
    const clock = { now: () => nowMs, set: (ms: number) => { nowMs = ms; } };
    return { subject: { store: createMemoryStore({ clock }), clock } };
  },
};

registerConformance({ describe, it }, STORE_CASES, target);
// Against itself: two stores in one process share nothing, and every history is playable.
registerStoreModel({ describe, it }, target);
