export { bookingRules, catalogs, histories, NOON, policies, readerOf, rearrivals, worlds } from '@stockwright/testkit';
