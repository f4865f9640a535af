/** Places that wait for their turn, each once, the lowest first: a binary heap. */
export class Places {
  readonly #heap: number[] = [];
  readonly #waiting = new Set<number>();

  add(place: number): void {
    if (this.#waiting.has(place)) return;
    this.#waiting.add(place);
    const heap = this.#heap;
    let at = heap.push(place) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if ((heap[parent] ?? 0) <= place) break;
      heap[at] = heap[parent] ?? 0;
      at = parent;
    }
    heap[at] = place;
  }

  /** Takes the lowest; nothing where none waits. */
  next(): number | undefined {
    const heap = this.#heap;
    const [lowest] = heap;
    const last = heap.pop();
    if (lowest === undefined || last === undefined) return undefined;
    this.#waiting.delete(lowest);
    if (heap.length > 0) this.#sink(last);
    return lowest;
  }

  #sink(place: number): void {
    const heap = this.#heap;
    let at = 0;
    for (let child = 1; child < heap.length; child = 2 * at + 1) {
      const right = heap[child + 1];
      if (right !== undefined && right < (heap[child] ?? 0)) child += 1;
      if ((heap[child] ?? 0) >= place) break;
      heap[at] = heap[child] ?? 0;
      at = child;
    }
    heap[at] = place;
  }
}
