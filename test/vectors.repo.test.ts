import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'stockwright-vectors-'));
afterAll(() => { rmSync(folder, { recursive: true }); });

const repository = join(import.meta.dirname, '..');
const vector = (id: string, op: string, backordered: string) => ({ id, op, input: { sellable: '1', requested: '3' }, expect: { backordered } });

function run(content: string): { readonly code: number | null; readonly lines: readonly string[]; readonly complaint: string } {
  const file = join(folder, 'vectors.json');
  writeFileSync(file, content);
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--disable-warning=ExperimentalWarning', '--conditions=@stockwright/source', 'scripts/vectors.ts', file], { cwd: repository, encoding: 'utf8' });
  return { code: status, lines: stdout.trimEnd().split('\n'), complaint: stderr };
}

describe('npm run vectors', () => {
  it('prints each failure and ends with the counts', () => {
    const { code, lines } = run(JSON.stringify({ vectors: [vector('good', 'shortage', '2'), vector('bad', 'shortage', '4'), vector('odd', 'divine', '1')] }));
    expect(code).toBe(1);
    expect(lines.slice(0, 4)).toEqual(['FAILED bad (shortage)', '  expected {"backordered":"4"}', '  got      {"backordered":"2"}', 'FAILED odd (divine)']);
    expect(lines.at(-1)).toBe('1 passed, 2 failed');
  });

  it('ends well where all pass', () => {
    expect(run(JSON.stringify({ vectors: [vector('good', 'shortage', '2')] }))).toEqual({ code: 0, lines: ['1 passed, 0 failed'], complaint: '' });
  });

  it('fails where there is nothing to evaluate', () => {
    for (const [text, message] of [['{', 'JSON'], ['[]', 'no file of vectors'], ['{"vectors":[]}', 'there is no vector in it']] as const) {
      expect(run(text)).toEqual({ code: 1, lines: ['0 passed, 1 failed'], complaint: expect.stringContaining(message) });
    }
  });
});
