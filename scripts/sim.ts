/**
 * The fault harness: plays worlds of the real engine in virtual time and holds them against the truth.
 *
 *     npm run --silent sim -- --seeds 1000 --start 1
 *     npm run --silent sim -- --seeds 1 --start 0x2a --history
 *     npm run --silent sim -- --ablate all
 *     npm run --silent sim -- --tier 2 --seeds 300
 *
 * The first tier plays models of the vendors, the second the real adapters against the simulators.
 * A seed that goes wrong is printed with the shortest history found. The last line is one JSON object. Ends with 1 where a world went
 * wrong; with `--ablate`, where one mechanism was not missed.
 */
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { ABLATIONS, ablationOf } from '../packages/testkit/src/harness/ablations.ts';
import { readSeed } from '../packages/testkit/src/harness/prng.ts';
import { awaitPointsOf } from './sim/await-points.ts';
import { campaign } from './sim/campaign.ts';
import { ablate, type Killing } from './sim/killing.ts';
import { visitMissed } from './sim/directed.ts';
import { TIERS, type Tier } from './sim/messages.ts';
import { Pool } from './sim/pool.ts';

process.exitCode = await main();

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      seeds: { type: 'string', default: '100' }, start: { type: 'string', default: '1' }, tier: { type: 'string', default: '1' }, threads: { type: 'string', default: '2' },
      ablate: { type: 'string' }, json: { type: 'boolean', default: false }, history: { type: 'boolean', default: false }, points: { type: 'boolean', default: false },
    },
  });
  const started = performance.now();
  const options = { start: readSeed(values.start), seeds: Number(values.seeds), threads: Number(values.threads) };
  const tier = TIERS.find((each) => String(each) === values.tier);
  if (tier === undefined || !Number.isSafeInteger(options.seeds) || options.seeds < 1) {
    console.error(`Give --seeds a whole number of at least 1 and --tier 1 or 2; found --seeds ${values.seeds} --tier ${values.tier}.`);
    return 2;
  }
  const play = { ...options, tier };
  const seconds = (): number => Math.round((performance.now() - started) / 100) / 10;
  if (values.ablate !== undefined) return killAll(values.ablate, play, seconds);
  const { points } = awaitPointsOf(fileURLToPath(new URL('../packages/engine/src/shell', import.meta.url)));
  const pool = new Pool(options.threads, { tier, ablation: undefined });
  const run = await campaign(pool, { ...options, history: values.history });
  // A long run makes sure that a crash was seen at every await of the engine; a short one is asked to.
  const directed = options.seeds >= 200 || values.points ? await visitMissed(pool, { points: points.length, hit: run.hit, start: options.start }) : { worlds: 0, wrong: 0 };
  await pool.end();
  const missed = points.flatMap(({ file, line, text }, index) => (run.hit.has(index) ? [] : [`${file}:${String(line)} ${text}`]));
  const wrong = run.wrong + directed.wrong;
  console.log(JSON.stringify({
    tier, worlds: options.seeds, directedWorlds: directed.worlds, start: `${values.start}`, faults: run.faults, faultsPerWorld: Math.round((run.faults / options.seeds) * 10) / 10,
    virtualHours: Math.round(run.virtualMs / 360_000) / 10, wrong, awaitPoints: { hit: points.length - missed.length, of: points.length, ...(values.json ? { missed } : {}) },
    seconds: seconds(), worldsPerMinute: Math.round(((options.seeds + directed.worlds) / seconds()) * 60), hash: run.hash, ...(values.json ? { kinds: run.kinds, wrongSeeds: run.wrongSeeds } : {}),
  }));
  return wrong === 0 ? 0 : 1;
}

async function killAll(name: string, options: { readonly start: bigint; readonly seeds: number; readonly tier: Tier }, seconds: () => number): Promise<number> {
  const chosen = name === 'all' ? ABLATIONS : [ablationOf(name)];
  const killings: Killing[] = [];
  for (const ablation of chosen) {
    const killing = await ablate(ablation, options);
    killings.push(killing);
    console.log(`${killing.name.padEnd(18)} ${killing.seed === undefined ? `not missed in ${String(killing.worlds)} worlds` : `killed by seed ${killing.seed} after ${String(killing.worlds)}: ${killing.why}`}`);
  }
  const survived = killings.filter(({ seed }) => seed === undefined).map((each) => each.name);
  const broken = killings.flatMap(({ controlWrong }) => controlWrong);
  console.log(JSON.stringify({ ablations: killings.length, killed: killings.length - survived.length, survived, controlWrong: broken, seconds: seconds() }));
  return survived.length === 0 && broken.length === 0 ? 0 : 1;
}
