import { Worker } from 'node:worker_threads';
import type { Answer, Order, ThreadData } from './messages.ts';

/** Threads that play worlds. */
export class Pool {
  private readonly threads: { readonly thread: Worker; busy: boolean }[];
  private readonly waiting: { readonly order: Order; readonly resolve: (answer: Answer) => void; readonly reject: (error: unknown) => void }[] = [];

  constructor(count: number, data: ThreadData) {
    this.threads = Array.from({ length: count }, () => ({ thread: new Worker(new URL('./thread.ts', import.meta.url), { workerData: data, execArgv: ['--conditions=@stockwright/source', '--disable-warning=ExperimentalWarning'] }), busy: false }));
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
    const ended = (): void => {
      free.thread.off('message', told);
      free.thread.off('error', failed);
      free.busy = false;
      this.next();
    };
    const told = (answer: Answer): void => {
      ended();
      job.resolve(answer);
    };
    const failed = (error: unknown): void => {
      ended();
      job.reject(error);
    };
    free.thread.on('message', told);
    free.thread.on('error', failed);
    free.thread.postMessage(job.order);
  }
}
