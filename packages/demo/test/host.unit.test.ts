import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { childHost } from '../src/host/child.ts';
import { beginWorld, driven } from './begin-world.ts';
import { freshStore, killable } from './story.ts';

afterEach(() => { delete process.env['NODE_OPTIONS']; });

/** Has every process that begins from now on fail when it is asked for this. */
function breakWhenAsked(store: string, ask: string): void {
  const script = join(dirname(store.slice('sqlite:'.length)), 'break.mjs');
  writeFileSync(script, `process.on('message', ({ question }) => { if (question?.ask === '${ask}') throw new Error('lost its head'); });`);
  process.env['NODE_OPTIONS'] = `--import=${script}`;
}

describe('a process that fails', () => {
  it('is reported with its last words to whoever waits for an answer, and can be started again', async () => {
    const store = freshStore();
    breakWhenAsked(store, 'status');
    const { factory, host } = killable(store);
    const { clock, world, close } = await beginWorld(factory);
    delete process.env['NODE_OPTIONS'];
    await driven(clock, world.engine.start());

    const failure = { code: 'UNAVAILABLE', message: expect.stringMatching(/^The engine's process ended by itself with exit code 1: [^]*lost its head/) };
    await expect(world.engine.status()).rejects.toMatchObject(failure);
    await expect(world.engine.status()).rejects.toMatchObject(failure);
    await driven(clock, host().restart());
    expect(await world.engine.status()).toMatchObject({ quarantined: [] });
    await close();
  });

  it('ends the wait of the clock, once', async () => {
    const store = freshStore();
    breakWhenAsked(store, 'fire');
    const { clock, world, close } = await beginWorld(killable(store).factory);

    await expect(driven(clock, world.engine.start())).rejects.toMatchObject({ message: expect.stringContaining('lost its head') });
    await close();
  });

  it('as it begins says why', async () => {
    const store = freshStore();
    breakWhenAsked(store, 'open');
    await expect(beginWorld(killable(store).factory)).rejects.toMatchObject({ code: 'UNAVAILABLE', message: expect.stringContaining('lost its head') });
  });
});

describe('a process', () => {
  it('that cannot open its store tells the error of the store', async () => {
    await expect(beginWorld(killable('sqlite:/nowhere/at/all.db').factory)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE', message: expect.stringContaining('/nowhere/at') });
  });

  it('is not begun for a store that would end with it', () => {
    expect(() => childHost({ store: 'memory' })).toThrow(expect.objectContaining({ code: 'INVALID_CONFIGURATION' }));
  });

  it('is not started twice, and not asked where there is none', async () => {
    const { factory, host } = killable(freshStore());
    const { clock, close } = await beginWorld(factory);

    await expect(host().restart()).rejects.toThrow(`process ${String(host().pid)} still runs`);
    await driven(clock, host().kill());
    await expect(host().status()).rejects.toMatchObject({ code: 'ABORTED' });
    await expect(host().killAt({})).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    await close();
  });

  it.each<[string, NodeJS.Signals | 'exit']>([['is killed', 'SIGKILL'], ['is interrupted', 'SIGINT'], ['exits', 'exit']])('ends when the process that began it %s', async (_how, how) => {
    const parent = spawn(process.execPath, ['--conditions=@stockwright/source', '--disable-warning=ExperimentalWarning', fileURLToPath(new URL('host-parent.ts', import.meta.url)), freshStore(), how], { stdio: ['ignore', 'pipe', 'inherit'] });
    // Both write to this pipe, so it closes when both are gone.
    const closed = new Promise((resolve) => parent.once('close', resolve));
    const begun = await new Promise<string>((resolve) => parent.stdout.once('data', (line: Buffer) => { resolve(line.toString()); }));
    expect(begun).toMatch(/^\d+\n$/);
    if (how !== 'exit') parent.kill(how);
    await closed;
  });
});
