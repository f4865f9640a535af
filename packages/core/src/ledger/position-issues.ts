import { shown } from '../errors/issue.ts';
import type { Issue } from '../errors/error.ts';
import { identifierProblem } from '../identity/ids.ts';
import { instantProblem } from '../identity/instant.ts';
import { MEASURES } from '../observations/observations.ts';
import { compareQuantities, isQuantity, MAX_SCALE } from '../quantity/quantity.ts';

type Path = readonly (string | number)[];
type Unread = Readonly<Record<string, unknown>>;

/** Where a position stands, and what is known beforehand. */
export interface PositionSurroundings {
  readonly path: Path;
  /** Locations that were looked at before, so that most positions cost no more than their numbers. */
  readonly isKnown: (location: unknown) => boolean;
}

/**
 * Everything for which a value is no position: a quantity that is no whole count of steps, a
 * measure that is missing, a name that is none, a moment that would not compare. Its sku is the caller's to look up.
 */
export function positionIssues(position: object, { path, isKnown }: PositionSurroundings): Issue[] {
  const issues: Issue[] = [];
  const { scale, locations, unrouted, holds } = position as Unread;
  if (!isScale(scale)) issues.push({ path: [...path, 'scale'], message: `must be how many decimal digits the sku's step has, 0 to ${String(MAX_SCALE)}, not ${shown(scale)}` });
  if (isMap(locations)) for (const [location, stock] of locations) stockIssues(issues, stock, { location, path: [...path, 'locations', nameOf(location)], isKnown });
  else issues.push(noMap(locations, [...path, 'locations'], 'location'));
  if (isMap(unrouted)) for (const [channel, quantity] of unrouted) openIssues(issues, quantity, { channel, path: [...path, 'unrouted', nameOf(channel)] });
  else issues.push(noMap(unrouted, [...path, 'unrouted'], 'channel'));
  if (Array.isArray(holds)) holds.forEach((hold: unknown, index) => { holdIssues(issues, hold, [...path, 'holds', index]); });
  else issues.push({ path: [...path, 'holds'], message: `must be a list of holds, not ${shown(holds)}` });
  return issues;
}

function stockIssues(issues: Issue[], stock: unknown, { location, path, isKnown }: { readonly location: unknown; readonly path: Path; readonly isKnown: (location: unknown) => boolean }): void {
  const problem = isKnown(location) ? undefined : identifierProblem(location, 'location');
  if (problem !== undefined) issues.push({ path, message: problem });
  if (!isObject(stock)) {
    issues.push({ path, message: `must be what stands there, not ${shown(stock)}` });
    return;
  }
  for (const measure of MEASURES) if (!isQuantity(stock[measure])) issues.push(noQuantity(stock[measure], [...path, measure]));
}

function openIssues(issues: Issue[], quantity: unknown, { channel, path }: { readonly channel: unknown; readonly path: Path }): void {
  const problem = identifierProblem(channel, 'channel');
  if (problem !== undefined) issues.push({ path, message: problem });
  if (!isQuantity(quantity)) issues.push(noQuantity(quantity, path));
}

function holdIssues(issues: Issue[], hold: unknown, path: Path): void {
  if (!isObject(hold)) {
    issues.push({ path, message: `must be a hold, not ${shown(hold)}` });
    return;
  }
  const { id, channel, location, quantity, expiresAt, beyond } = hold;
  const named = [['id', identifierProblem(id, 'id')], ['channel', identifierProblem(channel, 'channel')], ['location', location === '' ? undefined : identifierProblem(location, 'location')], ['expiresAt', instantProblem(expiresAt)]] as const;
  for (const [name, problem] of named) if (problem !== undefined) issues.push({ path: [...path, name], message: problem });
  amountIssue(issues, quantity, [...path, 'quantity']);
  if (beyond === undefined) return;
  if (!Array.isArray(beyond)) issues.push({ path: [...path, 'beyond'], message: `must be a list, not ${shown(beyond)}` });
  else beyond.forEach((part: unknown, index) => { beyondIssues(issues, part, [...path, 'beyond', index]); });
}

function beyondIssues(issues: Issue[], part: unknown, path: Path): void {
  if (!isObject(part)) {
    issues.push({ path, message: `must be what was promised beyond stock, not ${shown(part)}` });
    return;
  }
  const { sku, promise, quantity, units } = part;
  const problem = identifierProblem(sku, 'sku');
  if (problem !== undefined) issues.push({ path: [...path, 'sku'], message: problem });
  if (promise !== 'backorder' && promise !== 'preorder') issues.push({ path: [...path, 'promise'], message: `must be backorder or preorder, not ${shown(promise)}` });
  amountIssue(issues, quantity, [...path, 'quantity']);
  amountIssue(issues, units, [...path, 'units']);
}

function amountIssue(issues: Issue[], quantity: unknown, path: Path): void {
  if (!isQuantity(quantity)) issues.push(noQuantity(quantity, path));
  else if (compareQuantities(quantity, 0) < 0) issues.push({ path, message: `${String(quantity)} must not be negative` });
}

function noQuantity(value: unknown, path: Path): Issue {
  return { path, message: `must be a whole count of steps, as parseQuantity gives it, not ${shown(value)}` };
}

function noMap(value: unknown, path: Path, by: string): Issue {
  return { path, message: `must be a Map by ${by}, not ${shown(value)}` };
}

function isScale(value: unknown): boolean {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= MAX_SCALE;
}

function nameOf(key: unknown): string {
  return typeof key === 'string' ? key : shown(key);
}

function isObject(value: unknown): value is Unread {
  return typeof value === 'object' && value !== null;
}

/** By what it can do: a Map of another realm, such as a test runner's, is no instance of ours. */
function isMap(value: unknown): value is ReadonlyMap<unknown, unknown> {
  if (!isObject(value)) return false;
  const { get, size, [Symbol.iterator]: each } = value as Partial<ReadonlyMap<unknown, unknown>>;
  return typeof get === 'function' && typeof each === 'function' && typeof size === 'number';
}
