import { execFileSync } from 'node:child_process';
import { chmodSync, linkSync, mkdirSync, symlinkSync, openSync, readdirSync, readFileSync, writeFileSync, writeSync, closeSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { createSqliteStore, openSqliteReader } from '@stockwright/store-sqlite';
import { describe, expect, it } from 'vitest';
import { guarded } from '../src/failures.ts';
import { freshFolder } from './files.ts';

/** The code and the words of what opening a file says, with its folder left out. */
function refusal(folder: string, open: () => unknown): string {
  try {
    open();
  } catch (error) {
    const { code, message } = error as { code: string; message: string };
    return `${code}: ${message.replaceAll(folder, '…')}`;
  }
  return 'opened';
}

async function storeWith(path: string, rows: number): Promise<void> {
  const store = createSqliteStore({ path });
  await store.migrate();
  await store.commit({ commitId: '1', expect: [], write: Array.from({ length: rows }, (_value, index) => ({ table: 'item' as const, key: { sku: `S${String(index)}` }, set: { version: 1 } })), marks: [] });
  await store.close();
}

describe('opening a file that cannot be the store', () => {
  const places: readonly (readonly [what: string, prepare: (folder: string) => string, words: string])[] = [
    ['a folder that is missing', (folder) => join(folder, 'none', 'stock.db'), 'STORE_UNAVAILABLE: SQLite file …/none/stock.db cannot be made: the folder …/none does not exist. Create it, or choose another path.'],
    ['a file in place of the folder', (folder) => {
      writeFileSync(join(folder, 'file'), '');
      return join(folder, 'file', 'stock.db');
    }, 'STORE_UNAVAILABLE: SQLite file …/file/stock.db cannot be made: …/file is not a folder. Choose another path.'],
    ['a folder in place of the file', (folder) => {
      mkdirSync(join(folder, 'stock.db'));
      return join(folder, 'stock.db');
    }, 'STORE_UNAVAILABLE: SQLite file …/stock.db is not a file. Name a file in a folder.'],
    ['a file of something else', (folder) => {
      writeFileSync(join(folder, 'stock.db'), 'sku;quantity\n'.repeat(1_000));
      return join(folder, 'stock.db');
    }, 'STORE_UNAVAILABLE: SQLite file …/stock.db is damaged or no SQLite database. Restore it from a backup, or choose another path.'],
    ['a database of another program', (folder) => {
      const database = new DatabaseSync(join(folder, 'stock.db'));
      database.exec('CREATE TABLE customers (name TEXT)');
      database.close();
      return join(folder, 'stock.db');
    }, 'STORE_UNAVAILABLE: SQLite file …/stock.db belongs to another program: it has the tables customers. Choose another path.'],
    ['a lock that is none', (folder) => {
      writeFileSync(join(folder, 'stock.db-lock'), 'notes\n'.repeat(1_000));
      return join(folder, 'stock.db');
    }, 'STORE_UNAVAILABLE: SQLite file …/stock.db cannot be locked: …/stock.db-lock is not a lock of ours. Move it away, or choose another path.'],
  ];

  it.each(places)('says what is wrong and writes nothing: %s', (_what, prepare, words) => {
    const folder = freshFolder();
    const path = prepare(folder);
    const before = readdirSync(folder, { recursive: true, withFileTypes: true }).map((entry) => [entry.name, entry.isFile() ? readFileSync(join(entry.parentPath, entry.name)) : '']);

    expect(refusal(folder, () => createSqliteStore({ path }))).toBe(words);
    expect(readdirSync(folder, { recursive: true, withFileTypes: true }).map((entry) => [entry.name, entry.isFile() ? readFileSync(join(entry.parentPath, entry.name)) : ''])).toEqual(before);
  });

  it.each<[string, (folder: string) => string]>([
    ['a link to it', (folder) => {
      symlinkSync(join(folder, 'stock.db'), join(folder, 'link.db'));
      return join(folder, 'link.db');
    }],
    ['a link to a link to it', (folder) => {
      symlinkSync(join(folder, 'stock.db'), join(folder, 'near.db'));
      symlinkSync('near.db', join(folder, 'link.db'));
      return join(folder, 'link.db');
    }],
    ['a link to its folder', (folder) => {
      symlinkSync(folder, join(folder, 'elsewhere'));
      return join(folder, 'elsewhere', 'stock.db');
    }],
  ])('refuses a second engine on a file by another name: %s', async (_what, name) => {
    const folder = freshFolder();
    const store = createSqliteStore({ path: join(folder, 'stock.db') });
    await store.migrate();
    expect(refusal(folder, () => createSqliteStore({ path: name(folder) }))).toContain('is in use by another engine.');
    await store.close();
  });

  it('refuses a second engine on a file that is yet to be made, by a link that leads nowhere yet', async () => {
    const folder = freshFolder();
    symlinkSync(join(folder, 'stock.db'), join(folder, 'link.db'));
    const store = createSqliteStore({ path: join(folder, 'link.db') });
    await store.migrate();
    expect(refusal(folder, () => createSqliteStore({ path: join(folder, 'stock.db') }))).toContain('is in use by another engine.');
    await store.close();
  });

  it('refuses a file that has two names of its own, beside each of which a log would be kept', async () => {
    const folder = freshFolder();
    await storeWith(join(folder, 'stock.db'), 1);
    linkSync(join(folder, 'stock.db'), join(folder, 'other.db'));
    expect(refusal(folder, () => createSqliteStore({ path: join(folder, 'other.db') }))).toBe('STORE_UNAVAILABLE: SQLite file …/other.db has 2 names (hard links), and engines on two of them would damage it. Remove the others.');
  });

  it('refuses a file without a name', () => {
    expect(refusal('no folder', () => createSqliteStore({ path: '' }))).toBe('STORE_UNAVAILABLE: A SQLite store needs the path of a file, or :memory:.');
  });

  it('refuses a layout of a newer version and leaves it as it is', async () => {
    const folder = freshFolder();
    const path = join(folder, 'stock.db');
    await storeWith(path, 1);
    const database = new DatabaseSync(path);
    database.exec('INSERT INTO "_schema" ("version", "appliedAtMs") VALUES (7, 0)');
    database.close();

    const words = 'STORE_UNAVAILABLE: SQLite file …/stock.db has layout 7, and this version knows layouts up to 3. Update the package.';
    expect([refusal(folder, () => createSqliteStore({ path })), refusal(folder, () => openSqliteReader(path))]).toEqual([words, words]);
  });

  it('names the file where its pages are damaged', async () => {
    const folder = freshFolder();
    const path = join(folder, 'stock.db');
    await storeWith(path, 5_000);
    const file = openSync(path, 'r+');
    const { length } = readFileSync(path);
    // The first pages, which hold the layout, stay; what follows is noise.
    for (let at = 4_096 * 60; at < length; at += 4_096) writeSync(file, Buffer.alloc(4_096, 0x5a), 0, 4_096, at);
    closeSync(file);

    const store = createSqliteStore({ path });
    await store.migrate();
    await expect(store.load([{ table: 'item', where: {} }])).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE', message: `SQLite file ${path} is damaged. Restore it from a backup, or move it away and start anew.` });
    await store.close();
  });

  it('names the file where the disk is full', () => {
    const database = new DatabaseSync(':memory:');
    database.exec('CREATE TABLE t (a TEXT)');
    database.exec('PRAGMA max_page_count = 4');

    expect(refusal('/', () => guarded('stock.db', () => { database.prepare('INSERT INTO t VALUES (?)').run('x'.repeat(100_000)); }))).toBe('STORE_UNAVAILABLE: SQLite file stock.db could not grow: the disk is full. Make room and start again.');
    database.close();
  });

  it.skipIf(process.platform === 'win32')('refuses a file that may not be written to', async () => {
    const folder = freshFolder();
    const path = join(folder, 'stock.db');
    await storeWith(path, 1);
    for (const name of readdirSync(folder)) chmodSync(join(folder, name), 0o444);
    chmodSync(folder, 0o755);
    // Permissions do not bind the superuser, so somebody else looks.
    const script = `const { createSqliteStore } = await import('@stockwright/store-sqlite');
      if (process.getuid() === 0) process.seteuid(65534);
      try { createSqliteStore({ path: ${JSON.stringify(path)} }); console.log('opened'); } catch (error) { console.log(error.code, error.message); }`;
    const said = execFileSync(process.execPath, ['--conditions=@stockwright/source', '--disable-warning=ExperimentalWarning', '--input-type=module', '-e', script], { cwd: import.meta.dirname, encoding: 'utf8' });

    expect(said.replaceAll(folder, '…').trim()).toBe('STORE_UNAVAILABLE SQLite file …/stock.db may not be written to. Check the permissions of the file and its folder.');
  });
});

describe('opening a reader', () => {
  it('needs a store to be there', () => {
    const folder = freshFolder();
    const path = join(folder, 'stock.db');

    expect(refusal(folder, () => openSqliteReader(path))).toBe('STORE_UNAVAILABLE: SQLite file …/stock.db does not exist. Start an engine on it first, or check the path.');
    writeFileSync(path, '');
    expect(refusal(folder, () => openSqliteReader(path))).toBe('STORE_UNAVAILABLE: SQLite file …/stock.db holds no engine yet. Start an engine on it first, or check the path.');
  });
});
