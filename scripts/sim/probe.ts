import type { AwaitProbe, Blow } from '../../packages/testkit/src/harness/life.ts';
import type { AwaitPoints } from './await-points.ts';

const SHELL = '/engine/src/shell/';

/** Finds the await points of the engine on the call stack, synchronous and asynchronous frames alike. */
export class StackProbe implements AwaitProbe {
  readonly hit: Set<number> = new Set();
  private readonly points: AwaitPoints;
  private readonly known = new Map<string, number | undefined>();
  private target: { readonly point: number; readonly blow: Blow } | undefined;

  constructor(points: AwaitPoints) {
    this.points = points;
  }

  /** The next world is to be struck at its first visit of a point. */
  aimAt(target: { readonly point: number; readonly blow: Blow } | undefined): void {
    this.target = target;
  }

  aim(): Blow | undefined {
    const { target } = this;
    if (target === undefined || !this.onStack().includes(target.point)) return undefined;
    this.target = undefined;
    return target.blow;
  }

  struck(): void {
    for (const point of this.onStack()) this.hit.add(point);
  }

  private onStack(): readonly number[] {
    const { prepareStackTrace, stackTraceLimit } = Error;
    Error.stackTraceLimit = 60;
    Error.prepareStackTrace = (_error, sites) => sites;
    const sites = new Error('where').stack as unknown as NodeJS.CallSite[];
    Error.prepareStackTrace = prepareStackTrace;
    Error.stackTraceLimit = stackTraceLimit;
    return sites.flatMap((site) => {
      const file = site.getFileName() ?? '';
      if (!file.includes(SHELL)) return [];
      const [name, line, column] = [file.slice(file.lastIndexOf('/') + 1), site.getLineNumber() ?? 1, site.getColumnNumber() ?? 1];
      const key = `${name}:${String(line)}:${String(column)}`;
      if (!this.known.has(key)) this.known.set(key, this.points.at(name, line, column));
      return this.known.get(key) ?? [];
    });
  }
}
