import type { Engine, TargetNow } from '@stockwright/engine';
import type { FaultStream } from './plan.ts';
import type { SimTime } from './sim-time.ts';
import type { Stage } from './stage.ts';

/** How often it looks for what other processes changed. */
const EVERY_MS = 3_000;
/** How long it stays with one engine, which may be dead for long by then. */
const LIFE_MS = 14_000;

/**
 * A host that keeps a copy of every number by following the changes: it asks any engine that is there, reads everything anew when it is
 * told to, and dies now and then before it has kept how far it came.
 */
export class Follower {
  private readonly world: Pick<Stage, 'worker'> & { readonly time: SimTime };
  private readonly draws: FaultStream;
  private cursor: string | undefined;
  private wants = new Map<string, string>();
  /** Ends the life that it is in. */
  private stop = new AbortController();

  constructor(world: Pick<Stage, 'worker'> & { readonly time: SimTime }, draws: FaultStream) {
    this.world = world;
    this.draws = draws;
  }

  begin(): void {
    const { time } = this.world;
    const look = (): void => {
      void this.look();
      time.at(time.now() + LIFE_MS, look);
    };
    time.at(time.now() + LIFE_MS, look);
  }

  /** What it does not have as it is, once everything is at rest. */
  async differences(port: Stage['store']['port']): Promise<readonly string[]> {
    const [targets = []] = await port.load([{ table: 'target', where: {} }]);
    const right = new Map(targets.flatMap((row) => (row['want'] === null ? [] : [[keyOf(row as unknown as TargetNow), String(row['want'])] as const])));
    return [...new Set([...right.keys(), ...this.wants.keys()])].flatMap((key) => (
      right.get(key) === this.wants.get(key) ? [] : [`${key.replaceAll('\u001f', '/')} is wanted at ${String(right.get(key))}, and who followed the changes has ${String(this.wants.get(key))}`]
    ));
  }

  /** Ends the life before, whatever has become of its engine, and begins another. */
  private async look(): Promise<void> {
    this.stop.abort();
    const stop = new AbortController();
    this.stop = stop;
    const { engine } = this.world.worker(this.draws.between(0, 1));
    if (engine === undefined) return;
    try {
      await this.follow(engine, stop.signal);
    } catch {
      // The store was away, or the line to it: the next look begins where this life came to.
    }
  }

  private async follow(engine: Engine, signal: AbortSignal): Promise<void> {
    for await (const page of engine.followChanges({ after: this.cursor, limit: this.draws.between(1, 40), signal, everyMs: EVERY_MS })) {
      const known = page.status === 'changes' ? new Map(this.wants) : new Map<string, string>();
      if (page.status === 'changes') for (const change of page.changes) known.set(keyOf(change), change.want);
      else for await (const target of engine.targets()) known.set(keyOf(target), target.want);
      if (signal.aborted) return;
      this.wants = known;
      if (this.draws.strikes('follower dies', 0.1)) return;
      this.cursor = page.cursor;
    }
  }
}

function keyOf({ channel, location, sku }: Pick<TargetNow, 'channel' | 'location' | 'sku'>): string {
  return `${channel}\u001f${location}\u001f${sku}`;
}
