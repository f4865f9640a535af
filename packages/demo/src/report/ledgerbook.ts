import { instantFromMs } from '@stockwright/core';
import type { Offered, PlayObserver, TakenBack } from '../world/play.ts';

/** One line that a customer asked for. */
export interface OfferedLine {
  readonly line: number;
  readonly order: string;
  /** Where the customer asked for it. */
  readonly channel: string;
  readonly sku: string;
  readonly quantity: number;
  readonly accepted: number;
  /** Why the rest was refused. */
  readonly refused?: string;
  /** The shop's order, where anything was accepted. */
  readonly orderId?: string;
  readonly offeredAt: string;
  /** When the engine had it in its ledger. */
  observedAt?: string;
  /** When the ERP's word that it has the order was in the ledger. */
  acknowledgedAt?: string;
}

interface Reversed {
  readonly line: number;
  readonly order: string;
  readonly sku: string;
  readonly quantity: number;
  readonly orderId?: string;
  readonly at: string;
}

/** Writes down what was asked for and what became of it, as it happens and without asking the SDK. */
export class Ledgerbook implements PlayObserver {
  readonly lines: OfferedLine[] = [];
  readonly adjustments: { readonly line: number; readonly order: string; readonly sku: string; readonly location: string; readonly quantity: number; readonly at: string }[] = [];
  readonly cancellations: Reversed[] = [];
  readonly returns: Reversed[] = [];
  private readonly byOrder = new Map<string, OfferedLine[]>();
  private readonly goodsIn: string;

  /** @param goodsIn - Where corrections are booked. */
  constructor(goodsIn: string) {
    this.goodsIn = goodsIn;
  }

  offered({ line, order, channel, accepted, reason, orderId, atMs }: Offered): void {
    const entry: OfferedLine = {
      line: line.line, order, channel, sku: line.sku, quantity: line.quantity, accepted, offeredAt: instantFromMs(atMs),
      ...(accepted < line.quantity ? { refused: reason ?? 'refused' } : {}), ...(orderId === undefined ? {} : { orderId }),
    };
    this.lines.push(entry);
    if (orderId === undefined) return;
    const known = this.byOrder.get(orderId);
    if (known === undefined) this.byOrder.set(orderId, [entry]);
    else known.push(entry);
  }

  adjusted({ line, order, atMs }: Pick<TakenBack, 'line' | 'order' | 'atMs'>): void {
    this.adjustments.push({ line: line.line, order, sku: line.sku, location: this.goodsIn, quantity: line.quantity, at: instantFromMs(atMs) });
  }

  cancelled(fact: TakenBack): void {
    this.cancellations.push(reversed(fact));
  }

  returned(fact: TakenBack): void {
    this.returns.push(reversed(fact));
  }

  observed(orderId: string, atMs: number): void {
    for (const entry of this.byOrder.get(orderId) ?? []) entry.observedAt ??= instantFromMs(atMs);
  }

  acknowledged(orderId: string, atMs: number): void {
    for (const entry of this.byOrder.get(orderId) ?? []) entry.acknowledgedAt ??= instantFromMs(atMs);
  }

  /** Orders that the shop took and the engine has not seen. */
  unobserved(): number {
    return [...this.byOrder.values()].filter(([first]) => first?.observedAt === undefined).length;
  }

  /** Orders whose acknowledgement the engine has not seen. */
  unacknowledged(): number {
    return [...this.byOrder.values()].filter(([first]) => first?.acknowledgedAt === undefined).length;
  }
}

function reversed({ line, order, quantity, orderId, atMs }: TakenBack): Reversed {
  return { line: line.line, order, sku: line.sku, quantity, ...(orderId === undefined ? {} : { orderId }), at: instantFromMs(atMs) };
}
