import { addQuantities, formatQuantity, parseQuantity, type ChannelId, type LocationId, type Quantity, type Sku } from '@stockwright/core';
import type { RowWrite } from '../ports/index.ts';
import type { Readings } from './readings.ts';
import { textOrNull } from './rows.ts';

/** What a channel has sold of a listing at a place, and what customers gave back of it. */
export interface Sold {
  readonly key: { readonly channel: ChannelId; readonly location: LocationId | ''; readonly sku: Sku };
  readonly sold: Quantity;
  readonly givenBack: Quantity;
  readonly scale: number;
  /** Whether the commit changes it. */
  readonly moved: boolean;
}

/** Names the sales of one listing at one place. */
export function saleId({ channel, location, sku }: { readonly channel: string; readonly location: string; readonly sku: string }): string {
  return `${channel}\u001f${location}\u001f${sku}`;
}

/** What the rows say was sold so far. */
export function soldBefore(key: Sold['key'], { reads, scale }: { readonly reads: Readings; readonly scale: number }): Sold {
  const [row] = reads.rows({ table: 'channelSale', where: { ...key } });
  const read = (column: 'sold' | 'givenBack'): Quantity => parseQuantity(textOrNull(row, column) ?? '0', { scale });
  return { key, scale, moved: false, sold: read('sold'), givenBack: read('givenBack') };
}

/** The same with more sold and given back. */
export function withMore(known: Sold, more: Pick<Sold, 'sold' | 'givenBack'>): Sold {
  return { ...known, moved: true, sold: addQuantities(known.sold, more.sold), givenBack: addQuantities(known.givenBack, more.givenBack) };
}

/** The row of a sale. */
export function saleWrite({ key, sold, givenBack, scale }: Sold): RowWrite {
  return { table: 'channelSale', key, set: { sold: formatQuantity(sold, scale), givenBack: formatQuantity(givenBack, scale) } };
}

/** Sales of one commit by their sku. */
export function salesBySku(sales: Iterable<Sold>): ReadonlyMap<Sku, readonly Sold[]> {
  const grouped = new Map<Sku, Sold[]>();
  for (const sale of sales) {
    const known = grouped.get(sale.key.sku);
    if (known === undefined) grouped.set(sale.key.sku, [sale]);
    else known.push(sale);
  }
  return grouped;
}
