export { everyPolicies, knowingReaderOf } from './every-policy.ts';
export { catalogInputs, catalogs } from './catalogs.ts';
export { bookingRules, histories, rearrivals } from './histories.ts';
export { policies, type PolicyArbitraryOptions } from './policies.ts';
export { positionsOf, readerOf, worlds, type PositionArbitraryOptions } from './positions.ts';
export { holdRequests, holds, observations, orders, promiseQuestions, sales } from './sayings.ts';
export { NOON } from './words.ts';
