import fc from 'fast-check';
import {
  foldMovements, MAX_SCALE, MEASURES, sealCheckpoint, type AccountRef, type Checkpoint, type ChannelId, type ContraAccount, type LocationId, type Measure, type Sku, type VersionedMovement,
} from '@stockwright/core';
import { identifiers, quantities } from './values.ts';
import { CHANNELS, LOCATIONS } from './words.ts';

const CONTRA: readonly ContraAccount[] = ['supplier', 'customer', 'demand', 'adjustment', 'transit', 'condition'];

/**
 * Accounts of every kind: measures at a location or at a channel, contra accounts, and what a channel sold. Some of their
 * places have names that careless code trips over.
 *
 * @example
 * ```ts
 * fc.sample(accounts(), { numRuns: 100, seed: 1 }).every((account) => accountKey(accountFromKey(accountKey(account))) === accountKey(account)) // => true
 * ```
 * @public
 */
export function accounts(): fc.Arbitrary<AccountRef> {
  const location = fc.oneof({ arbitrary: fc.constantFrom(...LOCATIONS), weight: 4 }, { arbitrary: identifiers<LocationId>(), weight: 1 });
  const channel = fc.oneof({ arbitrary: fc.constantFrom(...CHANNELS), weight: 4 }, { arbitrary: identifiers<ChannelId>(), weight: 1 });
  return fc.oneof(
    fc.record({ account: fc.constantFrom<Measure>(...MEASURES), location, channel: fc.constant('' as const) }),
    channel.map((id): AccountRef => ({ account: 'committed', location: '', channel: id })),
    fc.constantFrom(...CONTRA).map((account): AccountRef => ({ account, location: '', channel: '' })),
    channel.map((id): AccountRef => ({ account: 'demand', location: '', channel: id })),
  );
}

/**
 * Movements between any two accounts, of any quantity greater than zero, with the versions that booked them. Between few
 * accounts, so that much of it meets.
 *
 * @example
 * ```ts
 * const [ledger = []] = fc.sample(movements(), { numRuns: 1, seed: 1 });
 * verifyLedger(ledger, foldMovements(ledger)).status // => 'agrees'
 * ```
 * @public
 */
export function movements(): fc.Arbitrary<readonly VersionedMovement[]> {
  const ends = fc.tuple(accounts(), accounts()).filter(([from, to]) => from.account !== to.account || from.location !== to.location || from.channel !== to.channel);
  const one = fc.tuple(ends, quantities({ least: 1 }), fc.nat(3)).map(([[from, to], quantity, later]) => ({ from, to, quantity, later }));
  return fc.array(one, { maxLength: 12 }).map((all) => {
    let version = 0;
    return all.map(({ later, ...movement }) => ({ ...movement, version: (version += later) }));
  });
}

/**
 * Checkpoints as {@link sealCheckpoint} makes them, first ones and ones that follow another, of skus and steps of every kind.
 *
 * @example
 * ```ts
 * fc.sample(checkpoints(), { numRuns: 50, seed: 1 }).every((checkpoint) => isIntact(checkpoint)) // => true
 * ```
 * @public
 */
export function checkpoints(): fc.Arbitrary<Checkpoint> {
  return fc.record({ sku: identifiers<Sku>(), scale: fc.constantFrom(0, 0, 1, 3, MAX_SCALE), ledger: movements().filter(isWritable), cut: fc.option(fc.nat(36), { nil: undefined }) }).map(({ sku, scale, ledger, cut }) => {
    const last = ledger.at(-1)?.version ?? 0;
    const until = cut === undefined ? undefined : cut % (last + 1);
    const previous = until === undefined ? undefined : sealCheckpoint({ sku, scale, version: until, movements: ledger.filter(({ version }) => version <= until) });
    return sealCheckpoint({ sku, scale, version: last, movements: ledger.filter(({ version }) => until === undefined || version > until), previous });
  });
}

/** Whether every balance can be written and read again: sums of the largest are still far below what a text may hold. */
function isWritable(ledger: readonly VersionedMovement[]): boolean {
  return [...foldMovements(ledger).values()].every((quantity) => String(quantity).length <= 24);
}
