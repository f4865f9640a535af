import type { LocationId, Sku } from '../identity/ids.ts';
import type { QuantityText } from '../quantity/quantity.ts';

/** The stages of the pipeline, in order. @public */
export type Stage = 'locationSupply' | 'safetyStock' | 'sourcing' | 'pools' | 'division' | 'kits' | 'beyondStock' | 'listing' | 'clamp' | 'spread';

/**
 * What a step does with its arguments, in order. `floorDivide` a*c/b towards minus infinity, c being 1
 * where absent; `percentUp` b percent of
 * a, rounded up to a step; `percentDown` the same, rounded down; `proportionDown` a*b/c rounded down; `apportion` the part of the weight with number b (from
 * 0) among the weights that follow, when a is divided by D'Hondt's method; `zeroAtOrBelow` zero where a <= b, else a;
 * `ratioUp` a*b/c
 * rounded up; `multipleDown` the largest multiple of b that is not above a; `custom` is b, what a rule
 * of one's own made of a; `input` and `constant` have their value in `args[0]`.
 *
 * @public
 */
export type TraceOperation =
  | 'input' | 'constant' | 'sum' | 'subtract' | 'min' | 'max' | 'floorDivide' | 'percentUp' | 'percentDown' | 'proportionDown' | 'apportion' | 'zeroAtOrBelow' | 'ratioUp' | 'multipleDown' | 'custom';

/** Why a step is there, where a rule or a limit is the reason. @public */
export type ReasonCode =
  | 'STOCK' | 'SAFETY_STOCK' | 'LOCATION' | 'STALE' | 'CLAIMS' | 'UNLISTED_CHANNEL' | 'SHARED_POOL' | 'PROTECTED' | 'RINGFENCE' | 'SHARE' | 'PERCENT_OF_POOL' | 'DRAW_CAP' | 'COMPONENT' | 'BUFFER' | 'HIDDEN' | 'PINNED' | 'FORCED_OUT' | 'SELL_MULTIPLE' | 'CAPPED' | 'BACKORDER_LIMIT' | 'PREORDER_LIMIT' | 'NOT_NEGATIVE' | 'CUSTOM' | 'CHANNEL_MAXIMUM';

/** One step of arithmetic. @public */
export interface TraceStep {
  /** Its number, from 0; arguments refer to earlier steps by it. */
  readonly id: number;
  readonly stage: Stage;
  readonly operation: TraceOperation;
  /** Earlier steps by number, or a value as text. */
  readonly args: readonly (number | QuantityText)[];
  readonly value: QuantityText;
  /** Decimal digits of the step that `value` counts; 0 where absent. */
  readonly scale?: number | undefined;
  /** What the value is, in words: `on hand`, `safety stock`. */
  readonly label: string;
  readonly sku?: Sku | undefined;
  readonly location?: LocationId | undefined;
  /** `version` is the policy's, of a rule of one's own that of its definition. */
  readonly rule?: { readonly id: string; readonly version: string; readonly owner: string; readonly reason: string } | undefined;
  readonly reasonCode?: ReasonCode | undefined;
}

/** The label of what a share divides where some of what is there is kept for its channel, which has that besides. */
export const KEPT_FOR_NOBODY = 'kept for nobody';
