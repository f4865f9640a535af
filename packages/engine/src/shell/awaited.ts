import type { ChannelId } from '@stockwright/core';
import { text } from '../brain/rows.ts';
import type { Query, Row } from '../ports/index.ts';
import { isOfTheStore, messageOf, type Runtime } from './runtime.ts';

/** How many sweeps go by between two looks. */
const EVERY_SWEEPS = 30;
/** How many orders are asked for at once. */
const ORDERS_PER_LOOK = 200;

/**
 * Ends holds whose order is in the books. The order ends them when it comes and the payment where it came before; where both
 * are written at once and have no sku in common, neither hears of the other, and the hold would claim for ever.
 */
export async function endAwaited(runtime: Runtime): Promise<void> {
  const { pulse, signal } = runtime;
  if (pulse.sweeps % EVERY_SWEEPS !== 0) return;
  for await (const awaited of awaitedOrders(runtime)) {
    if (signal.aborted) return;
    await endThose(runtime, awaited);
  }
}

/** The orders that holds wait for, by the ids of the holds, as many at a time as are asked for at once. */
async function* awaitedOrders({ store }: Runtime): AsyncIterable<ReadonlyMap<string, Query>> {
  let awaited = new Map<string, Query>();
  for await (const line of store.scan({ table: 'holdLine', where: { state: 'converted' } })) {
    awaited.set(text(line, 'holdId'), orderOf(line));
    if (awaited.size < ORDERS_PER_LOOK) continue;
    yield awaited;
    awaited = new Map();
  }
  if (awaited.size > 0) yield awaited;
}

function orderOf(line: Row): Query {
  return { table: 'channelOrder', where: { channel: text(line, 'channel') as ChannelId, orderId: text(line, 'orderId') } };
}

async function endThose({ store, committer, logger }: Runtime, awaited: ReadonlyMap<string, Query>): Promise<void> {
  const orders = await store.load([...awaited.values()]);
  for (const [index, [holdId, { where }]] of [...awaited].entries()) {
    if (orders[index]?.length !== 1) continue;
    try {
      // Asked for once more, a payment whose order is there ends the hold.
      await committer.submit({ kind: 'convert', holdId, orderId: String(where['orderId']) });
      logger.info({ holdId }, 'a hold whose order is in the books claims nothing any more');
    } catch (error) {
      if (isOfTheStore(error)) throw error;
      // One that cannot be read must not keep the others claiming.
      logger.error({ holdId, error: messageOf(error) }, 'a hold whose order is in the books could not be ended');
    }
  }
}
