import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { line, shuffler, type Measured } from './compare.ts';
import { Contender } from './index/contender.ts';
import { shared } from './shared.ts';

const SKUS = 100_000;
const SMALL = 20_000;
const [LEAST, MOST] = [10_000, 1_000_000];
const SAME = 3_000;
const HOT = 200;
/** Bytes of the typed-array limit where a sku is stocked at 3 locations, with the texts of the ids. */
const SPARSE_LIMIT = 263;

interface Side {
  readonly contender: Contender;
  readonly events: number;
}
type Sides<Name extends string = string> = Readonly<Record<Name, Side>>;

/** Goals 6 to 12: core's index against the programs of the shared folder, each in a process of its own. */
export async function measured(rounds: number): Promise<readonly Measured[]> {
  if (!existsSync(join(shared, 'bench', 'e'))) {
    console.log(`No lower bounds in ${shared}: goals 6 to 12 are left out. STOCKWRIGHT_SHARED says where they are.`);
    return [];
  }
  return [...(await cold(rounds)), ...(await againstNumbers(rounds)), ...(await againstDecimals(rounds)), ...(await bySize(rounds)), ...(await sparse())];
}

/** Processes that have just started: one of each side a round, since each can be cold only once. */
async function cold(rounds: number): Promise<readonly Measured[]> {
  const kinds = ['ours', 'limit'] as const;
  const times: Record<(typeof kinds)[number], number[]> = { ours: [], limit: [] };
  const shuffled = shuffler();
  for (let round = 0; round < rounds; round += 1) {
    for (const kind of shuffled(kinds)) {
      const contender = await Contender.start(kind, SKUS);
      times[kind].push(contender.coldMs * 1e6);
      contender.end();
    }
  }
  return [line({ name: 'all 500,000 keys, the first pass of a process', denominator: 'typed arrays', kind: 'time', goal: { goal: 9, floor: 4, aim: 1.5 } }, times.ours, times.limit)];
}

async function againstNumbers(rounds: number): Promise<readonly Measured[]> {
  const ours = { contender: await Contender.start('ours', SKUS), events: 100_000 };
  const limit = { contender: await Contender.start('limit', SKUS), events: 200_000 };
  const numbers = { contender: await Contender.start('numbers', SKUS), events: 10_000 };
  const agreed = await agree({ ours, limit, numbers });
  const times = await interleaved({ ours, limit, numbers }, rounds, async ({ contender, events }) => contender.run(events));
  const late = await interleaved({ ours }, rounds, async ({ contender }) => (await latency(contender, 50_000, 0)));
  const hot = await interleaved({ ours, limit }, rounds, async ({ contender }) => (await latency(contender, HOT, 1)).p50);
  const full = await interleaved({ ours, limit }, rounds, async ({ contender }) => (await contender.ask({ does: 'full' })).ms * 1e6);
  await agreeAfter({ ours, limit, numbers }, agreed);
  const rows = [
    line({ name: 'apply, text events, 100,000 skus', denominator: 'typed arrays, integer events', kind: 'speed', goal: { goal: 6, floor: 0.12, aim: 0.35 } }, times.ours, times.limit),
    line({ name: 'apply, text events, 100,000 skus', denominator: 'maps of numbers', kind: 'speed', goal: { goal: 7, floor: 4, aim: 13 } }, times.ours, times.numbers),
    line({ name: 'apply, p99', denominator: 'p50', kind: 'time', goal: { goal: 8, floor: 12, aim: 5 } }, late.ours.map(({ p99 }) => p99), late.ours.map(({ p50 }) => p50)),
    line({ name: 'apply, component of 1,200 kits', denominator: 'typed arrays', kind: 'time', goal: { goal: 8, floor: 4, aim: 1.5 } }, hot.ours, hot.limit),
    line({ name: 'all 500,000 keys anew, warm', denominator: 'typed arrays', kind: 'time', goal: undefined }, full.ours, full.limit),
    line({ name: 'bytes a sku at 20 locations', denominator: 'typed arrays', kind: 'size', goal: { goal: 11, floor: 2, aim: 1.25 } }, [ours.contender.bytes], [limit.contender.bytes]),
    line({ name: 'bytes a sku at 20 locations', denominator: 'maps of numbers', kind: 'size', goal: { goal: 12, floor: 0.5, aim: 0.28 } }, [ours.contender.bytes], [numbers.contender.bytes]),
  ];
  end({ ours, limit, numbers });
  return rows;
}

