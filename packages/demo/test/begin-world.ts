import { VirtualClock } from '@stockwright/testkit';
import type { HostFactory } from '../src/host/engine-host.ts';
import { createWeather } from '../src/faults/weather.ts';
import { defaultPolicy } from '../src/run/prepare.ts';
import { startErp } from '../src/world/erp.ts';
import { createWorld, type World } from '../src/world/world.ts';

const LOCATIONS = ['MAIN', 'OVERFLOW'];
/** What the small shop of the tests sells. */
export const SKUS = ['10001', '10002', '10003'];

/** Lets the clock run while something that sleeps on it is awaited. */
export async function driven<Value>(clock: VirtualClock, work: Promise<Value>): Promise<Value> {
  let ended = false;
  const end = (): void => { ended = true; };
  work.then(end, end);
  await clock.runUntil(() => ended);
  return work;
}

/** Begins a world with a host of this kind; whoever asks closes it. */
export async function beginWorld(host: HostFactory): Promise<{ readonly clock: VirtualClock; readonly world: World; close(): Promise<void> }> {
  const clock = new VirtualClock(Date.UTC(2026, 10, 27, 8));
  const stopping = new AbortController();
  const stock = SKUS.flatMap((sku) => LOCATIONS.map((location, index) => ({ sku, location, onHand: index === 0 ? 12 : 5 })));
  const world = await driven(clock, createWorld({ clock, seed: 'story', host, policy: defaultPolicy(LOCATIONS), stock, goodsIn: 'MAIN', weather: createWeather('none', { seed: 'story', fromMs: 0, toMs: 0 }), signal: stopping.signal }));
  startErp(clock, world.netsuite, { shops: [...world.shops.values()], signal: stopping.signal });
  return {
    clock, world,
    close: async () => {
      stopping.abort();
      await driven(clock, world.close());
    },
  };
}
