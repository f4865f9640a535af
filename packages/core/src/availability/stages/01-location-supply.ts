import type { LocationId } from '../../identity/ids.ts';
import { NO_STOCK, type Hold } from '../../ledger/position.ts';
import type { Stocked, StageContext } from '../context.ts';

/**
 * Stage 1: what a location could still give: on hand less what is not sellable, less demand and live holds that are
 * routed to it. Signed.
 *
 * @see design.md section 6, stage 1
 */
export function locationSupply<N>(context: StageContext<N>, { item: { sku }, position }: Stocked, location: LocationId): N {
  const { ops } = context;
  const stock = position?.locations.get(location) ?? NO_STOCK;
  const about = ops.about('locationSupply', sku, location);
  let supply = ops.input(stock.onHand, ops.note(about, 'on hand', 'STOCK'));
  if (stock.unavailable !== 0) {
    supply = ops.subtract(supply, ops.input(stock.unavailable, ops.note(about, 'unavailable')), ops.note(about, 'sellable on hand', 'STOCK'));
  }
  if (stock.committed !== 0) {
    supply = ops.subtract(supply, ops.input(stock.committed, ops.note(about, 'committed here')), ops.note(about, 'not committed', 'CLAIMS'));
  }
  for (const hold of position?.holds ?? NO_HOLDS) {
    if (hold.location !== location || hold.expiresAt <= context.asOf || context.ownHolds.has(hold.id)) continue;
    context.boundaries(hold.expiresAt);
    supply = ops.subtract(supply, ops.input(hold.quantity, ops.note(about, `held until ${hold.expiresAt}`)), ops.note(about, 'not held', 'CLAIMS'));
  }
  return supply;
}

const NO_HOLDS: readonly Hold[] = [];
