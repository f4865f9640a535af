/** Starts, is woken, stops, and then has nothing more to do; a timer or a connection that is left keeps it alive. */
import { createPgBossDispatcher } from '@stockwright/dispatcher-pg-boss';

const [connectionString = '', schema = ''] = process.argv.slice(2);
const dispatcher = createPgBossDispatcher({ connectionString, schema, concurrency: 2 });
const drained = new Promise<void>((resolve) => {
  void dispatcher.start(async () => {
    resolve();
    return { againAtMs: Date.now() + 3_600_000 };
  });
});
dispatcher.wake('a', Date.now() + 3_600_000);
dispatcher.wake('b');
await drained;
await dispatcher.stop();
