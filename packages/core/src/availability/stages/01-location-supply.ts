import type { LocationId } from '../../identity/ids.ts';
import type { ReasonCode } from '../../explanation/trace.ts';
import type { Quantity } from '../../quantity/quantity.ts';
import { stockAt, type Stocked, type StageContext } from '../context.ts';

/**
 * Stage 1: what a location could still give: on hand less what is not sellable, less demand and live holds that are
 * routed to it. Signed.
 *
 * @see design.md section 6, stage 1
 */
export function locationSupply<N>(context: StageContext<N>, stocked: Stocked, location: LocationId): N {
  const { ops } = context;
  const { sku } = stocked.item;
  const stock = stockAt(stocked, location);
  const note = { stage: 'locationSupply' as const, sku, location };
  let supply = ops.input(stock.onHand, { ...note, label: 'on hand', reasonCode: 'STOCK' });
  const less = (quantity: Quantity, label: string, result: { readonly label: string; readonly reasonCode: ReasonCode }): void => {
    if (quantity === 0) return;
    supply = ops.subtract(supply, ops.input(quantity, { ...note, label }), { ...note, ...result });
  };
  less(stock.unavailable, 'unavailable', { label: 'sellable on hand', reasonCode: 'STOCK' });
  less(stock.committed, 'committed here', { label: 'not committed', reasonCode: 'CLAIMS' });
  for (const hold of stocked.position?.holds ?? []) {
    if (hold.location !== location || hold.expiresAt <= context.asOf || context.ownHolds.has(hold.id)) continue;
    context.boundaries(hold.expiresAt);
    less(hold.quantity, `held until ${hold.expiresAt}`, { label: 'not held', reasonCode: 'CLAIMS' });
  }
  return supply;
}
