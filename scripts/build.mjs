// Builds the published packages, or those whose folders are named, into their dist folders: dependencies first, two at a time.
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { installed, needs, refuseMissingEntries, root, run, secondsSince, selectPackages } from './workspace.mjs';

const PARALLEL = 2;

const start = performance.now();
const packages = selectPackages(process.argv.slice(2));
refuseMissingEntries(packages);

const done = new Set();
const waiting = new Set(packages);
let failure;

async function build(one) {
  const started = performance.now();
  copyFileSync(join(root, 'LICENSE'), join(one.path, 'LICENSE'));
  await run(process.execPath, [installed('tsup/dist/cli-default.js'), '--silent'], { cwd: one.path });
  done.add(one);
  console.log(`built ${one.name} in ${secondsSince(started)}`);
}

async function worker() {
  while (waiting.size > 0 && failure === undefined) {
    const next = [...waiting].find((one) => needs(one, packages).every((other) => done.has(other)));
    if (next === undefined) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      continue;
    }
    waiting.delete(next);
    try {
      await build(next);
    } catch (error) {
      failure ??= error;
    }
  }
}

await Promise.all(Array.from({ length: PARALLEL }, worker));
if (failure !== undefined) {
  console.error(failure.message);
  process.exit(1);
}
console.log(`built ${String(done.size)} packages in ${secondsSince(start)}`);
