import { COMMIT_CASES } from './store-commit-cases.ts';
import { REST_CASES } from './store-rest-cases.ts';
import type { StoreCase } from './store-subject.ts';
import { WORK_CASES } from './store-work-cases.ts';

/** What every store of the engine promises. @public */
export const STORE_CASES: readonly StoreCase[] = [...COMMIT_CASES, ...WORK_CASES, ...REST_CASES];
