import { registerHooks } from 'node:module';
import { worked } from '../compare.ts';
import { withoutWords } from './without-words.ts';

/**
 * Computes keys through the whole pipeline, once as it is and once with every word of the trace taken out of its source
 * before it is compiled. Both are processes of their own, since one process compiles the pipeline once.
 */
const stripped = process.argv[2] === 'stripped';
let taken = 0;
registerHooks({
  load: (url, context, next) => {
    const loaded = next(url, context);
    if (!stripped || !url.includes('/core/src/availability/')) return loaded;
    const source = String(loaded.source);
    const without = withoutWords(source);
    taken += source.length - without.length;
    return { ...loaded, source: without };
  },
});
const { calculator, keys, moment, reader } = await import('./world.ts');
if (stripped && taken === 0) throw new Error('No words were taken out of the pipeline.');

let sum = 0;
function all(): void {
  sum = 0;
  for (const key of keys) sum = (sum * 31 + Number(calculator.compute(key, reader, moment).immediate)) % 1_000_000_007;
}
function held(): number {
  for (let times = 0; times < 3; times += 1) globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}

process.on('message', (repeats: number) => {
  const start = worked();
  for (let index = 0; index < repeats; index += 1) all();
  process.send?.({ ns: ((worked() - start) * 1e6) / repeats / keys.length, sum, bytes: 0 });
});
/** One pass over all keys; compiled code is on the heap as well, so that only what comes after several passes is kept by keys. */
function pass(): void {
  all();
  if (!stripped) for (const key of keys) calculator.explain(key, reader, moment);
}
for (let passes = 0; passes < 8; passes += 1) pass();
const before = held();
pass();
process.send?.({ ns: 0, sum, bytes: Math.max(0, held() - before) / keys.length });
