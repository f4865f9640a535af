import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Observation } from '@stockwright/core';
import type { Oracle } from './oracle.ts';
import type { FromWorker, Task, ToWorker } from './words.ts';

const PROGRAM = fileURLToPath(new URL('worker.ts', import.meta.url));
/** After so long without an answer somebody else is told the same. */
const ANSWER_MS = 3_000;

/** One worker process, as its parent sees it. */
export class Member {
  readonly name: string;
  readonly ready: Promise<boolean>;
  readonly gone: Promise<void>;
  isReady = false;
  frozen = false;
  ended = false;
  private readonly child: ChildProcess;
  private readonly asked = new Map<number, (accepted: boolean) => void>();
  private calls = 0;
  private errors = '';

  constructor(task: Task, { oracle, wrong }: { readonly oracle: Oracle; readonly wrong: string[] }) {
    this.name = task.name;
    this.child = fork(PROGRAM, [JSON.stringify(task)], { execArgv: ['--conditions=@stockwright/source', '--disable-warning=ExperimentalWarning'], stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
    this.child.stderr?.on('data', (text: Buffer) => { this.errors += text.toString(); });
    this.gone = new Promise((resolve) => {
      this.child.once('exit', (code) => {
        this.ended = true;
        if (code !== null && code !== 0) wrong.push(`worker ${this.name} ended with ${String(code)}: ${this.errors.trim()}`);
        for (const answer of this.asked.values()) answer(false);
        resolve();
      });
    });
    let begins: (ready: boolean) => void = () => undefined;
    this.ready = new Promise((resolve) => { begins = resolve; });
    void this.gone.then(() => { begins(false); });
    this.child.on('message', (word: FromWorker) => {
      switch (word.type) {
        case 'ready':
          this.isReady = true;
          begins(true);
          break;
        case 'ingested': this.asked.get(word.call)?.(true); break;
        case 'refused': this.asked.get(word.call)?.(false); break;
        case 'leases': oracle.hear(this.name, word.word); break;
        case 'unhandled': wrong.push(`worker ${this.name}: ${word.error}`); break;
        case 'publish':
          void oracle.publish(word.pushes.map((push) => ({ ...push, worker: this.name }))).then((outcomes) => { this.say({ type: 'published', call: word.call, outcomes }); });
          break;
        case 'readLevels': this.say({ type: 'levels', call: word.call, levels: oracle.levels(word.channel, word.skus) }); break;
      }
    });
  }

  /** Resolves with whether it said that it took the observations in; without an answer, with false. */
  ingest(observations: readonly Observation[]): Promise<boolean> {
    this.calls += 1;
    const call = this.calls;
    return new Promise((resolve) => {
      const timer = setTimeout(() => { answer(false); }, ANSWER_MS);
      const answer = (accepted: boolean): void => {
        clearTimeout(timer);
        this.asked.delete(call);
        resolve(accepted);
      };
      this.asked.set(call, answer);
      this.say({ type: 'ingest', call, observations });
    });
  }

  /** Whether it works now. */
  get isAble(): boolean {
    return this.isReady && !this.frozen && !this.ended;
  }

  signal(name: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): void {
    this.frozen = name === 'SIGSTOP';
    if (name === 'SIGKILL') this.ended = true;
    this.child.kill(name);
  }

  /** Asks it to end, and kills it where it does not. @returns Whether it ended by itself. */
  async stop(patienceMs: number): Promise<boolean> {
    if (this.ended) return true;
    this.say({ type: 'stop' });
    let patient = true;
    const timer = setTimeout(() => {
      patient = false;
      this.child.kill('SIGKILL');
    }, patienceMs);
    await this.gone;
    clearTimeout(timer);
    return patient;
  }

  private say(word: ToWorker): void {
    // One that is dying hears nothing any more.
    if (this.child.connected) this.child.send(word, () => undefined);
  }
}
