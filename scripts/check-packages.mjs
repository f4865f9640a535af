// Checks what users would install: packs the published packages (or those whose folders are named), lints each tarball,
// installs all of them into a fresh project and uses them there: as ESM, as CommonJS, from the oldest and the newest
// TypeScript, in Jest, held to the conformance suite, in a browser's bundle, and by the examples.
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { useInBrowser, weigh } from './consumer-bundle.mjs';
import { conformanceCommonJs, conformanceEsm, CONFORMANCE_PACKAGES } from './consumer-conformance.mjs';
import { JEST, JEST_PACKAGES, jestCommonJs, jestEsm } from './consumer-jest.mjs';
import { serverMissing, withDatabase } from '../test/support/postgres-server.ts';
import { commonJsProgram, esmProgram, typeProgram } from './consumers.mjs';
import { installed, publishedPackages, refuseMissingEntries, root, run, secondsSince, selectPackages } from './workspace.mjs';

const PARALLEL = 2;

/** The compilers that users may have: the oldest that zod's own types allow, ours, and the newest. Each takes a part, for time's sake. */
const COMPILERS = [
  { version: '5.5.4', alias: 'typescript-oldest', resolutions: ['node16'] },
  { version: 'ours', resolutions: ['bundler'] },
  { version: '7.0.2', alias: 'typescript-newest', resolutions: ['node16', 'bundler'] },
];

/** How users' compilers find our declarations, and the files from which they do. */
const RESOLUTIONS = {
  node16: { options: { module: 'node16', moduleResolution: 'node16' }, files: ['use.mts', 'use.cts'] },
  bundler: { options: { module: 'esnext', moduleResolution: 'bundler' }, files: ['use.ts'] },
};

const start = performance.now();
const packages = selectPackages(process.argv.slice(2));
const problems = [];
const waiting = [];
let running = 0;
refuseMissingEntries(packages);
refuseStaleBuilds();

const has = (...names) => names.every((name) => packages.some((one) => one.name === name));
const work = mkdtempSync(join(tmpdir(), 'stockwright-packages-'));
try {
  const tarballs = await pack();
  const dependencies = Object.fromEntries(tarballs.map(({ name, tarball }) => [name, `file:${tarball}`]));
  await Promise.all([
    use(dependencies),
    ...(has(...JEST_PACKAGES) ? [useInJest(dependencies)] : []),
    step('publint', () => each(tarballs, ({ tarball }) => run(process.execPath, [installed('publint/src/cli.js'), 'run', tarball, '--strict']))),
    ...tarballs.map(({ name, tarball }) => step(`types resolve in ${name}`, () => run(process.execPath, [installed('@arethetypeswrong/cli/dist/index.js'), tarball, '--profile', 'node16', '--format', 'ascii', '--no-emoji', '--no-color']))),
  ]);
} finally {
  rmSync(work, { recursive: true, force: true });
}

for (const problem of problems) console.error(`\n${problem}`);
console.log(`${problems.length === 0 ? `${String(packages.length)} of ${String(publishedPackages().length)} packages are fine` : `${String(problems.length)} problems`} after ${secondsSince(start)}`);
process.exitCode = problems.length === 0 ? 0 : 1;

/** Everything that a project does which has our packages and nothing else. */
async function use(dependencies) {
  const consumer = await step('install', () => project('consumer', { dependencies }));
  if (consumer === undefined) return;
  const examples = has('@stockwright/core', '@stockwright/adapter', '@stockwright/engine', '@stockwright/store-sqlite', '@stockwright/store-postgres', '@stockwright/dispatcher-pg-boss', '@stockwright/testkit') ? copyExamples(consumer) : [];
  writeFileSync(join(consumer, 'use.mjs'), esmProgram(packages));
  writeFileSync(join(consumer, 'use.cjs'), commonJsProgram(packages));
  const conformance = has(...CONFORMANCE_PACKAGES) ? ['conformance.mjs', 'conformance.cjs'] : [];
  writeFileSync(join(consumer, 'conformance.mjs'), conformanceEsm());
  writeFileSync(join(consumer, 'conformance.cjs'), conformanceCommonJs());
  await Promise.all([
    ...conformance.map((file) => step(`stores keep their contract in ${file}`, async () => { console.log((await node(consumer, file)).trim()); })),
    ...['use.mjs', 'use.cjs'].map((file) => step(`use ${file}`, () => node(consumer, file))),
    ...(has('@stockwright/core') ? [step('use in a browser', () => useInBrowser(consumer)), step('weight', async () => { console.log(await weigh(consumer)); })] : []),
    ...examples.map((example) => step(example, () => compareExample(consumer, example))),
    useFromTypeScript(consumer, examples),
  ]);
}

