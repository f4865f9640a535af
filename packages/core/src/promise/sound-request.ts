import { readerProblem } from '../availability/told.ts';
import { invalidInput, type Issue } from '../errors/error.ts';
import { shown } from '../errors/issue.ts';
import { identifierProblem, named } from '../identity/ids.ts';
import { instantProblem } from '../identity/instant.ts';
import { compareQuantities, formatQuantity, isQuantity } from '../quantity/quantity.ts';

type Path = readonly (string | number)[];
type Unread = Readonly<Record<string, unknown>>;

/** @throws `INVALID_INPUT` naming everything for which there is nothing to decide. */
export function refuseUnsoundRequest(calculator: unknown, request: unknown, world: unknown): void {
  const issues: Issue[] = [];
  const { compute } = unread(calculator);
  if (typeof compute !== 'function') issues.push({ path: ['calculator'], message: `must be what createAvailability makes, not ${shown(calculator)}` });
  const { positions, asOf, ownHolds } = unread(world);
  const unreadable = readerProblem(positions);
  if (unreadable !== undefined) issues.push({ path: ['positions'], message: unreadable });
  const problem = instantProblem(asOf);
  if (problem !== undefined) issues.push({ path: ['asOf'], message: problem });
  // A text is a row of texts to the compiler, and no character of it is a hold.
  if (ownHolds !== undefined && (typeof ownHolds !== 'object' || !isIterable(ownHolds))) issues.push({ path: ['ownHolds'], message: `must be a list or set of the ids of holds, not ${shown(ownHolds)}` });
  if (typeof request !== 'object' || request === null) issues.push({ path: [], message: `must be a request for a hold, not ${shown(request)}` });
  else for (const issue of requestIssues(request as Unread, problem === undefined ? (asOf as string) : '')) issues.push(issue);
  if (issues.length > 0) throw invalidInput('request for a hold', issues);
}

function requestIssues({ id, channel, expiresAt, grant, lines }: Unread, asOf: string): Issue[] {
  const issues: Issue[] = [];
  for (const [name, value] of [['id', id], ['channel', channel]] as const) {
    const problem = identifierProblem(value, name);
    if (problem !== undefined) issues.push({ path: [name], message: problem });
  }
  const problem = instantProblem(expiresAt) ?? ((expiresAt as string) > asOf ? undefined : `a hold until ${String(expiresAt)} is over at ${asOf}; let it end later`);
  if (problem !== undefined) issues.push({ path: ['expiresAt'], message: problem });
  if (grant !== 'all' && grant !== 'part') issues.push({ path: ['grant'], message: `must be all or part, not ${shown(grant)}` });
  if (Array.isArray(lines)) lines.forEach((line: unknown, index) => { lineIssues(issues, line, ['lines', index]); });
  else issues.push({ path: ['lines'], message: `must be a list of lines, not ${shown(lines)}` });
  return issues;
}

function lineIssues(issues: Issue[], line: unknown, path: Path): void {
  if (typeof line !== 'object' || line === null) {
    issues.push({ path, message: `must be a line, not ${shown(line)}` });
    return;
  }
  const { sku, quantity, promise, limits = {} } = line as Unread;
  const problem = identifierProblem(sku, 'sku');
  if (problem !== undefined) issues.push({ path: [...path, 'sku'], message: problem });
  if (promise !== undefined && promise !== 'stock' && promise !== 'backorder' && promise !== 'preorder') issues.push({ path: [...path, 'promise'], message: `must be stock, backorder or preorder, not ${shown(promise)}` });
  const refuse = (value: unknown, where: Path, { least, what }: { readonly least: number; readonly what: string }): void => {
    if (!isQuantity(value)) issues.push({ path: where, message: `${shown(value)} is no whole count of steps, as parseQuantity gives it` });
    else if (compareQuantities(value, least) < 0) issues.push({ path: where, message: `${formatQuantity(value)} ${what}` });
  };
  refuse(quantity, [...path, 'quantity'], { least: 1, what: `of ${named(sku)} cannot be held; ask for more than 0` });
  if (typeof limits !== 'object' || limits === null) issues.push({ path: [...path, 'limits'], message: `must be limits, not ${shown(limits)}` });
  for (const [name, limit] of Object.entries(unread(limits))) {
    // No least is written as 0, and a most of 0 lets nothing be asked for; there is no multiple of 0.
    if (limit !== undefined) refuse(limit, [...path, 'limits', name], name === 'multipleOf' ? { least: 1, what: 'must be greater than 0' } : { least: 0, what: 'must not be less than 0' });
  }
}

function unread(value: unknown): Unread {
  return typeof value === 'object' && value !== null ? value as Unread : {};
}

function isIterable(value: unknown): boolean {
  return typeof (value as Partial<Iterable<unknown>> | null)?.[Symbol.iterator] === 'function';
}
