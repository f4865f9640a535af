import { fork, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach } from 'vitest';

const folders: string[] = [];
const children: ChildProcess[] = [];

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A folder that is removed after the test. */
export function freshFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'stockwright-sqlite-'));
  folders.push(folder);
  return folder;
}

/** A script of this folder as another process, ended after the test at the latest. */
export function startChild(script: 'holder' | 'committer' | 'operator', path: string): ChildProcess {
  const child = fork(fileURLToPath(new URL(`children/${script}.ts`, import.meta.url)), [path], {
    execArgv: ['--conditions=@stockwright/source', '--disable-warning=ExperimentalWarning'], stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  children.push(child);
  return child;
}

/** The next messages of a process. Fails with what it wrote where it ends before. */
export function messages(child: ChildProcess, count: number): Promise<unknown[]> {
  return new Promise((resolve, reject) => {
    const heard: unknown[] = [];
    let errors = '';
    child.stderr?.on('data', (text: Buffer) => { errors += text.toString(); });
    child.on('message', (message) => {
      heard.push(message);
      if (heard.length === count) resolve(heard);
    });
    child.on('exit', () => { reject(new Error(`the child ended early: ${errors}`)); });
  });
}

/** Kills a process as a power switch would, and waits until it is gone. */
export async function killed(child: ChildProcess): Promise<void> {
  const gone = new Promise((resolve) => { child.once('exit', resolve); });
  child.kill('SIGKILL');
  await gone;
}
