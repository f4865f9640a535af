import type { LocationId } from '../../identity/ids.ts';
import { addMs } from '../../identity/instant.ts';
import type { ReasonCode } from '../../explanation/trace.ts';
import type { StaleRule, Withheld } from '../../policy/policy.ts';
import type { StageContext, Stocked } from '../context.ts';
import { missingRead } from './missing-read.ts';
import { withheldFrom } from './withhold.ts';

/**
 * Stage 3: what may be sold from a location as things stand with it: nothing before it is live, after it is closed and,
 * by choice, in a stock-take; less or nothing where its source was silent for too long. Which locations serve a channel
 * is settled when the policy is read.
 *
 * @see stage 3 of the README
 */
export function afterSourcing<N>(context: StageContext<N>, stocked: Stocked, { place, supply }: { place: number; supply: N }): N {
  const settings = context.compiled.settingsAt[place];
  if (settings === undefined) return supply;
  const gone = emptiedAt(context, place);
  if (gone !== undefined) return emptied(context, stocked, { location: settings.id, supply, ...gone });
  const { id, stale } = settings;
  return stale === undefined || typeof stale.becomes === 'string' ? supply : afterSilence(context, stocked, { location: id, supply, stale, buffer: stale.becomes.extraBuffer });
}

/** Why nothing is sold from a location. */
export interface Emptied {
  readonly why: string;
  readonly reasonCode: ReasonCode;
}

type Sourcing = Pick<StageContext<unknown>, 'compiled' | 'positions' | 'asOf' | 'boundaries'>;

/** Why nothing is sold from the location of a number, whatever is there; absent where something may be. */
export function emptiedAt(context: Sourcing, place: number): Emptied | undefined {
  const settings = context.compiled.settingsAt[place];
  if (settings === undefined) return undefined;
  const { id, lifecycle, stale } = settings;
  if (lifecycle === 'onboarding') return { why: 'not sold before the location is live', reasonCode: 'LOCATION' };
  if (lifecycle === 'closed') return { why: 'not sold since the location is closed', reasonCode: 'LOCATION' };
  if (lifecycle !== 'live' && lifecycle.frozen === 'zero') return { why: 'not sold during the stock-take', reasonCode: 'LOCATION' };
  if (stale?.becomes !== 'zero') return undefined;
  const since = silentSince(context, id, stale);
  return since === undefined ? undefined : { why: `not sold while its source is silent since ${since}`, reasonCode: 'STALE' };
}

/** Since when the source of a location is silent for longer than it may be; absent where it is not. */
function silentSince({ positions, asOf, boundaries }: Sourcing, location: LocationId, stale: StaleRule): string | undefined {
  if (positions.heardAt === undefined) {
    throw missingRead('heardAt', `What is sold from ${location} depends on when its source last spoke`);
  }
  const heard = positions.heardAt(location);
  const staleFrom = heard === undefined ? undefined : addMs(heard, stale.afterMinutes * 60_000);
  if (staleFrom !== undefined) boundaries(staleFrom);
  return staleFrom !== undefined && asOf < staleFrom ? undefined : (heard ?? 'ever');
}

function afterSilence<N>(context: StageContext<N>, stocked: Stocked, { location, supply, stale, buffer }: { location: LocationId; supply: N; stale: StaleRule; buffer: Withheld }): N {
  const silent = silentSince(context, location, stale);
  if (silent === undefined) return supply;
  const since = `its source is silent since ${silent}`;
  const about = context.ops.about?.('sourcing', stocked.item.sku, location);
  return withheldFrom(context, supply, {
    withheld: buffer, ruled: about,
    withholding: { scale: stocked.item.scale, about, words: { name: `extra buffer while ${since}`, held: 'extra buffer held back', rest: 'after the extra buffer' }, reasonCode: 'STALE' },
  });
}

/** Nothing, also where less than nothing is there. */
function emptied<N>({ ops }: StageContext<N>, { item }: Stocked, { location, supply, why, reasonCode }: Emptied & { location: LocationId; supply: N }): N {
  const about = ops.about?.('sourcing', item.sku, location);
  return ops.subtract(supply, ops.sum([supply], ops.note?.(about, why)), ops.note?.(about, 'sold from here', reasonCode));
}
