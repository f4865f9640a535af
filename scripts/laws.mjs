#!/usr/bin/env node
// Tries the laws on draws that nobody has seen: runs the property tests over and over, each round from a fresh seed.
//   node scripts/laws.mjs --minutes M [--project NAME ...] [FILE ...]
// Stops at the first round that fails, with what it printed and how to repeat it, and ends with 1. No round begins after
// M minutes; the first one always does. The last line is "N rounds, W wrong".
import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { installed, run, secondsSince } from './workspace.mjs';

const { values, positionals: files } = parseArgs({
  allowPositionals: true,
  options: { minutes: { type: 'string' }, project: { type: 'string', multiple: true, default: ['property'] } },
});
const minutes = Number(values.minutes);
if (!(minutes >= 0)) {
  console.error('Say for how long: npm run laws -- --minutes M [--project NAME ...] [FILE ...]');
  process.exit(2);
}

const what = [...values.project.flatMap((project) => ['--project', project]), ...files];
const started = performance.now();
let rounds = 0;
let wrong = 0;
do {
  const seed = String(randomInt(1, 2 ** 31));
  const round = performance.now();
  rounds += 1;
  try {
    await run(process.execPath, [installed('vitest/vitest.mjs'), 'run', '--reporter=dot', ...what], { cwd: process.cwd(), env: { LAWS_SEED: seed, NO_COLOR: '1' } });
    console.log(`seed ${seed}: held (${secondsSince(round)})`);
  } catch (error) {
    wrong += 1;
    console.log(`seed ${seed}: WRONG (${secondsSince(round)})\n${error.message}\n\nRepeat it with: LAWS_SEED=${seed} npm test -- ${what.join(' ')}`);
  }
} while (wrong === 0 && performance.now() - started < minutes * 60_000);
console.log(`${String(rounds)} rounds, ${String(wrong)} wrong`);
process.exitCode = wrong === 0 ? 0 : 1;
