import { EventEmitter } from 'node:events';
import { StockwrightError, type AvailabilityKey, type Explanation } from '@stockwright/core';
import type { EngineEvents, EngineStatus } from '@stockwright/engine';
import type { Query, Row, Store } from '@stockwright/engine/ports';
import { openSqliteReader } from '@stockwright/store-sqlite';
import type { FollowerAnswer, FollowerLink, Following } from '@stockwright/testkit';
import type { EngineHost, EventSource, HostParts } from './engine-host.ts';
import type { KillPoint } from './fuse.ts';
import { Life, type Unasked } from './life.ts';
import type { StoreChoice } from './stores.ts';

/** An engine in a process of its own, which can be killed as if the power went and started again on the same file. */
export interface ChildHost extends EngineHost {
  /** Of the process; absent while there is none. */
  readonly pid: number | undefined;
  /** Kills the process where it stands. Its timers are gone, its connections broken, its questions `ABORTED`. */
  kill(): Promise<void>;
  /** Kills the process between two effects of its work, counted from the next moment at which nothing is under way, and resolves when it is gone. */
  killAt(point: KillPoint): Promise<void>;
  /**
   * Starts another process on the same file, with the same webhook address, and the engine in it.
   *
   * @param point - Where that one is killed in its turn, counted from its beginning. `ABORTED` where that is before the engine has started.
   */
  restart(point?: KillPoint): Promise<void>;
}

/** Hosts the engine in a process of its own. @throws `INVALID_CONFIGURATION` for a store that ends with its process. */
export function childHost(choice: StoreChoice): (parts: HostParts) => Promise<ChildHost> {
  if (!choice.store.startsWith('sqlite:')) throw new StockwrightError(`A store of kind ${choice.store} ends with its process. Give the engine sqlite:PATH.`, { code: 'INVALID_CONFIGURATION' });
  return async (parts) => {
    const host = new EngineProcess(choice, parts);
    await host.open();
    return host;
  };
}

class EngineProcess implements ChildHost {
  readonly events: EventSource;
  readonly tables: Pick<Store, 'scan'>;
  private readonly choice: StoreChoice;
  private readonly parts: HostParts;
  private readonly emitter = new EventEmitter();
  private life: Life | undefined;
  private following: Following | undefined;
  private restarts = 0;
  private url = '';

  constructor(choice: StoreChoice, parts: HostParts) {
    this.choice = choice;
    this.parts = parts;
    const on = (name: keyof EngineEvents, listener: (...payload: unknown[]) => void): EventSource => {
      if (this.emitter.listenerCount(name) === 0) this.life?.ask({ ask: 'listen', name }).catch(() => undefined);
      this.emitter.on(name, listener);
      return this.events;
    };
    // The engine's emitter has the same method; its types cannot follow a name from one process to another.
    this.events = { on } as unknown as EventSource;
    this.tables = { scan: (query) => this.scan(query) };
  }

  get webhooksUrl(): string {
    return this.url;
  }

  get pid(): number | undefined {
    return this.life?.pid;
  }

  /** Begins a process, opens the store in it and listens. Time stands still meanwhile. */
  async open(point?: KillPoint): Promise<void> {
    const { settings, clock, port } = this.parts;
    const release = clock.hold();
    this.following?.end();
    const life = new Life((message) => { this.hear(message); });
    this.life = life;
    if (point !== undefined) life.expectDeath();
    try {
      const url = await life.ask({
        ask: 'open', point, reading: clock.stands, choice: this.choice, listen: this.emitter.eventNames() as (keyof EngineEvents)[],
        port: this.url === '' ? port : Number(new URL(this.url).port),
        settings: { ...settings, seed: this.restarts === 0 ? settings.seed : `${settings.seed} restart ${String(this.restarts)}` },
      });
      this.url = String(url);
      const following = clock.follow(this.linkTo(life));
      this.following = following;
      void life.ended.then(({ killed }) => { if (killed) following.end(); });
    } catch (error) {
      await life.kill();
      throw error;
    } finally {
      release();
    }
  }

  async start(): Promise<void> {
    await this.ask({ ask: 'start', reading: this.parts.clock.stands });
  }

  async status(): Promise<EngineStatus> {
    return (await this.ask({ ask: 'status', reading: this.parts.clock.stands })) as EngineStatus;
  }

  async explain(key: AvailabilityKey): Promise<Explanation> {
    return (await this.ask({ ask: 'explain', key, reading: this.parts.clock.stands })) as Explanation;
  }

  async stop(): Promise<void> {
    const { life } = this;
    if (life === undefined || life.end !== undefined) return;
    await this.ask({ ask: 'stop', reading: this.parts.clock.stands });
    await this.still(() => life.dismiss());
  }

  async kill(): Promise<void> {
    const { life } = this;
    if (life === undefined) return;
    await this.still(() => life.kill());
  }

  async killAt(point: KillPoint): Promise<void> {
    const { life } = this;
    if (life === undefined || life.end !== undefined) throw notAlive();
    await this.parts.clock.when(() => true);
    life.expectDeath();
    await this.ask({ ask: 'arm', point });
    await life.ended;
  }

  async restart(point?: KillPoint): Promise<void> {
    if (this.pid !== undefined) throw new StockwrightError(`The engine's process ${String(this.pid)} still runs. Kill it before it is started again.`, { code: 'INVALID_INPUT' });
    this.restarts += 1;
    await this.open(point);
    await this.start();
  }

  private async ask(question: Parameters<Life['ask']>[0]): Promise<unknown> {
    if (this.life === undefined) throw notAlive();
    this.following?.touched();
    return this.life.ask(question);
  }

  /** Keeps the clock while something happens that takes time of this machine only. */
  private async still(work: () => Promise<void>): Promise<void> {
    const release = this.parts.clock.hold();
    try {
      await work();
    } finally {
      release();
    }
  }

  private hear(message: Unasked): void {
    this.following?.moved(message.reading);
    if (message.kind === 'event') this.emitter.emit(message.name, ...message.payload);
    else this.life?.agreed();
  }

  private linkTo(life: Life): FollowerLink {
    // A process that was killed has nothing under way and nothing due.
    const orNothing = async (asked: Promise<unknown>): Promise<FollowerAnswer> => {
      try {
        return (await asked) as FollowerAnswer;
      } catch (error) {
        if (life.end?.killed === true) return { ...this.parts.clock.stands, next: undefined };
        throw error;
      }
    };
    return {
      settle: (reading) => orNothing(life.ask({ ask: 'settle', reading })),
      fire: (reading, until) => orNothing(life.ask({ ask: 'fire', reading, until })),
      agree: async (reading) => { await orNothing(life.ask({ ask: 'agree', reading })); },
    };
  }

  /** Reads the file beside the engine. Opened for each scan, so that nobody but the engine has it open when it is killed. */
  private async *scan(query: Query): AsyncIterable<Row> {
    const reader = openSqliteReader(this.choice.store.slice('sqlite:'.length));
    try {
      yield* reader.scan(query);
    } finally {
      reader.close();
    }
  }
}

function notAlive(): StockwrightError {
  return new StockwrightError('There is no process of the engine. Start it again before.', { code: 'INVALID_INPUT' });
}
