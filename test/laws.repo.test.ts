import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { FIXED_SEED, lawsSeed } from './support/laws-seed.ts';
import { repositoryRoot } from './support/repository.ts';

describe('the seed of the laws', () => {
  it('is the same in every run, unless another is asked for', () => {
    expect(lawsSeed(undefined)).toBe(FIXED_SEED);
    expect(lawsSeed('')).toBe(FIXED_SEED);
    expect(['7', '-7', '2147483647'].map(lawsSeed)).toEqual([7, -7, 2_147_483_647]);
    expect(lawsSeed('random')).toBeUndefined();
  });

  it.each(['seven', '1.5', '2147483648', 'Infinity'])('is not %s', (said) => {
    expect(() => lawsSeed(said)).toThrow('LAWS_SEED');
  });

  it('is what properties and samples draw from that name none', () => {
    const expected = lawsSeed(process.env['LAWS_SEED']);
    expect(fc.readConfigureGlobal().seed).toBe(expected);
    if (expected === undefined) return;
    expect(fc.check(fc.property(fc.nat(), () => true), { numRuns: 3 })).toMatchObject({ seed: expected, numRuns: 3 });
    expect(fc.check(fc.property(fc.nat(), () => true), { seed: 7 })).toMatchObject({ seed: 7 });
    expect(fc.sample(fc.nat(), 3)).toEqual(fc.sample(fc.nat(), { numRuns: 3, seed: expected }));
  });
});

describe('npm run laws', () => {
  const folder = mkdtempSync(join(tmpdir(), 'stockwright-laws-'));
  afterAll(() => { rmSync(folder, { recursive: true }); });

  const module = pathToFileURL(join(repositoryRoot, 'node_modules/fast-check/lib/fast-check.js')).href;
  const project = { test: { name: 'property', globals: true, include: ['*.property.test.ts'], setupFiles: [join(repositoryRoot, 'test/support/draw-from-one-seed.ts')] } };
  writeFileSync(join(folder, 'vitest.config.mjs'), `export default ${JSON.stringify({ test: { projects: [project] } })};\n`);
  for (const [name, law] of [['true', 'n >= 0'], ['false', 'n % 8 !== 3']] as const) {
    writeFileSync(join(folder, `${name}.property.test.ts`), `import fc from '${module}';\nit('a law', () => { fc.assert(fc.property(fc.nat(), (n) => ${law})); });\n`);
  }
  const laws = (...args: readonly string[]): { readonly code: number | null; readonly lines: readonly string[]; readonly complaint: string } => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [join(repositoryRoot, 'scripts/laws.mjs'), ...args], { cwd: folder, encoding: 'utf8' });
    return { code: status, lines: stdout.trimEnd().split('\n'), complaint: stderr };
  };
  const seedOf = (line: string | undefined): string | undefined => /^seed (\d+): /.exec(line ?? '')?.[1];

  it('draws from another seed in each round, and says which', () => {
    const [first, second] = [laws('--minutes', '0', 'true'), laws('--minutes', '0', 'true')];
    expect([first, second].map(({ code, lines }) => [code, lines.at(-1)])).toEqual([[0, '1 rounds, 0 wrong'], [0, '1 rounds, 0 wrong']]);
    expect(seedOf(first.lines[0])).toBeDefined();
    expect(seedOf(second.lines[0])).not.toBe(seedOf(first.lines[0]));
  });

  it('stops at the first round that fails, with the seed that repeats it', () => {
    const { code, lines } = laws('--minutes', '60', 'false');
    const seed = seedOf(lines[0]) ?? '';
    expect(code).toBe(1);
    expect(lines.join('\n')).toContain(`{ seed: ${seed}, path:`);
    expect(lines.slice(-2)).toEqual([`Repeat it with: LAWS_SEED=${seed} npm test -- --project property false`, '1 rounds, 1 wrong']);
  });

  it('asks for how long', () => {
    expect(laws()).toMatchObject({ code: 2, complaint: expect.stringContaining('--minutes') as string });
  });
});
