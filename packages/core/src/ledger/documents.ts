import type { LocationId, SourceId } from '../identity/ids.ts';
import type { Instant } from '../identity/instant.ts';
import type { Quantity } from '../quantity/quantity.ts';

/** How far a transfer had come by a moment. Cumulative, in steps of the sku. @public */
export interface TransferStep {
  readonly at: Instant;
  readonly dispatched: Quantity;
  readonly received: Quantity;
  readonly lost: Quantity;
}

/** A transfer as the books keep it. @public */
export interface TransferDocument {
  readonly source: SourceId;
  readonly id: string;
  readonly from: LocationId;
  readonly to: LocationId;
  /** By time, each further than the one before. */
  readonly steps: readonly TransferStep[];
}

/** What a line of expected supply said at a revision. In steps of the sku. @public */
export interface IncomingStep {
  readonly at: Instant;
  readonly location: LocationId;
  /** Empty where nobody knows. */
  readonly expectedAt: Instant | '';
  readonly expected: Quantity;
  readonly received: Quantity;
  readonly cancelled: Quantity;
}

/** A line of expected supply as the books keep it. @public */
export interface IncomingDocument {
  readonly source: SourceId;
  readonly reference: string;
  /** By time, one per moment; empty while only receipts of it are known. */
  readonly steps: readonly IncomingStep[];
  /** Receipts that name it, by id. */
  readonly receipts: readonly { readonly id: string; readonly at: Instant; readonly quantity: Quantity }[];
}

/** What is still expected of one line. @public */
export interface ExpectedSupply {
  readonly source: SourceId;
  readonly reference: string;
  readonly location: LocationId;
  /** Absent where nobody knows. */
  readonly expectedAt: Instant | undefined;
  /** In steps of the sku, greater than zero. */
  readonly quantity: Quantity;
}
