import { createMemoryStore } from '@stockwright/store-memory';
import { registerConformance, registerStoreModel, STORE_CASES, type ConformanceTarget, type StoreCapability, type StoreSubject } from '@stockwright/testkit';
import { describe, it } from 'vitest';

const target: ConformanceTarget<StoreSubject, StoreCapability> = {
  name: 'store-memory',
  capabilities: { durable: false, multiProcess: false, joinsHostTransaction: false },
  setup: async () => {
    let nowMs = 1_000_000;
    const clock = { now: () => nowMs, set: (ms: number) => { nowMs = ms; } };
    return { subject: { store: createMemoryStore({ clock }), clock } };
  },
};

registerConformance({ describe, it }, STORE_CASES, target);
// Against itself: two stores in one process share nothing, and every history is playable.
registerStoreModel({ describe, it }, target);
