import type { Engine, TargetNow } from '@stockwright/engine';
import type { FaultStream } from './plan.ts';
import type { SimTime } from './sim-time.ts';
import type { Stage } from './stage.ts';

const EVERY_MS = 4_000;
/** After so long the engine that was asked is taken for dead. */
const PATIENCE_MS = 20_000;

/**
 * A host that keeps a copy of every number by following the changes: it asks any engine that is there, reads everything anew when it is
 * told to, and dies now and then before it has kept how far it came.
 */
export class Follower {
  private readonly world: Pick<Stage, 'worker'> & { readonly time: SimTime };
  private readonly draws: FaultStream;
  private cursor: string | undefined;
  private wants = new Map<string, string>();
  /** Which of its lives it is in: what an earlier one asked for comes too late. */
  private life = 0;
  private askedAtMs: number | undefined;

  constructor(world: Pick<Stage, 'worker'> & { readonly time: SimTime }, draws: FaultStream) {
    this.world = world;
    this.draws = draws;
  }

  begin(): void {
    const { time } = this.world;
    const look = (): void => {
      void this.look();
      time.at(time.now() + EVERY_MS, look);
    };
    time.at(time.now() + EVERY_MS, look);
  }

  /** What it does not have as it is, once everything is at rest. */
  async differences(port: Stage['store']['port']): Promise<readonly string[]> {
    const [targets = []] = await port.load([{ table: 'target', where: {} }]);
    const right = new Map(targets.flatMap((row) => (row['want'] === null ? [] : [[keyOf(row as unknown as TargetNow), String(row['want'])] as const])));
    return [...new Set([...right.keys(), ...this.wants.keys()])].flatMap((key) => (
      right.get(key) === this.wants.get(key) ? [] : [`${key.replaceAll('\u001f', '/')} is wanted at ${String(right.get(key))}, and who followed the changes has ${String(this.wants.get(key))}`]
    ));
  }

  private async look(): Promise<void> {
    const { time } = this.world;
    const engine = this.world.worker(this.draws.between(0, 1)).engine;
    if (engine === undefined || (this.askedAtMs !== undefined && time.now() - this.askedAtMs < PATIENCE_MS)) return;
    this.askedAtMs = time.now();
    this.life += 1;
    const own = this.life;
    try {
      await this.ask(engine, () => own === this.life);
    } catch {
      // It was its own death, or the store's: the next look begins where this one did.
    }
    if (own === this.life) this.askedAtMs = undefined;
  }

  private async ask(engine: Engine, lives: () => boolean): Promise<void> {
    const page = await engine.changes({ after: this.cursor, limit: this.draws.between(1, 40) });
    const known = page.status === 'changes' ? new Map(this.wants) : new Map<string, string>();
    if (page.status === 'changes') for (const change of page.changes) known.set(keyOf(change), change.want);
    else for await (const target of engine.targets()) known.set(keyOf(target), target.want);
    if (!lives()) return;
    this.wants = known;
    if (!this.draws.strikes('follower dies', 0.1)) this.cursor = page.cursor;
  }
}

function keyOf({ channel, location, sku }: Pick<TargetNow, 'channel' | 'location' | 'sku'>): string {
  return `${channel}\u001f${location}\u001f${sku}`;
}
