import { registerHooks } from 'node:module';
import { ablationOf } from '../packages/testkit/src/harness/ablations.ts';
const ai = process.argv.indexOf('--ablate');
const ablation = ai > 0 ? ablationOf(process.argv[ai + 1]!) : undefined;
if (ablation?.sources) registerHooks({ load: (url, context, next) => { const r = next(url, context); for (const { module, from, to } of ablation.sources!) if (url.endsWith(module)) { const t = r.source!.toString(); if (t.split(from).length !== 2) throw new Error('ablation text is gone: ' + from); return { ...r, source: t.replace(from, to) }; } return r; } });
const runWorld = process.argv.includes("--t2") ? (await import("../packages/demo/src/tier2/run-tier2.ts")).runTier2World : (await import("../packages/testkit/src/harness/run-world.ts")).runWorld;
// from '../packages/testkit/src/harness/run-world.ts';
const start = BigInt(process.argv[3] ?? '1'); const n = Number(process.argv[2] ?? '1'); const told = process.argv.includes('--told');
const t0 = performance.now(); let faults = 0, wrong = 0;
const counts = new Map<string, number>();
for (let i = 0n; i < n; i++) { const r = await runWorld({ seed: start + i, told, ...(ablation ? { ablation } : {}) });
  faults += r.struck.length; for (const [k, v] of r.counts) counts.set(k, (counts.get(k) ?? 0) + v);
  if (told) console.log(r.lines.join('\n'));
  if (r.violations.length) { if (ablation && !told) { console.log(ablation.name, 'killed by', String(r.seed), 'after', Number(i) + 1, r.violations[0]!.invariant, r.violations[0]!.message); process.exit(0); } wrong++; console.log(String(r.seed), r.violations.length, r.violations.slice(0, 3).map((v) => `${v.invariant} ${(v.atMs / 1000).toFixed(0)}s ${v.message}`).join(' | ')); } else if (n < 5) console.log(r.hash, r.virtualMs); }
console.log({ n, wrong, ms: (performance.now() - t0) / n, faults: faults / n }, n < 50 ? [...counts].map(([k, v]) => `${k}: ${(v / n).toFixed(1)}`).join(', ') : '');