/** In a smaller world, since a hundred thousand skus in decimals take minutes to build. */
async function againstDecimals(rounds: number): Promise<readonly Measured[]> {
  const ours = { contender: await Contender.start('ours', SMALL), events: 100_000 };
  const decimals = { contender: await Contender.start('decimals', SMALL), events: 2_000 };
  const agreed = await agree({ ours, decimals });
  const times = await interleaved({ ours, decimals }, rounds, async ({ contender, events }) => contender.run(events));
  await agreeAfter({ ours, decimals }, agreed);
  const rows = [
    line({ name: 'apply, text events, 20,000 skus', denominator: 'maps of decimal.js', kind: 'speed', goal: { goal: 7, floor: 30, aim: 95 } }, times.ours, times.decimals),
    line({ name: 'bytes a sku at 20 locations', denominator: 'maps of decimal.js', kind: 'size', goal: { goal: 12, floor: 0.1, aim: 0.042 } }, [ours.contender.bytes], [decimals.contender.bytes]),
  ];
  end({ ours, decimals });
  return rows;
}

async function bySize(rounds: number): Promise<readonly Measured[]> {
  const large = { contender: await Contender.start('ours', MOST), events: 100_000 };
  const small = { contender: await Contender.start('ours', LEAST), events: 100_000 };
  const times = await interleaved({ large, small }, rounds, async ({ contender, events }) => contender.run(events));
  end({ large, small });
  return [line({ name: 'apply, 1,000,000 skus', denominator: 'ours at 10,000 skus', kind: 'speed', goal: { goal: 10, floor: 0.2, aim: 0.35 } }, times.large, times.small)];
}

async function sparse(): Promise<readonly Measured[]> {
  const ours = { contender: await Contender.start('sparse', SKUS), events: 0 };
  end({ ours });
  return [line({ name: 'bytes a sku at 3 locations, with ids', denominator: 'typed arrays, counted', kind: 'size', goal: { goal: 11, floor: 2, aim: 1.25 } }, [ours.contender.bytes], [SPARSE_LIMIT])];
}

async function latency(contender: Contender, events: number, hot: number): Promise<{ readonly p50: number; readonly p99: number }> {
  return contender.ask({ does: 'latency', events, hot });
}

/** A fast wrong answer is not a result. Returns the checksum of all, before anything is timed. */
async function agree(sides: Sides): Promise<number> {
  for (const { contender } of Object.values(sides)) await contender.run(SAME);
  return sameSum(sides, `after ${String(SAME)} events`);
}

/**
 * The same after everything that was timed. Each side booked other events, as many as fill its rounds: its numbers must be what it works out
 * anew, and once each has taken all of its events back, all must show the same again.
 *
 * @param before - The checksum after the first events, which are taken back too.
 */
async function agreeAfter(sides: Sides, before: number): Promise<void> {
  for (const [name, { contender }] of Object.entries(sides)) {
    const kept = (await contender.ask({ does: 'sum' })).sum;
    await contender.ask({ does: 'full' });
    if ((await contender.ask({ does: 'sum' })).sum !== kept) throw new Error(`The numbers that ${name} kept up to date are not what it works out anew.`);
    await contender.ask({ does: 'back' });
  }
  if ((await sameSum(sides, 'once all events were taken back')) === before) throw new Error('The checksum does not depend on events.');
}

async function sameSum(sides: Sides, when: string): Promise<number> {
  const sums = new Map<string, number>();
  for (const [name, { contender }] of Object.entries(sides)) sums.set(name, (await contender.ask({ does: 'sum' })).sum);
  const [first = 0] = sums.values();
  if (new Set(sums.values()).size !== 1) throw new Error(`The indexes disagree ${when}: ${JSON.stringify([...sums])}.`);
  return first;
}

async function interleaved<Name extends string, T>(sides: Sides<Name>, rounds: number, measureOne: (side: Side) => Promise<T>): Promise<Record<Name, T[]>> {
  const names = Object.keys(sides) as Name[];
  const results = Object.fromEntries(names.map((name): [Name, T[]] => [name, []])) as Record<Name, T[]>;
  const shuffled = shuffler();
  // One round more, which only warms up.
  for (let round = -1; round < rounds; round += 1) {
    for (const name of shuffled(names)) {
      const result = await measureOne(sides[name]);
      if (round >= 0) results[name].push(result);
    }
  }
  return results;
}

function end(sides: Sides): void {
  for (const { contender } of Object.values(sides)) contender.end();
}
