import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { readArguments } from '../../../../scripts/sim/arguments.ts';

const SCRIPT = fileURLToPath(new URL('../../../../scripts/sim.ts', import.meta.url));

/** Runs the harness as a command. */
function sim(...given: readonly string[]): Promise<{ readonly code: number; readonly lines: readonly string[]; readonly errors: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, ['--disable-warning=ExperimentalWarning', '--conditions=@stockwright/source', SCRIPT, ...given], (error, out, errors) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, lines: out.trim().split('\n'), errors });
    });
  });
}

describe('the command line of the harness', () => {
  it.each([
    [['--seeds', '0'], /--seeds takes a whole number of at least 1, and 0 was given/],
    [['--seeds', '1.5'], /--seeds takes a whole number/],
    [['--threads', '-1'], /--threads/],
    [['--tier', '3'], /--tier takes 1 or 2, and 3 was given/],
    [['--plan', '9'], /--plan takes 1 or 2 or 3 or 4 or 5, and 9 was given/],
    [['--start', '18446744073709551616'], /18446744073709551616 is no seed/],
    [['--start', 'minus one'], /minus one is no seed/],
    [['--ablate', 'gravity'], /There is no ablation gravity; there are version-gate, /],
    [['--sedes', '3'], /--sedes/],
    [['three'], /three/],
  ])('refuses %j', (given, message) => {
    expect(() => readArguments(given)).toThrow(message);
  });

  it.each([[['--tier', '1'], 5], [['--tier', '2'], 3], [['--tier', '2', '--plan', '1'], 1]])('draws by the plan of the tier unless one is named: %j', (given, plan) => {
    expect(readArguments(given).plan).toBe(plan);
  });

  it('says what is wrong and ends with 2', async () => {
    const { code, errors, lines } = await sim('--seeds', 'many');
    expect({ code, lines }).toEqual({ code: 2, lines: [''] });
    expect(errors).toMatch(/^--seeds takes a whole number of at least 1, and many was given\.\n$/);
  });

  it('takes seeds of 64 bits, and ends with one JSON object', async () => {
    const { code, lines } = await sim('--seeds', '3', '--start', '18446744073709551614', '--json');
    const last: unknown = JSON.parse(lines.at(-1) ?? '');
    expect(last).toMatchObject({ worlds: 3, wrong: 0, start: '18446744073709551614', wrongSeeds: [], awaitPoints: { hit: expect.any(Number), of: expect.any(Number) } });
    const { faults, virtualHours } = last as { faults: number; virtualHours: number };
    expect({ code, faults: faults > 150, virtualHours: virtualHours > 0.5 }).toEqual({ code: 0, faults: true, virtualHours: true });
  });

  it('ends a run without a mechanism with the same object', async () => {
    const { code, lines } = await sim('--ablate', 'version-gate', '--seeds', '20');
    expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ killed: 1, survived: [], wrong: 0, worlds: expect.any(Number), faults: expect.any(Number), virtualHours: expect.any(Number), awaitPoints: { of: expect.any(Number) } });
    expect(code).toBe(0);
  });
});
