import { Worker } from 'node:worker_threads';
import type { Answer, Order, ThreadData } from './messages.ts';

/** Worlds leave much behind that is soon forgotten; with room for it less is copied. */
const YOUNG = { maxYoungGenerationSizeMb: 64 };

/** Threads that play worlds. */
export class Pool {
  private readonly threads: { readonly thread: Worker; busy: boolean }[];
  private readonly waiting: { readonly order: Order; readonly resolve: (answer: Answer) => void; readonly reject: (error: unknown) => void }[] = [];

  constructor(count: number, data: ThreadData) {
    this.threads = Array.from({ length: count }, () => ({ thread: new Worker(new URL('./thread.ts', import.meta.url), { workerData: data, resourceLimits: YOUNG, execArgv: ['--conditions=@stockwright/source', '--disable-warning=ExperimentalWarning'] }), busy: false }));
  }

  play(order: Order): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ order, resolve, reject });
      this.next();
    });
  }

  async end(): Promise<void> {
    await Promise.all(this.threads.map(({ thread }) => thread.terminate()));
  }

  private next(): void {
    const free = this.threads.find(({ busy }) => !busy);
    const job = free === undefined ? undefined : this.waiting.shift();
    if (free === undefined || job === undefined) return;
    free.busy = true;
    const heard = (answer: Answer): void => {
      ended();
      job.resolve(answer);
    };
    const failed = (error: unknown): void => {
      ended();
      job.reject(error);
    };
    // One by one: a thread listens to itself as well.
    const ended = (): void => {
      free.thread.off('message', heard);
      free.thread.off('error', failed);
      free.busy = false;
      this.next();
    };
    free.thread.on('message', heard);
    free.thread.on('error', failed);
    free.thread.postMessage(job.order);
  }
}
