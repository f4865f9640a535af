import type { CatalogItem } from '../../catalog/catalog.ts';
import type { StageContext } from '../context.ts';

/** Stage 9: a channel is never told less than nothing. @see design.md section 6, stage 9 */
export function clamped<N>({ ops }: StageContext<N>, { sku }: CatalogItem, shown: N): N {
  return ops.notNegative(shown, ops.note?.(ops.about?.('clamp', sku), 'available to sell', 'NOT_NEGATIVE'));
}
