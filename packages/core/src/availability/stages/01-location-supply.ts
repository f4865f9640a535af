import type { About } from '../../explanation/arithmetic.ts';
import type { LocationId } from '../../identity/ids.ts';
import { NO_STOCK, type Hold } from '../../ledger/position.ts';
import type { Stocked, StageContext } from '../context.ts';

/**
 * Stage 1: what a location could still give: on hand less what is not sellable, less demand and live holds that are
 * routed to it. Signed.
 *
 * @see stage 1 of the README
 */
export function locationSupply<N>(context: StageContext<N>, stocked: Stocked, place: number): N {
  const { ops } = context;
  const { position } = stocked;
  const location = context.compiled.locationAt[place];
  const stock = position === undefined || location === undefined ? undefined : position.locations.get(location);
  const about = ops.about?.('locationSupply', stocked.item.sku, location);
  const supply = ops.net(stock ?? NO_STOCK, about);
  return position === undefined || position.holds.length === 0 ? supply : withoutHolds(context, supply, { holds: position.holds, location, about });
}

function withoutHolds<N>({ ops, asOf, ownHolds, boundaries }: StageContext<N>, from: N, { holds, location, about }: { readonly holds: readonly Hold[]; readonly location: LocationId | undefined; readonly about: About | undefined }): N {
  let supply = from;
  for (const hold of holds) {
    if (hold.location !== location || hold.expiresAt <= asOf || ownHolds.has(hold.id)) continue;
    boundaries(hold.expiresAt);
    supply = ops.subtract(supply, ops.input(hold.quantity, ops.note?.(about, `held until ${hold.expiresAt}`)), ops.note?.(about, 'not held', 'CLAIMS'));
  }
  return supply;
}
