import { setTimeout as wait } from 'node:timers/promises';
import type { Clock } from '@stockwright/adapter';
import { parseCatalog, parseChannelId, parseLocationId, parsePolicy, parseSku, parseSourceId } from '@stockwright/core';
import { createEngine } from '@stockwright/engine';
import { createMemoryStore } from '@stockwright/store-memory';
import { createModelChannel, createModelSource, seededRandom } from '@stockwright/testkit';

const [shop, erp, mug, w1] = [parseChannelId('shop'), parseSourceId('erp'), parseSku('MUG'), parseLocationId('W1')];
const clock: Clock = { now: Date.now, sleep: (ms, signal) => wait(ms, undefined, signal && { signal }) };
const source = createModelSource({ id: erp });
source.count(mug, w1, 9);
const engine = createEngine({
  store: createMemoryStore(), clock, random: seededRandom('1'),
  catalog: parseCatalog([{ sku: 'MUG' }]),
  policy: parsePolicy({ version: '1', channels: [{ id: 'shop', locations: ['W1'] }] }),
  sources: [{ adapter: source }], channels: [{ adapter: createModelChannel({ id: shop }) }], owners: [{ source: erp, measures: ['onHand'] }],
  retention: { inbox: 60, hold: 30, change: 7 },
});

// What a host keeps beside its index, in one transaction with it: how far it came.
let kept: string | undefined;
const index = new Map<string, string>();

await engine.start();
for await (const page of engine.followChanges({ after: kept })) {
  if (page.status === 'readAnew') {
    index.clear();
    for await (const { channel, sku, want } of engine.targets()) index.set(`${channel} ${sku}`, want);
  } else {
    for (const { channel, sku, want } of page.changes) index.set(`${channel} ${sku}`, want);
  }
  kept = page.cursor;
  if (index.size > 0) break;
}
await engine.stop();

index.get('shop MUG'); // => '9'
