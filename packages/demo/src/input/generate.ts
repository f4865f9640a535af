import type { Random } from '@stockwright/adapter';
import type { Replay, ReplayEvent, ReplayLine } from './replay.ts';

const HOUR_MS = 3_600_000;
/** A working day, so that imports, shipments and returns all happen. */
const DAY_MS = 12 * HOUR_MS;
const SKUS = 60;
const ORDERS = 220;

/** A day of seeded orders for a small shop: a few bestsellers, some returns, a stock-take. */
export function generateOrders(random: Random, startMs: number): Replay {
  const events: ReplayEvent[] = [];
  const sold: { order: string; line: ReplayLine }[] = [];
  let line = 1;
  const pick = (): string => `${String(10_000 + Math.floor(random.next() ** 2 * SKUS) * 7)}`;
  for (let index = 0; index < ORDERS; index += 1) {
    const atMs = startMs + Math.floor(((index + random.next()) / ORDERS) * DAY_MS);
    const kind = random.next();
    const order = String(600_001 + index);
    if (kind < 0.06 && sold.length > 10) {
      const back = sold[Math.floor(random.next() * sold.length)];
      if (back === undefined) continue;
      line += 1;
      events.push({ kind: 'reversal', atMs, order: `C${order}`, lines: [{ line, sku: back.line.sku, quantity: Math.max(1, Math.floor(back.line.quantity / 2)) }] });
    } else if (kind < 0.09) {
      line += 1;
      events.push({ kind: 'adjustment', atMs, order, lines: [{ line, sku: pick(), quantity: -1 - Math.floor(random.next() * 5) }] });
    } else {
      const lines: ReplayLine[] = [];
      for (let count = 1 + Math.floor(random.next() * 4); count > 0; count -= 1) {
        line += 1;
        lines.push({ line, sku: pick(), quantity: 1 + Math.floor(random.next() ** 2 * 12) });
      }
      lines.forEach((each) => sold.push({ order, line: each }));
      events.push({ kind: 'order', atMs, order, lines });
    }
  }
  return { name: 'generated orders', lines: line - 1, events, leftOut: [], foldedSkus: [] };
}
