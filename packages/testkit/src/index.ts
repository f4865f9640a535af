export { registerConformance, type ConformanceCase, type ConformanceTarget, type Runner } from './conformance/conformance.ts';
export { STORE_CASES, type StoreSubject } from './conformance/store-cases.ts';
export { createModelChannel, type ModelChannel, type ModelChannelOptions, type ModelFault } from './fakes/model-channel.ts';
export { createModelSource, type ModelSource } from './fakes/model-source.ts';
export { seededRandom } from './time/seeded-random.ts';
export { VirtualClock } from './time/virtual-clock.ts';
