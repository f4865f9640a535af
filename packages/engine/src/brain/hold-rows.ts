import { formatQuantity, instantToMs, parseQuantity, type Catalog, type ChannelId, type HoldLine, type HoldRecord, type Instant, type LocationId, type Sku } from '@stockwright/core';
import type { Row, RowWrite } from '../ports/index.ts';
import { integer, text } from './rows.ts';
import type { BrainSettings } from './settings.ts';

/** A hold, with the lines as they were asked for. */
export interface KeptHold {
  readonly record: HoldRecord;
  /** JSON of the lines of the request. */
  readonly asked: string;
  readonly version: number;
  /** What the rows claim now, under keys of {@link lineKey}. */
  readonly lines: ReadonlyMap<string, HoldClaim>;
  readonly changed: boolean;
}

/** One row of what holds claim. Nothing of it is beyond stock: the engine takes no policy that promises that. */
export interface HoldClaim extends Pick<HoldLine, 'sku' | 'location' | 'quantity'> {
  readonly holdId: string;
  readonly channel: ChannelId;
  readonly expiresAt: Instant;
  readonly state: HoldRecord['state'];
  readonly orderId: string;
}

/** What a hold claims, row by row. */
export function claimsOf({ id: holdId, channel, expiresAt, state, orderId, lines }: HoldRecord): readonly HoldClaim[] {
  return lines.map((line) => ({ ...line, holdId, channel, expiresAt, state, orderId }));
}

export function lineKey({ sku, holdId, location }: Pick<HoldClaim, 'sku' | 'holdId' | 'location'>): string {
  return `${sku}\u001f${holdId}\u001f${location}`;
}

/** The claim that a row of a hold describes. */
export function holdClaim(row: Row, { catalog }: Pick<BrainSettings, 'catalog'>): HoldClaim {
  const sku = text(row, 'sku') as Sku;
  return {
    sku, holdId: text(row, 'holdId'), location: text(row, 'location') as LocationId | '', channel: text(row, 'channel') as ChannelId,
    quantity: parseQuantity(text(row, 'quantity'), { scale: scaleOf(catalog, sku) }), expiresAt: text(row, 'expiresAt') as Instant,
    state: text(row, 'state') as HoldRecord['state'], orderId: text(row, 'orderId'),
  };
}

/** A hold with the one line that a claim is. */
export function recordOf(claim: HoldClaim): HoldRecord {
  const { holdId, channel, expiresAt, state, orderId } = claim;
  return { id: holdId, channel, expiresAt, state, orderId, lines: [lineOf(claim)] };
}

/**
 * Since when nobody needs a hold any more: since it was given up or its order came, or from when it expires, unless something
 * becomes of it before. Null while the order that it was paid for is waited for.
 */
export function overSince({ record: { state, expiresAt }, lines }: Pick<KeptHold, 'record' | 'lines'>, nowMs: number): number | null {
  if (state === 'held') return instantToMs(expiresAt);
  return lines.size > 0 ? null : nowMs;
}

/** The hold that its row and the rows of its lines describe. */
export function keptHold(row: Row, lines: readonly HoldClaim[]): KeptHold {
  const record: HoldRecord = {
    id: text(row, 'holdId'), channel: text(row, 'channel') as ChannelId, state: text(row, 'state') as HoldRecord['state'],
    expiresAt: text(row, 'expiresAt') as Instant, orderId: text(row, 'orderId'), lines: lines.map(lineOf),
  };
  return { record, asked: text(row, 'asked'), version: integer(row, 'version'), changed: false, lines: new Map(lines.map((line) => [lineKey(line), line])) };
}

/** What brings the rows of one sku's holds from what they were to what they are. */
export function holdWrites(before: ReadonlyMap<string, HoldClaim>, after: ReadonlyMap<string, HoldClaim>, catalog: Catalog): RowWrite[] {
  const writes: RowWrite[] = [];
  for (const [key, { sku, holdId, location }] of before) if (!after.has(key)) writes.push({ table: 'holdLine', key: { sku, holdId, location }, remove: true });
  for (const [key, claim] of after) {
    if (before.get(key) === claim) continue;
    const { sku, holdId, location, channel, quantity, expiresAt, state, orderId } = claim;
    const set = { channel, quantity: formatQuantity(quantity, scaleOf(catalog, sku)), expiresAt, state, orderId };
    writes.push({ table: 'holdLine', key: { sku, holdId, location }, set });
  }
  return writes;
}

function lineOf({ sku, location, quantity }: HoldClaim): HoldLine {
  return { sku, location, quantity };
}

function scaleOf(catalog: Catalog, sku: Sku): number {
  return catalog.items.get(sku)?.scale ?? 0;
}
