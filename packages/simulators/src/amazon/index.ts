export { createAmazonSimulator } from './create-amazon-simulator.ts';
export type { AmazonSimulator } from './create-amazon-simulator.ts';
export { AMAZON_USAGE_PLANS } from './usage-plans.ts';
export type { AmazonPlannedOperation, AmazonUsagePlan } from './usage-plans.ts';
export type {
  AmazonFbaStock, AmazonFeedFault, AmazonListingIssue, AmazonListingOptions, AmazonNotificationDelivery, AmazonNotificationFault, AmazonOperation,
  AmazonRequestDetails, AmazonRequestFault, AmazonShownChange, AmazonSimulatorOptions,
} from './options.ts';
export type {
  AmazonCallCount, AmazonCancellation, AmazonFulfillmentStatus, AmazonListingState, AmazonOrderLineResult, AmazonOrderLineState, AmazonOrderRequest,
  AmazonOrderResult, AmazonOrderState, AmazonOrderUnits, AmazonQueue, AmazonQueueMessage,
} from './host-shapes.ts';
