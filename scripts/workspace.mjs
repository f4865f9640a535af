// What the scripts share: which packages there are, in which order, and how to run a program.
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..');

/** Every package that is published, its dependencies before it. */
export function publishedPackages() {
  const packages = readdirSync(join(root, 'packages'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(root, 'packages', entry.name, 'package.json')))
    .map(({ name: folder }) => describe(folder))
    .filter(({ manifest }) => manifest.private !== true);
  const ordered = [];
  while (ordered.length < packages.length) {
    const ready = packages.filter((one) => !ordered.includes(one) && needs(one, packages).every((other) => ordered.includes(other)));
    if (ready.length === 0) throw new Error('The packages depend on each other in a circle.');
    ordered.push(...ready);
  }
  return ordered;
}

/** The published packages with these folders, or all where none is named. */
export function selectPackages(folders) {
  const packages = publishedPackages();
  const unknown = folders.filter((folder) => !packages.some((one) => one.folder === folder));
  if (unknown.length > 0) throw new Error(`No published package has the folder ${unknown.join(', ')}.`);
  return folders.length === 0 ? packages : packages.filter(({ folder }) => folders.includes(folder));
}

/** Ends the program where an entry of a package has no source: a package without its door cannot be published. */
export function refuseMissingEntries(packages) {
  const missing = packages.flatMap(({ entries }) => entries.filter(({ source }) => !existsSync(source)));
  for (const { specifier, source } of missing) console.error(`${specifier} has no source: ${relative(root, source)} is not there`);
  if (missing.length > 0) process.exit(1);
}

/** The packages of this repository that one of them depends on. */
export function needs({ manifest }, packages) {
  return packages.filter(({ name }) => name in (manifest.dependencies ?? {}));
}

function describe(folder) {
  const path = join(root, 'packages', folder);
  const manifest = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8'));
  const entries = Object.entries(manifest.exports ?? {})
    .filter(([, target]) => typeof target === 'object')
    .map(([subpath, target]) => ({ specifier: manifest.name + subpath.slice(1), source: join(path, target['@stockwright/source']), target }));
  return { folder, path, manifest, name: manifest.name, entries };
}

/** Runs a program to its end; rejects with everything it printed where it fails. */
export async function run(program, args, { cwd = root, env = {} } = {}) {
  return await new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    let printed = '';
    child.stdout.on('data', (chunk) => { stdout += chunk; printed += chunk; });
    child.stderr.on('data', (chunk) => { printed += chunk; });
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve(stdout);
      else reject(new Error(`${[program, ...args].join(' ')} ended with ${String(code)}:\n${printed.trim()}`));
    });
  });
}

/** The script of an installed program, to be run with the Node that runs this. */
export function installed(script) {
  return join(root, 'node_modules', script);
}

/** Seconds since a moment of `performance.now()`, for people. */
export function secondsSince(start) {
  return `${((performance.now() - start) / 1000).toFixed(1)} s`;
}
