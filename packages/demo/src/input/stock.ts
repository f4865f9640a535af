import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { parseLocationId, parseQuantity, parseSku } from '@stockwright/core';
import { readCsv, readField, refuseInput } from './read-orders.ts';
import type { OpeningStock, Replay } from './replay.ts';

/** Where the demonstration keeps its goods where no file says otherwise, most preferred first. */
export const DEFAULT_LOCATIONS = ['MAIN', 'OVERFLOW'] as const;

/** How much of what the file asks for is there at the beginning, by a sku's hash: a third each runs short early, late, or not at all. */
const COVERAGE_PERCENT = [50, 80, 120] as const;
/** The share of it that lies in the first location. */
const MAIN_PERCENT = 70;

/** Reads opening stock from `sku,location,on_hand`. */
export function readStock(path: string): readonly OpeningStock[] {
  const file = basename(path);
  const seen = new Map<string, number>();
  return readCsv(path, ['sku', 'location', 'on_hand']).map(({ line, cells: [sku = '', location = '', onHand = ''] }) => {
    const key = `${sku.toUpperCase()} at ${location}`;
    const earlier = seen.get(key);
    if (earlier !== undefined) throw refuseInput(file, line, `counts ${key} again, which line ${String(earlier)} has counted.`);
    seen.set(key, line);
    const units = readField(file, line, () => parseQuantity(onHand, { path: ['on_hand'] }));
    if (typeof units !== 'number') throw refuseInput(file, line, `on_hand ${onHand} is beyond 2^53.`);
    return {
      sku: readField(file, line, () => parseSku(sku, ['sku'])).toUpperCase(),
      location: readField(file, line, () => parseLocationId(location, ['location'])),
      onHand: units,
    };
  });
}

/**
 * The rule where no file gives the stock: per sku 50, 80 or 120 % of all units that the orders ask for, by the sku's
 * SHA-256, rounded up; 70 % of that, rounded up, in the first location and the rest in the second. A sku that is only
 * returned or corrected begins with nothing.
 */
export function stockByRule({ events }: Replay): readonly OpeningStock[] {
  const demand = new Map<string, number>();
  for (const { kind, lines } of events) {
    for (const { sku, quantity } of lines) demand.set(sku, (demand.get(sku) ?? 0) + (kind === 'order' ? quantity : 0));
  }
  return [...demand].sort(([a], [b]) => (a < b ? -1 : 1)).flatMap(([sku, units]) => {
    const byte = createHash('sha256').update(sku).digest()[0] ?? 0;
    const total = Math.ceil((units * (COVERAGE_PERCENT[byte % COVERAGE_PERCENT.length] ?? 100)) / 100);
    const main = Math.ceil((total * MAIN_PERCENT) / 100);
    return [{ sku, location: DEFAULT_LOCATIONS[0], onHand: main }, { sku, location: DEFAULT_LOCATIONS[1], onHand: total - main }];
  });
}

/** Refuses orders for goods that the stock file does not know. */
export function checkKnown(replay: Replay, stock: readonly OpeningStock[], stockFile: string): void {
  const known = new Set(stock.map(({ sku }) => sku));
  for (const { lines } of replay.events) {
    for (const { line, sku } of lines) {
      if (!known.has(sku)) throw refuseInput(replay.name, line, `sku ${sku} is not in ${basename(stockFile)}. Add a line for it there, with 0 on hand if there is none.`);
    }
  }
}
