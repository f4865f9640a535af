import type { Store } from '@stockwright/engine/ports';
import { createMemoryStore } from '@stockwright/store-memory';
import { createSqliteStore } from '@stockwright/store-sqlite';

/** Which store an engine keeps. */
export interface StoreChoice {
  /** `memory`, or `sqlite:` and a path. */
  readonly store: string;
  /** `normal` for a file that is thrown away afterwards. */
  readonly durability?: 'full' | 'normal';
}

/** Opens the store that `--store` names. */
export function openStore({ store, durability = 'full' }: StoreChoice, clock: { now(): number }): Store {
  if (store === 'memory') return createMemoryStore({ clock });
  return createSqliteStore({ path: store.slice('sqlite:'.length), clock, durability });
}
