import type { Component } from '../../catalog/catalog.ts';
import type { Sku } from '../../identity/ids.ts';
import type { Pool } from './04-pools.ts';

/** What stage 6 asks of the components. */
export interface ComponentSupply<N> {
  /** What the earlier stages leave the channel of a stocked sku. */
  left(sku: Sku): N;
  /** What one location could give of it. */
  at(sku: Sku, place: number): N;
  /** What all locations could give of it, and what is asked of them. */
  pool(sku: Sku): Pool<N>;
}

/** The same once what is expected has come. */
export interface ExpectedSupply<N> extends Omit<ComponentSupply<N>, 'left'> {
  /** What is expected of it and promised to nobody yet; below zero where more is owed. */
  unpromised(sku: Sku): N;
}

/** A kit and its stocked parts. */
export interface Kit {
  readonly sku: Sku;
  readonly components: readonly Component[];
}
