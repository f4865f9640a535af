#!/usr/bin/env node
// Runs what is pure, and the stores that need no server, under every Node that users may have:
//   node scripts/check-nodes.mjs [MAJOR ...]        (22, 24 and 26 unless given)
// Sources run as they are, so nothing has to be built. The tests of the Node that runs this are left to `npm test`.
import { mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { installed, root, run, secondsSince } from './workspace.mjs';

/** The newest of each line that was tried. The oldest that is promised, 22.18, is of the first. */
const VERSIONS = ['22.23.3', '24.21.0', '26.10.0'];

/**
 * Examples and conformance all of them. Of the laws, which draw the same under each Node, those over what Node brings itself:
 * numbers and their texts, zones, JSON, how deep things may be, and two that pass through the whole calculation. How large things
 * may be is a matter of how we count, and is left to `npm test`.
 */
const TESTS = [
  { projects: ['unit', 'conformance'], files: ['packages/core', 'packages/testkit', 'packages/engine', 'packages/store-memory', 'packages/store-sqlite'] },
  { projects: ['property'], files: ['property/quantity', 'property/days', 'property/fuzz', 'property/vectors', 'property/availability.property'] },
  { projects: ['property'], files: ['test/unparsed'], titles: 'makes a value of|reads what|100,000 deep' },
];
const VECTORS = 'packages/core/test/vectors/own.json';
const EXAMPLE = 'examples/01-available-to-sell/main.ts';
const SOURCE = ['--disable-warning=ExperimentalWarning', '--conditions=@stockwright/source'];

const start = performance.now();
const asked = process.argv.slice(2);
const versions = asked.length === 0 ? VERSIONS : asked.map((major) => VERSIONS.find((version) => version.split('.')[0] === major) ?? fail(`There is no Node ${major} to check; there are ${VERSIONS.join(', ')}.`));
const told = await run(process.execPath, [...SOURCE, EXAMPLE]);
const traces = await tracesOf(process.execPath, {});
let wrong = 0;
let missing = 0;
for (const version of versions) await checkNode(version);
console.log(`${String(versions.length - wrong - missing)} of ${String(versions.length)} versions are fine after ${secondsSince(start)}${missing === 0 ? '' : `; ${String(missing)} could not be had`}`);
// Where nobody reads along, a version that was not checked is one that nobody will check.
process.exitCode = wrong > 0 || (missing > 0 && process.env.CI === 'true') ? 1 : 0;

async function checkNode(version) {
  const node = await obtain(version).catch((error) => {
    missing += 1;
    console.error(`Node ${version}: NOT CHECKED, it could not be had: ${error.message}`);
  });
  if (node === undefined) return;
  const env = { PATH: `${dirname(node)}${delimiter}${process.env.PATH ?? ''}` };
  const own = node === process.execPath;
  const checks = [
    ...(own ? [['tests', () => 'left to npm test, which this Node runs']] : TESTS.map((tests) => [tests.titles === undefined ? `${tests.projects.join(' and ')} tests` : 'unparsed data', () => runTests(node, env, tests)])),
    ['vectors', async () => lastLine(await run(node, [...SOURCE, 'scripts/vectors.ts', VECTORS], { env: { ...env, INIT_CWD: root } }))],
    ['example', async () => same(await run(node, [...SOURCE, EXAMPLE], { env }))],
    ['worlds', async () => sameWorlds(await tracesOf(node, env))],
  ];
  let failed = false;
  for (const [name, check] of checks) {
    const started = performance.now();
    try {
      console.log(`Node ${version}, ${name}: ${await check()} (${secondsSince(started)})`);
    } catch (error) {
      failed = true;
      console.error(`Node ${version}, ${name}: FAILED (${secondsSince(started)})\n${error.message}`);
    }
  }
  if (failed) wrong += 1;
}

/** The program of a version: this one, or one that is installed into a folder that git ignores, and kept there. */
async function obtain(version) {
  if (process.version === `v${version}`) return process.execPath;
  const folder = join(root, 'node_modules', '.cache', 'stockwright-nodes', version);
  const node = join(folder, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  const found = await versionOf(node).catch(() => undefined);
  if (found !== version) {
    mkdirSync(folder, { recursive: true });
    // The package named `node` fetches the program for this machine by a script, which newer versions of npm run only where they are told to.
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, dependencies: { node: version }, allowScripts: { node: true } }));
    await run('npm', ['install', '--prefix', folder, '--no-audit', '--no-fund', '--prefer-offline', '--no-package-lock']);
  }
  const got = await versionOf(node);
  if (got !== version) throw new Error(`what was installed says that it is ${got}`);
  return node;
}

async function versionOf(node) {
  return (await run(node, ['--version'])).trim().slice(1);
}

async function runTests(node, env, { projects, files: named, titles }) {
  const printed = await run(node, [installed('vitest/vitest.mjs'), 'run', '--reporter=dot', ...projects.flatMap((project) => ['--project', project]), ...(titles === undefined ? [] : ['-t', titles]), ...named], { env: { ...env, NO_COLOR: '1' } });
  const [files, tests] = ['Test Files', 'Tests'].map((what) => printed.split('\n').find((line) => line.trim().startsWith(what))?.trim().replace(/\s+/g, ' '));
  if (files === undefined || tests === undefined) throw new Error(`The tests did not say how they ended:\n${printed}`);
  return `${files}, ${tests}`;
}

function same(printed) {
  if (printed !== told) throw new Error(`${EXAMPLE} prints\n${printed}\nand not, as under ${process.version},\n${told}`);
  return `prints the same ${String(printed.trim().split('\n').length)} lines`;
}

/** The hashes of everything that happens in a few worlds of the fault harness. */
async function tracesOf(node, env) {
  const printed = await Promise.all(['1', '2'].map((tier) => run(node, [...SOURCE, 'scripts/sim.ts', '--tier', tier, '--seeds', '6', '--start', '0x5eed'], { env })));
  return printed.map((text) => JSON.parse(lastLine(text)).hash).join(' and ');
}

function sameWorlds(found) {
  if (found !== traces) throw new Error(`the fault harness plays ${found}\nand not, as under ${process.version}, ${traces}`);
  return `plays the same worlds, ${found}`;
}

function lastLine(printed) {
  return printed.trim().split('\n').at(-1);
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
