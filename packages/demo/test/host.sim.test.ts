import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { childHost } from '../src/host/child.ts';
import type { KillPoint } from '../src/host/fuse.ts';
import { inProcessHost } from '../src/host/in-process.ts';
import { prepare, type RunOptions } from '../src/run/prepare.ts';
import { run } from '../src/run/run.ts';
import type { HostFactory } from '../src/host/engine-host.ts';
import { freshStore, killable, tell, type Outcome, type Story } from './story.ts';

const folder = mkdtempSync(join(tmpdir(), 'stockwright-host-'));
afterAll(() => { rmSync(folder, { recursive: true }); });

describe('a run', () => {
  it('tells the same to the last byte, whether its engine runs in this process or in its own', async () => {
    const orders = join(folder, 'orders.csv');
    writeFileSync(orders, `invoice,sku,quantity,occurred_at,country
1001,10001,2,2026-01-05T09:00:00Z,UK
1002,10002,9,2026-01-05T09:05:00Z,UK
1003,10002,4,2026-01-05T09:05:01Z,UK
1004,10001,-2,2026-01-05T10:00:00Z,UK
C1005,10002,-1,2026-01-05T10:30:00Z,UK
`);
    const report = async (store: string, host?: HostFactory): Promise<string> => {
      const nothing = (): void => undefined;
      const options: RunOptions = { orders, store, durability: 'normal', seed: '7', split: { by: 'hash', percent: 50 }, faults: 'none', view: { line: nothing, progress: nothing, end: nothing } };
      return JSON.stringify(await run(options, prepare(options), host));
    };
    const inMemory = await report('memory');
    expect(await report(freshStore())).toBe(inMemory);
    const store = freshStore();
    expect(await report(store, childHost({ store, durability: 'normal' }))).toBe(inMemory);
  });
});

describe('an engine whose process is killed', () => {
  let undisturbed: Omit<Outcome, 'steps'>;
  beforeAll(async () => {
    undisturbed = withoutSteps(await tell(inProcessHost({ store: 'memory' })));
    expect(undisturbed.problems).toEqual([]);
  });

  /** Kills it in the middle of the story and starts it again twenty seconds later. */
  const killed = async (kill: (story: Story, host: ReturnType<typeof killable>['host']) => Promise<void>): Promise<Outcome> => {
    const { factory, host } = killable(freshStore());
    return tell(factory, async (story) => {
      await kill(story, host);
      expect(host().pid).toBeUndefined();
      await story.clock.sleep(20_000);
      await host().restart();
    });
  };

  /** The first write after the opening ones: the warehouse has corrected. */
  const corrected = async ({ clock }: Story): Promise<void> => { await clock.sleep(14 * 60_000); };

  it('after the shop took a write and before its answer arrived finds out, and ends where it would have ended', async () => {
    const once = (): Promise<Outcome> => killed(async (story, host) => {
      await corrected(story);
      const before = story.writes();
      await story.clock.when(() => story.writes() > before);
      expect(await openAttempts(story)).toBe(1);
      await host().kill();
    });
    const [first, second] = await Promise.all([once(), once()]);
    expect(withoutSteps(first)).toEqual(undisturbed);
    expect(second).toEqual(first);
  });

  it.each<[string, KillPoint, { readonly owes: boolean; readonly open: number }]>([
    ['after it booked what the owner said', { writing: 'ledger' }, { owes: false, open: 0 }],
    ['after it knew what to show and before it pushed anything', { writing: 'target' }, { owes: true, open: 0 }],
    ['after it wrote down what to send and before it sent it', { writing: 'attempt' }, { owes: true, open: 1 }],
  ])('%s ends where it would have ended', async (_when, point, { owes, open }) => {
    expect(withoutSteps(await killed(async (story, host) => {
      await corrected(story);
      const before = story.writes();
      await host().killAt(point);
      expect([story.writes() - before, await outOfSync(story) > 0, await openAttempts(story)]).toEqual([0, owes, open]);
    }))).toEqual(undisturbed);
  });

  it('while customers buy takes nobody\'s word twice: their webhooks fail, and come again to the same address', async () => {
    expect(withoutSteps(await killed(async ({ clock, world }, host) => {
      const address = host().webhooksUrl;
      await clock.sleep(4 * 60_000);
      await host().kill();
      const release = clock.hold();
      await expect(fetch(address)).rejects.toThrow('fetch failed');
      release();
      await clock.when(() => world.shopify.orders().length === 1);
      expect(host().webhooksUrl).toBe(address);
    }))).toEqual(undisturbed);
  });

  it('and killed again and again while it starts ends where it would have ended', async () => {
    expect(withoutSteps(await killed(async ({ clock }, host) => {
      await clock.sleep(5 * 60_000 + 2_000);
      await host().kill();
      // Before its first effect is known, as it asks the vendors where it stands, and as it works off what they said.
      await expect(host().restart({ count: 1 })).rejects.toMatchObject({ code: 'ABORTED', message: expect.stringContaining('was killed') });
      for (const count of [12, 30]) {
        // The work begins while the engine still marks what is to be looked at, so the blow may come before it says that it has started.
        await host().restart({ count }).catch((error: unknown) => { expect(error).toMatchObject({ code: 'ABORTED' }); });
        await clock.when(() => host().pid === undefined);
      }
    }))).toEqual(undisturbed);
  });
});

function withoutSteps({ steps: _steps, ...outcome }: Outcome): Omit<Outcome, 'steps'> {
  return outcome;
}

async function outOfSync({ world }: Story): Promise<number> {
  let count = 0;
  for await (const _row of world.engine.tables.scan({ table: 'target', where: { channel: 'shopify', differs: 1 } })) count += 1;
  return count;
}

async function openAttempts({ world }: Story): Promise<number> {
  let count = 0;
  for await (const { finishedAtMs } of world.engine.tables.scan({ table: 'attempt', where: { channel: 'shopify' } })) count += finishedAtMs === null ? 1 : 0;
  return count;
}
