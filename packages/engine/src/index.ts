export type { Ownership } from './brain/settings.ts';
export type { EngineRetention } from './brain/retention.ts';
export type { OperatorCommand } from './brain/operator.ts';
export type { ChannelOptions, EngineOptions, SourceOptions } from './shell/compose.ts';
export { createEngine, type Engine, type WebhookAnswer } from './shell/engine.ts';
export type { ChannelHealth, EngineHealth } from './shell/health.ts';
export { createInProcessDispatcher } from './shell/in-process-dispatcher.ts';
export type { EngineEvents, EngineTimes } from './shell/runtime.ts';
export type { EngineStatus, OutOfSync, ReadStatus } from './shell/status.ts';
