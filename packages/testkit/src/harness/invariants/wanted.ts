import type { Availability, AvailabilityKey, Sku } from '@stockwright/core';
import type { Row } from '@stockwright/engine/ports';
import { partsOf } from '../shape.ts';
import type { Stage } from '../stage.ts';

/** Computes numbers from what the store says at this moment. */
export type Auditor = (keys: readonly AvailabilityKey[]) => Promise<readonly Availability[]>;

interface Wanted {
  readonly version: number;
  readonly sku: string;
  readonly message: string;
}

/**
 * I2 while everything moves: what a kit's target wants follows from its components as they stand, but for what a mark still asks for. A
 * kit is computed under the mark of any of its components, by whoever comes first.
 */
export async function checkWanted(world: Stage, audit: Auditor): Promise<void> {
  const wrong = await wrongWants(world, audit);
  if (wrong.size === 0) return;
  // Marks, targets and positions are several reads, and somebody may have worked in between: what is wrong still is so, in the same version.
  const still = await wrongWants(world, audit);
  for (const [key, { version, sku, message }] of still) if (wrong.get(key)?.version === version) world.violations.add('I2', sku, message);
}

async function wrongWants(world: Stage, audit: Auditor): Promise<ReadonlyMap<string, Wanted>> {
  const kits = world.shape.recipes.map(({ sku }) => sku);
  const before = await markedSkus(world);
  const [targets = []] = await world.store.port.load([{ table: 'target', where: {} }]);
  const answers = await audit(world.shops.flatMap(({ id }) => kits.map((sku) => ({ channel: id, sku }))));
  const after = await markedSkus(world);
  const rows = new Map(targets.map((row) => [keyOf(row['channel'], row['location'], row['sku']), row]));
  const found = new Map<string, Wanted>();
  for (const answer of answers) {
    if ([answer.sku, ...partsOf(answer.sku).map(({ sku }) => sku)].some((sku) => before.has(sku) || after.has(sku))) continue;
    const parts: readonly (readonly [string, unknown])[] = answer.parts.size === 0 ? [['', answer.immediate]] : [...answer.parts];
    for (const [place, number] of parts) {
      const row = rows.get(keyOf(answer.channel, place, answer.sku));
      if (row === undefined || isRight(row, number)) continue;
      found.set(keyOf(answer.channel, place, answer.sku), {
        version: Number(row['version']), sku: answer.sku,
        message: `${answer.channel} wants ${String(row['want'])} of ${answer.sku}${place === '' ? '' : ` at ${place}`}, its components come to ${String(number)}, and no mark asks for it to be computed`,
      });
    }
  }
  return found;
}

/** A channel without a limit has the whole of the number; nothing here is beyond what a channel can express. */
function isRight(row: Row, number: unknown): boolean {
  return row['want'] === null || number === undefined || Number(row['want']) === Number(number);
}

/** Of which skus somebody works off a mark, or could. */
async function markedSkus({ store, time }: Stage): Promise<ReadonlySet<string>> {
  const marked = new Set<string>();
  for await (const { kind, key, leaseUntilMs, notBeforeMs } of store.port.scanWork()) {
    if (kind === 'project' && (leaseUntilMs !== null || notBeforeMs <= time.now())) marked.add(key as Sku);
  }
  return marked;
}

const keyOf = (...parts: readonly unknown[]): string => parts.map(String).join('\u001f');
