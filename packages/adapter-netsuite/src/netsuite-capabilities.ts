import type { SourceCapabilities } from '@stockwright/adapter';

/**
 * What NetSuite can do as a source. `committed` is what NetSuite calls committed and backordered together, so that orders
 * beyond the stock count; `incoming` is on order.
 *
 * @public
 */
export const NETSUITE_CAPABILITIES: SourceCapabilities = {
  changedRows: true,
  acknowledgements: true,
  measures: ['onHand', 'committed', 'incoming', 'inTransit'],
};
