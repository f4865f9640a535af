import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { serverMissing, withDatabase } from '../test/support/postgres-server.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

async function run(example: string, variables: Readonly<Record<string, string>> = {}): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, ['--conditions=@stockwright/source', `examples/${example}/main.ts`], { cwd: root, env: { ...process.env, ...variables } });
  return stdout.trimEnd();
}

describe('the examples', () => {
  it('01 is the program of the README and prints what the README says', async () => {
    const readme = readFileSync(`${root}/README.md`, 'utf8');
    const program = readFileSync(`${root}/examples/01-available-to-sell/main.ts`, 'utf8').trimEnd();

    expect(readme).toContain(`\`\`\`ts\n${program}\n\`\`\``);
    expect(readme).toContain(`\`\`\`text\n${await run('01-available-to-sell')}\n\`\`\``);
  });

  it('02 brings a number of the own source to the own channel', async () => {
    expect(await run('02-own-systems')).toBe('The portal shows 12 mugs.');
  });

  it('03 gives the last mug to one of sixteen buyers at two machines', async ({ skip }) => {
    const missing = await serverMissing();
    if (missing !== undefined) {
      if (process.env['CI'] !== undefined) throw new Error(missing);
      console.warn(`NOT RUN: ${missing}`);
      skip();
    }
    const printed = await withDatabase((url) => run('03-several-machines', { DATABASE_URL: url }));
    expect(printed.split('\n')).toEqual(['The shop shows 1 mug.', '1 of 16 buyers holds it.', 'The shop shows 0 mugs.']);
  });
});
