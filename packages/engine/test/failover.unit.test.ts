import { createMemoryStore } from '@stockwright/store-memory';
import type { Row, Settlement } from '@stockwright/engine/ports';
import { afterEach, describe, expect, it } from 'vitest';
import { createRig, MUG, SHOP, W1, type Rig, type RigOptions } from './rig.ts';

let rig: Rig | undefined;
const open = async (options: RigOptions = {}): Promise<Rig> => {
  rig = await createRig(options);
  rig.erp.count(MUG, W1, 10);
  await rig.engine.start();
  await rig.pass(10_000);
  return rig;
};
afterEach(async () => {
  await rig?.stop();
  rig = undefined;
});

const KEY = { channel: SHOP, location: '', sku: MUG };
const target = async ({ store }: Rig): Promise<Row> => (await store.load([{ table: 'target', where: { sku: MUG } }]))[0]?.[0] ?? {};
/** One that only says that nothing was to be done. */
const isQuietPush = ({ claim, outcome, write = [] }: Settlement): boolean =>
  claim.kind === 'push' && outcome.status === 'done' && write.every((one) => 'set' in one && Object.keys(one.set).join() === 'version');

describe('a store that loses its last commits', () => {
  it('has its suspicion back, and the push that took it for over does not end the work on it', async () => {
    const one = await open();
    await one.engine.operate({ verb: 'assert', channel: SHOP, sku: MUG }, { requestedBy: 'anna' });
    const suspect = await target(one);
    expect(suspect['suspectUntilMs']).toBeGreaterThan(one.clock.now());
    const { settle } = one.store;
    let lost = 0;
    one.store.settle = async (settlements) => {
      const now = await target(one);
      if (lost === 0 && now['suspectUntilMs'] === null && settlements.some(isQuietPush)) {
        // What the read wrote down is gone; the claim, which is older, is still there.
        lost += 1;
        await one.store.commit({ commitId: 'older history', expect: [], marks: [], write: [{ table: 'target', key: KEY, set: { version: Number(now['version']) - 1, suspectUntilMs: suspect['suspectUntilMs'] ?? null } }] });
      }
      return settle.call(one.store, settlements);
    };
    await one.pass(200_000);
    expect(lost).toBe(1);
    expect((await target(one))['suspectUntilMs']).toBeNull();
  });

  it('shows nothing that followed from what is gone', async () => {
    let history = 'first';
    const one = await open({ store: (clock) => Object.assign(createMemoryStore({ clock }), { epoch: async () => history }) });
    expect(one.shop.shows(MUG)).toBe(10);
    // A projector that was under way looked at a position of the history that is gone, and settles in the one that is left.
    const now = await target(one);
    await one.store.commit({ commitId: 'late projector', expect: [], marks: [], write: [{ table: 'target', key: KEY, set: { version: Number(now['version']) + 1, want: '7', differs: 1 } }] });
    history = 'second';
    await one.pass(200_000);
    expect([(await target(one))['want'], one.shop.shows(MUG)]).toEqual(['10', 10]);
  });
});
