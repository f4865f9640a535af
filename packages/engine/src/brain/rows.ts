import {
  accountFromKey, accountKey, formatQuantity, isSettledClaim, parseQuantity, type Account, type Balances, type Base, type BookingRules, type Books,
  type ChannelId, type Claim, type ClaimPart, type Counters, type Instant, type LocationId, type Measure, type Quantity, type QuantityText, type Sku, type SourceId,
} from '@stockwright/core';
import type { Row, RowWrite, Value } from '../ports/index.ts';

/** A column as text; empty where it holds nothing. */
export function text(row: Row, column: string): string {
  const value = row[column];
  return typeof value === 'string' ? value : '';
}

/** A column as text, or nothing. */
export function textOrNull(row: Row | undefined, column: string): string | null {
  const value = row?.[column];
  return typeof value === 'string' ? value : null;
}

/** A column as a whole number; zero where it holds nothing. */
export function integer(row: Row | undefined, column: string): number {
  const value = row?.[column];
  return typeof value === 'number' ? value : 0;
}

interface CountersText {
  readonly ordered: string;
  readonly fulfilled: string;
  readonly cancelled: string;
  readonly returned: string;
}

type PartText = CountersText & { readonly location: string; readonly promise?: ClaimPart['promise'] };

interface ClaimState {
  readonly revision: string;
  readonly parts: readonly PartText[];
  readonly containments: readonly (CountersText & { readonly source: string; readonly revision: string; readonly parts?: readonly PartText[] })[];
  readonly seen: readonly { readonly at: string; readonly fulfilled: string; readonly returned: string }[];
}

/** What the books of a sku are made from, as a store keeps it. */
export interface BookRows {
  readonly item: Row | undefined;
  readonly positions: readonly Row[];
  readonly bases: readonly Row[];
  readonly claims: readonly Row[];
}

/** The books that rows describe. */
export function booksFromRows(sku: Sku, scale: number, { bases, claims }: BookRows): Books {
  const read = (value: string): Quantity => parseQuantity(value, { scale });
  const counters = (state: CountersText): Counters => ({
    ordered: read(state.ordered), fulfilled: read(state.fulfilled), cancelled: read(state.cancelled), returned: read(state.returned),
  });
  const part = ({ location, promise, ...state }: PartText): ClaimPart => ({ location: location as LocationId | '', ...(promise === undefined ? {} : { promise }), ...counters(state) });
  return {
    sku,
    scale,
    bases: bases.map((row): Base => ({
      source: text(row, 'source') as SourceId,
      location: text(row, 'location') as LocationId,
      measure: text(row, 'measure') as Measure,
      quantity: read(text(row, 'quantity')),
      asOf: text(row, 'asOf') as Instant,
      deltas: (JSON.parse(text(row, 'deltas')) as { id: string; at: Instant; delta: string }[]).map(({ id, at, delta }) => ({ id, at, delta: read(delta) })),
    })),
    claims: claims.map((row): Claim => {
      const state = JSON.parse(text(row, 'state')) as ClaimState;
      return {
        channel: text(row, 'channel') as ChannelId,
        orderId: text(row, 'orderId'),
        revision: state.revision as Instant | '',
        parts: state.parts.map(part),
        containments: state.containments.map(({ source, revision, parts, ...fact }) => ({ source: source as SourceId | '', revision: revision as Instant, ...counters(fact), ...(parts === undefined ? {} : { parts: parts.map(part) }) })),
        seen: state.seen.map(({ at, fulfilled, returned }) => ({ at: at as Instant, fulfilled: read(fulfilled), returned: read(returned) })),
      };
    }),
  };
}

/** The balances that position rows describe. */
export function balancesFromRows(rows: readonly Row[], scale: number): Balances {
  const balances = new Map<string, Quantity>();
  for (const row of rows) {
    const ref = { account: text(row, 'account') as Account, location: text(row, 'location') as LocationId | '', channel: text(row, 'channel') as ChannelId | '' };
    balances.set(accountKey(ref), parseQuantity(text(row, 'quantity'), { scale }));
  }
  return balances;
}

