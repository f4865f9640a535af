/** How much more is written by more worker processes on one PostgreSQL, each with one call under way at a time. */
import { createPostgresStore } from '@stockwright/store-postgres';
import { wrongBooks } from './books.ts';
import { Member } from './crew.ts';
import { withDatabase } from '../../support/postgres-server.ts';
import { Oracle } from './oracle.ts';
import { until } from './report.ts';
import { change, channelIds, openings, skuIds, type Shape } from './world.ts';

const PATIENCE_MS = 120_000;

export interface Scaled {
  readonly workers: number;
  /** For each round, how long it took until every channel showed every changed number. */
  readonly roundMs: readonly number[];
  readonly lines: number;
  readonly calls: number;
  /** The most calls that one worker had under way at once. */
  readonly abreast: number;
  readonly wrong: readonly string[];
}

/** Everything changes, and the crew brings every channel to its new numbers; so many times. */
export function scale(workers: number, { shape, latencyMs, batchMax, rounds }: { readonly shape: Shape; readonly latencyMs: number; readonly batchMax: number; readonly rounds: number }): Promise<Scaled> {
  return withDatabase(async (url) => {
    const oracle = new Oracle(shape, { channels: channelIds(shape), latencyMs });
    const wrong: string[] = [];
    const crew = Array.from({ length: workers }, (_value, index) => new Member({
      name: `worker ${String(index + 1)}`, shape, store: { postgres: url }, concurrency: 1, batchMax, leaseMs: 30_000, sweepMs: 5_000, readBackMs: 3_600_000,
    }, { oracle, wrong }));
    await Promise.all(crew.map(({ ready }) => ready));
    const [teller] = crew;
    await teller?.ingest(openings(shape));
    const right = async (): Promise<number> => {
      const tookMs = await until(() => oracle.wrong().length === 0, PATIENCE_MS);
      if (tookMs === undefined) wrong.push(...oracle.wrong().slice(0, 3));
      return tookMs ?? PATIENCE_MS;
    };
    await right();
    const before = { lines: oracle.pushes.length, calls: oracle.calls };
    const roundMs: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const changes = skuIds(shape).map((sku) => {
        oracle.expect(sku, 1);
        return change(`round-${String(round)}-${sku}`, sku, 1);
      });
      const startMs = Date.now();
      if ((await teller?.ingest(changes)) !== true) wrong.push('the changes of a round were not taken in');
      await right();
      roundMs.push(Date.now() - startMs);
    }
    const after = { lines: oracle.pushes.length - before.lines, calls: oracle.calls - before.calls };
    const stopped = await Promise.all(crew.map((member) => member.stop(20_000)));
    if (stopped.includes(false)) wrong.push('a worker did not stop within 20 s');
    const store = createPostgresStore({ connectionString: url });
    wrong.push(...oracle.overlaps(), ...(await wrongBooks(store, oracle.expected)));
    await store.close();
    return { workers, roundMs, ...after, abreast: oracle.abreast, wrong };
  });
}
