import { fork, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { shared } from '../shared.ts';
import type { Command, Kind, Reply } from './child.ts';

const MEMORY_MB = 12_000;

/** One implementation in its own process. */
export class Contender {
  readonly #process: ChildProcess;
  bytes = 0;
  /** Milliseconds of its first pass over all keys. */
  coldMs = 0;

  constructor(kind: Kind, skus: number) {
    this.#process = fork(join(import.meta.dirname, 'child.ts'), [JSON.stringify({ kind, skus, shared })], {
      execArgv: ['--disable-warning=ExperimentalWarning', '--conditions=@stockwright/source', '--expose-gc', '--single-threaded-gc', `--max-old-space-size=${String(MEMORY_MB)}`],
    });
  }

  /** Builds the implementation; one at a time, so that nobody's garbage is in the other's way. */
  static async start(kind: Kind, skus: number): Promise<Contender> {
    const contender = new Contender(kind, skus);
    const { bytes, coldMs } = await contender.#reply();
    contender.bytes = bytes / skus;
    contender.coldMs = coldMs;
    return contender;
  }

  async ask(command: Command): Promise<Reply> {
    const reply = this.#reply();
    this.#process.send(command);
    return reply;
  }

  /** Nanoseconds an event. */
  async run(events: number): Promise<number> {
    return ((await this.ask({ does: 'run', events, hot: 0 })).ms * 1e6) / events;
  }

  end(): void {
    this.#process.disconnect();
  }

  async #reply(): Promise<Reply> {
    return new Promise((resolve, reject) => {
      const died = (code: number | null): void => { reject(new Error(`A contender ended with ${String(code)}.`)); };
      this.#process.once('exit', died);
      this.#process.once('message', (reply) => { this.#process.off('exit', died); resolve(reply as Reply); });
    });
  }
}
