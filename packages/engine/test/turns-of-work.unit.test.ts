import { instantFromMs, parseSku, type QuantityText } from '@stockwright/core';
import { createEngine } from '@stockwright/engine';
import { afterEach, describe, expect, it } from 'vitest';
import { createRig, engineOptions, ERP, MUG, SHOP, W1, type Rig, type RigOptions } from './rig.ts';

let rig: Rig | undefined;
const open = async (options: RigOptions = {}): Promise<Rig> => {
  rig = await createRig({ catalog: [{ sku: 'MUG' }, { sku: 'PEN' }], ...options });
  return rig;
};
afterEach(async () => {
  await rig?.stop();
  rig = undefined;
});

const PEN = parseSku('PEN');
/** How long each call of the shop takes. */
const CALL_MS = 1_000;

/** Whatever is written of a mug takes its time, and there is another by then. */
function neverEnough({ shop, engine, clock }: Rig): { readonly writes: () => number } {
  const { publish } = shop;
  let writes = 0;
  shop.publish = async (request, context) => {
    writes += 1;
    await clock.sleep(CALL_MS);
    const outcomes = await publish(request, context);
    await engine.ingest([{ kind: 'delta', source: ERP, id: String(writes), sku: MUG, location: W1, at: instantFromMs(clock.now()), measure: 'onHand', delta: '1' as QuantityText }]);
    return outcomes;
  };
  return { writes: () => writes };
}

describe('a channel that always has something to do', () => {
  it('is read back all the same', async () => {
    const one = await open({ polls: { readBackMs: 60_000 } });
    const { engine, shop, erp, pass } = one;
    for (const sku of [MUG, PEN]) erp.count(sku, W1, 10);
    const busy = neverEnough(one);
    await engine.start();
    await pass(5_000);
    shop.edit(PEN, 3);
    await pass(90_000);
    expect(busy.writes()).toBeGreaterThan(80);
    expect(shop.shows(PEN)).toBe(10);
  });

  it('is read back also where no process lives for longer than two writes', async () => {
    const skus = Array.from({ length: 30 }, (_value, index) => parseSku(`S${String(index)}`));
    const options: RigOptions = { catalog: [PEN, ...skus].map((sku) => ({ sku })), polls: { sourceMs: 20_000, readBackMs: 60_000 }, channel: { capabilities: { publishBatchMax: 1 } }, times: { callTimeoutMs: 3_600_000 } };
    const one = await open(options);
    const { engine, shop, erp, pass } = one;
    erp.count(PEN, W1, 10);
    await engine.start();
    await pass(5_000);
    const { publish } = shop;
    shop.publish = () => new Promise(() => undefined);
    shop.edit(PEN, 3);
    for (const sku of skus) erp.count(sku, W1, 5);
    await pass(70_000);
    const found: string[] = [];
    for (let life = 0; life < skus.length / 2; life += 1) {
      let writes = 0;
      await new Promise<void>((died, failed) => {
        shop.publish = async (request, context) => {
          writes += 1;
          if (writes < 2) return publish(request, context);
          died();
          return new Promise(() => undefined);
        };
        const next = createEngine(engineOptions(one, { ...options, seed: `life ${String(life)}` }));
        next.events.on('drift-found', ({ sku, observed }) => { found.push(`${sku} ${observed}`); });
        one.driven(next.start()).then(() => one.pass(9_000)).then(died, failed);
      });
    }
    expect(found).toEqual(['PEN 3']);
  });

  it('says what it has to sell, however many orders there are to be read', async () => {
    const one = await open();
    const { engine, shop, erp, pass, clock } = one;
    for (const sku of [MUG, PEN]) erp.count(sku, W1, 10);
    await engine.start();
    await pass(5_000);
    const { readOrders } = shop;
    let reads = 0;
    const ring = async (): Promise<void> => {
      reads += 1;
      const body = new TextEncoder().encode(JSON.stringify({ id: `message ${String(reads)}`, orderId: `o${String(reads)}` }));
      await engine.receive(SHOP, { headers: {}, body });
    };
    shop.readOrders = async (request, page, context) => {
      await clock.sleep(CALL_MS);
      // By the time that one is read there is the next.
      await ring();
      return readOrders(request, page, context);
    };
    await ring();
    await pass(10_000);
    erp.count(MUG, W1, 2);
    await engine.ingest([{ kind: 'delta', source: ERP, id: 'sold elsewhere', sku: MUG, location: W1, at: instantFromMs(clock.now()), measure: 'onHand', delta: '-8' as QuantityText }]);
    await pass(30_000);
    expect(reads).toBeGreaterThan(30);
    expect(shop.shows(MUG)).toBe(2);
  });
});
