export { registerConformance, type ConformanceCase, type ConformanceTarget, type Runner } from './conformance/conformance.ts';
export { STORE_CASES } from './conformance/store-cases.ts';
export { registerStoreModel, type StoreModelOptions } from './conformance/store-model.ts';
export type { StoreCase, StoreSubject } from './conformance/store-subject.ts';
export { createModelChannel, type ModelChannel, type ModelChannelOptions, type ModelFault } from './fakes/model-channel.ts';
export { createModelSource, type ModelSource } from './fakes/model-source.ts';
export { seededRandom } from './time/seeded-random.ts';
export { VirtualClock } from './time/virtual-clock.ts';
export { bookingRules, catalogInputs, catalogs, histories, NOON, policies, positionsOf, readerOf, rearrivals, worlds, type PolicyArbitraryOptions, type PositionArbitraryOptions } from './arbitraries/index.ts';
