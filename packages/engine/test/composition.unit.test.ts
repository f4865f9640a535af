import { parseCatalog, parseLocationId, parsePolicy, parseSourceId } from '@stockwright/core';
import { createEngine, type EngineOptions } from '@stockwright/engine';
import { createMemoryStore } from '@stockwright/store-memory';
import { createModelChannel, createModelSource, seededRandom, VirtualClock } from '@stockwright/testkit';
import { describe, expect, it } from 'vitest';
import { createRig, ERP, MUG, SHOP, W1, type RigOptions } from './rig.ts';

const WMS = parseSourceId('wms');
const compose = (more: Partial<EngineOptions>): void => {
  const clock = new VirtualClock(0);
  createEngine({
    store: createMemoryStore({ clock }), clock, random: seededRandom('1'), catalog: parseCatalog([{ sku: 'MUG' }]),
    policy: parsePolicy({ version: '1', channels: [{ id: SHOP, locations: [W1] }] }),
    sources: [{ adapter: createModelSource({ id: ERP }) }, { adapter: createModelSource({ id: WMS }) }],
    channels: [{ adapter: createModelChannel({ id: SHOP }) }], owners: [{ source: ERP, measures: ['onHand'] }], ...more,
  });
};

describe('an engine is refused in one sentence', () => {
  it.each<[string, Partial<EngineOptions>, string]>([
    ['two owners of one measure everywhere', { owners: [{ source: ERP, measures: ['onHand', 'committed'] }, { source: WMS, measures: ['onHand'] }] }, 'Two owners of onHand at every location: erp and wms.'],
    ['two owners of one measure at one location', { owners: [{ source: ERP, measures: ['onHand'], locations: [W1] }, { source: WMS, measures: ['onHand'], locations: [W1] }] }, 'Two owners of onHand at W1: erp and wms.'],
    ['an owner everywhere and another at one location', { owners: [{ source: WMS, measures: ['onHand'], locations: [W1] }, { source: ERP, measures: ['onHand'] }] }, 'Two owners of onHand at W1: erp and wms.'],
    ['an owner that is no source', { owners: [{ source: parseSourceId('pos'), measures: ['onHand'] }] }, 'Source pos owns measures and is not among the engine'],
    ['two channels of one name', { channels: [{ adapter: createModelChannel({ id: SHOP }) }, { adapter: createModelChannel({ id: SHOP }) }] }, 'Two channels are called shop.'],
    ['a channel that the policy does not list', { policy: parsePolicy({ version: '1', channels: [{ id: 'till', locations: [W1] }] }) }, 'Channel shop has an adapter and is not in policy 1'],
    ['a channel without locations whose numbers are spread', { policy: parsePolicy({ version: '1', channels: [{ id: SHOP, locations: [W1], publish: 'perLocation' }] }) }, 'Channel shop keeps one number'],
    ['a rule whose figures nobody keeps', { policy: parsePolicy({ version: '1', channels: [{ id: SHOP, locations: [W1] }], rules: [{ id: 'own', kind: 'ringfence', owner: 'sales', reason: 'own stock', scope: { channel: SHOP }, segment: 5 }] }) }, 'Policy 1, rule own: a ringfence: this engine does not keep'],
    ['a limit of silence in a location', { policy: parsePolicy({ version: '1', locations: [{ id: W1, stale: { afterMinutes: 30, becomes: 'zero' } }], channels: [{ id: SHOP, locations: [W1] }] }) }, 'location W1: a limit of silence'],
    ['a distance ahead that is none', { times: { aheadMs: Number.NaN } }, 'times.aheadMs is NaN'],
    ['a distance ahead that lies behind', { times: { aheadMs: -1 } }, 'times.aheadMs is -1'],
    ['a table that is never forgotten', { retention: { ledger: 30 } as never }, 'retention.ledger is no table that can be forgotten; those are inbox, attempt,'],
    ['messages that a vendor may deliver once more', { retention: { inbox: 14 } }, 'retention.inbox is 14; give 15 to 36500 days, or Infinity to keep all'],
    ['days that are none', { retention: { hold: Number.NaN } }, 'retention.hold is NaN'],
    ['days as a text', { retention: { work: '30' as never } }, 'retention.work is 30; give 1 to'],
    ['days beyond counting', { retention: { refused: 1e9 } }, 'retention.refused is 1000000000'],
    ['writes of which a twin may land later', { retention: { attempt: 1 }, channels: [{ adapter: createModelChannel({ id: SHOP, capabilities: { lateRequestMsMax: 2 * 86_400_000 } }) }] }, 'retention.attempt is 1 days, and a write may land as late as 3 days'],
    ['an adapter of another contract', { channels: [{ adapter: { ...createModelChannel({ id: SHOP }), contractVersion: 'v2' as 'v1' } }] }, 'The adapter of shop speaks contract v2'],
  ])('for %s', (_what, more, sentence) => {
    expect(() => { compose(more); }).toThrow(expect.objectContaining({ code: 'INVALID_CONFIGURATION', message: expect.stringContaining(sentence) as string }));
  });

  it('and is composed where two sources own different locations', () => {
    expect(() => { compose({ owners: [{ source: ERP, measures: ['onHand'], locations: [W1] }, { source: WMS, measures: ['onHand'], locations: [parseLocationId('W2')] }] }); }).not.toThrow();
  });
});

describe('the table of policies', () => {
  const BUFFER = { id: 'b', kind: 'safetyStock', owner: 'o', reason: 'r', withhold: { fixed: 2 } } as const;
  let engines = 0;
  const runOn = async (options: RigOptions): Promise<{ readonly offered: unknown; readonly warned: readonly string[] }> => {
    const warned: string[] = [];
    engines += 1;
    const rig = await createRig({ ...options, seed: String(engines), logger: (_details, message) => { warned.push(message); } });
    rig.erp.count(MUG, W1, 9);
    await rig.engine.start();
    await rig.pass(120_000);
    const { immediate: offered } = await rig.engine.compute({ channel: SHOP, sku: MUG });
    await rig.stop();
    return { offered, warned };
  };

  it('has what runs, where a policy was changed under its version too, and the audit what it was', async () => {
    // One store for engines of which each has a clock of its own.
    let clock = new VirtualClock(0);
    const store = createMemoryStore({ clock: { now: () => clock.now() } });
    const kept = (its: VirtualClock): typeof store => {
      clock = its;
      return store;
    };
    const rows = async () => store.load([{ table: 'policy', where: {} }, { table: 'audit', where: {} }]);
    for (let times = 0; times < 2; times += 1) expect(await runOn({ store: kept })).toEqual({ offered: 9, warned: [] });
    const [[before] = [], none] = await rows();
    expect([before, none]).toMatchObject([{ version: '1', body: expect.not.stringContaining('safetyStock') as string }, []]);
    expect(await runOn({ store: kept, policy: { rules: [BUFFER] } })).toMatchObject({ offered: 7, warned: [expect.stringContaining('under its version')] });
    const [[after] = [], audit] = await rows();
    expect(after).toMatchObject({ version: '1', body: expect.stringContaining('safetyStock') as string });
    expect(audit).toMatchObject([{ action: 'policyChanged', subject: 'policy 1', requestedBy: 'engine', detail: before?.['body'] }]);
    expect(await runOn({ store: kept, policy: { rules: [BUFFER] } })).toMatchObject({ warned: [] });
  });
});
