import {
  convertHold, decideHold, extendHold, formatQuantity, instantFromMs, parseQuantity, releaseHold, settleHold, StockwrightError, type HoldChange, type HoldDecision, type HoldRecord, type HoldRequest,
  type HoldRequestLine, type HoldSettlement, type Instant, type PositionReader, type Sku,
} from '@stockwright/core';
import type { KeptHold } from './hold-rows.ts';
import type { RowWrite } from '../ports/index.ts';
import type { World } from './world.ts';

/** One step in the life of a hold. */
export type HoldUnit =
  | { readonly kind: 'hold'; readonly request: HoldRequest }
  | { readonly kind: 'extend'; readonly holdId: string; readonly until: Instant }
  | { readonly kind: 'convert'; readonly holdId: string; readonly orderId: string }
  | { readonly kind: 'release'; readonly holdId: string }
  /** It claims nothing any more, whatever it has become: an operator's word for a hold whose order never came. */
  | {
    readonly kind: 'forget'; readonly holdId: string;
    /** The command that asks for it, where it has a row: one that is not open any more was done by somebody else, and is not done again. */
    readonly commandId?: string;
    /** Who asked for it and what came of it, for the commit that does it. */
    readonly notes: readonly RowWrite[];
  };

/** Takes one step; the same step again changes nothing. @throws `INVALID_INPUT` for a hold that is not there, or that has ended and is asked for anew. */
export function applyHold(world: World, unit: HoldUnit): HoldDecision | HoldChange | HoldSettlement {
  switch (unit.kind) {
    case 'hold':
      return place(world, unit.request);
    case 'extend': {
      const kept = knownHold(world, unit.holdId);
      return changed(world, kept, extendHold(kept.record, { until: unit.until, asOf: asOf(world) }));
    }
    case 'release': {
      const kept = knownHold(world, unit.holdId);
      return changed(world, kept, releaseHold(kept.record));
    }
    case 'forget':
      return forget(world, unit);
    case 'convert':
      return convert(world, knownHold(world, unit.holdId), unit.orderId);
  }
}

function asOf({ nowMs }: World): Instant {
  return instantFromMs(nowMs);
}

function readerOf(world: World): PositionReader {
  return { position: (sku) => world.position(sku) };
}

function knownHold(world: World, holdId: string): KeptHold {
  const kept = world.hold(holdId);
  if (kept === undefined) throw new StockwrightError(`There is no hold ${holdId}.`, { code: 'INVALID_INPUT', details: { holdId } });
  return kept;
}

function place(world: World, request: HoldRequest): HoldDecision {
  const kept = world.hold(request.id);
  if (kept !== undefined && kept.record.state !== 'held') {
    throw new StockwrightError(`Hold ${request.id} was ${kept.record.state} and cannot be asked for again. Give the new hold an id of its own.`, { code: 'INVALID_INPUT', details: { holdId: request.id, state: kept.record.state } });
  }
  if (kept !== undefined && kept.record.channel !== request.channel) {
    throw new StockwrightError(`Hold ${request.id} is of channel ${kept.record.channel}, and channel ${request.channel} asks for it. Give each hold an id of its own.`, { code: 'INVALID_INPUT', details: { holdId: request.id } });
  }
  const decision = decideHold(world.settings.calculator, request, { positions: readerOf(world), asOf: asOf(world) });
  if (decision.hold !== undefined) world.setHold(decision.hold, { asked: askedText(world, request.lines), claims: true });
  return decision;
}

function changed(world: World, kept: KeptHold, change: HoldChange): HoldChange {
  if (change.status === 'changed') world.setHold(change.hold, { asked: kept.asked, claims: change.hold.state !== 'released' });
  return change;
}

function forget(world: World, { holdId, commandId, notes }: HoldUnit & { readonly kind: 'forget' }): HoldChange {
  // Asked for with the hold, so that both are of one moment.
  const isOpen = commandId === undefined || world.isOpenCommand(commandId);
  const kept = knownHold(world, holdId);
  if (!isOpen || kept.lines.size === 0) return { status: 'unchanged', hold: kept.record };
  const hold: HoldRecord = { ...kept.record, state: kept.record.state === 'held' ? 'released' : kept.record.state, lines: [] };
  world.setHold(hold, { asked: kept.asked, claims: false });
  world.write(notes);
  return { status: 'changed', hold };
}

/** A hold whose order is in the books already claims nothing any more: the order does. */
function convert(world: World, kept: KeptHold, orderId: string): HoldSettlement {
  const { channel } = kept.record;
  const known = world.order(channel, orderId);
  const booked = known.order !== undefined || known.next !== undefined;
  const keep = (record: HoldRecord): void => {
    // An order that comes at the same time ends the hold, or makes this be decided anew.
    world.expectOrder(channel, orderId);
    world.setHold(booked ? { ...record, lines: [] } : record, { asked: kept.asked, claims: !booked });
  };
  const now = asOf(world);
  // The order itself asks for the units, so what it booked stands in nobody's way but its own hold's.
  if (booked && kept.record.state === 'held') {
    const record: HoldRecord = { ...kept.record, state: 'converted', orderId };
    keep(record);
    return { status: 'converted', hold: record };
  }
  const direct = convertHold(kept.record, { orderId, asOf: now });
  if (direct.status === 'unchanged') {
    // Two that were written at once may have missed each other where they have no sku in common.
    if (booked && kept.lines.size > 0) keep(kept.record);
    return { status: 'converted', hold: direct.hold };
  }
  const settlement = settleHold(kept.record, { orderId, lines: askedLines(world, kept.asked) }, { calculator: world.settings.calculator, positions: readerOf(world), asOf: now });
  if (settlement.status === 'converted' || settlement.status === 'convertedLate') keep(settlement.hold);
  return settlement;
}

function scaleOf({ settings }: World, sku: Sku): number {
  return settings.catalog.items.get(sku)?.scale ?? 0;
}

function askedText(world: World, lines: readonly HoldRequestLine[]): string {
  return JSON.stringify(lines.map(({ sku, quantity, promise }) => ({ sku, quantity: formatQuantity(quantity, scaleOf(world, sku)), ...(promise === undefined ? {} : { promise }) })));
}

function askedLines(world: World, asked: string): readonly HoldRequestLine[] {
  const lines = JSON.parse(asked) as readonly { sku: Sku; quantity: string; promise?: HoldRequestLine['promise'] }[];
  return lines.map(({ sku, quantity, promise }) => ({ sku, quantity: parseQuantity(quantity, { scale: scaleOf(world, sku) }), promise }));
}
