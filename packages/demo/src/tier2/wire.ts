import type { FaultStream, Life } from '@stockwright/testkit/harness';
import type { VendorName } from './stage.ts';
import type { Played, VendorFault } from './vendors.ts';

/** How long a caller waits for an answer that does not come, at most; the adapters wait less. */
const SILENCE_MS = 120_000;
const LATE_MS_MAX = 28_000;

/** The way from one process to one vendor and back, over HTTP. */
export class Wire {
  private readonly world: Played;
  private readonly life: Life;
  private readonly vendor: VendorName;
  private readonly faults: FaultStream;

  constructor(world: Played, life: Life, vendor: VendorName) {
    this.world = world;
    this.life = life;
    this.vendor = vendor;
    this.faults = world.plan.stream(`${life.name} ${vendor}`);
  }

  /** What the adapter takes for the network. */
  get fetch(): typeof globalThis.fetch {
    // What has left goes on, whatever becomes of its sender: the signal stays behind.
    return (input, init) => this.life.remote(() => this.send(new Request(input, { ...init, signal: null }), typeof init?.body === 'string' ? init.body : ''));
  }

  /** Nothing is awaited before it leaves: how many turns a platform takes to read a body must not decide who is first. */
  private async send(request: Request, body: string): Promise<Response> {
    const { world, faults, life, vendor } = this;
    const { time, trace, weather: { publish } } = world;
    const isWrite = vendor === 'amazon' ? request.method === 'PATCH' : vendor === 'shopify' && body.includes('mutation');
    const operation = `${vendor} ${request.method} ${isWrite ? 'write' : new URL(request.url).pathname}`;
    trace.text(operation);
    trace.number(time.now());
    if (isWrite) this.tellWrite(request, body);
    const odds = isWrite ? publish : { ...publish, lost: publish.lost / 2, late: 0, unanswered: publish.unanswered / 2 };
    await time.after(faults.between(1, 400));
    if (faults.strikes(`${vendor} request lost`, odds.lost)) return this.unanswered();
    // Nobody is left to hear of the request of a process that has died, which makes it no quicker.
    if (faults.strikes(`${vendor} request late`, life.alive || !isWrite ? odds.late : 0.5)) {
      const copy = request.clone();
      time.at(time.now() + faults.between(1_000, LATE_MS_MAX), () => {
        world.tell(life.name, () => `late request arrives at ${vendor}`);
        this.arrive(copy, undefined).catch((error: unknown) => { world.broke(error); });
      });
      return this.unanswered();
    }
    const response = await this.arrive(request, this.fault(odds.throttled));
    trace.number(response.status);
    if (faults.strikes(`${vendor} answer lost`, odds.unanswered)) return this.unanswered();
    const slow = faults.between(1_000, 20_000);
    await time.after(faults.strikes(`${vendor} slow`, odds.throttled) ? slow : faults.between(1, 400));
    world.tell(life.name, () => `${operation}: ${String(response.status)}`);
    return response;
  }

  private arrive(request: Request, fault: VendorFault | undefined): Promise<Response> {
    return this.world.vendors.serve(this.vendor, request, fault);
  }

  private fault(throttled: number): VendorFault | undefined {
    const { world, faults, vendor } = this;
    if (world.storms[vendor] > world.time.now() && faults.admits(`${vendor} refused in a storm`)) return 'throttle';
    if (faults.strikes(`${vendor} throttled`, throttled)) return 'throttle';
    return faults.strikes(`${vendor} unavailable`, world.weather.read.failed / 2) ? 'refuse' : undefined;
  }

  /** The connection breaks at once, after a while, or not before the caller has gone. */
  private async unanswered(): Promise<Response> {
    const { faults, world: { time } } = this;
    const silent = faults.prng.chance(0.3);
    await time.after(silent ? SILENCE_MS : faults.between(200, 5_000));
    throw new TypeError('fetch failed', { cause: Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' }) });
  }

  private tellWrite(request: Request, body: string): void {
    const { world, vendor, life } = this;
    world.trace.text(body);
    world.wrote(vendor, life);
    world.tell(life.name, () => `sends to ${vendor}: ${vendor === 'amazon' ? `${new URL(request.url).pathname} ` : ''}${body}`);
  }
}
