import type { EngineOptions } from '@stockwright/engine';
import type { Tier1World } from './tier1-world.ts';
import type { Weather } from './weather.ts';

/** A mechanism that is taken away, so that its absence is noticed. */
export interface Ablation {
  readonly name: string;
  /** What is taken away. */
  readonly about: string;
  readonly weather?: (weather: Weather) => Weather;
  readonly options?: (options: EngineOptions, world: Tier1World) => EngineOptions;
}
