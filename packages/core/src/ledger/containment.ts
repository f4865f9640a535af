import type { LocationId, SourceId } from '../identity/ids.ts';
import type { Instant } from '../identity/instant.ts';
import type { Measure } from '../observations/observations.ts';
import { addQuantities, isZeroQuantity, maxQuantity, minQuantity, subtractQuantities, type Quantity } from '../quantity/quantity.ts';
import { BEGINNING, findBase } from './bases.ts';
import type { Base, BookingRules, Claim, ClaimPart, ContainmentWay, Counters } from './books.ts';
import { addCounters, maxCounters, NOTHING, totalOf } from './counters.ts';
import type { Setting } from './tally.ts';

/**
 * What a source's figures contain of a claim. Where nobody can know it exactly, of what was ordered it is the least that
 * can be, and of what became of it the most: then too little is offered, and never too much.
 */
export interface Contained extends Counters {
  /** The least that can have left by its figures. */
  readonly gone: Quantity;
  /** What of it is known to be of no place that the source counts. */
  readonly uncounted: Counters;
  /** What of it is known to be of a place that the source counts. */
  readonly at: ReadonlyMap<LocationId | '', Counters>;
}

/** The rows that a source has of one measure. */
export type Rows = readonly Base[];

/** Nothing is contained. */
export const NONE: Contained = { ...NOTHING, gone: 0, uncounted: NOTHING, at: new Map() };

/** How a source tells. */
export function wayOf(rules: BookingRules, source: SourceId): ContainmentWay {
  return rules.containment.get(source) ?? { way: 'never', shipLagMs: 0 };
}

/** The rows of a measure at open locations, by their source. */
export function rowsBySource(bases: readonly Base[], measure: Measure, { closed }: BookingRules): ReadonlyMap<SourceId, Rows> {
  const rows = new Map<SourceId, Base[]>();
  for (const base of bases) {
    if (base.measure !== measure || closed?.has(base.location) === true) continue;
    const own = rows.get(base.source);
    if (own === undefined) rows.set(base.source, [base]);
    else own.push(base);
  }
  return rows;
}

/** The oldest of a source's rows; one of which only deltas are known has no age and counts where there is no other. */
export function oldestOf(rows: Rows): Instant {
  return rows.reduce<Instant>((oldest, { asOf }) => (oldest === BEGINNING || (asOf !== BEGINNING && asOf < oldest) ? asOf : oldest), BEGINNING);
}

/**
 * What some rows of one source contain of a claim.
 *
 * @remarks
 * An acknowledgement names no place, so where the source's rows are of different ages each may or may not show what was
 * acknowledged between them: the oldest decides what is surely in, the newest what may be. A watermark is read with what the
 * order showed by then, place by place, each by the age of its own row.
 */
export function containedBy(claim: Claim, rows: Rows, setting: Setting): Contained {
  const source = rows[0]?.source;
  if (source === undefined) return NONE;
  switch (wayOf(setting.rules, source).way) {
    case 'reference':
      return acknowledgedBy(claim, rows, setting);
    case 'watermark':
      return passedBy(claim, rows, setting);
    case 'never':
      return NONE;
  }
}

/**
 * Whether no newer row can show more of a claim than the rows there are: all that was acknowledged of it is in each of them,
 * and every mark has passed it.
 */
export function isShownWhole(claim: Claim, setting: Setting): boolean {
  const { books: { bases }, rules } = setting;
  return [...new Set(bases.map(({ source }) => source))].every((source) => {
    const { way } = wayOf(rules, source);
    const rows = bases.filter((base) => base.source === source && (base.measure === 'onHand' || base.measure === 'committed') && rules.closed?.has(base.location) !== true);
    if (way === 'never' || rows.length === 0) return true;
    const asOf = oldestOf(rows);
    return way === 'watermark' ? claim.revision <= throughOf(claim, { source, asOf }, setting) : claim.containments.every((word) => word.source !== source || word.revision <= asOf);
  });
}

function newestOf(rows: Rows): Instant {
  return rows.reduce<Instant>((newest, { asOf }) => (asOf > newest ? asOf : newest), BEGINNING);
}

function acknowledgedBy({ containments, parts }: Claim, rows: Rows, setting: Setting): Contained {
  const [oldest, newest] = [oldestOf(rows), newestOf(rows)];
  const source = rows[0]?.source;
  let [sure, least, most] = [NOTHING, NOTHING.ordered, NOTHING];
  for (const word of containments) {
    if (word.source !== source || word.revision > newest) continue;
    // What an owner has given up is ordered of it no more, and any row that can show it may.
    if (word.revision <= oldest) [sure, least, most] = [word, word.ordered, word];
    else [least, most] = [minQuantity(least, word.ordered), maxCounters(most, word)];
  }
  // What it may have at a place that is closed is in none of these rows.
  const hidden = mayBeShutAway(rows, setting);
  const shut = totalOf(parts.filter(({ location }) => (location === '' ? hidden : shutUnder(location, rows, setting) === source)));
  return { ...most, ordered: positive(subtractQuantities(least, shut.ordered)), gone: positive(subtractQuantities(sure.fulfilled, shut.fulfilled)), uncounted: NOTHING, at: NONE.at };
}

