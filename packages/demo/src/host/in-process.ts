import type { AvailabilityChannel, Clock } from '@stockwright/adapter';
import type { Store } from '@stockwright/engine/ports';
import { seededRandom } from '@stockwright/testkit';
import { compose } from './compose.ts';
import type { HostFactory } from './engine-host.ts';
import { openStore, type StoreChoice } from './stores.ts';
import { serveWebhooks } from './webhooks.ts';

/** What may stand between the engine and its ports. */
export interface Between {
  readonly store?: (store: Store, clock: Clock) => Store;
  readonly channel?: (adapter: AvailabilityChannel) => AvailabilityChannel;
}

/** Hosts the engine in this process, as most users do. */
export function inProcessHost(choice: StoreChoice, between: Between = {}): HostFactory {
  return async ({ settings, clock: shared, port }) => {
    // The order of things due at one moment is then that of an engine in its own process.
    const clock = shared.branch();
    const opened = openStore(choice, clock);
    const store = between.store?.(opened, clock) ?? opened;
    try {
      await store.migrate();
      const { engine, registerWebhooks } = compose(settings, { clock, random: seededRandom(settings.seed), store, ...(between.channel === undefined ? {} : { channelPort: between.channel }) });
      const server = await serveWebhooks(engine, port);
      return {
        events: engine.events, webhooksUrl: server.url, tables: store,
        start: async () => {
          await registerWebhooks(server.url);
          await engine.start();
        },
        status: () => engine.status(),
        explain: (key) => engine.explain(key),
        stop: async () => {
          await engine.stop();
          await server.close();
          await store.close();
        },
      };
    } catch (error) {
      await store.close();
      throw error;
    }
  };
}
