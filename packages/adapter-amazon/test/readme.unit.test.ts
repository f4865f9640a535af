import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { AMAZON_CAPABILITIES } from '../src/index.ts';

const read = (file: string): string => readFileSync(join(import.meta.dirname, file), 'utf8');

describe('the README', () => {
  it('shows the example that is compiled with the tests', () => {
    const [, shown] = /```ts\n(.*?)```/s.exec(read('../README.md')) ?? [];

    expect(shown).toBe(read('readme-example.ts'));
  });

  it('names no capability that is not there', () => {
    expect(AMAZON_CAPABILITIES).toMatchObject({ effectiveWithinMs: 15 * 60_000, publishRate: { refillPerSecond: 5 }, quantityMax: '2147483647' });
  });
});
