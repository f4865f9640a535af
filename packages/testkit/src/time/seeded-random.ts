import type { Random } from '@stockwright/adapter';

/** Numbers that a seed repeats: xorshift128+ over two 64-bit words, started by splitmix64. @public */
export function seededRandom(seed: string): Random {
  const mask = (1n << 64n) - 1n;
  let mix = 0xcbf29ce484222325n;
  for (const character of seed) mix = ((mix ^ BigInt(character.codePointAt(0) ?? 0)) * 0x100000001b3n) & mask;
  const start = (): bigint => {
    mix = (mix + 0x9e3779b97f4a7c15n) & mask;
    let word = mix;
    word = ((word ^ (word >> 30n)) * 0xbf58476d1ce4e5b9n) & mask;
    word = ((word ^ (word >> 27n)) * 0x94d049bb133111ebn) & mask;
    return word ^ (word >> 31n);
  };
  let a = start();
  let b = start();
  const word = (): bigint => {
    let x = a;
    const y = b;
    a = y;
    x = (x ^ (x << 23n)) & mask;
    b = x ^ y ^ (x >> 17n) ^ (y >> 26n);
    return (b + y) & mask;
  };
  const hex = (): string => word().toString(16).padStart(16, '0');
  return {
    next: () => Number(word() >> 11n) / 2 ** 53,
    uuid: () => {
      const digits = hex() + hex();
      return `${digits.slice(0, 8)}-${digits.slice(8, 12)}-4${digits.slice(13, 16)}-8${digits.slice(17, 20)}-${digits.slice(20)}`;
    },
  };
}
