export { bookingRules, catalogs, histories, NOON, policies, readerOf, rearrivals, worlds } from '../../../testkit/src/arbitraries/index.ts';
