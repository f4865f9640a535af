/** One thread of the fault harness: it loads the engine, whole or with a mechanism taken out of its text, and plays worlds. */
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';
import { ablationOf, type SourceChange } from '../../packages/testkit/src/harness/ablations.ts';
import { awaitPointsOf } from './await-points.ts';
import type { Answer, Order, ThreadData } from './messages.ts';
import { StackProbe } from './probe.ts';

const { tier, ablation } = workerData as ThreadData;
if (ablation !== undefined) takeOut(ablationOf(ablation).sources ?? []);
// Loaded only now, so that what is taken out of the engine is out before it is loaded.
const { runWorld } = await import('../../packages/testkit/src/harness/run-world.ts');
const make = tier === 1 ? undefined : (await import('../../packages/demo/src/tier2/tier2-world.ts')).tier2World;
const probe = new StackProbe(awaitPointsOf(fileURLToPath(new URL('../../packages/engine/src/shell', import.meta.url))));
// Errors are many and nobody reads where they came from.
Error.stackTraceLimit = 0;

parentPort?.on('message', (order: Order) => {
  play(order).then((answer) => { parentPort?.postMessage(answer); }, (error: unknown) => { throw error; });
});

async function play({ seed, plan, bustling, ablation: name, control, only, actions, told, target }: Order): Promise<Answer> {
  probe.hit.clear();
  probe.aimAt(target);
  const result = await runWorld({
    seed, probe, ...(plan === undefined ? {} : { plan }), ...(bustling === undefined ? {} : { bustling }), ...(name === undefined ? {} : { ablation: ablationOf(name) }), ...(control === undefined ? {} : { control }), ...(told === undefined ? {} : { told }),
    ...(only === undefined ? {} : { only: new Set(only) }), ...(actions === undefined ? {} : { actions: new Set(actions) }),
  }, make);
  return { result, hit: [...probe.hit], aimed: probe.aimed };
}

function takeOut(changes: readonly SourceChange[]): void {
  registerHooks({
    load: (url, context, next) => {
      const loaded = next(url, context);
      const change = changes.find(({ module }) => url.endsWith(module));
      if (change === undefined || loaded.source === undefined) return loaded;
      const text = typeof loaded.source === 'string' ? loaded.source : new TextDecoder().decode(loaded.source);
      if (text.split(change.from).length !== 2) throw new Error(`${change.module} no longer has, exactly once, what an ablation takes out: ${change.from}`);
      return { ...loaded, source: text.replace(change.from, () => change.to) };
    },
  });
}
