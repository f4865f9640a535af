export { createModelChannel, type ModelChannel, type ModelChannelOptions, type ModelFault } from './fakes/model-channel.ts';
export { createModelSource, type ModelSource } from './fakes/model-source.ts';
export { seededRandom } from './time/seeded-random.ts';
export { VirtualClock } from './time/virtual-clock.ts';
