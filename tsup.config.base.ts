import type { Options } from 'tsup';

/** What every published package is built with; the only file that knows the bundler. */
export function libraryBuild(overrides: Options = {}): Options {
  return {
    entry: ['src/index.ts'],
    format: ['esm', 'cjs'],
    platform: 'neutral',
    target: 'es2022',
    treeshake: true,
    splitting: false,
    sourcemap: true,
    clean: true,
    dts: true,
    // tsup 9 rewrites `node:sqlite` to `sqlite` by default, which no Node can load.
    removeNodeProtocol: false,
    external: [/^node:/, /^@stockwright\//],
    ...overrides,
  };
}
