import { StockwrightError, type AvailabilityCalculator, type BookingRules, type Catalog, type ContainmentWay, type LocationId, type Measure, type SourceId } from '@stockwright/core';

/** Who owns which measures, and where; one owner per measure and location. @public */
export interface Ownership {
  readonly source: SourceId;
  readonly measures: readonly Measure[];
  /** Everywhere where absent. */
  readonly locations?: readonly LocationId[];
}

/** What the brain needs to know of the installation. */
export interface BrainSettings {
  readonly catalog: Catalog;
  readonly calculator: AvailabilityCalculator;
  readonly booking: BookingRules;
  /** How far ahead of the store's clock something may be dated. */
  readonly aheadMs: number;
  ownerOf(measure: Measure, location: LocationId): SourceId | undefined;
}

/**
 * Reads who owns what.
 *
 * @throws `INVALID_CONFIGURATION` where two sources own one measure at one location.
 */
export function ownerLookup(ownerships: readonly Ownership[]): BrainSettings['ownerOf'] {
  const everywhere = new Map<Measure, SourceId>();
  const somewhere = new Map<string, SourceId>();
  const refuse = (measure: Measure, where: string, sources: readonly string[]): never => {
    throw new StockwrightError(
      `Two owners of ${measure} at ${where}: ${sources.join(' and ')}. One quantity has one owner: take the measure or the location from one of them; what the other says is then kept as evidence.`,
      { code: 'INVALID_CONFIGURATION' },
    );
  };
  for (const { source, measures, locations } of ownerships) {
    for (const measure of measures) {
      if (locations === undefined) {
        const other = everywhere.get(measure);
        if (other !== undefined && other !== source) refuse(measure, 'every location', [other, source]);
        everywhere.set(measure, source);
      }
      for (const location of locations ?? []) {
        const key = `${measure}\u001f${location}`;
        const other = somewhere.get(key);
        if (other !== undefined && other !== source) refuse(measure, location, [other, source]);
        somewhere.set(key, source);
      }
    }
  }
  for (const [key, source] of somewhere) {
    const [measure = '', location = ''] = key.split('\u001f');
    const other = everywhere.get(measure as Measure);
    if (other !== undefined && other !== source) refuse(measure as Measure, location, [other, source]);
  }
  return (measure, location) => somewhere.get(`${measure}\u001f${location}`) ?? everywhere.get(measure);
}

/** How each source tells what its figures contain, in the form the ledger reads. */
export function bookingRules(ways: Iterable<readonly [SourceId, ContainmentWay]>, returns: BookingRules['returns']): BookingRules {
  return { containment: new Map(ways), returns };
}