/** Writes of the bases that changed. */
export function baseWrites(before: Books, after: Books): RowWrite[] {
  const known = new Set(before.bases);
  return after.bases.filter((base) => !known.has(base)).map(({ source, location, measure, quantity, asOf, deltas }) => ({
    table: 'sourceBase',
    key: { sku: after.sku, location, measure },
    set: {
      source,
      quantity: formatQuantity(quantity, after.scale),
      asOf,
      deltas: JSON.stringify(deltas.map(({ id, at, delta }) => ({ id, at, delta: formatQuantity(delta, after.scale) }))),
    },
  }));
}

/** Writes of the claims that changed, or that a newer base has settled; and the claims that stay open. */
export function claimWrites(before: Books, after: Books, { rules, settledBefore }: { rules: BookingRules; settledBefore: ReadonlySet<string> }): { readonly writes: RowWrite[]; readonly open: readonly Claim[] } {
  const known = new Set(before.claims);
  const write = (value: Quantity): QuantityText => formatQuantity(value, after.scale);
  const counters = (value: Counters): CountersText => ({
    ordered: write(value.ordered), fulfilled: write(value.fulfilled), cancelled: write(value.cancelled), returned: write(value.returned),
  });
  const part = ({ location, promise, ...state }: ClaimPart): PartText => ({ location, ...(promise === undefined ? {} : { promise }), ...counters(state) });
  const writes: RowWrite[] = [];
  const open: Claim[] = [];
  for (const claim of after.claims) {
    const settled = isSettledClaim(claim, after, rules);
    if (!settled) open.push(claim);
    const was = settledBefore.has(`${claim.channel}\u001f${claim.orderId}`);
    if (known.has(claim) && settled === was) continue;
    const state: ClaimState = {
      revision: claim.revision,
      parts: claim.parts.map(part),
      containments: claim.containments.map(({ source, revision, parts, ...fact }) => ({ source, revision, ...counters(fact), ...(parts === undefined ? {} : { parts: parts.map(part) }) })),
      seen: claim.seen.map(({ at, fulfilled, returned }) => ({ at, fulfilled: write(fulfilled), returned: write(returned) })),
    };
    writes.push({
      table: 'claim',
      key: { channel: claim.channel, orderId: claim.orderId, sku: after.sku },
      set: { state: JSON.stringify(state), settled: settled ? 1 : 0 },
    });
  }
  return { writes, open };
}

/** The balances of which {@link positionWrites} keeps a row. */
export function placedBalances(balances: Balances): Balances {
  return new Map([...balances].filter(([key]) => hasPlace(key)));
}

function hasPlace(key: string): boolean {
  const { location, channel } = accountFromKey(key);
  return location !== '' || channel !== '';
}

/** Writes of the balances that changed; an account that came to nothing stays as a zero, so that it is seen. */
export function positionWrites(sku: Sku, scale: number, { before, after }: { before: Balances; after: Balances }): RowWrite[] {
  const writes: RowWrite[] = [];
  if (before === after) return writes;
  for (const key of [...new Set([...before.keys(), ...after.keys()])].sort()) {
    if (before.get(key) === (after.get(key) ?? 0)) continue;
    if (!hasPlace(key)) continue;
    const ref = accountFromKey(key);
    const value = after.get(key) ?? 0;
    if (before.has(key) && formatQuantity(before.get(key) ?? 0) === formatQuantity(value)) continue;
    const set: Record<string, Value> = { quantity: formatQuantity(value, scale), isZero: value === 0 ? 1 : 0 };
    writes.push({ table: 'position', key: { sku, account: ref.account, location: ref.location, channel: ref.channel }, set });
  }
  return writes;
}
