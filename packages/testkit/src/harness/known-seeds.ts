import type { Plan } from './weather.ts';

/** Seeds that once went wrong, and what they found. They are played by every run of the tests. */
export const KNOWN_SEEDS: readonly { readonly seed: bigint; readonly plan: Plan; readonly found: string }[] = [
  { seed: 1n, plan: 1, found: 'a listing whose order the owner had booked first was not looked at again' },
  { seed: 3n, plan: 1, found: 'a host whose clock was ahead ran without end' },
  { seed: 8n, plan: 1, found: 'a host whose clock was behind slept through its work' },
  { seed: 10n, plan: 1, found: 'a cursor that was kept after a failover hid what had been read before it' },
  { seed: 11n, plan: 1, found: 'a projection waited by the clock of its host' },
  { seed: 21n, plan: 1, found: 'a suspicion never ended where the clock of the host was behind' },
  { seed: 20_071n, plan: 1, found: 'a cursor slipped in between a failover and its notice' },
  { seed: 20_188n, plan: 1, found: 'an order was lost with the commits of a failover' },
  { seed: 94n, plan: 1, found: 'a suspicion that ended while a push was planned was asserted by nobody' },
  { seed: 181n, plan: 1, found: 'a push that was not owed any more ended the work on a suspicion which a failover had brought back' },
  { seed: 235n, plan: 1, found: 'a number was doubted and called owed although nothing was wanted yet' },
  { seed: 5_356n, plan: 1, found: 'a worker that was frozen took work over without a lease, and left no mark' },
  { seed: 100_462n, plan: 1, found: 'a channel was read before its last accepted write showed, and was believed' },
  { seed: 1_002_293n, plan: 4, found: 'a read that was written down late took the place of a newer one' },
  { seed: 1_003_370n, plan: 4, found: 'a read that was written down late took the place of a newer one' },
  { seed: 1_002_178n, plan: 4, found: 'a request that was sent by a process which had stood still outlived the suspicion of it' },
  { seed: 1_007_109n, plan: 4, found: 'a request that was sent by a process which had stood still outlived the suspicion of it' },
  { seed: 1_003_830n, plan: 4, found: 'a channel that always had something to write was not read back, and kept what somebody had edited by hand' },
  { seed: 703_828n, plan: 5, found: 'a finding was told once the write that explained it was over, and the watch went by when it was told' },
  { seed: 706_087n, plan: 5, found: 'a finding was told once the write that explained it was over, and the watch went by when it was told' },
  { seed: 2_501_441n, plan: 5, found: 'the watch took the write of a process that had stood still for settled by another that had claimed before it' },
  { seed: 2_502_876n, plan: 5, found: 'the watch took the write of a process that had stood still for settled by another that had claimed before it' },
];

/** Seeds that still go wrong. The tests see that they do, so that whoever mends one moves it to the list above. */
export const OPEN_SEEDS: readonly { readonly seed: bigint; readonly plan: Plan; readonly sees: RegExp }[] = [];

/** By which plan {@link KILLING_SEEDS} were found. */
export const KILLING_PLAN: Plan = 4;

/** A seed that notices the absence of each mechanism, in the world of that plan. */
export const KILLING_SEEDS: Readonly<Record<string, bigint>> = {
  'version-gate': 1n, suspicion: 37n, 'taken-over': 51n, 'claimed-revision': 27n, fence: 151n, 'unknown-commit': 229n, 'shared-targets': 12n, patience: 19n, turns: 1n, 'in-flight': 1n,
  'source-reconciler': 30n, 'read-back': 26n, 'orders-poll': 75n, sweep: 1n, epoch: 40n, 'built-on': 11n, budget: 1n, compare: 9n,
};
