/**
 * Real faults: processes that are killed and frozen, a database that crashes, a network that goes silent. Each scenario
 * ends with the same questions: is anything lost, is anything doubled, does every channel show what it should?
 *
 *   npm run faults -- --minutes 30 --only workers
 */
import { parseArgs } from 'node:util';
import { unhandledDuring } from './support/report.ts';
import { SCENARIOS } from './scenarios/index.ts';

const { values: { minutes, only } } = parseArgs({ options: { minutes: { type: 'string', default: '1' }, only: { type: 'string', multiple: true } } });
const budgetMs = Number(minutes) * 60_000;
if (!(budgetMs > 0)) throw new RangeError(`--minutes ${minutes} is no number of minutes.`);
const chosen = SCENARIOS.filter(({ name }) => only === undefined || only.includes(name));
const unknown = (only ?? []).filter((name) => !SCENARIOS.some((scenario) => scenario.name === name));
if (unknown.length > 0) throw new RangeError(`There are no faults ${unknown.join(', ')}; there are ${SCENARIOS.map(({ name }) => name).join(', ')}.`);

let failed = false;
for (const { name, about, missing, run } of chosen) {
  console.log(`\n== ${name}: ${about}`);
  const lacking = await missing?.();
  if (lacking !== undefined) {
    console.log(`   NOT RUN: ${lacking}`);
    failed ||= process.env['CI'] === 'true';
    continue;
  }
  const { value: { figures, wrong }, unhandled } = await unhandledDuring(() => run(budgetMs / chosen.length, true));
  for (const [what, figure] of Object.entries(figures)) console.log(`   ${what}: ${String(figure)}`);
  const found = [...wrong, ...unhandled];
  console.log(found.length === 0 ? '   nothing lost, nothing doubled' : `   WRONG\n${found.slice(0, 20).map((what) => `   - ${what}`).join('\n')}`);
  failed ||= found.length > 0;
}
process.exitCode = failed ? 1 : 0;
