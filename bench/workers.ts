/**
 * What a second and a fourth worker process bring, on one PostgreSQL, where the channels' answers take most of the time.
 *
 *   npm run workers -- --rounds 5 --latency 50
 */
import { parseArgs } from 'node:util';
import { serverMissing } from '../test/support/postgres-server.ts';
import { scale, type Scaled } from '../test/faults/support/scaling.ts';

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '3' }, latency: { type: 'string', default: '50' }, channels: { type: 'string', default: '8' }, skus: { type: 'string', default: '40' }, batch: { type: 'string', default: '2' } } });
const [rounds, latencyMs, channels, skus, batchMax] = [values.rounds, values.latency, values.channels, values.skus, values.batch].map(Number) as [number, number, number, number, number];
/** How much faster than the crew before it each crew is to be. */
const AIMS: Readonly<Record<number, number>> = { 2: 1.7, 4: 1.5 };

const missing = await serverMissing();
if (missing !== undefined) throw new Error(`The workers cannot be measured: ${missing}.`);
console.log(`${String(channels)} channels with ${String(skus)} skus each, ${String(batchMax)} lines a call, an answer after ${String(latencyMs)} ms, one call under way per worker; median of ${String(rounds)} rounds`);
console.log('workers  lines/s  calls/s  a round  than the crew before  calls abreast  lines sent/owed');
let before: number | undefined;
for (const workers of [1, 2, 4]) {
  const result = await scale(workers, { shape: { channels, skus }, latencyMs, batchMax, rounds });
  const rate = print(result, before);
  before = rate;
}

function print({ workers, roundMs, lines, calls, abreast, wrong }: Scaled, rateBefore: number | undefined): number {
  const median = [...roundMs].sort((a, b) => a - b)[Math.floor(roundMs.length / 2)] ?? 0;
  const owed = channels * skus;
  const rate = (owed * 1_000) / median;
  const ratio = rateBefore === undefined ? '-' : `${(rate / rateBefore).toFixed(2)}x (aim ${String(AIMS[workers])})`;
  console.log([
    String(workers).padEnd(7), rate.toFixed(0).padStart(7), ((calls / lines) * rate).toFixed(0).padStart(7), `${(median / 1_000).toFixed(2)} s`.padStart(8), ratio.padStart(21), String(abreast).padStart(13),
    `${String(lines)}/${String(owed * rounds)}`.padStart(15),
  ].join('  '));
  for (const what of wrong.slice(0, 10)) console.log(`   WRONG: ${what}`);
  const aim = AIMS[workers];
  if (wrong.length > 0 || (aim !== undefined && rateBefore !== undefined && rate < aim * rateBefore)) process.exitCode = 1;
  return rate;
}
