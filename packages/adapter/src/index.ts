export {
  adapterError,
  retryAdvice,
  retryAfterMs,
  type AdapterErrorCode,
  type AdapterErrorDetails,
  type RetryAdvice,
} from './errors/adapter-error.ts';
export type {
  AvailabilityChannel,
  CallKind,
  ChannelCapabilities,
  LevelKey,
  ObservedLevel,
  OrdersRequest,
  PublishLine,
  PublishOutcome,
  PublishRequest,
  RereadHint,
  WebhookRequest,
  WebhookResult,
} from './v1/availability-channel.ts';
export type { Budget, BudgetReport, CallContext, Clock, Logger, Random } from './v1/call-context.ts';
export type {
  InventorySource,
  Mapping,
  Mappings,
  Page,
  SourceCapabilities,
  StockRequest,
} from './v1/inventory-source.ts';
