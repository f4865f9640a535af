import { readFileSync } from 'node:fs';
import { expect, it, vi } from 'vitest';

it('shows an example that runs, and what it prints', async () => {
  const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');
  vi.spyOn(console, 'log').mockImplementation(() => undefined);
  const { printed } = await import('./readme-example.ts');

  const readme = read('../README.md');

  expect(readme).toContain(read('./readme-example.ts').replace(/\nexport const printed: string = (.*);\nconsole\.log\(printed\);\n/, '\nconsole.log($1);\n'));
  expect(readme).toContain(`\n${printed}\n`);
});
