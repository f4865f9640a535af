/**
 * The fault harness: plays worlds of the real engine in virtual time and holds them against the truth.
 *
 *     npm run --silent sim -- --seeds 1000 --start 1
 *     npm run --silent sim -- --seeds 1 --start 0x2a --history
 *     npm run --silent sim -- --ablate all
 *     npm run --silent sim -- --tier 2 --seeds 300
 *
 * The first tier plays models of the vendors, the second the real adapters against the simulators. `--plan 1` plays a seed as it was
 * before people did more. A run of 200 seeds or more, or one with `--points`, also plays worlds that are struck at every await of the
 * engine at which nothing has struck yet; `--json` names those that are left.
 *
 * A seed that goes wrong is printed with the shortest history found. The last line is one JSON object. Ends with 1 where a world went
 * wrong or an await was not struck that was to be; with `--ablate`, where one mechanism was not missed; and with 2 where it was called wrongly.
 */
import { fileURLToPath } from 'node:url';
import { readArguments, type Arguments } from './sim/arguments.ts';
import { awaitPointsOf, type AwaitPoint } from './sim/await-points.ts';
import { campaign } from './sim/campaign.ts';
import { visitMissed } from './sim/directed.ts';
import { ablate, type Killing } from './sim/killing.ts';
import { Pool } from './sim/pool.ts';

/** So many seeds make a long run: it strikes at every await. */
const LONG_RUN = 200;

process.exitCode = await main();

async function main(): Promise<number> {
  let given: Arguments;
  try {
    given = readArguments(process.argv.slice(2));
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    return 2;
  }
  const started = performance.now();
  const seconds = (): number => Math.round((performance.now() - started) / 100) / 10;
  const { points } = awaitPointsOf(fileURLToPath(new URL('../packages/engine/src/shell', import.meta.url)));
  return given.ablations === undefined ? play(given, points, seconds) : killAll(given, points, seconds);
}

async function play({ tier, seeds, start, plan, threads, json, history, points: asked }: Arguments, points: readonly AwaitPoint[], seconds: () => number): Promise<number> {
  const pool = new Pool(threads, { tier, ablation: undefined });
  const run = await campaign(pool, { start, seeds, plan, history });
  // In the first tier alone: people do less in the second.
  const strikesAll = tier === 1 && (seeds >= LONG_RUN || asked);
  const directed = strikesAll ? await visitMissed(pool, { points: points.length, hit: run.hit, start }) : { worlds: 0, wrong: 0 };
  await pool.end();
  const missed = missedOf(points, run.hit);
  const wrong = run.wrong + directed.wrong;
  if (strikesAll) for (const { file, line, text } of missed) console.log(`no crash and no pause struck at ${file}:${String(line)} ${text}`);
  console.log(JSON.stringify({
    tier, plan, worlds: seeds, directedWorlds: directed.worlds, start: String(start), faults: run.faults, faultsPerWorld: Math.round((run.faults / seeds) * 10) / 10,
    virtualHours: hoursOf(run.virtualMs), wrong, awaitPoints: { hit: points.length - missed.length, of: points.length, ...(json ? { missed: missed.map(({ file, line, text }) => `${file}:${String(line)} ${text}`) } : {}) },
    seconds: seconds(), worldsPerMinute: Math.round(((seeds + directed.worlds) / seconds()) * 60), hash: run.hash, ...(json ? { kinds: run.kinds, wrongSeeds: run.wrongSeeds } : {}),
  }));
  return wrong === 0 && !(strikesAll && missed.length > 0) ? 0 : 1;
}

async function killAll({ tier, plan, ablations = [], start, seeds }: Arguments, points: readonly AwaitPoint[], seconds: () => number): Promise<number> {
  const killings: Killing[] = [];
  for (const ablation of ablations) {
    const killing = await ablate(ablation, { start, seeds, tier, plan: tier === 1 ? plan : undefined });
    killings.push(killing);
    console.log(`${killing.name.padEnd(18)} ${killing.seed === undefined ? `not missed in ${String(killing.worlds)} worlds` : `killed by seed ${killing.seed} after ${String(killing.worlds)}: ${killing.why}`}`);
  }
  const survived = killings.filter(({ seed }) => seed === undefined).map((each) => each.name);
  const broken = killings.flatMap(({ controlWrong }) => controlWrong);
  const sum = (of: (killing: Killing) => number): number => killings.reduce((all, killing) => all + of(killing), 0);
  const hit = new Set(killings.flatMap((killing) => [...killing.hit]));
  console.log(JSON.stringify({
    tier, ablations: killings.length, killed: killings.length - survived.length, survived, controlWrong: broken, worlds: sum(({ worlds }) => worlds), faults: sum(({ faults }) => faults),
    virtualHours: hoursOf(sum(({ virtualMs }) => virtualMs)), wrong: broken.length, awaitPoints: { hit: hit.size, of: points.length }, seconds: seconds(),
  }));
  return survived.length === 0 && broken.length === 0 ? 0 : 1;
}

function missedOf(points: readonly AwaitPoint[], hit: ReadonlySet<number>): readonly AwaitPoint[] {
  return points.filter((_point, index) => !hit.has(index));
}

function hoursOf(virtualMs: number): number {
  return Math.round(virtualMs / 360_000) / 10;
}
