/** What happens in the shop and the warehouse, in the order of time. */
export type ReplayEvent =
  | { readonly kind: 'order'; readonly atMs: number; readonly order: string; /** As the file spells it. */ readonly country?: string; readonly lines: readonly ReplayLine[] }
  /** Customers take back or send back; which it is depends on whether the goods had shipped. */
  | { readonly kind: 'reversal'; readonly atMs: number; readonly order: string; readonly lines: readonly ReplayLine[] }
  /** The warehouse found more or less than it had. */
  | { readonly kind: 'adjustment'; readonly atMs: number; readonly order: string; readonly lines: readonly ReplayLine[] };

/** One line, with the place in the file where it stood. */
export interface ReplayLine {
  readonly line: number;
  readonly sku: string;
  /** Greater than zero for orders and reversals, signed for adjustments. */
  readonly quantity: number;
}

/** A line that is not replayed, and why. */
export interface LeftOut {
  readonly line: number;
  readonly order: string;
  readonly sku: string;
  readonly quantity: number;
  readonly reason: string;
}

/** A file, or a generated day, ready to be replayed. */
export interface Replay {
  readonly name: string;
  readonly lines: number;
  readonly events: readonly ReplayEvent[];
  readonly leftOut: readonly LeftOut[];
  /** Skus that the input spells in more than one letter case; they count as one, in capitals. */
  readonly foldedSkus: readonly string[];
}

/** What lies where before the first event. */
export interface OpeningStock {
  readonly sku: string;
  readonly location: string;
  readonly onHand: number;
}
