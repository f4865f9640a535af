import * as z from 'zod';
import { invalidInput, type Issue } from '../errors/error.ts';
import { identifier, iterable } from '../errors/common-looks.ts';
import { shown } from '../errors/issue.ts';
import { list, maybe, parts } from '../errors/looks.ts';
import { schemaIssues } from '../errors/schema-issues.ts';
import { identifierSchema } from '../identity/identifier-schema.ts';
import { identifierProblem, named, type Sku } from '../identity/ids.ts';
import { once } from '../internal/once.ts';
import { accountFromKey, accountKey, type Account, type AccountRef } from '../ledger/accounts.ts';
import { foldMovements, type Balances, type Movement } from '../ledger/ledger.ts';
import { compareQuantities, formatQuantity, isQuantity, isZeroQuantity, MAX_SCALE, parseQuantity, quantityProblem, sumQuantities, type Quantity, type QuantityText } from '../quantity/quantity.ts';
import { sha256 } from './sha256.ts';

/** A movement with the version of its sku that booked it. @public */
export interface VersionedMovement extends Movement {
  /** A whole number that grows with each booking of the sku. */
  readonly version: number;
}

/** What stood in one account, as text. @public */
export interface CheckpointBalance {
  readonly account: Account;
  readonly location: string;
  readonly channel: string;
  readonly quantity: QuantityText;
}

/**
 * What all movements of a sku up to a version came to. JSON-safe. It is sealed: nothing at or before that version is ever
 * booked again, and the seal shows whether anything in it, or in the checkpoints before it, was changed.
 *
 * @public
 */
export interface Checkpoint {
  readonly sku: Sku;
  readonly scale: number;
  /** The last version that is in it. */
  readonly version: number;
  /** How many movements led to it, since ever. */
  readonly movements: number;
  /** Every account that holds something, contra accounts included, by its key. They sum to zero. */
  readonly balances: readonly CheckpointBalance[];
  /** The seal of the checkpoint before; empty for the first. */
  readonly previous: string;
  /** SHA-256 over all the rest. */
  readonly seal: string;
}

/**
 * Seals what the movements of a sku came to.
 *
 * @param subject - `version`: the last one that goes in. Movements may be given in any order, only those since `previous`.
 * @throws `INVALID_INPUT` where `previous` is not intact or of another sku, a movement lies outside of the versions, or its quantity is not greater than zero.
 * @example
 * ```ts
 * const to = { account: 'onHand', location: parseLocationId('W1'), channel: '' } as const;
 * const movement = { from: { account: 'supplier', location: '', channel: '' }, to, quantity: 3, version: 1 } as const;
 * const checkpoint = sealCheckpoint({ sku: parseSku('MUG'), version: 1, movements: [movement] });
 * checkpoint.balances.map(({ account, quantity }) => [account, quantity]) // => [['onHand', '3'], ['supplier', '-3']]
 * ```
 * @public
 */
export function sealCheckpoint(subject: {
  readonly sku: Sku;
  readonly scale?: number;
  readonly version: number;
  readonly movements: readonly VersionedMovement[];
  readonly previous?: Checkpoint | undefined;
}): Checkpoint {
  SUBJECT(subject, []);
  const { sku, scale = 0, version, movements, previous } = subject;
  const issues: Issue[] = isVersion(version) ? movements.flatMap((movement, index) => movementIssues(movement, { index, version }))
    : [{ path: ['version'], message: `${shown(version)} is no whole number of zero or more` }];
  if (previous !== undefined && (previous.sku !== sku || previous.scale !== scale || previous.version > version)) {
    issues.push({ path: ['previous'], message: `the checkpoint of ${named(previous.sku)} at version ${shown(previous.version)} is no predecessor of ${sku} at ${String(version)}` });
  }
  if (issues.length > 0) throw invalidInput('checkpoint', issues);
  const folded = previous === undefined ? foldMovements(movements) : foldSince(previous, movements);
  const balances = [...folded].sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, quantity]) => ({ ...accountFromKey(key), quantity: formatQuantity(quantity, scale) }));
  const content = { sku, scale, version, movements: (previous?.movements ?? 0) + movements.length, balances, previous: previous?.seal ?? '' };
  return { ...content, seal: sealOf(content) };
}

const SUBJECT = parts({ sku: identifier, movements: list(parts({})), previous: maybe(parts({})) });

function movementIssues({ version, quantity }: VersionedMovement, { index, version: last }: { readonly index: number; readonly version: number }): Issue[] {
  const issues: Issue[] = [];
  if (!isVersion(version)) issues.push({ path: ['movements', index, 'version'], message: `${shown(version)} is no whole number of zero or more` });
  else if (version > last) issues.push({ path: ['movements', index, 'version'], message: `version ${String(version)} is later than the checkpoint's ${String(last)}` });
  if (!isQuantity(quantity) || compareQuantities(quantity, 0) <= 0) issues.push({ path: ['movements', index, 'quantity'], message: `${shown(quantity)} is no count of steps greater than zero` });
  return issues;
}

