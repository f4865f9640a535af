export {
  ERROR_CODES,
  formatPath,
  invalidInput,
  isStockwrightError,
  StockwrightError,
  type ErrorCode,
  type Issue,
  type StockwrightErrorOptions,
} from './errors/error.ts';
export {
  MAX_IDENTIFIER_LENGTH,
  parseChannelId,
  parseLocationId,
  parseSku,
  parseSourceId,
  type ChannelId,
  type LocationId,
  type Sku,
  type SourceId,
} from './identity/ids.ts';
export { addMs, instantFromMs, instantToMs, parseInstant, type Instant } from './identity/instant.ts';
export {
  MEASURES,
  type LineCounters,
  type Measure,
  type Observation,
  type OrderAcknowledgement,
  type OrderLineObservation,
  type OrderObservation,
  type StockDelta,
  type StockObservation,
} from './observations/observations.ts';
export {
  addQuantities,
  compareQuantities,
  formatQuantity,
  isZeroQuantity,
  MAX_INTEGER_DIGITS,
  MAX_SCALE,
  maxQuantity,
  minQuantity,
  multiplyQuantity,
  negateQuantity,
  parseQuantity,
  quantitiesEqual,
  quantityProblem,
  scaleQuantity,
  subtractQuantities,
  sumQuantities,
  ZERO,
  type ExactDecimal,
  type Quantity,
  type QuantityText,
  type Rounding,
} from './quantity/quantity.ts';
export { kitsFrom, unitsTaken, type Fraction, type PerKit } from './quantity/per-kit.ts';
export { accountFromKey, accountKey, type Account, type AccountRef, type ContraAccount } from './ledger/accounts.ts';
export { acceptAcknowledgement, acceptDelta, acceptOrder, acceptStock } from './ledger/accept.ts';
export {
  emptyBooks,
  type Base,
  type BookingRules,
  type Books,
  type Claim,
  type ClaimPart,
  type Containment,
  type ContainmentWay,
  type Counters,
  type FulfilmentSeen,
  type PendingDelta,
} from './ledger/books.ts';
export { foldMovements, verifyLedger, type Balances, type LedgerVerification, type Movement } from './ledger/ledger.ts';
export { bookMovements, isSettledClaim, measureBooks, type Measured } from './ledger/measure.ts';
export { positionFromBalances, type HeldBeyondStock, type Hold, type LocationStock, type Position } from './ledger/position.ts';
export {
  MAX_KIT_COMPONENTS,
  MAX_KIT_DEPTH,
  MAX_RECIPE_PARTS,
  parseCatalog,
  type Catalog,
  type CatalogItem,
  type CatalogItemInput,
  type Component,
  type ComponentInput,
} from './catalog/catalog.ts';
export { lintPolicy } from './policy/lint.ts';
export type { LintCode, LintFinding } from './policy/lint-windows.ts';
export {
  defineRule,
  findLawViolation,
  type CustomRule,
  type CustomRuleInput,
  type LawViolation,
  type RuleLaw,
} from './policy/define-rule.ts';
export { buildPolicy, type ChannelWithLocations, type OverlayFor, type PolicyBuilder, type RuleForChannels } from './policy/builder.ts';
export { diffPolicies, type PolicyChange } from './policy/diff.ts';
export { parsePolicy } from './policy/parse.ts';
export { whatIf, type PastMoment, type WhatIfChange, type WhatIfCounts, type WhatIfOptions, type WhatIfReport } from './policy/what-if.ts';
export type {
  Allotted,
  ByLevel,
  ChannelScope,
  CustomStage,
  DaysOfCover,
  ItemScope,
  Lifecycle,
  ListingScope,
  Overlay,
  Policy,
  PolicyChannel,
  PolicyInput,
  PolicyLocation,
  PolicyRule,
  Sourcing,
  StaleRule,
  StockScope,
  Withheld,
} from './policy/policy.ts';
export {
  createAvailability,
  immediateText,
  type Availability,
  type AvailabilityCalculator,
  type AvailabilityKey,
  type Explanation, type ExplanationSettings,
  type Moment,
} from './availability/availability.ts';
export type { ConsumptionQuery, PositionReader, PromisedBeyondStock, Velocity } from './availability/context.ts';
export { createAvailabilityIndex } from './availability/live/availability-index.ts';
export type { AvailabilityIndex, AvailabilityIndexOptions, IndexEvent } from './availability/live/index-types.ts';
export { publicationRisk, type PublicationRisk, type PublishedNumber } from './availability/publication-risk.ts';
export type { ChangeMeasure, FractionText, OtherRule, SettingText } from './explanation/described-change.ts';
export { diffExplanations, type Cause, type ExplanationDifference, type StepChange } from './explanation/diff.ts';
export { formatDifference } from './explanation/format-difference.ts';
export { explanationMarkdown, formatExplanation } from './explanation/format.ts';
export type { LimitingFactor } from './explanation/limit.ts';
export type { ReasonCode, Stage, TraceOperation, TraceStep } from './explanation/trace.ts';
// The lifecycle of stock and the decisions over it.
export {
  orderFromSale,
  type BookObservation,
  type ConditionObservation,
  type CountObservation,
  type IncomingObservation,
  type OrderWatermark,
  type ReceiptObservation,
  type SaleLine,
  type SaleObservation,
  type StockEvent,
  type TransferObservation,
} from './observations/events.ts';
export type { LinePromise, PaymentState } from './observations/observations.ts';
export { orderFromEvents, type OrderEvent, type OrderHistory } from './observations/order-events.ts';
export { parseObservation, parseSale } from './observations/parse.ts';
export { MAX_LINES } from './observations/schemas.ts';
export { acceptObservation, MAX_WATERMARKS } from './ledger/accept-events.ts';
export type { Watermark } from './ledger/books.ts';
export { bookConsumption, consumedByChannel, promisedBeyondStock, type LedgerEntry, type PromisedByChannel } from './ledger/consumption.ts';
export type { ExpectedSupply, IncomingDocument, IncomingStep, TransferDocument, TransferStep } from './ledger/documents.ts';
export {
  convertHold, extendHold, holdsOf, isLiveHold, mergeHolds, releaseHold, type HoldChange, type HoldLine, type HoldRecord,
} from './ledger/hold.ts';
export { balancesOf } from './ledger/measure.ts';
export { expectedSupply } from './ledger/measure-documents.ts';
export { remaindersAt, type Remainder } from './ledger/position.ts';
export { waitsForStockTake, type StockTake } from './ledger/stock-take.ts';
export type { Fact, FactSource } from './ledger/tally.ts';
export {
  decideHold, type HoldDecision, type HoldLineDecision, type HoldRequest, type HoldRequestLine, type HoldWorld,
} from './promise/decide-hold.ts';
export type { HoldReason, RequestLimits } from './promise/limits.ts';
export { giveUpExcess, type Target } from './promise/give-up-excess.ts';
export { headroom, type HeadroomKey } from './promise/headroom.ts';
export { locationSupply, type LocationSupplyKey } from './promise/location-supply.ts';
export { parseHoldRequest } from './promise/parse-request.ts';
export { settleHold, type HoldSettlement } from './promise/settle-hold.ts';
export {
  coveringLocations, planFulfilment, type Allocation, type CompareCandidates, type FulfilmentCandidate, type FulfilmentPlan, type FulfilmentRequest, type FulfilmentWorld,
} from './promise/plan-fulfilment.ts';
export { boundsOfDay, dayOf, parseDay, type Day, type DayBounds } from './promise/day.ts';
export { parsePromiseQuestion } from './promise/parse-question.ts';
export {
  availableToPromise, datedSupply, earliestPromise, MAX_HORIZON_DAYS, projectOnHand,
  type DatedQuantity, type ProjectedDay, type PromisedDay, type PromiseMethod, type PromiseQuestion, type PromiseTerms,
} from './promise/promise-by-day.ts';
export {
  foldSince, isIntact, parseCheckpoint, sealCheckpoint, type Checkpoint, type CheckpointBalance, type VersionedMovement,
} from './repair/checkpoint.ts';
export { proposeRepair, type AccountDifference, type RepairProposal } from './repair/repair.ts';
export { diagnoseCatalog } from './doctor/catalog.ts';
export { FINDING_CODES, type Finding, type FindingCode } from './doctor/finding.ts';
export { diagnoseMappings, type MappingsInput } from './doctor/mappings.ts';
export { diagnoseUnits, type UnitsInput } from './doctor/units.ts';
// End of the lifecycle and the decisions.
