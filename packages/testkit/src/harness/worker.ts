import { createEngine, type Engine, type EngineOptions } from '@stockwright/engine';
import type { Store } from '@stockwright/engine/ports';
import { Life, type Surroundings } from './life.ts';

/** How a process is composed around its life. */
export type Compose = (life: Life) => EngineOptions & { readonly store: Store };

/** A machine: its processes follow each other, and its clock is its own. */
export class Worker {
  readonly index: number;
  private readonly compose: Compose;
  private readonly watch: (engine: Engine) => void;
  private lives = 0;
  private current: { readonly life: Life; readonly engine: Engine; started: boolean } | undefined;
  offsetMs = 0;

  /** @param watch - Sees each engine before it starts. */
  constructor(index: number, compose: Compose, watch: (engine: Engine) => void = () => undefined) {
    this.index = index;
    this.compose = compose;
    this.watch = watch;
  }

  /** A process that runs and has started. */
  get engine(): Engine | undefined {
    return this.current?.life.alive === true && this.current.started ? this.current.engine : undefined;
  }

  get life(): Life | undefined {
    return this.current?.life;
  }

  begin(world: Surroundings): void {
    this.lives += 1;
    const life = new Life(world, `w${String(this.index + 1)}.${String(this.lives)}`, () => this.offsetMs);
    const running = { life, engine: createEngine(this.compose(life)), started: false };
    this.current = running;
    this.watch(running.engine);
    world.trace.line(world.time.now(), life.name, () => 'starts');
    running.engine.start().then(() => { running.started = true; }, () => { life.die(); });
  }

  /** Ends the process in good order. */
  stop(): void {
    const { current } = this;
    if (current === undefined || !current.life.alive) return;
    current.started = false;
    current.engine.stop().then(() => { current.life.die(); }, () => { current.life.die(); });
  }
}
