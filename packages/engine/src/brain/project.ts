import {
  formatQuantity, instantFromMs, isZeroQuantity, minQuantity, instantToMs, parseQuantity, subtractQuantities, type Availability, type AvailabilityKey, type ChannelId, type LocationId, type Quantity, type QuantityText, type Sku,
} from '@stockwright/core';
import type { Expectation, FeedEntry, Mark, Row, RowWrite } from '../ports/index.ts';
import { integer, textOrNull } from './rows.ts';
import { channelShard, PRIORITY, projectMark, pushKey } from './work.ts';

/** A number that a channel should show. */
export interface TargetKey {
  readonly channel: ChannelId;
  readonly location: LocationId | '';
  readonly sku: Sku;
}

/** A text that tells one target from every other. */
export function targetKeyText({ channel, location, sku }: TargetKey): string {
  return `${channel}\u001f${location}\u001f${sku}`;
}

/** What the projector found out about one target. */
export interface Projected {
  readonly expect: readonly Expectation[];
  readonly write: readonly RowWrite[];
  readonly marks: readonly Mark[];
  /** The new number, where it changed. */
  readonly changed: { readonly target: TargetKey; readonly previous: string | null; readonly want: string; readonly owed: boolean; /** The same for who follows the feed. */ readonly told: FeedEntry } | undefined;
}

/** The numbers of one answer: one per place that the channel shows, and none larger than the channel can express. */
export function wantsOf(answer: Availability, { scale, most }: { scale: number; most: QuantityText }): ReadonlyMap<LocationId | '', string> {
  if (answer.immediate === undefined) return new Map();
  const shown = (quantity: Quantity): string => formatQuantity(minQuantity(quantity, parseQuantity(most, { scale })), scale);
  if (answer.parts.size === 0) return new Map([['', shown(answer.immediate)]]);
  return new Map([...answer.parts].map(([location, part]) => [location, shown(part)]));
}

/** The places that one answer has numbers for. */
export function placesOf({ immediate, parts }: Availability): ReadonlySet<LocationId | ''> {
  if (immediate === undefined) return new Set();
  return parts.size === 0 ? new Set(['']) : new Set(parts.keys());
}

/** What a target and the channel's own sales are read from. */
export interface TargetRows {
  readonly target: Row | undefined;
  readonly sale: Row | undefined;
}

/** What the channel did to a number by itself, as its orders tell, in all: sold it, and took it back from customers. */
export interface OwnMoves {
  readonly sold: string;
  readonly givenBack: string;
}

/** What a channel is known to have done to a number by itself. */
export function ownMoves(sale: Row | undefined): OwnMoves {
  return { sold: textOrNull(sale, 'sold') ?? '0', givenBack: textOrNull(sale, 'givenBack') ?? '0' };
}

/**
 * What the channel is believed to show: the last figure that we know it had, less what it has sold since, where a write
 * that compared, and showed at once, could tell which sales that figure contained (`ackedSold`). After any other (`ackedBlind`), a
 * sale may have come before or after it: nobody knows then, and the number is written again. The same holds once customers
 * have given something back (`ackedGivenBack`): one shop puts it on sale again, another does not.
 */
export function believedOf({ target, sale }: TargetRows, scale: number): string | null {
  const acked = textOrNull(target, 'acked');
  const ackedSold = textOrNull(target, 'ackedSold');
  if (acked === null || ackedSold === null) return acked;
  const { sold, givenBack } = ownMoves(sale);
  if (givenBack !== (textOrNull(target, 'ackedGivenBack') ?? '0')) return null;
  const read = (value: string): Quantity => parseQuantity(value, { scale });
  const since = subtractQuantities(read(sold), read(ackedSold));
  if (integer(target, 'ackedBlind') === 1) return isZeroQuantity(since) ? acked : null;
  return formatQuantity(subtractQuantities(read(acked), since), scale);
}

/**
 * Brings one target to the number that was computed, and says whether a push is owed.
 *
 * A target that several marks lead to, such as a kit's through each of its components, may be looked at by two workers at once. Whoever
 * finds nothing to change says so by its version all the same: who read before him would otherwise write what was true then.
 */
