/** What waits for its moment. */
export interface Alarm {
  readonly atMs: number;
  cancelled: boolean;
}

/** How often everything comes to rest before others in this process have their turn. */
const RESTS_PER_TURN = 1_000;

interface Entry extends Alarm {
  readonly order: number;
  readonly fire: () => void;
}

/**
 * Virtual time for one world. It jumps to the next alarm once everything that runs has come to rest; alarms of one moment go off in
 * the order in which they were set. Nothing in a world may wait for anything else than an alarm.
 */
export class SimTime {
  private readonly heap: Entry[] = [];
  private made = 0;
  private current: number;
  /** How many alarms went off. */
  fired = 0;
  private rests = 0;

  constructor(startMs: number) {
    this.current = startMs;
  }

  now(): number {
    return this.current;
  }

  at(atMs: number, fire: () => void): Alarm {
    const entry: Entry = { atMs: Math.max(this.current, Math.ceil(atMs)), order: this.made, fire, cancelled: false };
    this.made += 1;
    this.push(entry);
    return entry;
  }

  after(ms: number): Promise<void> {
    return new Promise((resolve) => { this.at(this.current + ms, resolve); });
  }

  /** Lets time pass until a moment, or until somebody says stop. */
  async runUntil(untilMs: number, stopped: () => boolean): Promise<void> {
    for (;;) {
      await this.rest();
      if (stopped()) return;
      const first = this.heap[0];
      if (first === undefined || first.atMs > untilMs) {
        this.current = Math.max(this.current, untilMs);
        return;
      }
      this.pop();
      if (first.cancelled) continue;
      this.current = first.atMs;
      this.fired += 1;
      first.fire();
    }
  }

  /** Resolves once everything that can run without an alarm has run. */
  private rest(): Promise<void> {
    this.rests += 1;
    // What comes next in this turn of the event loop comes after every promise, and costs far less than a turn. Others in this process have their turn now and then.
    return new Promise((resolve) => { if (this.rests % RESTS_PER_TURN === 0) setImmediate(resolve); else process.nextTick(resolve); });
  }

  private push(entry: Entry): void {
    const { heap } = this;
    let index = heap.length;
    heap.push(entry);
    while (index > 0) {
      const parent = (index - 1) >> 1;
      const other = heap[parent];
      if (other === undefined || !precedes(entry, other)) break;
      heap[index] = other;
      index = parent;
    }
    heap[index] = entry;
  }

  private pop(): void {
    const { heap } = this;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let index = 0;
    for (;;) {
      let child = index * 2 + 1;
      const left = heap[child];
      if (left === undefined) break;
      const right = heap[child + 1];
      if (right !== undefined && precedes(right, left)) child += 1;
      const least = heap[child];
      if (least === undefined || !precedes(least, last)) break;
      heap[index] = least;
      index = child;
    }
    heap[index] = last;
  }
}

function precedes(one: Entry, other: Entry): boolean {
  return one.atMs < other.atMs || (one.atMs === other.atMs && one.order < other.order);
}