function isVersion(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

/**
 * What stands in each account now, from a checkpoint and the movements since.
 *
 * @param movements - In any order, all later than the checkpoint's version.
 * @returns In steps of the sku; accounts that hold nothing are left out.
 * @throws `INVALID_INPUT` where the checkpoint is not intact, or a movement is not later than it.
 * @example
 * ```ts
 * const to = { account: 'onHand', location: parseLocationId('W1'), channel: '' } as const;
 * const movement = { from: { account: 'supplier', location: '', channel: '' }, to, quantity: 3, version: 1 } as const;
 * const checkpoint = sealCheckpoint({ sku: parseSku('MUG'), version: 1, movements: [movement] });
 * foldSince(checkpoint, [{ ...movement, version: 2 }]).get(accountKey(to)) // => 6
 * ```
 * @public
 */
export function foldSince(checkpoint: Checkpoint, movements: Iterable<VersionedMovement>): Balances {
  parts({})(checkpoint, ['checkpoint']);
  iterable(movements, ['movements']);
  if (!isIntact(checkpoint)) {
    throw invalidInput('checkpoint', [{ path: ['seal'], message: `the checkpoint of ${named(checkpoint.sku)} at version ${shown(checkpoint.version)} was changed after it was sealed; take an older one and the movements since` }]);
  }
  const opening = new Map<string, Quantity>();
  for (const { quantity, ...ref } of checkpoint.balances) opening.set(accountKey(ref as AccountRef), parseQuantity(quantity, { scale: checkpoint.scale }));
  const since: Movement[] = [];
  for (const movement of movements) {
    if (movement.version > checkpoint.version) since.push(movement);
    else throw invalidInput('movement', [{ path: ['version'], message: `version ${String(movement.version)} of ${checkpoint.sku} is in the checkpoint at ${String(checkpoint.version)} already` }]);
  }
  return foldMovements(since, opening);
}

/**
 * Whether a checkpoint is as it was sealed, and its accounts sum to zero.
 *
 * @example
 * ```ts
 * const to = { account: 'onHand', location: parseLocationId('W1'), channel: '' } as const;
 * const movement = { from: { account: 'supplier', location: '', channel: '' }, to, quantity: 3, version: 1 } as const;
 * const checkpoint = sealCheckpoint({ sku: parseSku('MUG'), version: 1, movements: [movement] });
 * isIntact(checkpoint) // => true
 * isIntact({ ...checkpoint, version: 2 }) // => false
 * ```
 * @public
 */
export function isIntact(checkpoint: Checkpoint): boolean {
  if (!isCheckpoint(checkpoint)) return false;
  const { seal, ...content } = checkpoint;
  if (seal !== sealOf(content)) return false;
  return isZeroQuantity(sumQuantities(content.balances.map(({ quantity }) => parseQuantity(quantity, { scale: content.scale }))));
}

/** Whether a value has all that a checkpoint has, in its form. */
function isCheckpoint(value: Checkpoint | null): boolean {
  const areTexts = (...all: readonly unknown[]): boolean => all.every((one) => typeof one === 'string');
  const { sku: of, scale, version, movements, balances, previous, seal } = (value ?? {}) as Partial<Checkpoint>;
  if (!areTexts(of, previous, seal) || scale === undefined || !isScale(scale) || typeof version !== 'number' || typeof movements !== 'number' || !Array.isArray(balances)) return false;
  return balances.every((balance: Partial<CheckpointBalance> | null) => areTexts(balance?.account, balance?.location, balance?.channel, balance?.quantity) && quantityProblem(balance?.quantity, scale) === undefined);
}

function isScale(scale: number): boolean {
  return Number.isInteger(scale) && scale >= 0 && scale <= MAX_SCALE;
}

const checkpointSchema = /* @__PURE__ */ once(() => {
  const account = z.enum(['onHand', 'unavailable', 'committed', 'incoming', 'inTransit', 'supplier', 'customer', 'demand', 'adjustment', 'transit', 'condition']);
  const place = z.string().check((context) => {
    const problem = context.value === '' ? undefined : identifierProblem(context.value, 'place');
    if (problem !== undefined) context.issues.push({ code: 'custom', message: problem, input: context.value });
  });
  const sku = identifierSchema('sku');
  const count = z.number().int().min(0);
  return z.strictObject({
    sku, scale: z.number().int().min(0).max(MAX_SCALE), version: count, movements: count,
    balances: z.array(z.strictObject({ account, location: place, channel: place, quantity: z.string() })).max(100_000),
    previous: z.string().max(64), seal: z.string().max(64),
  });
});

/**
 * Reads a checkpoint from JSON.
 *
 * @param input - {@link Checkpoint}; unknown properties are refused.
 * @throws `INVALID_INPUT` naming every problem with its path; also where the seal does not fit the rest.
 * @example
 * ```ts
 * const to = { account: 'onHand', location: parseLocationId('W1'), channel: '' } as const;
 * const movement = { from: { account: 'supplier', location: '', channel: '' }, to, quantity: 3, version: 1 } as const;
 * const checkpoint = sealCheckpoint({ sku: parseSku('MUG'), version: 1, movements: [movement] });
 * parseCheckpoint(JSON.parse(JSON.stringify(checkpoint))) // => checkpoint
 * ```
 * @public
 */
export function parseCheckpoint(input: unknown): Checkpoint {
  const parsed = checkpointSchema().safeParse(input);
  if (!parsed.success) throw invalidInput('checkpoint', schemaIssues(parsed.error.issues));
  const issues: Issue[] = parsed.data.balances.flatMap(({ quantity }, index) => {
    const problem = quantityProblem(quantity, parsed.data.scale);
    return problem === undefined ? [] : [{ path: ['balances', index, 'quantity'], message: problem }];
  });
  if (issues.length > 0) throw invalidInput('checkpoint', issues);
  const checkpoint = parsed.data as unknown as Checkpoint;
  if (!isIntact(checkpoint)) throw invalidInput('checkpoint', [{ path: ['seal'], message: 'the seal does not fit what it seals' }]);
  return checkpoint;
}

function sealOf({ sku: of, scale, version, movements, balances, previous }: Omit<Checkpoint, 'seal'>): string {
  return sha256(JSON.stringify([previous, of, scale, version, movements, balances.map((balance) => [balance.account, balance.location, balance.channel, balance.quantity])]));
}
