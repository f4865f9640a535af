export { bookingRules, catalogs, everyPolicies as policies, histories, knowingReaderOf as readerOf, NOON, rearrivals, worlds } from '@stockwright/testkit';
