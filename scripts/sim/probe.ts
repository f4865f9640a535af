import type { AwaitProbe, Blow } from '../../packages/testkit/src/harness/life.ts';
import type { AwaitPoints } from './await-points.ts';
import type { Target } from './messages.ts';

const SHELL = '/engine/src/shell/';

/** So many blows that are aimed at points one world can take and still get somewhere. */
const AIMED_MAX = 8;

/** Finds the await points of the engine on the call stack, synchronous and asynchronous frames alike. */
export class StackProbe implements AwaitProbe {
  readonly hit: Set<number> = new Set();
  private readonly points: AwaitPoints;
  /** Which await a place belongs to, by the file's address and the place in its text. */
  private readonly known = new Map<string, Map<number, number | undefined>>();
  private target: { readonly points: Set<number>; readonly blow: Blow } | undefined;
  /** Points that were aimed at and struck. */
  aimed: number[] = [];

  constructor(points: AwaitPoints) {
    this.points = points;
  }

  /** The next world is to be struck at its first visits of these points. */
  aimAt(target: Target | undefined): void {
    this.target = target === undefined ? undefined : { points: new Set(target.points), blow: target.blow };
    this.aimed = [];
  }

  aim(): Blow | undefined {
    const { target } = this;
    if (target === undefined) return undefined;
    const here = this.onStack();
    const point = here.find((each) => target.points.has(each));
    if (point === undefined) return undefined;
    // Whatever waits for this call is struck with it.
    for (const each of here) target.points.delete(each);
    this.aimed.push(point);
    if (target.points.size === 0 || this.aimed.length === AIMED_MAX) this.target = undefined;
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
    const found: number[] = [];
    for (const site of sites) {
      const point = this.pointOf(site);
      if (point !== undefined) found.push(point);
    }
    return found;
  }

  private pointOf(site: NodeJS.CallSite): number | undefined {
    const file = site.getFileName() ?? '';
    if (!file.includes(SHELL)) return undefined;
    const places = this.known.get(file) ?? new Map<number, number | undefined>();
    this.known.set(file, places);
    // Lines and columns are counted anew each time they are asked for.
    const position = site.getPosition();
    if (places.has(position)) return places.get(position);
    const point = this.points.at(file.slice(file.lastIndexOf('/') + 1), site.getLineNumber() ?? 1, site.getColumnNumber() ?? 1);
    places.set(position, point);
    return point;
  }
}
