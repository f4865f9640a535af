export { AMAZON_CAPABILITIES } from './amazon-capabilities.ts';
export type { AmazonMappings, AmazonSettings } from './amazon-settings.ts';
export { createAmazon } from './create-amazon.ts';
export type { AmazonRegion } from './map/marketplaces.ts';
export { followNotifications, type NotificationFollowing, type NotificationHandler } from './queue/follow-notifications.ts';
export { createSqsMessageQueue, type MessageQueue, type QueuedMessage, type SqsClient } from './queue/message-queue.ts';
