import type { LocationId } from '../../identity/ids.ts';
import type { Hold } from '../../ledger/position.ts';
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
  let supply = ops.input(stock.onHand, ops.note(note, 'on hand', 'STOCK'));
  if (stock.unavailable !== 0) {
    supply = ops.subtract(supply, ops.input(stock.unavailable, ops.note(note, 'unavailable')), ops.note(note, 'sellable on hand', 'STOCK'));
  }
  if (stock.committed !== 0) {
    supply = ops.subtract(supply, ops.input(stock.committed, ops.note(note, 'committed here')), ops.note(note, 'not committed', 'CLAIMS'));
  }
  for (const hold of stocked.position?.holds ?? NO_HOLDS) {
    if (hold.location !== location || hold.expiresAt <= context.asOf || context.ownHolds.has(hold.id)) continue;
    context.boundaries(hold.expiresAt);
    supply = ops.subtract(supply, ops.input(hold.quantity, ops.note(note, `held until ${hold.expiresAt}`)), ops.note(note, 'not held', 'CLAIMS'));
  }
  return supply;
}

const NO_HOLDS: readonly Hold[] = [];
