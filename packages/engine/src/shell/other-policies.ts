import { instantFromMs, type AvailabilityKey, type Instant, type LocationId, type Sku } from '@stockwright/core';
import { placesOf } from '../brain/project.ts';
import { text } from '../brain/rows.ts';
import { projectMark } from '../brain/work.ts';
import { commitSafely, wakeFor, type Runtime } from './runtime.ts';

/** After how many sweeps there is a first look, when a deployment has mostly ended, and how many go by between two. */
const FIRST_AFTER = 64;
const EVERY_SWEEPS = 360;
/** How many numbers one commit has computed anew. */
const SKUS_PER_COMMIT = 200;

/**
 * Has numbers computed anew that are of another policy than this engine's. While engines of two policies run side by side, each
 * works off whatever is due, and so a number may be of the earlier one still when that engine has gone and nothing changes any more. Looked
 * for so rarely that two which go on side by side do not keep each other's numbers going back and forth. A number that this
 * policy has none in place of, as of a place that is sold from no more, stays as it is, and whoever is on call is told that it can still be bought.
 */
export async function computeOthersAnew(runtime: Runtime): Promise<void> {
  const { policyVersion, pulse, signal, logger } = runtime;
  if (pulse.sweeps !== FIRST_AFTER && pulse.sweeps % EVERY_SWEEPS !== 0) return;
  let found = 0;
  const left: Left = { numbers: 0, first: undefined };
  for await (const skus of skusOfOthers(runtime, left)) {
    if (signal.aborted) return;
    await markAnew(runtime, skus);
    found += skus.size;
  }
  if (found > 0) logger.warn({ skus: found, policyVersion }, 'numbers of another policy are computed anew; does an engine with another policy run beside this one?');
  if (left.numbers > 0) logger.warn({ numbers: left.numbers, first: left.first, policyVersion }, 'channels show numbers that this policy has none in place of; they stay until they are taken down there, or their places are in the policy again');
}

/** Numbers above zero that are shown and that nothing computes any more. */
interface Left {
  numbers: number;
  first: (AvailabilityKey & { readonly location: LocationId | '' }) | undefined;
}

/** The skus of which a channel shows a number of another policy, as many at a time as one commit has computed anew. */
async function* skusOfOthers({ store, channels, settings, policyVersion, clock }: Runtime, left: Left): AsyncIterable<ReadonlySet<Sku>> {
  const asOf = instantFromMs(clock.now());
  let skus = new Set<Sku>();
  for (const channel of channels.keys()) {
    for await (const row of store.scan({ table: 'target', where: { channel } })) {
      const [sku, location] = [text(row, 'sku') as Sku, text(row, 'location') as LocationId | ''];
      if (text(row, 'policyVersion') === policyVersion || skus.has(sku)) continue;
      if (!hasNumber(settings, { channel, sku }, { location, asOf })) {
        if (row['believed'] === null || row['believed'] === '0') continue;
        left.numbers += 1;
        left.first ??= { channel, location, sku };
        continue;
      }
      skus.add(sku);
      if (skus.size < SKUS_PER_COMMIT) continue;
      yield skus;
      skus = new Set();
    }
  }
  if (skus.size > 0) yield skus;
}

/** Whether there is a number of this policy for a place: that hangs on no position. */
function hasNumber({ catalog, calculator }: Runtime['settings'], key: AvailabilityKey, { location, asOf }: { readonly location: LocationId | ''; readonly asOf: Instant }): boolean {
  if (!catalog.items.has(key.sku)) return false;
  try {
    return placesOf(calculator.compute(key, { position: () => undefined }, { asOf })).has(location);
  } catch {
    // The projector says why there is none.
    return true;
  }
}

async function markAnew(runtime: Runtime, skus: ReadonlySet<Sku>): Promise<void> {
  const nowMs = await runtime.store.now();
  const marks = [...skus].map((sku) => projectMark(sku, nowMs, `policy ${runtime.policyVersion}`));
  await commitSafely(runtime, { commitId: runtime.random.uuid(), expect: [], write: [], marks });
  wakeFor(runtime, marks);
}
