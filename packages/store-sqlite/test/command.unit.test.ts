import { join } from 'node:path';
import { createSqliteStore, readSqliteCommand, sendSqliteCommand } from '@stockwright/store-sqlite';
import { describe, expect, it } from 'vitest';
import { freshFolder, messages, startChild } from './files.ts';

describe('a command from another process', () => {
  it('reaches the engine that works on the file, and its result comes back', async () => {
    const path = join(freshFolder(), 'stock.db');
    const store = createSqliteStore({ path });
    await store.migrate();

    const [id] = await messages(startChild('operator', path), 1);
    const commandId = String(id);
    const [open = []] = await store.load([{ table: 'operatorCommand', where: { state: 'open' } }]);
    expect(open).toMatchObject([{ commandId, verb: 'pause', argument: 'channel:shop', requestedBy: 'ann', finishedAtMs: null }]);
    expect(readSqliteCommand(path, commandId)).toEqual({ state: 'open', result: undefined, finishedAtMs: undefined });
    await store.commit({ commitId: '1', expect: [], write: [{ table: 'operatorCommand', key: { commandId }, set: { state: 'done', result: 'paused', finishedAtMs: 7 } }], marks: [] });
    expect(readSqliteCommand(path, commandId)).toEqual({ state: 'done', result: 'paused', finishedAtMs: 7 });
    await store.close();
  });

  it('waits in the file for an engine, and for its own installation alone', async () => {
    const path = join(freshFolder(), 'stock.db');
    const first = createSqliteStore({ path });
    await first.migrate();
    await first.close();

    const commandId = sendSqliteCommand(path, { verb: 'resume', requestedBy: 'ann' }, 'east');
    expect([readSqliteCommand(path, commandId), readSqliteCommand(path, commandId, 'east')?.state]).toEqual([undefined, 'open']);
    const east = createSqliteStore({ path, namespace: 'east' });
    await east.migrate();
    expect((await east.load([{ table: 'operatorCommand', where: { state: 'open' } }]))[0]).toHaveLength(1);
    await east.close();
  });

  it('is refused where there is no store', () => {
    const path = join(freshFolder(), 'stock.db');

    expect(() => sendSqliteCommand(path, { verb: 'pause', requestedBy: 'ann' })).toThrow(expect.objectContaining({ code: 'STORE_UNAVAILABLE' }));
    expect(() => readSqliteCommand(path, 'none')).toThrow(expect.objectContaining({ code: 'STORE_UNAVAILABLE' }));
  });
});
