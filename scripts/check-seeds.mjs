#!/usr/bin/env node
// Runs the demonstration for several seeds, in fair and in hostile weather, and has each report checked:
//   node scripts/check-seeds.mjs [SEEDS]        (ten unless given)
// One more at a time than there are processors, since each run waits for its own sockets a good part of the time.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const seeds = Number(process.argv[2] ?? 10);
const root = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'stockwright-seeds-'));
const run = (args) => new Promise((resolve) => {
  const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  child.stdout.on('data', (data) => { said += data; });
  child.stderr.on('data', (data) => { said += data; });
  child.on('close', (code) => { resolve({ code, last: said.trim().split('\n').slice(code === 0 ? -1 : -3).join('\n') }); });
});

const jobs = [['none', seeds], ['mild', Math.min(2, seeds)], ['hostile', seeds]].flatMap(([faults, length]) => Array.from({ length }, (_, index) => ({ faults, seed: String(index + 1) })));
const total = jobs.length;
let failed = 0;
const work = async () => {
  for (let job = jobs.shift(); job !== undefined; job = jobs.shift()) {
    const report = join(folder, `${job.faults}-${job.seed}.json`);
    const ran = await run(['--disable-warning=ExperimentalWarning', '--conditions=@stockwright/source', 'packages/demo/src/main.ts', '--exit', '--no-scenes', '--seed', job.seed, '--faults', job.faults, '--report', report]);
    const checked = ran.code === 0 ? await run(['scripts/check-report.mjs', report]) : ran;
    if (checked.code !== 0) failed += 1;
    console.log(`faults ${job.faults}, seed ${job.seed}: ${checked.code === 0 ? 'right' : 'WRONG'}  ${checked.last.replace(`${report}: `, '')}`);
  }
};
try {
  await Promise.all(Array.from({ length: availableParallelism() + 1 }, work));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
console.log(`${String(total)} runs, ${String(failed)} wrong`);
process.exit(failed === 0 ? 0 : 1);