async function useFromTypeScript(consumer, examples) {
  for (const { files } of Object.values(RESOLUTIONS)) for (const file of files) writeFileSync(join(consumer, file), typeProgram(packages));
  const aliases = COMPILERS.filter(({ alias }) => alias !== undefined).map(({ alias, version }) => [alias, `npm:typescript@${version}`]);
  const compilers = await step('install compilers', () => project('compilers', { dependencies: Object.fromEntries(aliases) }));
  if (compilers === undefined) return;
  await Promise.all(COMPILERS.flatMap(({ version, alias, resolutions }) => resolutions.map((resolution) => {
    const compiler = alias === undefined ? installed('typescript/bin/tsc') : join(compilers, 'node_modules', alias, 'bin/tsc');
    return step(`types under ${resolution}, TypeScript ${version}`, () => typecheck(consumer, { compiler, resolution, examples, name: `${version}-${resolution}` }));
  })));
}

async function useInJest(dependencies) {
  const consumer = await step('install with Jest', () => project('jest', { dependencies, devDependencies: JEST }));
  if (consumer === undefined) return;
  writeFileSync(join(consumer, 'use.test.js'), jestCommonJs(packages));
  writeFileSync(join(consumer, 'use.test.mjs'), jestEsm(packages));
  const jest = join('node_modules', 'jest', 'bin', 'jest.js');
  await step('use in Jest as CommonJS', () => node(consumer, jest, '--ci', '--runTestsByPath', 'use.test.js'));
  // Jest runs ES modules only with this flag of Node's; its documentation tells every user to set it.
  await step('use in Jest as ESM', () => node(consumer, '--experimental-vm-modules', jest, '--ci', '--runTestsByPath', 'use.test.mjs'));
}

/** Does a piece of work as soon as one of the few places is free. A failure is written down and gives `undefined`. */
async function step(name, action) {
  if (running >= PARALLEL) await new Promise((resolve) => { waiting.push(resolve); });
  running += 1;
  const started = performance.now();
  try {
    const result = await action();
    console.log(`${name}: ok (${secondsSince(started)})`);
    return result;
  } catch (error) {
    problems.push(`${name}: ${error.message.replaceAll(work, '')}`);
    console.log(`${name}: FAILED (${secondsSince(started)})`);
    return undefined;
  } finally {
    running -= 1;
    waiting.shift()?.();
  }
}

async function node(cwd, ...args) {
  return await run(process.execPath, ['--disable-warning=ExperimentalWarning', ...args], { cwd });
}

async function each(items, action) {
  for (const item of items) await action(item);
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

/** Makes a project of its own with these dependencies. From npm's cache as far as that reaches, so a slow registry costs nothing. */
async function project(name, manifest) {
  const folder = join(work, name);
  mkdirSync(folder);
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name, private: true, ...manifest }));
  await run('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline', '--no-package-lock', '--ignore-scripts'], { cwd: folder });
  return folder;
}

function copyExamples(consumer) {
  const folders = readdirSync(join(root, 'examples'), { withFileTypes: true }).filter((entry) => entry.isDirectory()).map(({ name }) => join('examples', name));
  for (const folder of folders) cpSync(join(root, folder), join(consumer, folder), { recursive: true, filter: (path) => !path.includes('node_modules') });
  return folders;
}

/** An example prints from the tarballs what it prints from the sources. */
async function compareExample(consumer, example) {
  const main = join(example, 'main.ts');
  const compare = async (env = {}) => {
    const program = (cwd, ...args) => run(process.execPath, ['--disable-warning=ExperimentalWarning', ...args], { cwd, env });
    const [built, source] = [await program(consumer, main), await program(root, '--conditions=@stockwright/source', main)];
    if (built !== source) throw new Error(`${main} prints from the tarballs\n${built}\nand from the sources\n${source}`);
  };
  if (!readFileSync(join(root, main), 'utf8').includes('DATABASE_URL')) return await compare();
  const missing = await serverMissing();
  if (missing === undefined) return await withDatabase((url) => compare({ DATABASE_URL: url }));
  if (process.env.CI !== undefined) throw new Error(missing);
  return console.log(`NOT RUN: ${main}: ${missing}`);
}

async function typecheck(consumer, { compiler, resolution, examples, name }) {
  const { options, files } = RESOLUTIONS[resolution];
  const config = `tsconfig.${name}.json`;
  writeFileSync(join(consumer, config), JSON.stringify({
    compilerOptions: { ...options, target: 'es2022', lib: ['es2023', 'dom'], strict: true, exactOptionalPropertyTypes: true, noEmit: true, skipLibCheck: false, types: ['node'], typeRoots: [join(root, 'node_modules/@types')] },
    files: [...files, ...examples.map((example) => join(example, 'main.ts'))],
  }));
  await run(process.execPath, [compiler, '-p', config], { cwd: consumer });
}