export function projectTarget(
  key: TargetKey,
  rows: TargetRows,
  { want, scale, nowMs, answer, cause, severalMarks }: { want: string; scale: number; nowMs: number; answer: Availability; cause: string; severalMarks: boolean },
): Projected {
  const { target } = rows;
  const rowKey = { channel: key.channel, location: key.location, sku: key.sku };
  const version = integer(target, 'version');
  const previous = textOrNull(target, 'want');
  const believed = believedOf(rows, scale);
  const differs = believed !== want ? 1 : 0;
  const validUntil = answer.validUntil ?? null;
  const same = previous === want && integer(target, 'differs') === differs && textOrNull(target, 'believed') === believed;
  if (target !== undefined && same && textOrNull(target, 'validUntil') === validUntil && textOrNull(target, 'policyVersion') === answer.policyVersion) {
    return { expect: severalMarks ? [{ table: 'target', key: rowKey, version }] : [], write: severalMarks ? [{ table: 'target', key: rowKey, set: { version: version + 1 } }] : [], marks: [], changed: undefined };
  }
  const wantRevision = integer(target, 'wantRevision') + (previous === want ? 0 : 1);
  const dirtySinceMs = differs === 0 ? null : integer(target, 'differs') === 1 ? integer(target, 'dirtySinceMs') : nowMs;
  const set = {
    version: version + 1, want, wantRevision, believed, differs, dirtySinceMs, validUntil, policyVersion: answer.policyVersion,
    ...(previous === want ? {} : { wantAtMs: nowMs, cause }),
  };
  const changes: RowWrite[] = previous === want ? [] : [
    { table: 'targetChange', key: { ...rowKey, wantRevision }, set: { previous, want, atMs: nowMs, policyVersion: answer.policyVersion, cause } },
    // What was in force until now is kept for as long after its end as any other, however long it was in force.
    ...(previous === null ? [] : [{ table: 'targetChange' as const, key: { ...rowKey, wantRevision: wantRevision - 1 }, set: { replacedAtMs: nowMs } }]),
  ];
  return {
    expect: [{ table: 'target', key: rowKey, version }],
    write: [{ table: 'target', key: rowKey, set }, ...changes],
    marks: differs === 1 ? [pushMark(key, { want, believed, nowMs, cause })] : [],
    changed: previous === want ? undefined : {
      target: key, previous, want, owed: differs === 1,
      told: { kind: 'target', ...rowKey, revision: wantRevision, previous, want, cause, policyVersion: answer.policyVersion, atMs: nowMs },
    },
  };
}

/**
 * How urgent a push is, smaller first: what lowers a number by how much too much is offered, a sell-out before
 * all since it can be sold to the last; then what nobody knows; then what raises it.
 */
export function pushPriority(want: string, believed: string | null): number {
  if (believed === null) return want === '0' ? PRIORITY.sellOut : PRIORITY.decrease + EXPOSURE_MAX;
  // Only an order of work hangs on this, so the nearest double is exact enough.
  const exposure = Number(believed) - Number(want);
  if (exposure <= 0) return PRIORITY.increase;
  const rest = EXPOSURE_MAX - Math.min(EXPOSURE_MAX, Math.ceil(exposure));
  return (want === '0' ? PRIORITY.sellOut : PRIORITY.decrease) + rest;
}

/** Larger exposures are all as urgent as this one. */
const EXPOSURE_MAX = 999_999;

/** A push is owed: lowering comes before raising, and a sell-out before all. */
export function pushMark({ channel, location, sku }: TargetKey, { want, believed, nowMs, cause }: { want: string; believed: string | null; nowMs: number; cause: string }): Mark {
  return { kind: 'push', key: pushKey(location, sku), shard: channelShard(channel), priority: pushPriority(want, believed), notBeforeMs: nowMs, cause };
}

/** When time alone makes a number move, the projector looks again. */
export function wakeMarks(answers: readonly Availability[], nowMs: number): Mark[] {
  return answers.flatMap(({ sku, validUntil }) =>
    validUntil === undefined ? [] : [projectMark(sku, Math.max(nowMs, instantToMs(validUntil)), `time: ${validUntil}`)]);
}

/** The moment of an answer, for the store's clock. */
export function asOfMs(nowMs: number): ReturnType<typeof instantFromMs> {
  return instantFromMs(nowMs);
}

/** The keys of answers, grouped so that each sku is asked once. */
export function uniqueKeys(keys: readonly AvailabilityKey[]): readonly AvailabilityKey[] {
  const seen = new Map(keys.map((key) => [`${key.channel}\u001f${key.sku}`, key]));
  return [...seen.values()];
}
