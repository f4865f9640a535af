import { fork, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { line, shuffler, type Measured } from './compare.ts';

interface Reply {
  readonly ns: number;
  readonly sum: number;
  readonly bytes: number;
}

const REPEATS = 5;
/** What a trace that is not asked for may leave behind, a key. */
const MOST_BYTES = { floor: 16, aim: 8 };

/** Goal 4: what it costs that the pipeline could explain itself, where nobody asks. */
export async function measured(rounds: number): Promise<readonly Measured[]> {
  const sides = new Map(['traceable', 'stripped'].map((name) => [name, fork(join(import.meta.dirname, 'trace', 'child.ts'), [name], {
    execArgv: ['--disable-warning=ExperimentalWarning', '--conditions=@stockwright/source', '--expose-gc', '--single-threaded-gc'],
  })]));
  const times: Record<string, number[]> = { traceable: [], stripped: [] };
  const first = await Promise.all([...sides.values()].map(reply));
  const shuffled = shuffler();
  for (let round = -3; round < rounds; round += 1) {
    for (const [name, child] of shuffled([...sides])) {
      const answer = reply(child);
      child.send(REPEATS);
      const { ns, sum } = await answer;
      if (sum !== first[0]?.sum) throw new Error(`${name} computes other numbers.`);
      if (round >= 0) times[name]?.push(ns);
    }
  }
  for (const child of sides.values()) child.disconnect();
  return [
    line({ name: 'compute through the pipeline, trace off', denominator: 'no trace compiled in', kind: 'time', goal: { goal: 4, floor: 1.15, aim: 1.03 } }, times['traceable'] ?? [], times['stripped'] ?? []),
    line({ name: 'bytes a key kept after compute and explain', denominator: '1 byte', kind: 'size', goal: { goal: 4, ...MOST_BYTES } }, [first[0]?.bytes ?? 0], [1]),
  ];
}

async function reply(child: ChildProcess): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const died = (code: number | null): void => { reject(new Error(`The process ended with ${String(code)}.`)); };
    child.once('exit', died);
    child.once('message', (message) => { child.off('exit', died); resolve(message as Reply); });
  });
}
