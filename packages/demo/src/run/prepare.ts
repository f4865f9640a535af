import { parsePolicy, StockwrightError, type Policy } from '@stockwright/core';
import { seededRandom } from '@stockwright/testkit';
import type { FaultLevel } from '../faults/weather.ts';
import { generateOrders } from '../input/generate.ts';
import { readOrders } from '../input/read-orders.ts';
import type { OpeningStock, Replay } from '../input/replay.ts';
import type { Split } from '../input/split.ts';
import { checkKnown, DEFAULT_LOCATIONS, readStock, stockByRule } from '../input/stock.ts';
import type { View } from '../view/view.ts';
import { AMAZON, SHOPIFY } from '../world/world.ts';

/** What a run is asked for. */
export interface RunOptions {
  readonly orders?: string;
  readonly stock?: string;
  readonly policy?: Policy;
  readonly seed: string;
  /** `memory`, or `sqlite:` and a path. */
  readonly store: string;
  /** `normal` for a file that is thrown away afterwards. */
  readonly durability?: 'full' | 'normal';
  readonly split: Split;
  readonly faults: FaultLevel;
  /** Faults, by name, that never happen at that level. */
  readonly spared?: readonly string[];
  /** Virtual seconds for each real one; as fast as it goes where absent. */
  readonly speed?: number;
  /** The first of four ports in a row; free ones where absent. */
  readonly port?: number;
  readonly view: View;
}

/** The input of a run, read and checked before anything is started or written. */
export interface Prepared {
  readonly replay: Replay;
  readonly stock: readonly OpeningStock[];
  readonly policy: Policy;
  /** Where goods arrive that come back or are found. */
  readonly goodsIn: string;
}

/** The moment at which a generated day begins. */
const GENERATED_START_MS = Date.UTC(2026, 10, 27, 8);

/** The policy of the demonstration: a unit or two held back from each listing, and two in a hundred from each location. */
export function defaultPolicy(locations: readonly string[]): Policy {
  return parsePolicy({
    version: 'demo-1',
    channels: [{ id: SHOPIFY, locations, publish: 'perLocation', spread: 'priority' }, { id: AMAZON, locations }],
    rules: [
      { id: 'sync-buffer', kind: 'buffer', owner: 'operations', reason: 'orders take a moment to reach us', scope: { channel: SHOPIFY }, withhold: { fixed: 1 } },
      { id: 'slow-channel', kind: 'buffer', owner: 'operations', reason: 'Amazon takes a minute to show a change', scope: { channel: AMAZON }, withhold: { fixed: 2 } },
      { id: 'breakage', kind: 'safetyStock', owner: 'warehouse', reason: 'one in fifty breaks when picked', withhold: { percent: 2 } },
    ],
  });
}

/** Reads and checks the input. @throws `INVALID_INPUT` with the place, `INVALID_CONFIGURATION` for a policy without a shop. */
export function prepare({ orders, stock: stockFile, policy, seed, faults, store }: RunOptions): Prepared {
  if (faults === 'hostile' && !store.startsWith('sqlite:')) {
    throw new StockwrightError(`Hostile weather kills the engine's process, and a store of kind ${store} ends with its process. Give it sqlite:PATH.`, { code: 'INVALID_CONFIGURATION' });
  }
  const replay = orders === undefined ? generateOrders(seededRandom(`orders ${seed}`), GENERATED_START_MS) : readOrders(orders);
  const stock = stockFile === undefined ? withReturns(stockByRule(replay), replay) : readStock(stockFile);
  if (replay.events.length === 0) throw new StockwrightError(`${replay.name} has no line to replay.`, { code: 'INVALID_INPUT' });
  if (stockFile !== undefined) checkKnown(replay, stock, stockFile);
  const locations = stockFile === undefined ? [...DEFAULT_LOCATIONS] : [...new Set(stock.map(({ location }) => location))];
  const chosen = policy ?? defaultPolicy(locations);
  if (!chosen.channels.some(({ id }) => id === SHOPIFY || id === AMAZON)) {
    throw new StockwrightError(
      `Policy ${chosen.version} names neither ${SHOPIFY} nor ${AMAZON}, so nobody sells; name one of them or both as channels.`,
      { code: 'INVALID_CONFIGURATION' },
    );
  }
  return { replay, stock, policy: chosen, goodsIn: stock[0]?.location ?? DEFAULT_LOCATIONS[0] };
}

/** Goods that are only ever returned or corrected have a place too. */
function withReturns(stock: readonly OpeningStock[], { events }: Replay): readonly OpeningStock[] {
  const known = new Set(stock.map(({ sku }) => sku));
  const others = [...new Set(events.flatMap(({ lines }) => lines.map(({ sku }) => sku)))].filter((sku) => !known.has(sku)).sort();
  return [...stock, ...others.map((sku) => ({ sku, location: DEFAULT_LOCATIONS[0], onHand: 0 }))];
}
