import type { LocationId, Measure, OrderAcknowledgement, Sku, SourceId, StockObservation } from '@stockwright/core';
import type { CallContext } from './call-context.ts';

/** What a source can do. Each flag says what the engine does where it is false. @public */
export interface SourceCapabilities {
  /** Can tell only the rows changed since a cursor. False: every read is a full one. */
  readonly changedRows: boolean;
  /** Can tell which orders its figures contain. False: the engine subtracts an order until a count dated after shipment. */
  readonly acknowledgements: boolean;
  /** The measures that it speaks of. */
  readonly measures: readonly Measure[];
}

/** One page of something that is read in pages. @public */
export interface Page<Item> {
  readonly items: readonly Item[];
  /** External identifiers that no mapping knows, each at most once a page. Not an error: the engine shows them. */
  readonly unmapped: readonly string[];
  /** Hand this to the next call; absent on the last page. */
  readonly next?: string;
  /**
   * On the last page: from where a later read of changed rows may start. Rows that changed while this read ran
   * come again, so nothing falls between two reads.
   */
  readonly resumeFrom?: string;
}

/** Which stock rows are wanted. @public */
export type StockRequest =
  | { readonly scope: 'all' }
  | { readonly scope: 'changed'; readonly since: string }
  | { readonly scope: 'skus'; readonly skus: readonly Sku[] };

/**
 * A system that reports stock: an ERP, a warehouse system. It translates and decides nothing.
 *
 * @public
 */
export interface InventorySource {
  readonly kind: 'source';
  readonly contractVersion: 'v1';
  readonly id: SourceId;
  readonly capabilities: SourceCapabilities;
  /** A text that tells this account of the vendor from every other one, such as `netsuite:1234567-sb1`. */
  readonly account: string;

  /**
   * Reads stock rows page by page. Rows of one page are of one moment: their `asOf`.
   *
   * @throws StockwrightError with a code of the adapter taxonomy and, in `details.retry`, its advice.
   */
  readStock(request: StockRequest, page: string | undefined, context: CallContext): Promise<Page<StockObservation>>;

  /**
   * Reads which orders the source's figures contain, changed since a cursor (all, without one). The engine always
   * reads these before stock. Only where `capabilities.acknowledgements` is true; otherwise fails with `UNSUPPORTED`.
   */
  readAcknowledgements(since: string | undefined, page: string | undefined, context: CallContext): Promise<Page<OrderAcknowledgement>>;
}

/** How external identifiers become ours and back; one per adapter account. @public */
export interface Mapping<Key extends string> {
  /** Ours for the vendor's, or nothing where nobody mapped it. */
  toInternal(external: string): Key | undefined;
  /** The vendor's for ours, or nothing where nobody mapped it. */
  toExternal(internal: Key): string | undefined;
}

/** The mappings of one account. @public */
export interface Mappings {
  readonly skus: Mapping<Sku>;
  readonly locations: Mapping<LocationId>;
}

