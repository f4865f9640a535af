import { Session } from 'node:inspector/promises';
import type { Profiler } from 'node:inspector';
import { line, type Measured } from '../compare.ts';
import type { Bench, Events } from './events.ts';

const BATCH = 200;
const BATCHES = 5;

/** Goal 19: how much of the time from an event to the new number passes in core's functions and what they call; the rest is the store, the engine's own work and waiting for the disk. */
export async function shareOfCore(rounds: number, where: string, { engine, drain }: Bench, events: Events): Promise<Measured> {
  const [core, whole]: [number[], number[]] = [[], []];
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.setSamplingInterval', { interval: 200 });
  // One round more, which only warms up.
  for (let round = -1; round < rounds; round += 1) {
    await session.post('Profiler.start');
    for (let batch = 0; batch < BATCHES; batch += 1) {
      await engine.ingest(events.counts(BATCH));
      await drain('project');
    }
    const { profile } = await session.post('Profiler.stop');
    if (round < 0) continue;
    core.push((inCore(profile) * 1_000) / BATCH / BATCHES);
    whole.push(((profile.endTime - profile.startTime) * 1_000) / BATCH / BATCHES);
  }
  session.disconnect();
  return line({ name: `taking a count in and computing anew, ${where}: core's functions`, denominator: 'the whole', kind: 'time', goal: { goal: 19, floor: 0.15, aim: 0.04 } }, core, whole);
}

/** Microseconds that passed in functions of core, and in whatever they called. */
function inCore({ nodes, samples = [], timeDeltas = [] }: Profiler.Profile): number {
  const below = new Set<number>();
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const enter = (id: number, isInside: boolean): void => {
    const node = byId.get(id);
    if (node === undefined) return;
    const inside = isInside || node.callFrame.url.includes('/packages/core/');
    if (inside) below.add(id);
    for (const child of node.children ?? []) enter(child, inside);
  };
  const [root] = nodes;
  if (root !== undefined) enter(root.id, false);
  return samples.reduce((sum, id, index) => (below.has(id) ? sum + (timeDeltas[index] ?? 0) : sum), 0);
}
