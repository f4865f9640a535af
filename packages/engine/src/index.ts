export type { Ownership } from './brain/settings.ts';
export {
  createEngine,
  type ChannelOptions,
  type Engine,
  type EngineOptions,
  type SourceOptions,
  type WebhookAnswer,
} from './shell/engine.ts';
export { createInProcessDispatcher } from './shell/in-process-dispatcher.ts';
export type { EngineEvents, EngineTimes } from './shell/runtime.ts';
export type { EngineStatus, OutOfSync, ReadStatus } from './shell/status.ts';
