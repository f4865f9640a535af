export { checkChange, checkExpectation, checkMark, checkMoment, checkQuery, checkSettlement, checkTaking, checkWrite, storable, storeMisuse } from './checks.ts';
export type { Dispatcher, Drain, DrainResult } from './dispatcher.ts';
export type {
  BudgetPolicy,
  ChangeSet,
  Claim,
  ClaimRequest,
  CommitResult,
  DirtyShard,
  Expectation,
  Mark,
  Query,
  RowWrite,
  Settlement,
  SettleOutcome,
  SettleResult,
  Store,
  StoreCapabilities,
  WorkKind,
  WorkRow,
} from './store.ts';
export { TABLES, tableDefinition, type ColumnType, type Row, type TableDefinition, type TableName, type Value } from './tables.ts';
