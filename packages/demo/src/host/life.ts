import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { StockwrightError } from '@stockwright/core';
import { fromWire, type FromEngine, type Question, type ToEngine } from './protocol.ts';

/** How much of what a process wrote before it ended is told. */
const LAST_WORDS_MAX = 4_000;

interface Pending {
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

/** Why nobody answers any more: somebody killed the process, or it ended by itself. */
export type End = { readonly killed: true } | { readonly killed: false; readonly error: StockwrightError };

/** What a process says without being asked. */
export type Unasked = Exclude<FromEngine, { readonly kind: 'answer' | 'ready' }>;

/** One process of an engine, from its start to its end. */
export class Life {
  /** Resolves when the process is gone and all that it said was heard. */
  readonly ended: Promise<End>;
  end: End | undefined;
  private readonly child: ChildProcess;
  private readonly ready: Promise<void>;
  private readonly pending = new Map<number, Pending>();
  private asked = 0;
  private lastWords = '';
  /** How it may end without that being a failure. */
  private mayEnd: 'not' | 'killed' | 'dismissed' = 'not';

  constructor(hear: (message: Unasked) => void) {
    this.child = fork(fileURLToPath(new URL('child-main.ts', import.meta.url)), [], {
      execArgv: ['--conditions=@stockwright/source', '--disable-warning=ExperimentalWarning'], serialization: 'advanced', stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
    });
    const killWithUs = (): void => { this.child.kill('SIGKILL'); };
    process.on('exit', killWithUs);
    this.child.stderr?.on('data', (text: Buffer) => { this.lastWords = `${this.lastWords}${text.toString()}`.slice(-LAST_WORDS_MAX); });
    let begun = (): void => undefined;
    this.ready = new Promise((resolve) => { begun = resolve; });
    this.child.on('message', (message: FromEngine) => {
      if (message.kind === 'ready') begun();
      else if (message.kind === 'answer') this.settle(message);
      else hear(message);
    });
    this.ended = new Promise((resolve) => {
      const over = (how: string, wanted = false): void => {
        process.off('exit', killWithUs);
        this.end ??= wanted ? { killed: true } : { killed: false, error: failure(how, this.lastWords) };
        for (const { reject } of this.pending.values()) reject(this.refusal(this.end));
        this.pending.clear();
        begun();
        resolve(this.end);
      };
      this.child.on('error', (error) => { over(error.message); });
      // Comes after the last message, unlike `exit`.
      this.child.on('close', (code, signal) => {
        const wanted = (this.mayEnd === 'killed' && signal === 'SIGKILL') || (this.mayEnd === 'dismissed' && code === 0);
        over(signal === null ? `exit code ${String(code)}` : `signal ${signal}`, wanted);
      });
    });
  }

  /** Of the process, while there is one. */
  get pid(): number | undefined {
    return this.end === undefined ? this.child.pid : undefined;
  }

  /** Asks for something. @throws `ABORTED` where the process was killed meanwhile, `UNAVAILABLE` where it ended by itself. */
  async ask(question: Question): Promise<unknown> {
    if (question.ask === 'open') await this.ready;
    if (this.end !== undefined) throw this.refusal(this.end);
    const id = this.asked;
    this.asked += 1;
    return new Promise((resolve, reject) => {
      this.pending.set(id, { resolve, reject });
      this.say({ id, question });
    });
  }

  /** Answers that the time is known. */
  agreed(): void {
    this.say({ agreed: true });
  }

  /** From now on a SIGKILL is what it was started for. */
  expectDeath(): void {
    this.mayEnd = 'killed';
  }

  /** Ends the process as a power switch would. */
  async kill(): Promise<void> {
    this.mayEnd = 'killed';
    this.child.kill('SIGKILL');
    await this.ended;
  }

  /** Lets the process end, which has nothing more to do. */
  async dismiss(): Promise<void> {
    this.mayEnd = 'dismissed';
    // Disconnecting from here would hide its end: node tells of no `close` then.
    this.say({ leave: true });
    await this.ended;
  }

  private settle({ id, value, error }: Extract<FromEngine, { readonly kind: 'answer' }>): void {
    const pending = this.pending.get(id);
    this.pending.delete(id);
    if (error === undefined) pending?.resolve(value);
    else pending?.reject(fromWire(error));
  }

  private say(message: ToEngine): void {
    // A process that is just ending takes nothing; whoever asked hears of it by its end.
    if (this.child.connected) this.child.send(message, () => undefined);
  }

  private refusal(end: End): StockwrightError {
    return end.killed ? new StockwrightError('The engine\'s process was killed. Start it again, or ask before.', { code: 'ABORTED' }) : end.error;
  }
}

function failure(how: string, lastWords: string): StockwrightError {
  return new StockwrightError(`The engine's process ended by itself with ${how}${lastWords === '' ? ' and said nothing.' : `: ${lastWords.trim()}`}`, { code: 'UNAVAILABLE' });
}
