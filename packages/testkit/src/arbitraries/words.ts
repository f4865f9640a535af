import type { ChannelId, Instant, LocationId, QuantityText, Sku, SourceId } from '@stockwright/core';
import { addMs } from '@stockwright/core';

/** The few names that arbitrary worlds are made of, so that things meet. */
export const STOCKED: readonly Sku[] = ['A', 'B', 'C'] as string[] as Sku[];
/** Decimal digits of the step of each: one sku is counted in tenths, as weights and lengths are. */
export const scaleOf = (sku: string): number => (sku === 'C' ? 1 : 0);
export const LOCATIONS: readonly LocationId[] = ['W1', 'W2', 'W3'] as string[] as LocationId[];
export const CHANNELS: readonly ChannelId[] = ['market', 'shop', 'wholesale'] as string[] as ChannelId[];
export const SOURCES: readonly SourceId[] = ['erp', 'wms'] as string[] as SourceId[];

/** The moment around which arbitrary worlds happen. @public */
export const NOON: Instant = '2026-11-23T12:00:00.000Z' as Instant;

/** So many minutes after {@link NOON}, or before it. */
export function minutes(count: number): Instant {
  return addMs(NOON, count * 60_000);
}

/** A whole number as quantities are told. */
export function text(value: number): QuantityText {
  return String(value) as QuantityText;
}
