const WORD = (1n << 64n) - 1n;

/** Reads a seed: 64 bits, in decimal or as `0x…`. @throws RangeError for anything else. @public */
export function readSeed(text: string): bigint {
  if (!/^(\d{1,20}|0x[\da-f]{1,16})$/i.test(text)) throw new RangeError(`${text} is no seed: give a whole number below 2^64, in decimal or as 0x…`);
  const seed = BigInt(text);
  if (seed > WORD) throw new RangeError(`${text} is no seed: it does not fit 64 bits.`);
  return seed;
}

/** Every byte in two digits. */
const BYTES: readonly string[] = Array.from({ length: 256 }, (_value, byte) => byte.toString(16).padStart(2, '0'));

/** 32 bits in eight digits. */
function hex(bits: number): string {
  return `${BYTES[bits >>> 24] ?? ''}${BYTES[(bits >>> 16) & 0xff] ?? ''}${BYTES[(bits >>> 8) & 0xff] ?? ''}${BYTES[bits & 0xff] ?? ''}`;
}

/**
 * Numbers that a 64-bit seed repeats on every machine: sfc32 over 128 bits, started by splitmix64. A stream has a name, so that
 * what one part of a world draws never shifts what another draws.
 */
export class Prng {
  private a: number;
  private b: number;
  private c: number;
  private counter = 1;

  constructor(seed: bigint, stream = '') {
    let mix = seed & WORD;
    for (let index = 0; index < stream.length; index += 1) mix = ((mix ^ BigInt(stream.charCodeAt(index))) * 0x100000001b3n + 0x9e3779b97f4a7c15n) & WORD;
    const word = (): bigint => {
      mix = (mix + 0x9e3779b97f4a7c15n) & WORD;
      let value = mix;
      value = ((value ^ (value >> 30n)) * 0xbf58476d1ce4e5b9n) & WORD;
      value = ((value ^ (value >> 27n)) * 0x94d049bb133111ebn) & WORD;
      return value ^ (value >> 31n);
    };
    const [first, second] = [word(), word()];
    this.a = Number(first & 0xffff_ffffn) | 0;
    this.b = Number(first >> 32n) | 0;
    this.c = Number(second & 0xffff_ffffn) | 0;
    for (let index = 0; index < 12; index += 1) this.bits();
  }

  /** 32 random bits. */
  bits(): number {
    const result = (((this.a + this.b) | 0) + this.counter) | 0;
    this.counter = (this.counter + 1) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = (((this.c << 21) | (this.c >>> 11)) + result) | 0;
    return result >>> 0;
  }

  /** In [0, 1). */
  next(): number {
    return this.bits() / 0x1_0000_0000;
  }

  /** A whole number from the least to the most, both included. */
  between(least: number, most: number): number {
    return least + Math.floor(this.next() * (most - least + 1));
  }

  /** True with these odds. */
  chance(odds: number): boolean {
    return this.next() < odds;
  }

  pick<Item>(items: readonly Item[]): Item {
    const item = items[Math.floor(this.next() * items.length)];
    if (item === undefined) throw new RangeError('There is nothing to pick from.');
    return item;
  }

  /** A fresh identifier in the shape of a UUID. */
  uuid(): string {
    const [one, two, three, four] = [hex(this.bits()), hex(this.bits()), hex(this.bits()), hex(this.bits())];
    return `${one}-${two.slice(0, 4)}-4${two.slice(5)}-8${three.slice(1, 4)}-${three.slice(4)}${four}`;
  }
}
