/** Work that waits for a moment of the clock. */
export interface Agenda {
  /** The moment that work is done for: the clock's, or while something due is done the moment at which it was due. */
  now(): number;
  add(dueAtMs: number, work: () => void): void;
  nextDueAtMs(): number | undefined;
  /** Does everything that is due by now, in order of time, also what is added for then meanwhile; how much that was. */
  catchUp(): number;
}

interface Entry {
  readonly dueAtMs: number;
  readonly ordinal: number;
  readonly work: () => void;
}

/**
 * An agenda without timers. Whoever looks at the account catches up first, so that nobody sees a state which the clock has
 * already passed. A binary heap: a replay holds thousands of entries.
 */
export function createAgenda(clockNow: () => number): Agenda {
  const heap: Entry[] = [];
  let ordinal = 0;
  let runningAtMs: number | undefined;
  return {
    now: () => runningAtMs ?? clockNow(),
    add: (dueAtMs, work) => {
      ordinal += 1;
      heap.push({ dueAtMs, ordinal, work });
      siftUp(heap);
    },
    nextDueAtMs: () => heap[0]?.dueAtMs,
    catchUp: () => {
      // A host that looks at the account from inside a callback must not start the work a second time.
      if (runningAtMs !== undefined) return 0;
      let count = 0;
      try {
        for (let first = heap[0]; first !== undefined && first.dueAtMs <= clockNow(); first = heap[0]) {
          removeFirst(heap);
          runningAtMs = first.dueAtMs;
          count += 1;
          first.work();
        }
      } finally {
        runningAtMs = undefined;
      }
      return count;
    },
  };
}

function isEarlier(a: Entry, b: Entry): boolean {
  return a.dueAtMs !== b.dueAtMs ? a.dueAtMs < b.dueAtMs : a.ordinal < b.ordinal;
}

function siftUp(heap: Entry[]): void {
  let index = heap.length - 1;
  while (index > 0) {
    const parent = (index - 1) >> 1;
    if (!swapIfEarlier(heap, index, parent)) return;
    index = parent;
  }
}

function removeFirst(heap: Entry[]): void {
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return;
  heap[0] = last;
  let index = 0;
  for (;;) {
    const left = index * 2 + 1;
    const [first, second] = [heap[left], heap[left + 1]];
    if (first === undefined) return;
    const child = second !== undefined && isEarlier(second, first) ? left + 1 : left;
    if (!swapIfEarlier(heap, child, index)) return;
    index = child;
  }
}

function swapIfEarlier(heap: Entry[], lower: number, upper: number): boolean {
  const [child, parent] = [heap[lower], heap[upper]];
  if (child === undefined || parent === undefined || !isEarlier(child, parent)) return false;
  heap[lower] = parent;
  heap[upper] = child;
  return true;
}
