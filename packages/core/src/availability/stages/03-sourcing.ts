import { StockwrightError } from '../../errors/error.ts';
import type { LocationId } from '../../identity/ids.ts';
import { addMs } from '../../identity/instant.ts';
import type { ReasonCode } from '../../explanation/trace.ts';
import type { StaleRule } from '../../policy/policy.ts';
import type { StageContext, Stocked } from '../context.ts';
import { withheldFrom } from './withhold.ts';

/**
 * Stage 3: what may be sold from a location as things stand with it: nothing before it is live, after it is closed and,
 * by choice, in a stock-take; less or nothing where its source was silent for too long. Which locations serve a channel
 * is settled when the policy is read.
 *
 * @see design.md section 6, stage 3
 */
export function afterSourcing<N>(context: StageContext<N>, stocked: Stocked, { place, supply }: { place: number; supply: N }): N {
  const settings = context.compiled.settingsAt[place];
  if (settings === undefined) return supply;
  const { id, lifecycle, stale } = settings;
  if (lifecycle === 'onboarding') return emptied(context, stocked, { location: id, supply, why: 'not sold before the location is live', reasonCode: 'LOCATION' });
  if (lifecycle === 'closed') return emptied(context, stocked, { location: id, supply, why: 'not sold since the location is closed', reasonCode: 'LOCATION' });
  if (lifecycle !== 'live' && lifecycle.frozen === 'zero') return emptied(context, stocked, { location: id, supply, why: 'not sold during the stock-take', reasonCode: 'LOCATION' });
  return stale === undefined || stale.becomes === 'keep' ? supply : afterSilence(context, stocked, { location: id, supply, stale });
}

function afterSilence<N>(context: StageContext<N>, stocked: Stocked, { location, supply, stale }: { location: LocationId; supply: N; stale: StaleRule }): N {
  const { ops, positions, asOf, boundaries } = context;
  if (positions.heardAt === undefined) {
    throw new StockwrightError(`What is sold from ${location} depends on when its source last spoke: pass positions with a method heardAt.`, { code: 'INVALID_INPUT' });
  }
  const heard = positions.heardAt(location);
  const staleFrom = heard === undefined ? undefined : addMs(heard, stale.afterMinutes * 60_000);
  if (staleFrom !== undefined) boundaries(staleFrom);
  if (staleFrom !== undefined && asOf < staleFrom) return supply;
  const since = `its source is silent since ${heard ?? 'ever'}`;
  if (stale.becomes === 'zero' || stale.becomes === 'keep') return emptied(context, stocked, { location, supply, why: `not sold while ${since}`, reasonCode: 'STALE' });
  const about = ops.about?.('sourcing', stocked.item.sku, location);
  return withheldFrom(context, supply, {
    withheld: stale.becomes.extraBuffer, ruled: about,
    withholding: { scale: stocked.item.scale, about, words: { name: `extra buffer while ${since}`, held: 'extra buffer held back', rest: 'after the extra buffer' }, reasonCode: 'STALE' },
  });
}

/** Nothing, also where less than nothing is there. */
function emptied<N>({ ops }: StageContext<N>, { item }: Stocked, { location, supply, why, reasonCode }: { location: LocationId; supply: N; why: string; reasonCode: ReasonCode }): N {
  const about = ops.about?.('sourcing', item.sku, location);
  return ops.subtract(supply, ops.sum([supply], ops.note?.(about, why)), ops.note?.(about, 'sold from here', reasonCode));
}
