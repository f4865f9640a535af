import * as z from 'zod';
import { shown } from '../errors/issue.ts';
import { identifierSchema } from '../identity/identifier-schema.ts';
import { MAX_SCALE, PERCENT_SCALE, quantityProblem } from '../quantity/quantity.ts';

const identifier = identifierSchema();
const quantity = z.union([z.string(), z.number()]).check((context) => {
  const problem = quantityProblem(context.value, MAX_SCALE);
  const negative = problem === undefined && String(context.value).startsWith('-');
  const message = problem ?? (negative ? `${String(context.value)} must not be negative` : undefined);
  if (message !== undefined) context.issues.push({ code: 'custom', message, input: context.value });
});
const percent = z.union([z.string(), z.number()]).check((context) => {
  const message = percentProblem(context.value);
  if (message !== undefined) context.issues.push({ code: 'custom', message, input: context.value });
});
/** As many digits as anybody may write. */
const ANY_SCALE = Number.MAX_SAFE_INTEGER;

/** A percentage is as fine as a part in a million, so that one of nine-digit stock is worked out in safe integers. */
function percentProblem(value: string | number): string | undefined {
  const unfit = quantityProblem(value, ANY_SCALE);
  if (unfit !== undefined) return unfit;
  if (quantityProblem(value, PERCENT_SCALE) !== undefined) return `${shown(value)} has more digits after the point than a percentage may have, which is ${String(PERCENT_SCALE)}; round it`;
  return Number(value) < 0 || Number(value) > 100 ? `${String(value)} must lie between 0 and 100` : undefined;
}
/** A time with its offset, or a local time where a zone is given; read by `withWindows`, which knows the zone. */
const moment = z.string();
const window = { zone: z.string().optional(), from: moment.optional(), until: moment.optional() };

const ruleBase = { id: identifier, owner: z.string().min(1), reason: z.string().min(1), ...window };
const some = identifier.optional();
const items = { sku: some, category: some };
const itemScope = z.strictObject(items).optional();
const stockScope = z.strictObject({ ...items, location: some }).optional();
const listingScope = z.strictObject({ ...items, channel: some }).optional();
const anyScope = z.strictObject({ ...items, location: some, channel: some }).optional();
const channelScope = z.strictObject({ channel: identifier, ...items });
const withheld = z.union([z.strictObject({ fixed: quantity }), z.strictObject({ percent })]);

const daysOfCover = z.strictObject({ daysOfCover: z.number().int().positive() });
const levels = z.strictObject({ levels: z.array(z.union([z.strictObject({ from: quantity, fixed: quantity }), z.strictObject({ from: quantity, percent })])).min(1) });
const positive = quantity.refine((value) => Number(value) > 0, 'must be greater than 0');
/** A number that stands whatever was sold, or one that what was sold in the window uses up. */
const allotted = z.union([z.strictObject({ level: quantity }), z.strictObject({ quota: quantity })]);

/** A number greater than zero, by channel. */
const weights = z.record(identifier, positive).refine((value) => Object.keys(value).length > 0, 'name at least one channel');

/* @__NO_SIDE_EFFECTS__ */
function rule<Kind extends string, Shape extends z.ZodRawShape>(kind: Kind, shape: Shape) {
  return z.strictObject({ ...ruleBase, kind: z.literal(kind), ...shape });
}

const ruleSchema = z.discriminatedUnion('kind', [
  rule('safetyStock', { scope: stockScope, withhold: z.union([withheld, daysOfCover]) }),
  rule('buffer', { scope: listingScope, withhold: z.union([withheld, levels]) }),
  rule('hideAtOrBelow', { scope: listingScope, threshold: quantity }),
  rule('pin', { scope: anyScope, quantity }),
  rule('cap', { scope: listingScope, most: quantity }),
  rule('protection', { scope: channelScope, keep: allotted }),
  rule('ringfence', { scope: channelScope, segment: quantity, shared: z.boolean().default(false) }),
  rule('share', { scope: itemScope, between: weights }),
  rule('priority', { scope: itemScope, order: z.array(identifier).min(2) }),
  rule('percentOfPool', { scope: channelScope, percent }),
  rule('drawCap', { scope: channelScope, most: allotted }),
  rule('backorderLimit', { scope: listingScope, limit: z.union([z.literal('unlimited'), quantity]) }),
  rule('preorderLimit', { scope: listingScope, limit: z.union([z.literal('incoming'), quantity]) }),
  rule('forceOut', { scope: listingScope }),
  rule('custom', {
    rule: identifier, ruleVersion: z.number().int().positive(), stage: z.enum(['supply', 'draw', 'listing']),
    scope: anyScope,
    settings: z.record(z.string(), z.json()).default({}),
  }),
  rule('sellMultiple', { scope: listingScope, of: positive }),
]);

/** Ten years: whoever waits longer has no limit, and the moment that many minutes later is in no calendar. */
const MAX_STALE_MINUTES = 5_256_000;

const lifecycle = z.union([z.enum(['onboarding', 'live', 'closed']), z.strictObject({ frozen: z.enum(['keep', 'zero']) })]);
const location = z.strictObject({
  id: identifier,
  region: identifier.optional(),
  kind: identifier.optional(),
  methods: z.array(identifier).default([]),
  lifecycle: lifecycle.default('live'),
  stale: z.strictObject({
    afterMinutes: z.number().int().positive().max(MAX_STALE_MINUTES),
    becomes: z.union([z.enum(['keep', 'zero']), z.strictObject({ extraBuffer: withheld })]),
  }).optional(),
});
const sourcing = z.strictObject({ regions: z.array(identifier).min(1).optional(), kinds: z.array(identifier).min(1).optional(), methods: z.array(identifier).min(1).optional() });

const channel = z.strictObject({
  id: identifier,
  locations: z.array(identifier).min(1).optional(),
  sourcing: sourcing.optional(),
  publish: z.enum(['total', 'perLocation']).default('total'),
  spread: z.enum(['priority', 'proportional']).default('priority'),
  maximum: positive.optional(),
  wholeUnits: z.boolean().optional(),
});

/** What the published schema says in words of its own, since checks written here are unknown to it. */
export const CHECKED = { identifier, quantity, percent, positive, weights, moment, channel } as const;

/** What {@link parsePolicy} reads. */
export const policySchema = z.strictObject({
  /** Where an editor finds the schema of this file; not part of the policy. */
  $schema: z.string().optional(),
  version: identifier,
  clamp: z.enum(['total', 'perLocation']).default('total'),
  kits: z.enum(['pooled', 'perLocation']).default('pooled'),
  returns: z.enum(['owner', 'channel']).default('owner'),
  overdue: z.enum(['ignore', 'count']).default('ignore'),
  locations: z.array(location).default([]),
  channels: z.array(channel).min(1),
  rules: z.array(ruleSchema).default([]),
  overlays: z.array(z.strictObject({ ...ruleBase, from: moment, until: moment, suspends: z.array(identifier).default([]), rules: z.array(ruleSchema).default([]) })).default([]),
});

/** A policy as JSON carries it. @public */
export type PolicyInput = z.input<typeof policySchema>;
