import { parseQuantity, verifyLedger, type Account, type AccountRef, type ChannelId, type LocationId, type Movement, type Sku } from '@stockwright/core';
import type { Row, Store } from '@stockwright/engine/ports';

/** What is wrong with the books of a store: a number that is not what was told, or a ledger that does not fold to it. */
export async function wrongBooks(store: Store, expected: ReadonlyMap<Sku, number>): Promise<readonly string[]> {
  const wrong: string[] = [];
  for (const [sku, right] of expected) {
    const [ledger = [], positions = []] = await store.load([{ table: 'ledger', where: { sku } }, { table: 'position', where: { sku } }]);
    const kept = new Map(positions.map((row) => [['account', 'location', 'channel'].map((column) => String(row[column])).join('\u001f'), parseQuantity(row['quantity'])]));
    const verified = verifyLedger(ledger.map(movementOf), kept);
    if (verified.status !== 'agrees') wrong.push(`the ledger of ${sku} does not verify: ${JSON.stringify(verified)}`);
    const onHand = positions.filter(({ account }) => account === 'onHand').reduce((sum, { quantity }) => sum + Number(quantity), 0);
    if (onHand !== right) wrong.push(`${sku} has ${String(onHand)} on hand, and ${String(right)} is what was told`);
  }
  return wrong;
}

function movementOf(row: Row): Movement {
  const side = (name: 'from' | 'to'): AccountRef => ({
    account: String(row[`${name}Account`]) as Account, location: String(row[`${name}Location`]) as LocationId | '', channel: String(row[`${name}Channel`]) as ChannelId | '',
  });
  return { from: side('from'), to: side('to'), quantity: parseQuantity(row['quantity']) };
}
