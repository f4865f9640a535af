import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Options } from 'tsup';
import { describe, expect, it } from 'vitest';
import { packageFolders, publicEntries, readManifest, repositoryRoot } from './support/repository.ts';
import { publicExports } from './support/public-exports.ts';

const publishedFolders = packageFolders().filter((folder) => readManifest(folder).private !== true);
const adapterFolders = packageFolders().filter((folder) => folder.startsWith('adapter-') && folder !== 'adapter-kit');
const trackedFiles = execFileSync('git', ['ls-files', '-z'], { cwd: repositoryRoot, encoding: 'utf8' }).split('\0').filter((file) => file !== '' && existsSync(join(repositoryRoot, file)));
const read = (file: string): string => readFileSync(join(repositoryRoot, file), 'utf8');

/** Lines of tracked files that match, as `file:line`. */
function linesWith(pattern: RegExp, files: readonly string[] = trackedFiles): readonly string[] {
  return files.flatMap((file) => read(file).split('\n').flatMap((line, index) => (pattern.test(line) ? [`${file}:${String(index + 1)}`] : [])));
}

describe('every published package', () => {
  it.each(publishedFolders)('%s has the metadata that a registry shows', (folder) => {
    expect(readManifest(folder)).toMatchObject({
      name: `@stockwright/${folder}`,
      description: expect.stringMatching(/\.$/) as string,
      license: 'Apache-2.0',
      type: 'module',
      sideEffects: false,
      engines: { node: '>=22.18' },
      files: ['dist', 'src', '!src/**/*.test.ts'],
      publishConfig: { access: 'public' },
    });
  });

  it.each(publishedFolders)('%s depends on its siblings in their current versions', (folder) => {
    const { dependencies = {} } = readManifest(folder);
    const stale = Object.entries(dependencies).filter(([name, version]) => name.startsWith('@stockwright/') && readManifest(name.slice('@stockwright/'.length)).version !== version);

    expect(stale).toEqual([]);
  });

  it.each(publishedFolders)('%s builds exactly the entries of its exports map', async (folder) => {
    const { default: options } = (await import(join(repositoryRoot, 'packages', folder, 'tsup.config.ts'))) as { readonly default: Options };

    expect(exportsOfBuild(options)).toEqual(publicEntries(folder).map(({ target }) => target));
  });

  it.each(publishedFolders)('%s has a source for every entry', (folder) => {
    expect(publicEntries(folder).filter(({ source }) => !existsSync(source))).toEqual([]);
  });

  it('is released by the rules of .changeset/config.json', () => {
    const { fixed, linked } = JSON.parse(read('.changeset/config.json')) as { readonly fixed: readonly (readonly string[])[]; readonly linked: readonly (readonly string[])[] };
    const names = publishedFolders.map((folder) => `@stockwright/${folder}`);

    expect([...fixed, ...linked].flat().filter((name) => !names.includes(name))).toEqual([]);
  });
});

describe('every public export', () => {
  it('has a doc comment', () => {
    expect(publicExports().filter(({ summary }) => summary === '').map(({ name, entry }) => `${entry} ${name}`)).toEqual([]);
  });

  // The examples that promise a result are run by docs.repo.test.ts.
  it('has an example that promises a result, where it is a function of core', () => {
    const functions = publicExports().filter(({ entry, isFunction }) => entry === '@stockwright/core' && isFunction);

    expect(functions.length).toBeGreaterThan(50);
    expect(functions.filter(({ example }) => !/^```ts$.*\/\/ => .*^```$/ms.test(example)).map(({ name }) => name)).toEqual([]);
  });
});

describe('every adapter', () => {
  it.each(adapterFolders)('%s exports a factory, its settings and its capabilities', (folder) => {
    const names = publicExports().filter(({ entry }) => entry === `@stockwright/${folder}`).map(({ name }) => name);
    const vendor = folder.slice('adapter-'.length);
    const factory = names.find((name) => name.toLowerCase() === `create${vendor}`);

    expect(factory).toBeDefined();
    expect(names).toContain(`${(factory ?? '').slice('create'.length)}Settings`);
    expect(names).toContain(`${vendor.toUpperCase()}_CAPABILITIES`);
  });

  it.each(adapterFolders)('%s has the files that every adapter has', (folder) => {
    const vendor = folder.slice('adapter-'.length);
    const expected = ['index.ts', `create-${vendor}.ts`, `${vendor}-settings.ts`, `${vendor}-capabilities.ts`, `${vendor}-errors.ts`, 'api', 'map', 'wire'];
    const present = readdirSync(join(repositoryRoot, 'packages', folder, 'src'));

    expect(expected.filter((name) => !present.includes(name))).toEqual([]);
  });
});

describe('the tracked files', () => {
  const code = trackedFiles.filter((file) => /\.(ts|mjs|cjs|md)$/.test(file));

  it('hold no notes to oneself', () => {
    expect(linesWith(new RegExp(['TO', 'DO|FIX', 'ME'].join('')), code)).toEqual([]);
  });

  it('do not silence the type checker', () => {
    const silenced = new RegExp(['\\bas an', 'y(?=[;,.)\\]}>]|$)|@ts-ig', 'nore|@ts-noch', 'eck'].join(''));

    expect(linesWith(silenced, code)).toEqual([]);
  });

  it('name no folder of one machine and no host of a registry', () => {
    const folders = ['work', 'root', 'home', 'Users'].join('|');
    const hosts = ['registry\\.npm', 'js', '|local', 'host:48', '73'].join('');

    expect(linesWith(new RegExp(`(^|[\\s"'\`(=:])/(${folders})/|${hosts}`))).toEqual([]);
  });

  it('lock packages by version and never by where they were fetched', () => {
    const { packages } = JSON.parse(read('package-lock.json')) as { readonly packages: Readonly<Record<string, { readonly resolved?: string; readonly link?: boolean }>> };

    expect(Object.entries(packages).filter(([, { resolved, link }]) => resolved !== undefined && link !== true)).toEqual([]);
  });
});

/** What an exports map must say of a build with these options. */
function exportsOfBuild({ entry }: Options): readonly object[] {
  const sources = Array.isArray(entry) ? Object.fromEntries(entry.map((file) => [file.replace(/^src\//, '').replace(/\.ts$/, ''), file])) : (entry ?? {});
  return Object.entries(sources).map(([output, source]) => ({
    '@stockwright/source': `./${source}`,
    import: { types: `./dist/${output}.d.ts`, default: `./dist/${output}.js` },
    require: { types: `./dist/${output}.d.cts`, default: `./dist/${output}.cjs` },
  }));
}
