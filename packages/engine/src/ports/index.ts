export {
  checkChange, checkExpectation, checkForget, checkLimit, checkLocks, checkMark, checkMoment, checkQuery, checkSettlement, checkTaking, checkWrite, refuseHostTransaction, storable, storeMisuse,
} from './checks.ts';
export { forwardClock, type ForwardClock } from './clock.ts';
export type { Dispatcher, Drain, DrainResult } from './dispatcher.ts';
export type {
  BudgetPolicy,
  ChangeSet,
  Claim,
  ClaimRequest,
  CommitOptions,
  CommitResult,
  Decision,
  DecisionPlan,
  DecisionRequest,
  DirtyShard,
  DueWork,
  FeedEntry,
  FeedPage,
  ForgetRequest,
  Look,
  Expectation,
  Mark,
  PlacedEntry,
  Query,
  RowKey,
  RowWrite,
  Settlement,
  SettleOutcome,
  SettleResult,
  Store,
  StoreCapabilities,
  WorkKind,
  WorkRow,
} from './store.ts';
export { FEED_COLUMNS, TABLES, tableDefinition, type ColumnType, type ForgettableName, type Row, type TableDefinition, type TableName, type Value } from './tables.ts';
