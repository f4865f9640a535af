/** A map over another one: reads go through to it, writes stay here until they are kept. */
export class Layer<Value> {
  private readonly own = new Map<string, Value>();
  private readonly below: Layer<Value> | undefined;

  constructor(below?: Layer<Value>) {
    this.below = below;
  }

  get(key: string): Value | undefined {
    return this.own.get(key) ?? this.below?.get(key);
  }

  set(key: string, value: Value): void {
    this.own.set(key, value);
  }

  /** What was written here. */
  values(): IterableIterator<Value> {
    return this.own.values();
  }

  /** Hands what was written here to the map below. */
  keep(): void {
    for (const [key, value] of this.own) this.below?.set(key, value);
  }
}
