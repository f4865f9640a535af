import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const source = ['@stockwright/source'];
const project = (name: string, suffix: string, testTimeout = 20_000) => ({
  extends: true as const,
  test: { name, include: [`packages/*/{src,test}/**/*.${suffix}.ts`, `examples/**/*.${suffix}.ts`, `docs/**/*.${suffix}.ts`, `test/**/*.${suffix}.ts`], testTimeout },
});

export default defineConfig({
  resolve: { conditions: [...source, 'module', 'node', 'default'] },
  ssr: { resolve: { conditions: [...source, 'module', 'node', 'default'] } },
  test: {
    exclude: ['**/node_modules/**', '**/dist/**'],
    // Left to itself vitest keeps one processor free, which on two of them is half.
    maxWorkers: '100%',
    setupFiles: [fileURLToPath(new URL('test/support/draw-from-one-seed.ts', import.meta.url))],
    projects: [
      // A hundred files of small examples, which mostly load the same sources: each process loads them once.
      { extends: true, test: { name: 'unit', isolate: false, include: ['packages/*/src/**/*.test.ts', 'packages/*/test/**/*.unit.test.ts'], exclude: ['**/node_modules/**', '**/dist/**'], testTimeout: 20_000 } },
      project('property', 'property.test', 60_000),
      project('conformance', 'conformance.test', 60_000),
      project('contract', 'contract.test', 60_000),
      project('simulation', 'sim.test', 120_000),
      project('repository', 'repo.test', 120_000),
      project('end-to-end', 'e2e.test', 180_000),
    ],
  },
});
