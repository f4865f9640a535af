import { COMMIT_CASES } from './store-commit-cases.ts';
import { CONCURRENCY_CASES } from './store-concurrency-cases.ts';
import { DECIDE_CASES } from './store-decide-cases.ts';
import { FAULT_CASES } from './store-fault-cases.ts';
import { FEED_CASES } from './store-feed-cases.ts';
import { FORGET_CASES } from './store-forget-cases.ts';
import { RENEW_CASES } from './store-renew-cases.ts';
import { REST_CASES } from './store-rest-cases.ts';
import type { StoreCase } from './store-subject.ts';
import { TRANSACTION_CASES } from './store-transaction-cases.ts';
import { WORK_CASES } from './store-work-cases.ts';

/** What every store of the engine promises. @public */
export const STORE_CASES: readonly StoreCase[] = [...COMMIT_CASES, ...DECIDE_CASES, ...CONCURRENCY_CASES, ...WORK_CASES, ...RENEW_CASES, ...TRANSACTION_CASES, ...FAULT_CASES, ...FORGET_CASES, ...FEED_CASES, ...REST_CASES];
