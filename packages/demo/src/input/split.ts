import { createHash } from 'node:crypto';
import type { ReplayEvent } from './replay.ts';

/** Which orders go where: so many percent of the invoices to the second channel by their hash, or all orders from abroad. */
export type Split = { readonly by: 'hash'; readonly percent: number } | { readonly by: 'country' };

const HOME = new Set(['united kingdom', 'uk', 'gb']);

/** Reads `hash:50` or `country`; nothing where it is neither. */
export function parseSplit(text: string): Split | undefined {
  if (text === 'country') return { by: 'country' };
  const percent = /^hash:(\d{1,3})$/.exec(text)?.[1];
  return percent === undefined || Number(percent) > 100 ? undefined : { by: 'hash', percent: Number(percent) };
}

/** Whether an order is placed at the second channel. */
export function goesToSecond(split: Split, { order, country }: Pick<Extract<ReplayEvent, { kind: 'order' }>, 'order' | 'country'>): boolean {
  if (split.by === 'country') return country !== undefined && !HOME.has(country.trim().toLowerCase());
  return createHash('sha256').update(order).digest().readUInt32BE(0) % 100 < split.percent;
}
