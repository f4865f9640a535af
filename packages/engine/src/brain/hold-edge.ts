import { invalidInput, MAX_LINES, type Issue } from '@stockwright/core';
import type { HoldUnit } from './holds.ts';
import { checkIdentifier, checkInstant, isRecord, shown } from './words.ts';

/**
 * Refuses a step of a hold that no store could keep or no decision read, before it shares a commit with others.
 * Quantities, limits and what the catalogue has are left to the decision.
 *
 * @throws `INVALID_INPUT` naming each problem with its path.
 */
export function refuseUnsoundHold(unit: HoldUnit): void {
  const issues: Issue[] = [];
  if (unit.kind === 'hold') checkRequest(unit.request, issues);
  else {
    checkIdentifier(unit.holdId, ['holdId'], issues);
    if (unit.kind === 'extend') checkInstant(unit.until, ['until'], issues);
    if (unit.kind === 'convert') checkIdentifier(unit.orderId, ['orderId'], issues);
  }
  if (issues.length > 0) throw invalidInput('request for a hold', issues);
}

function checkRequest(request: unknown, issues: Issue[]): void {
  if (!isRecord(request)) {
    issues.push({ path: [], message: `${shown(request)} is no request for a hold` });
    return;
  }
  const { id, channel, expiresAt, grant, lines } = request;
  checkIdentifier(id, ['id'], issues);
  checkIdentifier(channel, ['channel'], issues);
  checkInstant(expiresAt, ['expiresAt'], issues);
  if (grant !== 'all' && grant !== 'part') issues.push({ path: ['grant'], message: `${shown(grant)} is neither all nor part` });
  if (!Array.isArray(lines)) issues.push({ path: ['lines'], message: `${shown(lines)} is no list of lines` });
  else if (lines.length > MAX_LINES) issues.push({ path: ['lines'], message: `${String(lines.length)} lines are more than the ${String(MAX_LINES)} that one hold may have` });
  else lines.forEach((line, index) => { checkLine(line, index, issues); });
}

function checkLine(line: unknown, index: number, issues: Issue[]): void {
  if (!isRecord(line)) {
    issues.push({ path: ['lines', index], message: `${shown(line)} is no line of a hold` });
    return;
  }
  const { sku, promise, limits } = line;
  checkIdentifier(sku, ['lines', index, 'sku'], issues);
  if (promise !== undefined && promise !== 'stock' && promise !== 'backorder' && promise !== 'preorder') issues.push({ path: ['lines', index, 'promise'], message: `${shown(promise)} is none of stock, backorder and preorder` });
  if (limits !== undefined && !isRecord(limits)) issues.push({ path: ['lines', index, 'limits'], message: `${shown(limits)} is no object of limits` });
}
