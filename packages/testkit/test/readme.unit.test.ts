import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import './readme-example.ts';

it('shows an example that runs: its own tests are above', () => {
  const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');
  expect(read('../README.md')).toContain(read('./readme-example.ts'));
});
