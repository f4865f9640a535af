/** So many units of one sku. */
export interface Units {
  readonly sku: string;
  readonly units: number;
}

/** What became of an order that a customer placed: one entry per line, in the order given. */
export interface Placed {
  readonly orderId?: string;
  readonly lines: readonly { readonly accepted: number; readonly reason?: string | undefined }[];
}

/** Where customers buy and goods move: the vendors' local servers, or a model of what people do today. */
export interface Market {
  /** A customer orders; each line is accepted whole or refused whole. */
  place(channel: string, lines: readonly { readonly sku: string; readonly quantity: number }[]): Placed;
  /** How many units of a sku in an order have not shipped and are not cancelled. */
  open(channel: string, orderId: string, sku: string): number;
  /** Takes back what has not shipped. */
  cancel(channel: string, orderId: string, taken: Units): void;
  /** Takes back what has shipped, into the warehouse. */
  giveBack(channel: string, orderId: string, taken: Units): void;
  /** The warehouse has more or less than its system said, or receives goods that nobody here sold. */
  correct(found: Units & { readonly memo: string }): void;
}
