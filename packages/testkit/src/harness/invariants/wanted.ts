import type { Availability, AvailabilityKey, Sku } from '@stockwright/core';
import type { Row } from '@stockwright/engine/ports';
import { partsOf } from '../shape.ts';
import type { Stage } from '../stage.ts';
import { glanceAt, type Glance } from './at-rest.ts';

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
export async function checkWanted(world: Stage, glance: Glance, audit: Auditor): Promise<void> {
  const wrong = await wrongWants(world, glance, audit);
  if (wrong.size === 0) return;
  // Marks, targets and positions are several reads, and somebody may have worked in between: what is wrong still is so, in the same version, and unmarked.
  const still = await wrongWants(world, await glanceAt(world), audit);
  const marked = markedSkus(world, await glanceAt(world));
  for (const [key, { version, sku, message }] of still) if (wrong.get(key)?.version === version && !isMarked(sku, marked)) world.violations.add('I2', sku, message);
}

async function wrongWants(world: Stage, glance: Glance, audit: Auditor): Promise<ReadonlyMap<string, Wanted>> {
  const marked = markedSkus(world, glance);
  const kits = world.shape.recipes.map(({ sku }) => sku).filter((sku) => !isMarked(sku, marked));
  const found = new Map<string, Wanted>();
  if (kits.length === 0) return found;
  const answers = await audit(world.shops.flatMap(({ id }) => kits.map((sku) => ({ channel: id, sku }))));
  const rows = new Map(glance.targets.map((row) => [keyOf(row['channel'], row['location'], row['sku']), row]));
  for (const answer of answers) {
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
function markedSkus({ time }: Stage, { work }: Glance): ReadonlySet<string> {
  const marked = new Set<string>();
  for (const { kind, key, leaseUntilMs, notBeforeMs } of work) if (kind === 'project' && (leaseUntilMs !== null || notBeforeMs <= time.now())) marked.add(key);
  return marked;
}

/** Whether a kit is among them, or any of its components. */
function isMarked(kit: string, marked: ReadonlySet<string>): boolean {
  return marked.has(kit) || partsOf(kit as Sku).some(({ sku }) => marked.has(sku));
}

const keyOf = (channel: unknown, place: unknown, sku: unknown): string => `${String(channel)}\u001f${String(place)}\u001f${String(sku)}`;
