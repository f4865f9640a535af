export { registerConformance, type ConformanceCase, type ConformanceTarget, type Runner } from './conformance/conformance.ts';
export { DISPATCHER_CASES } from './conformance/dispatcher-cases.ts';
export type { DispatcherCapability, DispatcherCase, DispatcherSubject } from './conformance/dispatcher-subject.ts';
export { STORE_CASES } from './conformance/store-cases.ts';
export { registerStoreModel, type StoreModelOptions } from './conformance/store-model.ts';
export type { StoreCapability, StoreCase, StoreSubject } from './conformance/store-subject.ts';
export { createUnsureStore, type CallFate } from './conformance/unsure-store.ts';
export { createHostileDispatcher, type HostileDispatcher, type HostileDispatcherOptions } from './fakes/hostile-dispatcher.ts';
export { createModelChannel, type ModelChannel, type ModelChannelOptions, type ModelFault } from './fakes/model-channel.ts';
export { createModelSource, type ModelSource } from './fakes/model-source.ts';
export { seededRandom } from './time/seeded-random.ts';
export { FollowerClock, type FollowerAnswer, type FollowerClockOptions } from './time/follower-clock.ts';
export type { ClockReading, Due } from './time/timers.ts';
export { VirtualClock, type FollowerLink, type Following } from './time/virtual-clock.ts';
export {
  accounts, bookingRules, catalogInputs, catalogs, checkpoints, days, everyPolicies, fulfilments, histories, holdRequests, holds, identifiers, instants, knowingReaderOf, mappings, movements, NOON, observations, orders, policies, positionsOf, promiseQuestions,
  availabilityKeys, expectedSupplies, indexEvents, orderHistories, pastMoments, perKits, publishedNumbers, quantities, quantityTexts, readerOf, rearrivals, sales, soundMappings, targets, worlds, type DrawnFulfilment, type PolicyArbitraryOptions, type PositionArbitraryOptions,
} from './arbitraries/index.ts';
export { modelAvailability, modelLocationSupply, type ModelAnswer, type ModelQuestion } from './model/availability-model.ts';
export { leftByMaximumFlow, served, type Needs } from './model/maximum-flow.ts';
export { registerRuleLaws, ruleLaws, type RuleLawOptions } from './rules/rule-laws.ts';
