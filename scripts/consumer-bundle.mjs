// The core as a web page would carry it: bundled for a browser, run where there is nothing but the language, and weighed.
import { createContext, runInContext } from 'node:vm';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const NAMES = ['createAvailability', 'formatQuantity', 'parseCatalog', 'parseChannelId', 'parseInstant', 'parseLocationId', 'parsePolicy', 'parseSku'];

/**
 * What three functions may weigh, minified: our own part, and everything with zod and decimal.js, compressed. Measured 108 kB
 * and 77 kB when this was set; a little more is air. A budget that breaks says that something has begun to hang on everything:
 * `import { z }` in place of `import * as z` alone carries all of zod, which is as much again.
 */
const BUDGET = { names: ['createAvailability', 'parsePolicy', 'parseCatalog'], ownBytes: 109_500, gzipBytes: 78_000 };

const PROGRAM = `
const position = {
  sku: parseSku('MUG'), scale: 0, unrouted: new Map(), holds: [],
  locations: new Map([[parseLocationId('W1'), { onHand: 10, unavailable: 0, committed: 3, incoming: 0, inTransit: 0 }]]),
};
const calculator = createAvailability({ catalog: parseCatalog([{ sku: 'MUG' }]), policy: parsePolicy({ version: '1', channels: [{ id: 'shop', locations: ['W1'] }] }) });
const answer = calculator.compute({ channel: parseChannelId('shop'), sku: position.sku }, { position: () => position }, { asOf: parseInstant('2026-01-01T00:00:00Z') });
export const immediate = formatQuantity(answer.immediate);
`;

/** Bundles the core for a browser and computes with it. A Node builtin fails the bundle; a global of any platform fails the run. */
export async function useInBrowser(consumer) {
  const { code } = await bundle(consumer, `import { ${NAMES.join(', ')} } from '@stockwright/core';\n${PROGRAM}`, 'iife');
  const immediate = runInContext(`${code}\nbundle.immediate`, createContext({}));
  if (immediate !== '7') throw new Error(`The bundle for browsers computes ${String(immediate)} instead of 7.`);
}

/** Weighs the three functions that a page needs to show a number. Returns the weight in words. */
export async function weigh(consumer) {
  const { code, inputs } = await bundle(consumer, `export { ${BUDGET.names.join(', ')} } from '@stockwright/core';`, 'esm');
  const own = Object.entries(inputs).filter(([file]) => file.includes('@stockwright/')).reduce((sum, [, { bytesInOutput }]) => sum + bytesInOutput, 0);
  const gzip = gzipSync(code).length;
  const told = `${BUDGET.names.join(', ')}: ${kilobytes(own)} of our own (budget ${kilobytes(BUDGET.ownBytes)}), ${kilobytes(gzip)} compressed with all they need (budget ${kilobytes(BUDGET.gzipBytes)})`;
  if (own > BUDGET.ownBytes || gzip > BUDGET.gzipBytes) throw new Error(`Too heavy. ${told}`);
  return told;
}

const kilobytes = (bytes) => `${(bytes / 1000).toFixed(0)} kB`;

async function bundle(resolveDir, contents, format) {
  const { outputFiles: [file], metafile } = await build({
    stdin: { contents, resolveDir }, bundle: true, minify: true, platform: 'browser', format, target: 'es2022', globalName: 'bundle', write: false, metafile: true, logLevel: 'silent',
  });
  const [{ inputs }] = Object.values(metafile.outputs);
  return { code: file.text, inputs };
}