function passedBy(claim: Claim, rows: Rows, setting: Setting): Contained {
  const source = rows[0]?.source as SourceId;
  const partsAt = (asOf: Instant): readonly ClaimPart[] => shownBy(claim, throughOf(claim, { source, asOf }, setting));
  const at = new Map(rows.map(({ location, asOf }) => [location, totalOf(partsAt(asOf).filter((part) => part.location === location))]));
  const sure = totalOf([...at.values()]);
  // Of what it counts in no row, each of its rows may have it.
  const isUncounted = uncountedBy(rows, setting);
  const uncounted = (asOf: Instant): Counters => totalOf(partsAt(asOf).filter(({ location }) => isUncounted(location)));
  const [least, most] = [uncounted(oldestOf(rows)), uncounted(newestOf(rows))];
  const beside = { ...maxCounters(least, most), ordered: minQuantity(least.ordered, most.ordered) };
  const all = addCounters(sure, beside);
  // What had come back before the revisions that are remembered may be in, and nobody can say where.
  const [first] = claim.containments;
  const forgotten = first?.source === '' && first.revision > throughOf(claim, { source, asOf: oldestOf(rows) }, setting) ? first.returned : 0;
  return {
    ...all, returned: addQuantities(all.returned, forgotten),
    gone: addQuantities(sure.fulfilled, least.fulfilled), uncounted: beside, at,
  };
}

/**
 * Which demand a source that tells by watermark may have in its figures beside that at the places of its rows: at places
 * that nobody else counts, which may be its own under another name; and what is not routed, where it has a row of every
 * place that anybody counts, or counted before it closed.
 */
function uncountedBy(rows: Rows, setting: Setting): (location: LocationId | '') => boolean {
  const { books, rules: { closed } } = setting;
  const source = rows[0]?.source as SourceId;
  const counted = new Set<LocationId | ''>(rows.map(({ location }) => location));
  const foreign = foreignTo(source, setting);
  const alone = !mayBeShutAway(rows, setting) && books.bases.every((base) => base.measure !== 'onHand' || counted.has(base.location) || (base.source === source && closed?.has(base.location) === true));
  return (location) => (location === '' ? alone : !counted.has(location) && !foreign.has(location) && shutUnder(location, rows, setting) !== source);
}

/** Of a place that is closed, whose row of the measure there counts no more; nobody's where there was none. */
export function shutUnder(location: LocationId | '', [row]: readonly Pick<Base, 'measure'>[], { books, rules: { closed } }: Setting): SourceId | undefined {
  if (row === undefined || location === '' || closed?.has(location) !== true) return undefined;
  return findBase(books.bases, row.measure, location)?.source;
}

/** Whether what an owner has of demand that is not routed may stand at a place of its that is closed, where its figure says that something is committed there. */
function mayBeShutAway([row]: Rows, { books, rules: { closed } }: Setting): boolean {
  return row?.measure === 'committed' && books.bases.some((base) => base.source === row.source && base.measure === row.measure && closed?.has(base.location) === true && !isZeroQuantity(base.quantity));
}

/** The places of which other sources tell something, and this one nothing. */
export function foreignTo(source: SourceId, { books }: Setting): ReadonlySet<LocationId | ''> {
  const own = new Set(books.bases.flatMap((base) => (base.source === source ? [base.location] : [])));
  return new Set(books.bases.flatMap(({ location }) => (own.has(location) ? [] : [location])));
}

/** Up to which of the channel's revisions a source's figures as of a moment contain its orders. */
function throughOf({ channel }: Claim, { source, asOf }: { readonly source: SourceId; readonly asOf: Instant }, { books }: Setting): Instant {
  let through = BEGINNING;
  for (const mark of books.watermarks ?? []) {
    if (mark.source === source && mark.channel === channel && mark.revision <= asOf && mark.through > through) through = mark.through;
  }
  return through;
}

/** What the order showed at a revision of the channel; it may have been cancelled by then, at any place, as far as its next one shows. */
function shownBy({ revision, parts, containments }: Claim, through: Instant): readonly ClaimPart[] {
  if (revision !== '' && revision <= through) return parts;
  const shown = containments.findLast((word) => word.source === '' && word.revision <= through)?.parts ?? [];
  const next = containments.find((word) => word.source === '' && word.revision > through)?.parts ?? parts;
  const since = maxQuantity(subtractQuantities(totalOf(next).cancelled, totalOf(shown).cancelled), 0);
  return shown.map((part) => ({ ...part, cancelled: minQuantity(part.ordered, addQuantities(part.cancelled, since)) }));
}

function positive(value: Quantity): Quantity {
  return maxQuantity(value, 0);
}
