// Checks what users would install: packs the published packages (or those whose folders are named), lints each tarball,
// installs all of them into a fresh project and uses them there as ESM, as CommonJS and from TypeScript.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { commonJsProgram, esmProgram, typeProgram } from './consumers.mjs';
import { installed, publishedPackages, refuseMissingEntries, root, run, secondsSince, selectPackages } from './workspace.mjs';

const start = performance.now();
const packages = selectPackages(process.argv.slice(2));
const problems = [];
refuseMissingEntries(packages);
refuseStaleBuilds();

const work = mkdtempSync(join(tmpdir(), 'stockwright-packages-'));
try {
  const tarballs = await step('pack', pack);
  await step('publint', () => each(tarballs, ({ tarball }) => run(process.execPath, [installed('publint/src/cli.js'), 'run', tarball, '--strict'])));
  await step('types resolve', () => each(tarballs, ({ tarball }) => run(process.execPath, [installed('@arethetypeswrong/cli/dist/index.js'), tarball, '--profile', 'node16', '--format', 'ascii', '--no-emoji', '--no-color'])));
  const consumer = await step('install', () => installTarballs(tarballs));
  writeFileSync(join(consumer, 'use.mjs'), esmProgram(packages));
  writeFileSync(join(consumer, 'use.cjs'), commonJsProgram(packages));
  await step('use as ESM', () => attempt(() => run(process.execPath, ['--disable-warning=ExperimentalWarning', 'use.mjs'], { cwd: consumer })));
  await step('use as CommonJS', () => attempt(() => run(process.execPath, ['--disable-warning=ExperimentalWarning', 'use.cjs'], { cwd: consumer })));
  for (const { name, options } of typeScriptConsumers()) await step(`types under ${name}`, () => attempt(() => typecheck(consumer, name, options)));
} finally {
  rmSync(work, { recursive: true, force: true });
}

for (const problem of problems) console.error(`\n${problem}`);
console.log(`${problems.length === 0 ? `${String(packages.length)} of ${String(publishedPackages().length)} packages are fine` : `${String(problems.length)} problems`} after ${secondsSince(start)}`);
process.exitCode = problems.length === 0 ? 0 : 1;

/** How users' compilers find our declarations. */
function typeScriptConsumers() {
  return [
    { name: 'node16 from ESM', options: { module: 'node16', moduleResolution: 'node16', file: 'use.mts' } },
    { name: 'node16 from CommonJS', options: { module: 'node16', moduleResolution: 'node16', file: 'use.cts' } },
    { name: 'bundler', options: { module: 'esnext', moduleResolution: 'bundler', file: 'use.ts' } },
  ];
}

async function step(name, action) {
  const started = performance.now();
  const before = problems.length;
  const result = await action();
  console.log(`${name}: ${problems.length === before ? 'ok' : 'FAILED'} (${secondsSince(started)})`);
  return result;
}

async function attempt(action) {
  try {
    await action();
  } catch (error) {
    problems.push(error.message.replaceAll(work, ''));
  }
}

async function each(items, action) {
  for (const item of items) await attempt(() => action(item));
}

/** A build that is older than its source would be checked in its place. */
function refuseStaleBuilds() {
  const stale = packages.filter(({ path, entries }) => {
    const outputs = entries.flatMap(({ target }) => Object.values(target).filter((value) => typeof value === 'object').flatMap((value) => Object.values(value))).map((file) => join(path, file));
    if (!outputs.every((file) => existsSync(file))) return true;
    return newest(join(path, 'src')) > Math.min(...outputs.map((file) => statSync(file).mtimeMs));
  });
  if (stale.length === 0) return;
  console.error(`Not built, or built before the source changed: ${stale.map(({ name }) => name).join(', ')}. Run "npm run build" first.`);
  process.exit(1);
}

function newest(folder) {
  return Math.max(0, ...readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.test.ts'))
    .map((entry) => statSync(join(entry.parentPath, entry.name)).mtimeMs));
}

async function pack() {
  const stdout = await run('npm', ['pack', '--json', '--pack-destination', work, ...packages.flatMap(({ path }) => ['--workspace', relative(root, path)])]);
  const packed = JSON.parse(stdout.slice(stdout.indexOf('[')));
  return packed.map(({ name, filename, files }) => {
    const paths = files.map(({ path }) => path);
    const unwanted = paths.filter((path) => /\.test\.ts$|^(test|bench)\/|tsup\.config/.test(path));
    if (unwanted.length > 0) problems.push(`${name} would publish ${unwanted.join(', ')}`);
    if (!paths.includes('LICENSE')) problems.push(`${name} would be published without its LICENSE`);
    return { name, tarball: join(work, filename) };
  });
}

async function installTarballs(tarballs) {
  const consumer = join(work, 'consumer');
  mkdirSync(consumer);
  const dependencies = Object.fromEntries(tarballs.map(({ name, tarball }) => [name, `file:${tarball}`]));
  writeFileSync(join(consumer, 'package.json'), JSON.stringify({ name: 'consumer', private: true, dependencies }));
  await run('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline', '--no-package-lock'], { cwd: consumer });
  return consumer;
}

async function typecheck(consumer, name, { file, ...options }) {
  const config = `tsconfig.${name.replaceAll(' ', '-')}.json`;
  writeFileSync(join(consumer, file), typeProgram(packages));
  writeFileSync(join(consumer, config), JSON.stringify({
    compilerOptions: { ...options, target: 'es2022', lib: ['es2023', 'dom'], strict: true, exactOptionalPropertyTypes: true, noEmit: true, skipLibCheck: false, types: ['node'], typeRoots: [join(root, 'node_modules/@types')] },
    files: [file],
  }));
  await run(process.execPath, [installed('typescript/bin/tsc'), '-p', config], { cwd: consumer });
}
