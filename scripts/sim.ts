import { runWorld } from '../packages/testkit/src/harness/run-world.ts';
const start = BigInt(process.argv[3] ?? '1'); const n = Number(process.argv[2] ?? '1'); const told = process.argv.includes('--told');
const t0 = performance.now(); let faults = 0, wrong = 0;
const counts = new Map<string, number>();
for (let i = 0n; i < n; i++) { const r = await runWorld({ seed: start + i, told });
  faults += r.struck.length; for (const [k, v] of r.counts) counts.set(k, (counts.get(k) ?? 0) + v);
  if (told) console.log(r.lines.join('\n'));
  if (r.violations.length) { wrong++; console.log(String(r.seed), r.violations.length, r.violations.slice(0, 3).map((v) => `${v.invariant} ${(v.atMs / 1000).toFixed(0)}s ${v.message}`).join(' | ')); } else if (n < 5) console.log(r.hash, r.virtualMs); }
console.log({ n, wrong, ms: (performance.now() - t0) / n, faults: faults / n }, n < 50 ? [...counts].map(([k, v]) => `${k}: ${(v / n).toFixed(1)}`).join(', ') : '');
